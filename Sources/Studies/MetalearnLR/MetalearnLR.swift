import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels

/// Figure 5 of the paper: a learning rate that is itself learned by gradient descent.
package enum MetalearnLR: Study {
  package static let name = "metalearn-lr"
  package static let title = "Metalearning a learning rate"
  package static let question =
    "Does gradient descent through a whole training find its best learning rate, wherever it starts?"
  package static let about = """
    A small network is trained for 200 steps. How good the training was, the mean of its 200 losses, is a \
    function of the learning rate, and that function has an exact derivative: through every update, \
    second-order terms included. Gradient descent on it finds the best learning rate from above and from \
    below.

    With a learning rate for each step, the same derivative gives a whole schedule at no greater cost.
    """
  package static let variations = ["seeds=3x", "inner-steps=100"]

  /// One search.
  package struct Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// The learning rate to start from.
    package var initialRate: Double
    /// The seed of the network's initial weights, which are the same in every outer step.
    package var seed: Int

    /// Names a search.
    package init(initialRate: Double, seed: Int) {
      self.initialRate = initialRate
      self.seed = seed
    }

    package var description: String { "from a learning rate of \(initialRate), seed \(seed)" }
  }

  /// What one search yields.
  package struct Measurement: Codable, Sendable, Equatable {
    /// The outer objective at each outer step, before its update: the mean of the inner losses.
    package var objective: [Float] = []
    /// The last inner loss at each outer step.
    package var finalLoss: [Float] = []
    /// The mean learning rate at each outer step, and after the last.
    package var meanRate: [Float] = []
    /// The learning rates as they are after the last outer step: one, or one for each inner step.
    package var rates: [Float]

    /// A search that is about to start.
    init(rates: [Float]) {
      self.rates = rates
      noteMeanRate()
    }

    /// The number of the next outer step.
    var step: Int { objective.count }

    mutating func noteMeanRate() { meanRate.append(InnerLoop.mean(of: rates)) }
  }

  package static let curveNames: [String: String?] = ["rates": nil]

  package static func trials(for configuration: Configuration) -> [Trial] {
    configuration.initialRates.flatMap { rate in
      configuration.seeds.map { Trial(initialRate: rate, seed: $0) }
    }
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    settings.seeds = []
    settings.initialRates = []
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    try search(trial, configuration, in: context) { $0 }
  }

  /// Carries out a trial from initial weights that are changed first.
  static func search(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext,
    from changed: (TanhNetwork) -> TanhNetwork
  ) throws -> Measurement {
    let dataset = try context.shared(configuration.dataset) { try Dataset($0) }
    let training = InnerLoop(
      steps: configuration.innerSteps, batchSize: configuration.batchSize,
      of: Examples(dataset.x, dataset.y))
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    let network = changed(
      TanhNetwork(inputs: dataset.length, hidden: configuration.hidden, using: &generator))

    var search = context.checkpoint.load(Measurement.self) ?? configuration.start(of: trial)
    while search.step < configuration.outerSteps {
      if context.isCancelled { try context.checkpoint.save(encoding: search) }
      try context.checkCancellation()
      try improve(&search, by: training, of: network, configuration)
      if search.step % 10 == 0 { try context.checkpoint.save(encoding: search) }
      context.report(
        Double(search.step) / Double(configuration.outerSteps),
        "objective \(Double(search.objective.last ?? .nan).shown(4))")
    }
    return search
  }

  /// One outer step: trains the network, and moves the learning rates against the gradient of how well that went.
  private static func improve(
    _ search: inout Measurement, by training: InnerLoop, of network: TanhNetwork,
    _ configuration: Configuration
  ) throws {
    let outcome = try training.outerStep(
      from: network, rates: search.rates, stepSize: configuration.outerStepSize, number: search.step
    )
    search.objective.append(outcome.objective)
    search.finalLoss.append(outcome.losses[outcome.losses.count - 1])
    search.rates = outcome.improved
    search.noteMeanRate()
  }
}

extension MetalearnLR.Configuration {
  fileprivate func start(of trial: MetalearnLR.Trial) -> MetalearnLR.Measurement {
    let count = schedule == .shared ? 1 : innerSteps
    return .init(rates: [Float](repeating: Float(trial.initialRate), count: count))
  }

  fileprivate var outerStepSize: Float {
    schedule == .shared
      ? Float(outerLearningRate)
      : InnerLoop.stepSize(ofEachRate: Float(outerLearningRate), innerSteps: innerSteps)
  }
}

extension MetalearnLR {
  /// A search that left the finite numbers.
  package typealias Divergence = InnerLoop.Divergence
}
