import NeuralNetworks
import ReferenceRandom
import StudyModels
import Tensors

/// A search for a lottery ticket. A step is one step of the training of a round.
final class LotteryTrial: Trial {
  private let data: Split
  private let recipe: TrainingRecipe
  private var search: TicketSearch
  private var training: RoundTraining?
  private var mask: Mask<MultilayerPerceptron>
  private var finished = 0

  private enum Network: String, CaseIterable {
    case lottery, random, sign

    var criterion: TicketSearch.Criterion {
      switch self {
      case .lottery: .magnitude
      case .random: .noise
      case .sign: .sign
      }
    }
  }

  /// The training of a round; without its pruned weights where that is faster, which changes no bit.
  private enum RoundTraining {
    case masked(RecipeTraining<Masked<MultilayerPerceptron>>)
    case sparse(RecipeTraining<SparsePerceptron>)
  }

  init(_ given: inout Settings, _ data: Split) throws(LabError) {
    let network = try given.choice("network", Network.lottery)
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
    try recipe.check(on: data)
    try require("steps", recipe.steps, in: 0...mostSteps / sparsities)
    self.recipe = recipe
    self.data = data
    var generator = TorchGenerator(seed: UInt64(seed))
    let initial = MultilayerPerceptron(inputs: data.inputs, hidden: hidden, using: &generator)
    search = TicketSearch(
      from: initial, by: network.criterion, sparsities: sparsities, using: generator)
    mask = Mask(keepingAll: initial)
    super.init(inputs: data.inputs)
  }

  override var columns: [String] {
    ["round", "sparsity", "train-loss", "train-accuracy", "test-loss", "test-accuracy"]
  }
  private var stepsOfRound: Int { recipe.steps + 1 }
  override var steps: (taken: Int, total: Int) {
    let current =
      switch training {
      case .masked(let training): training.stepCount
      case .sparse(let training): training.stepCount
      case nil: 0
      }
    return (finished * stepsOfRound + current, search.sparsities.count * stepsOfRound)
  }

  override func step() throws(LabError) -> [Double] {
    if training == nil { try begin() }
    // Taken out while it changes, so that its tensors are updated in place.
    guard let current = training.take() else { return [] }
    switch current {
    case .masked(var training):
      let isFinished = try advance(&training)
      if isFinished { return finish(training.model.network, try scores(of: training.model)) }
      self.training = .masked(training)
    case .sparse(var training):
      let isFinished = try advance(&training)
      if isFinished {
        return finish(
          training.model.expanded(into: search.initial.masked(by: mask)),
          try scores(of: training.model))
      }
      self.training = .sparse(training)
    }
    return []
  }

  private func advance<Model: Classifier>(
    _ training: inout RecipeTraining<Model>
  ) throws(LabError) -> Bool {
    do throws(TrainingError) { try training.step() } catch { throw LabError(error.description) }
    return training.isFinished
  }

  private func begin() throws(LabError) {
    guard let round = search.next() else { return }
    mask = round.mask
    let masked = Masked(search.initial, by: mask)
    let (data, recipe) = (data, recipe)
    training = try reporting { () throws(TrainingError) in
      round.mask.isSparse
        ? .sparse(
          try Training(
            of: SparsePerceptron(masked), on: data.training, testing: data.test, by: recipe))
        : .masked(try Training(of: masked, on: data.training, testing: data.test, by: recipe))
    }
  }

  private func scores(of model: some Classifier) throws(LabError) -> [Double] {
    let (train, test) = (model.score(on: data.training), model.score(on: data.test))
    return [train.loss, train.accuracy, test.loss, test.accuracy]
  }

  private func finish(_ model: MultilayerPerceptron, _ scores: [Double]) -> [Double] {
    search.trained = model
    finished += 1
    return [Double(finished - 1), search.sparsities[finished - 1]] + scores
  }

  override func evaluate() throws(LabError) -> [Double] { try scores(of: search.trained) }

  override func predict(_ signals: Tensor) throws(LabError) -> [Double] {
    softmax(search.trained(signals)).elements.map { Double($0) }
  }

  override var tensors: [(name: String, tensor: Tensor)] {
    search.trained.namedParameters
      + mask.survivors.namedParameters.map { (name: "mask." + $0.name, tensor: $0.tensor) }
  }
  override var digest: String { search.trained.digest }
}
