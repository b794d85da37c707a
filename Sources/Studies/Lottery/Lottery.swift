import DataFormats
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels
import Tensors

/// Figures 3 and 9 of the paper: why do lottery tickets win?
package enum Lottery: Study {
  package static let name = "lottery"
  package static let revision = 2
  package static let title = "Lottery tickets"
  package static let question =
    "Which part of a network trains as well as the whole, and how much of that does it owe to the order of the "
    + "columns?"
  package static let about = """
    A network is trained, the smallest of its parameters are pruned, the others go back to their initial \
    values, and what is left is trained again; a hundred times, until nothing is left. Pruning at random is \
    the control. The ticket at about 92 % sparsity is then trained on new data, whose columns are shuffled, \
    reversed or exchanged, and from new initial weights, to see what its advantage rests on.
    """
  package static let variations = [
    "seeds=42..51",
    "hidden=200",
    "sparsities=50 ticket=46",
    "dataset.num-samples=2000",
  ]

  /// One network on its way through search and analysis.
  package struct Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// How it is pruned.
    package var network: Network
    /// The seed of its initial weights, and of random scores.
    package var seed: Int

    /// Names a network.
    package init(network: Network, seed: Int) {
      self.network = network
      self.seed = seed
    }

    package var description: String { "\(network.rawValue), seed \(seed)" }
  }

  /// How a network is pruned.
  package enum Network: String, Codable, Sendable, CaseIterable {
    /// By the magnitude of the parameters as they were last trained.
    case lottery
    /// By uniform noise, drawn anew for every sparsity.
    case random
    /// Not at all.
    case dense
    /// By the sign: the most negative of the parameters as they were last trained go first. The paper has no such
    /// network; it is a question of the exercises.
    case sign
  }

  /// What a network is trained on in the analysis.
  package enum Condition: String, Codable, Sendable, CaseIterable {
    /// Columns as generated, initial weights as in the search.
    case ordered
    /// Columns in the order of `RandomState(42).permutation(40)`.
    case shuffled
    /// Columns from the last to the first.
    case reversed
    /// The second half of the columns before the first: 20 … 39, 0 … 19.
    case swapped
    /// Columns as generated, other initial weights under the same mask.
    case reinitialized
  }

  /// What a network yields.
  package struct Measurement: Codable, Sendable, Equatable {
    /// The search, one entry per sparsity at which the network was trained; empty for a network that is not pruned.
    package var rounds: [Round] = []
    /// The mask of the ticket that is analysed, packed as by `numpy.packbits`; nil for a network that is not pruned.
    package var mask: Data?
    /// The analysis, one entry per condition.
    package var curves: [Curve] = []
  }

  /// A pruned network after its training in the search.
  package struct Round: Codable, Sendable, Equatable {
    /// The share of each layer's parameters that was pruned.
    package var sparsity: Double
    /// The mean loss on the training examples at the last evaluation.
    package var trainLoss: Double
    /// The mean loss on the test examples then.
    package var testLoss: Double
    /// The accuracy on the test examples then, in percent.
    package var testAccuracy: Double
    /// The digest of the trained weights.
    package var digest: String
  }

  /// A training of the analysis.
  package struct Curve: Codable, Sendable, Equatable {
    /// What the network was trained on.
    package var condition: Condition
    /// The steps that were followed by an evaluation.
    package var steps: [Int]
    /// The accuracy on the test examples after each of them, in percent.
    package var testAccuracy: [Double]
    /// The digest of the trained weights.
    package var digest: String
  }

  package static func trials(for configuration: Configuration) -> [Trial] {
    configuration.networks.flatMap { network in
      configuration.seeds.map { Trial(network: network, seed: $0) }
    }
  }

  /// How many examples the trainings see together.
  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    Workload(trial.network, configuration).total
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    settings.seeds = []
    settings.networks = []
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    var laboratory = try Laboratory(trial, configuration, context)
    return try Kernels.withThreads(context.threads) {
      try laboratory.search()
      return try laboratory.analyse()
    }
  }
}

/// How many examples the trainings of a trial see.
private struct Workload {
  let round: Double
  let curve: Double
  let total: Double

  init(_ network: Lottery.Network, _ settings: Lottery.Configuration) {
    round = Double((settings.steps + 1) * settings.batchSize)
    curve = Double((settings.analysisSteps + 1) * settings.analysisBatchSize)
    total =
      Double(settings.rounds(of: network).count) * round
      + Double(settings.conditions.count) * curve
  }
}

