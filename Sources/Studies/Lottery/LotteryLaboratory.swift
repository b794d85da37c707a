import DataFormats
import Foundation
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels
import Tensors

/// A trial of the lottery under way: what it starts from, and how far it is.
struct LotteryLaboratory {
  private let trial: Lottery.Trial
  private let settings: Lottery.Configuration
  private let plan: Lottery.Plan
  private let context: TrialContext
  private let work: Lottery.Workload
  /// How the inputs lie.
  private let shape: [Int]
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
    plan = settings.plan(for: trial.scale)
    work = Lottery.Workload(trial.network, plan)
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    // Images say themselves how large they are.
    shape =
      trial.scale == .pixels
      ? try Self.material(for: trial, settings, nil, context).shape
      : [settings.dataset.finalSeqLength]
    initial = plan.network(inputs: shape.reduce(1, *), using: &generator)
    self.generator = generator
    progress =
      context.checkpoint.load { [initial] in try Progress($0, of: initial) }
      ?? Progress(trained: initial)
  }

  // MARK: The search

  /// Prunes the network by what the last training has made of it, rewinds the rest and trains again.
  mutating func search() throws {
    let rounds = plan.rounds(of: trial.network)
    guard !rounds.isEmpty else { return }
    let split = try material(nil).split
    let plan = plan
    var search = TicketSearch(
      from: initial, by: trial.network.criterion, sparsities: plan.sparsities, using: generator)
    search.skip((rounds.prefix(progress.measurement.rounds.count).last ?? -1) + 1)
    search.trained = progress.trained
    while let round = search.next() {
      if round.index == plan.ticket { progress.measurement.mask = Data(round.mask.packed) }
      guard rounds.contains(round.index) else { continue }
      var measured = Lottery.Round(sparsity: round.sparsity)
      let index = progress.measurement.rounds.count
      let done = work.rounds[..<index].reduce(0, +)
      progress.trained = try train(
        Masked(initial, by: round.mask), on: split, plan.search, done..<done + work.rounds[index]
      ) { step, score in
        guard step == plan.lastEvaluation else { return }
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
    for (index, condition) in plan.conditions.enumerated() {
      guard index >= progress.measurement.curves.count else { continue }
      let done = work.total - Double(plan.conditions.count - index) * work.curve
      let isNew = condition == .reinitialized
      let start = Start(
        scale: trial.scale, seed: UInt64(trial.seed) + (isNew ? 1 : 0),
        condition: isNew ? .ordered : condition)
      // Other initial weights of the whole network are those of the next seed, which is often a trial as well.
      var curve =
        trial.network == .dense
        ? try context.shared(start) { try train(from: $0, mask, after: done) }
        : try train(from: start, mask, after: done)
      curve.condition = condition
      progress.measurement.curves.append(curve)
      try context.checkpoint.save(progress.saved())
    }
    return try measurement(mask)
  }

  /// What was measured; at other scales than the paper's without most of the mask, which is of millions of weights.
  private func measurement(_ mask: Mask<MultilayerPerceptron>) throws -> Lottery.Measurement {
    var measurement = progress.measurement
    guard trial.scale != .paper, measurement.mask != nil else { return measurement }
    let inputs = mask.survivors.linear1.weight
    measurement.mask = nil
    measurement.inputMask = Lottery.InputMask(inputs, shape: shape)
    return measurement
  }

  /// A training of the analysis.
  private func train(
    from start: Start, _ mask: Mask<MultilayerPerceptron>, after done: Double
  ) throws -> Lottery.Curve {
    let split = try material(start.condition).split
    var generator = TorchGenerator(seed: start.seed)
    let network = plan.network(inputs: shape.reduce(1, *), using: &generator)
    var curve = Lottery.Curve(condition: .ordered)
    let trained = try train(
      Masked(network, by: mask), on: split, plan.analysis, done..<done + work.curve
    ) { step, score in
      guard step % plan.evalEvery == 0 else { return }
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

  // MARK: A training

  /// Looks at a network after a step of its training.
  private typealias Look = (_ step: Int, _ score: (Examples) -> Score) throws -> Void

  /// Trains a network to the end, as a part of the trial's work; without its pruned weights where that is faster, which
  /// changes no bit.
  private func train(
    _ network: Masked<MultilayerPerceptron>, on split: Split, _ recipe: TrainingRecipe,
    _ part: Range<Double>, _ look: Look
  ) throws -> MultilayerPerceptron {
    network.mask.isSparse
      ? try train(SparsePerceptron(network), split, recipe, part, look)
        .expanded(into: network.network)
      : try train(network, split, recipe, part, look).network
  }

  private func train<Network: Classifier>(
    _ network: Network, _ split: Split, _ recipe: TrainingRecipe, _ part: Range<Double>,
    _ look: Look
  ) throws -> Network {
    var training = try Training(
      of: network, on: split.training, testing: split.test, by: recipe)
    let news = progress.news
    try context.train(
      &training, share: part.lowerBound / work.total...part.upperBound / work.total,
      { training in
        let step = try training.step().step
        try look(step) { training.model.score(on: $0) }
      }, news: { news })
    return training.model
  }

  /// The data of the search, or of the analysis under a condition.
  private func material(_ condition: Lottery.Condition?) throws -> Lottery.Material {
    try Self.material(for: trial, settings, condition, context)
  }

  private static func material(
    for trial: Lottery.Trial, _ settings: Lottery.Configuration, _ condition: Lottery.Condition?,
    _ context: TrialContext
  ) throws -> Lottery.Material {
    try context.shared(Lottery.MaterialKey(trial.scale, settings, condition)) {
      try $0.material(in: context)
    }
  }
}

/// Where a training of the analysis starts, up to a mask: the network, the seed of its initial weights, and how the
/// columns lie.
private struct Start: Hashable, Sendable {
  let scale: Lottery.Scale
  let seed: UInt64
  let condition: Lottery.Condition
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
