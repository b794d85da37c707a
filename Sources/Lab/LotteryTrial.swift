import NeuralNetworks
import ReferenceRandom
import Tensors

/// A search for a lottery ticket: the network is trained, the smallest of its parameters are pruned, the others go back to
/// their initial values, and what is left is trained again, sparser and sparser. A step is one step of such a training.
final class LotteryTrial: Trial {
  private let data: Split
  private let network: Network
  private let schedule: [Double]
  private let recipe: TrainingRecipe
  private let initial: MultilayerPerceptron
  private var generator: TorchGenerator
  private var trained: MultilayerPerceptron
  private var mask: Mask<MultilayerPerceptron>
  private var rounds = 0
  private var round: Round?

  private enum Network: String, CaseIterable { case lottery, random }

  /// The training of a round; without its pruned weights where that is faster, which changes no bit.
  private enum Round {
    case masked(RecipeTraining<Masked<MultilayerPerceptron>>)
    case sparse(RecipeTraining<SparsePerceptron>)
  }

  init(_ given: inout Settings, _ data: Split) throws(LabError) {
    network = try given.choice("network", .lottery)
    let hidden = try given.integer("hidden", 500)
    let sparsities = try given.integer("sparsities", 100)
    let seed = try given.seed(42)
    var recipe = TrainingRecipe()
    recipe.steps = try given.integer("steps", 1501)
    recipe.batchSize = try given.integer("batch-size", 100)
    recipe.learningRate = try given.number("learning-rate", 2e-2)
    try given.finish()
    try require("hidden", hidden, in: 1...10_000)
    try require("sparsities", sparsities, in: 1...10_000)
    do throws(TrainingError) { try recipe.validate() } catch { throw LabError(error.description) }
    self.recipe = recipe
    self.data = data
    schedule = linearSchedule(sparsities)
    generator = TorchGenerator(seed: UInt64(seed))
    initial = MultilayerPerceptron(inputs: data.inputs, hidden: hidden, using: &generator)
    trained = initial
    mask = Mask(keepingAll: initial)
  }

  override var columns: [String] {
    ["round", "sparsity", "train-loss", "train-accuracy", "test-loss", "test-accuracy"]
  }
  private var stepsOfRound: Int { recipe.steps + 1 }
  override var steps: (taken: Int, total: Int) {
    let current =
      switch round {
      case .masked(let training): training.stepCount
      case .sparse(let training): training.stepCount
      case nil: 0
      }
    return (rounds * stepsOfRound + current, schedule.count * stepsOfRound)
  }

  override func step() throws(LabError) -> [Double] {
    // Taken out while it changes, so that its tensors are updated in place.
    if round == nil { round = try begin() }
    guard let current = round.take() else { return [] }
    switch current {
    case .masked(var training):
      let isFinished = try advance(&training)
      if isFinished { return finish(training.model.network, try scores(of: training.model)) }
      round = .masked(training)
    case .sparse(var training):
      let isFinished = try advance(&training)
      if isFinished {
        return finish(
          training.model.expanded(into: initial.masked(by: mask)), try scores(of: training.model))
      }
      round = .sparse(training)
    }
    return []
  }

  private func advance<Model: Classifier>(
    _ training: inout RecipeTraining<Model>
  ) throws(LabError) -> Bool {
    do throws(TrainingError) { try training.step() } catch { throw LabError(error.description) }
    return training.isFinished
  }

  private func begin() throws(LabError) -> Round {
    let scores =
      switch network {
      case .random: initial.uniformScores(using: &generator)
      case .lottery: trained.magnitudes
      }
    mask = Mask(pruning: schedule[rounds], ofLayersScoredBy: scores)
    let masked = Masked(initial, by: mask)
    let (data, recipe) = (data, recipe)
    return try reporting { () throws(TrainingError) in
      mask.sparsity >= 0.8
        ? .sparse(
          try Training(
            of: SparsePerceptron(masked), on: data.training, testing: data.test, by: recipe)
        )
        : .masked(
          try Training(of: masked, on: data.training, testing: data.test, by: recipe))
    }
  }

  private func scores(of model: some Classifier) throws(LabError) -> [Double] {
    let (train, test) = (model.score(on: data.training), model.score(on: data.test))
    return [train.loss, train.accuracy, test.loss, test.accuracy]
  }

  private func finish(_ model: MultilayerPerceptron, _ scores: [Double]) -> [Double] {
    trained = model
    rounds += 1
    return [Double(rounds - 1), schedule[rounds - 1]] + scores
  }

  override func evaluate() throws(LabError) -> [Double] { try scores(of: trained) }

  override func predict(_ signals: Tensor) throws(LabError) -> [Double] {
    softmax(trained(signals)).elements.map { Double($0) }
  }

  override var tensors: [(name: String, tensor: Tensor)] {
    trained.namedParameters
      + mask.survivors.namedParameters.map { (name: "mask." + $0.name, tensor: $0.tensor) }
  }
  override var digest: String { trained.digest }
}

/// The sparsities, which NumPy's `linspace(0, 1, count)` gives.
func linearSchedule(_ count: Int) -> [Double] {
  let step = 1 / Double(max(count - 1, 1))
  return (0..<count).map { $0 > 0 && $0 == count - 1 ? 1 : Double($0) * step }
}