/// A trial under way: what it starts from, and how far it is.
private struct Laboratory {
  private let trial: Lottery.Trial
  private let settings: Lottery.Configuration
  private let context: TrialContext
  private let work: Workload
  private let initial: MultilayerPerceptron
  /// Goes on where the initial weights were drawn.
  private let generator: TorchGenerator
  private var progress: Progress

  init(
    _ trial: Lottery.Trial, _ settings: Lottery.Configuration, _ context: TrialContext
  ) throws {
    self.trial = trial
    self.settings = settings
    self.context = context
    work = Workload(trial.network, settings)
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    initial = settings.network(using: &generator)
    self.generator = generator
    progress =
      context.checkpoint.load { [initial] in try Progress($0, of: initial) }
      ?? Progress(trained: initial)
  }

  // MARK: The search

  /// Prunes the network by what the last training has made of it, rewinds the rest and trains again.
  mutating func search() throws {
    let rounds = settings.rounds(of: trial.network)
    guard !rounds.isEmpty else { return }
    let split = try context.shared(settings.dataset) { try Split($0) }
    let settings = settings
    var search = TicketSearch(
      from: initial, by: trial.network.criterion, sparsities: settings.sparsities, using: generator)
    search.skip((rounds.prefix(progress.measurement.rounds.count).last ?? -1) + 1)
    search.trained = progress.trained
    while let round = search.next() {
      if round.index == settings.ticket - 1 { progress.measurement.mask = Data(round.mask.packed) }
      guard rounds.contains(round.index) else { continue }
      var measured = Lottery.Round(sparsity: round.sparsity)
      progress.trained = try train(
        Masked(initial, by: round.mask), on: split, settings.search,
        after: Double(progress.measurement.rounds.count) * work.round
      ) { step, score in
        guard step == settings.lastEvaluation else { return }
        try measured.note(score(split.training), score(split.test), after: step)
      }
      search.trained = progress.trained
      measured.digest = progress.trained.digest
      progress.measurement.rounds.append(measured)
      try context.checkpoint.save(progress.saved())
    }
  }

  // MARK: The analysis

  /// Trains the ticket, or the whole network, under all conditions.
  mutating func analyse() throws -> Lottery.Measurement {
    let mask = try mask()
    for (index, condition) in settings.conditions.enumerated() {
      guard index >= progress.measurement.curves.count else { continue }
      let done = work.total - Double(settings.conditions.count - index) * work.curve
      let start = Start(
        seed: UInt64(trial.seed) + (condition == .reinitialized ? 1 : 0),
        data: DatasetKey(settings.dataset, condition))
      // Other initial weights of the whole network are those of the next seed, which is often a trial as well.
      var curve =
        trial.network == .dense
        ? try context.shared(start) { try train(from: $0, mask, after: done) }
        : try train(from: start, mask, after: done)
      curve.condition = condition
      progress.measurement.curves.append(curve)
      try context.checkpoint.save(progress.saved())
    }
    return progress.measurement
  }

  /// A training of the analysis.
  private func train(
    from start: Start, _ mask: Mask<MultilayerPerceptron>, after done: Double
  ) throws -> Lottery.Curve {
    let split = try context.shared(start.data) { try Split($0.dataset()) }
    var generator = TorchGenerator(seed: start.seed)
    let network = Masked(settings.network(using: &generator), by: mask)
    var curve = Lottery.Curve(condition: .ordered)
    let trained = try train(network, on: split, settings.analysis, after: done) { step, score in
      guard step % settings.analysisEvalEvery == 0 else { return }
      curve.steps.append(step)
      curve.testAccuracy.append(score(split.test).accuracy)
    }
    curve.digest = trained.digest
    return curve
  }

  private func mask() throws -> Mask<MultilayerPerceptron> {
    guard let bits = progress.measurement.mask else { return Mask(keepingAll: initial) }
    guard let mask = Mask(unpacking: Array(bits), of: initial) else { throw DamagedCheckpoint() }
    return mask
  }

  /// Looks at a network after a step of its training.
  private typealias Look = (_ step: Int, _ score: (Examples) -> Score) throws -> Void

  /// Trains a network to the end, `done` examples having been seen before; without its pruned weights where that is
  /// faster, which changes no bit.
  private func train(
    _ network: Masked<MultilayerPerceptron>, on split: Split, _ recipe: TrainingRecipe,
    after done: Double, _ look: Look
  ) throws -> MultilayerPerceptron {
    network.mask.isSparse
      ? try train(SparsePerceptron(network), split, recipe, after: done, look)
        .expanded(into: network.network)
      : try train(network, split, recipe, after: done, look).network
  }

