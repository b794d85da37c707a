import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels
import Tensors

/// Weight decay and learning rate, learned together by the loss on examples that were held out.
package enum MetalearnDecay: Study {
  package static let name = "metalearn-decay"
  package static let title = "Metalearning weight decay"
  package static let question =
    "Do gradients through a whole training find the weight decay that serves unseen examples best?"
  package static let about = """
    The paper wants "to backpropagate through the entire process in order to optimize hyperparameters like \
    learning rate and weight decay", and shows the learning rate. Here both are learned, through 1000 steps on \
    1000 examples. What is differentiated is the trained network's loss on examples that were held out; the \
    loss on those it was trained on, for comparison, has no use for weight decay.

    The logarithms of both are moved by the signs of their derivatives (Rprop). A grid of plain trainings \
    shows where the best weight decay lies. Layers may share a rate and a decay or have each its own. The test \
    examples decide nothing.
    """
  package static let variations = [
    "seeds=3x", "training-examples=500", "inner-steps=4000 outer-steps=20",
  ]

  /// One search, or the grid that searches are compared with.
  package enum Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// A search for the best hyperparameters.
    case search(Search)
    /// Plain trainings, one for each rate and decay of the grid, from the weights of one seed.
    case grid(seed: Int)

    package var seed: Int {
      switch self {
      case .search(let search): search.seed
      case .grid(let seed): seed
      }
    }

    package var description: String {
      switch self {
      case .search(let search):
        "by the loss on \(search.objective.examples), \(search.hyperparameters.rawValue), from a weight decay of "
          + "\(search.initialDecay), seed \(search.seed)"
      case .grid(let seed): "the grid, seed \(seed)"
      }
    }
  }

  /// What tells searches apart.
  package struct Search: Codable, Hashable, Sendable {
    /// The loss that is brought down.
    package var objective: Objective
    /// Whether layers share their hyperparameters.
    package var hyperparameters: Sharing
    /// The weight decay to start from.
    package var initialDecay: Double
    /// The seed of the network's initial weights, which are the same in every outer step.
    package var seed: Int

    /// Names a search.
    package init(
      _ objective: Objective, _ hyperparameters: Sharing, from initialDecay: Double, seed: Int
    ) {
      self.objective = objective
      self.hyperparameters = hyperparameters
      self.initialDecay = initialDecay
      self.seed = seed
    }
  }

  /// What trials yield, one number for each training: of a search, for each outer step before its change; of the grid, for each rate and, within, for each decay.
  package struct Measurement: Codable, Sendable, Equatable {
    /// The learning rates of the two layers.
    package var rates = Layers()
    /// The weight decays of the two layers.
    package var decays = Layers()
    /// The trained network's loss on the examples that it was trained on.
    package var trainingLoss: [Double] = []
    /// That on the examples that were held out.
    package var heldOutLoss: [Double] = []
    /// That on the test examples.
    package var testLoss: [Double] = []
    /// The accuracy on the test examples, in percent.
    package var testAccuracy: [Double] = []

    /// A trial that is about to start.
    package init() {}
  }

  /// Numbers of both layers; the same where they share them.
  package struct Layers: Codable, Sendable, Equatable {
    /// Those of the hidden layer.
    package var hidden: [Float] = []
    /// Those of the output layer.
    package var output: [Float] = []

    /// No numbers.
    package init() {}

    /// Adds one number for both, or one for each.
    fileprivate mutating func append(exponentialsOf logarithms: Tensor) {
      let values = exp(logarithms).elements
      hidden.append(values[0])
      output.append(values[values.count - 1])
    }
  }

  package static func trials(for configuration: Configuration) -> [Trial] {
    let searches = configuration.objectives.flatMap { objective in
      configuration.hyperparameters.flatMap { sharing in
        configuration.initialDecays.flatMap { decay in
          configuration.seeds.map {
            Trial.search(Search(objective, sharing, from: decay, seed: $0))
          }
        }
      }
    }
    return searches + configuration.seeds.map { .grid(seed: $0) }
  }

  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    switch trial {
    // Differentiating a training takes about five times as long as carrying it out.
    case .search: 5 * Double(configuration.outerSteps)
    case .grid: Double(configuration.gridRates.count) * Double(configuration.gridDecays.count)
    }
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    let standard = Configuration()
    settings.seeds = []
    settings.objectives = []
    settings.hyperparameters = []
    settings.initialDecays = []
    switch trial {
    case .search: (settings.gridRates, settings.gridDecays) = ([], [])
    case .grid:
      settings.initialRate = standard.initialRate
      settings.outerSteps = standard.outerSteps
      settings.outerStep = standard.outerStep
    }
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    let data = try context.shared(configuration.dataset) { try Split($0) }
    let laboratory = Laboratory(configuration, data, seed: trial.seed)
    return try Kernels.withThreads(context.threads) {
      switch trial {
      case .search(let search): try laboratory.carryOut(search, in: context)
      case .grid: try laboratory.grid(in: context)
      }
    }
  }

  /// A training that left the finite numbers, or whose derivative did.
  package struct Divergence: Error, Equatable, CustomStringConvertible {
    /// One sentence that says when and with which numbers.
    package let description: String

    fileprivate init(_ hyperparameters: InnerLoop.Hyperparameters, loss: Float, when: String) {
      func list(_ logarithms: Tensor) -> String {
        // Five digits, as what went through its logarithm has no more.
        exp(logarithms).elements.map { String(format: "%.5g", Double($0)) }
          .joined(separator: " and ")
      }
      description =
        "the training diverged \(when), with a learning rate of \(list(hyperparameters.logRates)) and a weight decay of "
        + "\(list(hyperparameters.logDecays)): its loss is \(loss)"
        + (loss.isFinite ? ", and the derivative of that is no finite number" : "")
    }
  }
}

