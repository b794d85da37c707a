import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels
import Tensors

/// Figure 6 of the paper: an activation function learned through training.
package enum MetalearnActivation: Study {
  package static let name = "metalearn-activation"
  package static let revision = 2
  package static let title = "Metalearning an activation function"
  package static let question =
    "Can gradients through whole trainings find an activation function that serves this dataset better than "
    + "the well-known ones?"
  package static let about = """
    The function is elu(x) + 0.2 · m(x), m a small network that sees one number at a time. A classifier is \
    trained with it for 301 steps of RMSProp, and the mean of its last 200 losses differentiated, through \
    every one of those steps, with respect to the weights of m; which then take a step of their own. Six \
    well-known functions train the same classifier for comparison.

    Initial second moments of 1 and the noise on hidden units are the authors' notebook's, which calls the \
    noise important. Scores are taken without it.
    """
  package static let variations = ["seed=1", "inner-steps=250", "baselines=relu,tanh"]

  /// What the inner trainings of a trial use.
  package enum Trial: Codable, Hashable, Sendable, CustomStringConvertible {
    /// A function that is learned, over many trainings.
    case learned
    /// A well-known one, in trainings from the starts of ``Configuration/starts``.
    case baseline(Nonlinearity)

    package var description: String {
      switch self {
      case .learned: "the learned function"
      case .baseline(let function): function.rawValue
      }
    }
  }

  /// What a trial yields, one number per outer step; for a baseline, one per start of its trainings.
  package struct Measurement: Codable, Sendable, Equatable {
    /// The outer objective: the mean of the last losses of the inner training.
    package var objective: [Double] = []
    /// The mean of all losses of the inner training.
    package var meanLoss: [Double] = []
    /// The accuracy on the test examples after it, in percent.
    package var testAccuracy: [Double] = []
    /// The activation function on ``MetalearnActivation/positions``.
    package var samples: [Sample] = []
    /// The weights of the activation function's network after the last outer step, in the order of its parameters.
    package var weights: [[Float]] = []

    /// A trial that is about to start.
    package init() {}
  }

  /// The activation function at one moment.
  package struct Sample: Codable, Sendable, Equatable {
    /// How many outer steps came before.
    package var step: Int
    /// Its values.
    package var values: [Double]

    /// Pairs values with a moment.
    package init(step: Int, values: [Double]) {
      self.step = step
      self.values = values
    }
  }

  /// Where the activation function is sampled.
  package static let positions = (0...100).map { Double($0 - 50) / 10 }

  package static let curveNames: [String: String?] = ["samples": nil, "weights": nil]

  package static func trials(for configuration: Configuration) -> [Trial] {
    [.learned] + configuration.baselines.map(Trial.baseline)
  }

  /// An inner step that is differentiated takes about four times as long.
  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    trial == .learned ? 4 * Double(configuration.outerSteps) : 1
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    settings.baselines = []
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    let dataset = try context.shared(configuration.dataset) { try Dataset($0) }
    let test = Examples(dataset.xTest, dataset.yTest)
    let laboratory = Laboratory(
      settings: configuration, examples: Examples(dataset.x, dataset.y),
      test: test[0..<min(configuration.testExamples, test.count)])
    switch trial {
    case .learned: return try laboratory.learn(in: context)
    case .baseline(let function): return try laboratory.measure(function, in: context)
    }
  }
}

extension MetalearnActivation {
  /// The losses of the first inner training, and the gradient of the outer objective through it, with the initial
  /// activation network or another one.
  package static func firstOuterGradient(
    _ configuration: Configuration, on dataset: Dataset, at network: ActivationNetwork? = nil
  ) -> (losses: [Float], gradient: ActivationNetwork) {
    let search = configuration.search(on: Examples(dataset.x, dataset.y))
    let (outcome, gradient) = search.training(0).outerGradient(
      at: network ?? search.initialActivation)
    return (outcome.losses, gradient)
  }
}

/// A training or an outer gradient that is no longer a number.
private struct Divergence: Error, CustomStringConvertible {
  let description: String
}

/// Settings and data of a trial.
private struct Laboratory {
  let settings: MetalearnActivation.Configuration
  let search: ActivationSearch
  let test: Examples