  private func train<Network: Classifier>(
    _ network: Network, _ split: Split, _ recipe: TrainingRecipe, after done: Double,
    _ look: Look
  ) throws -> Network {
    var training = try Training(
      of: network, on: split.training, testing: split.test, by: recipe)
    let seen = done + Double(training.steps * recipe.batchSize)
    let news = progress.news
    try context.train(
      &training, share: done / work.total...seen / work.total,
      { training in
        let step = try training.step().step
        try look(step) { training.model.score(on: $0) }
      }, news: { news })
    return training.model
  }
}

/// Where a training of the analysis starts, up to a mask: the seed of the initial weights, and the data.
private struct Start: Hashable, Sendable {
  let seed: UInt64
  let data: DatasetKey
}

extension Lottery.Network {
  /// By what it is pruned, if it is.
  var criterion: TicketSearch.Criterion {
    switch self {
    case .lottery, .dense: .magnitude
    case .random: .noise
    case .sign: .sign
    }
  }
}

extension Lottery.Configuration {
  /// The network with its initial weights.
  func network(using generator: inout TorchGenerator) -> MultilayerPerceptron {
    MultilayerPerceptron(inputs: dataset.finalSeqLength, hidden: hidden, using: &generator)
  }
}

// MARK: What was measured

extension Lottery.Round {
  fileprivate init(sparsity: Double) {
    self.init(sparsity: sparsity, trainLoss: 0, testLoss: 0, testAccuracy: 0, digest: "")
  }

  fileprivate mutating func note(_ train: Score, _ test: Score, after step: Int) throws {
    for (examples, loss) in [("training", train.loss), ("test", test.loss)] where !loss.isFinite {
      throw TrainingError.divergedScores(step: step, examples: examples, loss: loss)
    }
    (trainLoss, testLoss, testAccuracy) = (train.loss, test.loss, test.accuracy)
  }
}

extension Lottery.Curve {
  fileprivate init(condition: Lottery.Condition) {
    self.init(condition: condition, steps: [], testAccuracy: [], digest: "")
  }
}

/// Where a trial is: what it has measured, and the weights by which the next pruning scores.
private struct Progress {
  var measurement = Lottery.Measurement()
  var trained: MultilayerPerceptron

  init(trained: MultilayerPerceptron) {
    self.trained = trained
  }

  /// Reads a checkpoint, if there is one.
  init(_ state: Data, of network: MultilayerPerceptron) throws {
    let file = try SafeTensors.decode(Array(state))
    trained = network
    try trained.loadParameters(file.parameters())
    measurement = try JSONDecoder().decode(
      Lottery.Measurement.self, from: Data((file.metadata[Self.key] ?? "").utf8))
  }

  private static let key = "measurement"

  func saved() throws -> Data {
    var file = SafeTensors(parametersOf: trained)
    file.metadata[Self.key] = String(
      decoding: try JSONEncoder().encode(measurement), as: UTF8.self)
    return Data(try file.encode())
  }

  /// The last result, as a person wants to read it.
  var news: String? {
    if let curve = measurement.curves.last, let accuracy = curve.testAccuracy.last {
      return "\(curve.condition.rawValue), test accuracy \(accuracy.shown(1)) %"
    }
    return measurement.rounds.last.map {
      "sparsity \($0.sparsity.shown(2)), test accuracy \($0.testAccuracy.shown(1)) %"
    }
  }
}

private struct DamagedCheckpoint: Error, CustomStringConvertible {
  let description = "the mask in the checkpoint is of another network"
}

/// A dataset of the analysis, which several trials share.
private struct DatasetKey: Hashable, Sendable {
  private let configuration: DatasetConfiguration
  private let condition: Lottery.Condition

  init(_ configuration: DatasetConfiguration, _ condition: Lottery.Condition) {
    self.configuration = configuration
    self.condition = condition == .reinitialized ? .ordered : condition
  }

  func dataset() throws -> Dataset {
    var next = configuration
    next.seed += 1
    let dataset = try Dataset(next)
    switch condition {
    case .ordered, .reinitialized: return dataset
    case .shuffled: return dataset.shufflingColumns()
    case .reversed: return dataset.reversingColumns()
    case .swapped: return dataset.swappingHalves()
    }
  }
}