extension MetalearnDecay.Objective {
  /// Whose loss it is.
  var examples: String { self == .heldOut ? "held-out examples" : "training examples" }
}

/// The network, the examples and the training of one trial.
private struct Laboratory {
  let settings: MetalearnDecay.Configuration
  let training: Examples
  let heldOut: Examples
  let test: Examples
  let network: TanhNetwork
  let loop: InnerLoop

  init(_ settings: MetalearnDecay.Configuration, _ data: Split, seed: Int) {
    self.settings = settings
    (training, heldOut) = data.training.holdingOut(
      data.training.count - settings.trainingExamples)
    test = data.test
    var generator = TorchGenerator(seed: UInt64(seed))
    network = TanhNetwork(
      inputs: test.inputs.shape[1], hidden: settings.hidden, using: &generator)
    loop = InnerLoop(steps: settings.innerSteps, batchSize: settings.batchSize, of: training)
  }

  // MARK: The grid

  func grid(in context: TrialContext) throws -> MetalearnDecay.Measurement {
    var measurement = MetalearnDecay.Measurement()
    let cells = settings.gridRates.flatMap { rate in settings.gridDecays.map { (rate, $0) } }
    for (index, (rate, decay)) in cells.enumerated() {
      try context.checkCancellation()
      context.report(Double(index) / Double(cells.count))
      let hyperparameters = InnerLoop.Hyperparameters(rate: Float(rate), decay: Float(decay))
      let trained = loop.train(network, with: hyperparameters)
      try note(trained, hyperparameters, in: &measurement, when: "in the grid")
    }
    return measurement
  }

  // MARK: A search

  func carryOut(
    _ search: MetalearnDecay.Search, in context: TrialContext
  ) throws -> MetalearnDecay.Measurement {
    let start = InnerLoop.Hyperparameters(
      rate: Float(settings.initialRate), decay: Float(search.initialDecay),
      layers: search.hyperparameters.count)
    var progress =
      context.checkpoint.load(Progress.self).flatMap { $0.fits(start) ? $0 : nil }
      ?? Progress(start, step: settings.outerStep)
    while progress.step < settings.outerSteps {
      if context.isCancelled { try context.checkpoint.save(encoding: progress) }
      try context.checkCancellation()
      try improve(&progress, by: search.objective == .heldOut ? heldOut : training)
      if progress.step % 10 == 0 { try context.checkpoint.save(encoding: progress) }
      context.report(
        Double(progress.step) / Double(settings.outerSteps),
        "loss on held-out examples \((progress.measurement.heldOutLoss.last ?? .nan).shown(4))")
    }
    return progress.measurement
  }