  init(
    settings: MetalearnActivation.Configuration, examples: Examples, test: Examples
  ) {
    self.settings = settings
    search = settings.search(on: examples)
    self.test = test
  }

  /// Trains with a well-known function, from where the outer steps of ``MetalearnActivation/Configuration/starts`` do.
  func measure(
    _ function: Nonlinearity, in context: TrialContext
  ) throws -> MetalearnActivation.Measurement {
    var measurement = MetalearnActivation.Measurement()
    for start in settings.starts {
      try context.checkCancellation()
      try measurement.append(
        search.training(start)(function), activation: .named(function), test: test, settings,
        context: "with \(function)")
    }
    return measurement
  }

  /// Gradient descent on the outer objective.
  func learn(in context: TrialContext) throws -> MetalearnActivation.Measurement {
    var progress =
      context.checkpoint.load(Progress.self) ?? Progress(network: search.initialActivation)
    while progress.step < settings.outerSteps {
      try context.checkCancellation()
      let step = progress.step
      let network = try progress.network()
      if step % settings.sampleEvery == 0 { progress.sample(search.learned(network)) }
      let (outcome, gradient) = search.training(step).outerGradient(at: network)
      try progress.measurement.append(
        outcome, activation: .learned(search.learned(network)), test: test, settings,
        context: "of outer step \(step)")
      progress.setNetwork(try search.moved(network, along: gradient, step))
      progress.step += 1
      try context.checkpoint.save(encoding: progress)
      context.report(
        Double(progress.step) / Double(settings.outerSteps),
        "outer step \(step), \(progress.measurement.news)")
    }
    progress.sample(search.learned(try progress.network()))
    progress.measurement.weights = progress.weights
    return progress.measurement
  }
}

private struct DamagedCheckpoint: Error, CustomStringConvertible {
  let description = "the weights in the checkpoint are of no activation function"
}

/// Where a trial that learns is.
private struct Progress: Codable {
  var step = 0
  var weights: [[Float]]
  var measurement = MetalearnActivation.Measurement()

  init(network: ActivationNetwork) {
    weights = network.parameters.map(\.elements)
  }

  func network() throws -> ActivationNetwork {
    guard let network = ActivationNetwork(weights: weights) else { throw DamagedCheckpoint() }
    return network
  }

  mutating func setNetwork(_ network: ActivationNetwork) {
    weights = network.parameters.map(\.elements)
  }

  mutating func sample(_ activation: LearnedActivation) {
    measurement.samples.append(
      MetalearnActivation.Sample(step: step, values: activation.sampled))
  }
}

extension ActivationNetwork {
  /// A network from the elements of its parameters, the second of which has one per hidden unit; nil if that is no
  /// network.
  init?(weights: [[Float]]) {
    guard weights.count > 1, !weights[1].isEmpty else { return nil }
    self.init(zeros: weights[1].count)
    guard weights.map(\.count) == parameters.map(\.count) else { return nil }
    updateParameters(along: weights.map { Tensor($0) }) { parameter, elements in
      parameter = elements.reshaped(to: parameter.shape)
    }
  }
}

extension LearnedActivation {
  /// The values on ``MetalearnActivation/positions``.
  fileprivate var sampled: [Double] {
    self(Tensor(MetalearnActivation.positions.map(Float.init))).elements.map(Double.init)
  }
}

extension MetalearnActivation.Measurement {
  /// Adds what one inner training has shown.
  fileprivate mutating func append(
    _ outcome: InnerTraining.Outcome, activation: Activation, test: Examples,
    _ settings: MetalearnActivation.Configuration, context: String
  ) throws {
    let losses = outcome.losses.map(Double.init)
    if let step = losses.firstIndex(where: { !$0.isFinite }) {
      throw Divergence(
        description: "the loss at inner step \(step) \(context) is \(losses[step])")
    }
    let counted = losses.suffix(settings.objectiveSteps)
    objective.append(counted.reduce(0, +) / Double(counted.count))
    meanLoss.append(losses.reduce(0, +) / Double(losses.count))
    testAccuracy.append(outcome.network.detached().accuracy(on: test, activation: activation))
  }

  /// The last objective and accuracy, as a person wants to read them.
  fileprivate var news: String {
    "objective \((objective.last ?? .nan).shown(4)), "
      + "test accuracy \((testAccuracy.last ?? .nan).shown(1)) %"
  }
}