  /// One outer step: trains the network, and moves the logarithms against the signs of their derivatives.
  private func improve(_ progress: inout Progress, by judge: Examples) throws {
    func outcome() -> InnerLoop.OuterGradient {
      loop.outerGradient(from: network, at: progress.hyperparameters, judgedBy: judge)
    }
    var current = outcome()
    var retreats = 0
    while !current.isFinite {
      guard progress.step > 0, retreats < Self.mostRetreats else {
        throw MetalearnDecay.Divergence(
          progress.hyperparameters, loss: current.loss, when: "in outer step \(progress.step)")
      }
      progress.retreat()
      retreats += 1
      current = outcome()
    }
    try note(
      current.network, progress.hyperparameters, in: &progress.measurement,
      when: "in outer step \(progress.step)")
    progress.move(along: current.gradient.parameters.flatMap(\.elements))
  }

  /// How often one change is halved before the search gives up.
  private static let mostRetreats = 20

  /// Adds what a trained network is worth.
  private func note(
    _ trained: TanhNetwork, _ hyperparameters: InnerLoop.Hyperparameters,
    in measurement: inout MetalearnDecay.Measurement, when: String
  ) throws {
    let (onTraining, onHeldOut) = (trained.score(on: training), trained.score(on: heldOut))
    let onTest = trained.score(on: test)
    if let loss = [onTraining, onHeldOut, onTest].map(\.loss).first(where: { !$0.isFinite }) {
      throw MetalearnDecay.Divergence(hyperparameters, loss: Float(loss), when: when)
    }
    measurement.rates.append(exponentialsOf: hyperparameters.logRates)
    measurement.decays.append(exponentialsOf: hyperparameters.logDecays)
    measurement.trainingLoss.append(onTraining.loss)
    measurement.heldOutLoss.append(onHeldOut.loss)
    measurement.testLoss.append(onTest.loss)
    measurement.testAccuracy.append(onTest.accuracy)
  }
}

/// Where a search is.
private struct Progress: Codable {
  /// The logarithms of the learning rates, and then those of the decays.
  private var logarithms: [Float]
  /// What they were before the last change.
  private var previous: [Float]
  private var rule: ResilientPropagation
  var measurement = MetalearnDecay.Measurement()

  init(_ start: InnerLoop.Hyperparameters, step: Double) {
    logarithms = start.parameters.flatMap(\.elements)
    previous = logarithms
    rule = ResilientPropagation(count: logarithms.count, step: Float(step))
  }

  /// Whether this is a search among as many numbers, which a checkpoint may not be.
  func fits(_ start: InnerLoop.Hyperparameters) -> Bool {
    let count = start.parameters.reduce(0) { $0 + $1.count }
    return logarithms.count == count && previous.count == count && rule.count == count
  }

  /// The number of the next outer step.
  var step: Int { measurement.heldOutLoss.count }

  var hyperparameters: InnerLoop.Hyperparameters {
    let half = logarithms.count / 2
    return InnerLoop.Hyperparameters(
      logRates: Tensor(Array(logarithms[..<half])), logDecays: Tensor(Array(logarithms[half...])))
  }

  mutating func move(along gradient: [Float]) {
    previous = logarithms
    rule.move(&logarithms, along: gradient)
  }

  /// Takes half of the last change back, as it led beyond the finite numbers.
  mutating func retreat() {
    logarithms = zip(previous, logarithms).map { ($0 + $1) / 2 }
    rule.halve()
  }
}

extension InnerLoop.OuterGradient {
  /// Whether the loss and its derivative are numbers to go by.
  fileprivate var isFinite: Bool {
    loss.isFinite && gradient.parameters.allSatisfy { $0.elements.allSatisfy(\.isFinite) }
  }
}
