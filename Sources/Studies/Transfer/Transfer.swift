import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels
import Tensors

/// Does an activation function that was learned on MNIST-1D serve other networks on other data?
package enum Transfer: Study {
  package static let name = "transfer"
  package static let title = "Transfer of a learned activation function"
  package static let question =
    "Does an activation function that was learned on MNIST-1D serve convolutional networks, there and on images?"
  package static let about = """
    The paper's convolutional network learns with the activation function that metalearn-activation has found, \
    with the six well-known ones and, as the paper suggests for later, with one that was found on a larger \
    network through more steps; on MNIST-1D and, given their files, on MNIST and CIFAR-10. The functions are \
    ranked by the training loss early on and by the test loss at the end.
    """
  package static let variations = [
    "seeds=42..51", "learning-rate=0.001", "early-steps=100", "channels=50",
  ]

  /// What follows each convolution.
  package enum Activation: String, Codable, Sendable, CaseIterable, CustomStringConvertible {
    /// What metalearn-activation has found.
    case learned
    /// What it has found on a larger network, through more steps.
    case learnedLarger = "learned-larger"
    case relu, elu, swish, tanh, softplus, sigmoid

    /// The well-known function; nil for one that was learned.
    package var nonlinearity: Nonlinearity? { Nonlinearity(rawValue: rawValue) }

    package var description: String { self == .learnedLarger ? "learned, larger" : rawValue }
  }

  /// What is classified.
  package enum Data: String, Codable, Sendable, CaseIterable, CustomStringConvertible {
    case mnist1d, mnist, cifar10

    /// Where it comes from, if others have published it; nil for what is generated.
    package var images: PublishedImages? { PublishedImages(rawValue: rawValue) }

    package var description: String { images?.label ?? "MNIST-1D" }
  }

  /// One training.
  package struct Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// What is classified.
    package var data: Data
    /// What follows each convolution.
    package var activation: Activation
    /// The seed of the initial weights, and of the order of the examples.
    package var seed: Int

    /// Names a training.
    package init(data: Data, activation: Activation, seed: Int) {
      self.data = data
      self.activation = activation
      self.seed = seed
    }

    package var description: String { "\(activation) on \(data), seed \(seed)" }
  }

  /// What one training yields.
  package struct Measurement: Codable, Sendable, Equatable {
    /// How many examples are learned from.
    package var examples = 0
    /// The mean loss of the batches of the early steps, each before its update.
    package var earlyLoss = 0.0
    /// The losses of the batches.
    package var training = Losses()
    /// The scores on the test examples.
    package var test = Scores()
    /// The activation function on `SampledActivation.places`, where it was learned.
    package var function: [Float] = []
    /// The digest of the final weights.
    package var digest = ""

    /// What is yet to be measured.
    package init() {}
  }

  /// Losses of batches while training.
  package struct Losses: Codable, Sendable, Equatable {
    /// The last step of each group of ten.
    package var steps: [Int] = []
    /// The mean loss of the group's batches, each before its update.
    package var loss: [Double] = []
  }

  /// Scores on examples while training.
  package struct Scores: Codable, Sendable, Equatable {
    /// The steps that were followed by an evaluation.
    package var steps: [Int] = []
    /// The mean loss.
    package var loss: [Double] = []
    /// The accuracy in percent.
    package var accuracy: [Double] = []
  }

  package static let curveNames: [String: String?] = [
    "training.loss": "trainLoss", "test.loss": "testLoss", "test.accuracy": "testAccuracy",
    "function": nil,
  ]

  package static func trials(for configuration: Configuration) -> [Trial] {
    configuration.data.flatMap { data in
      configuration.activations.flatMap { activation in
        configuration.seeds.map { Trial(data: data, activation: activation, seed: $0) }
      }
    }
  }

  /// Measured, with 28 × 28 and with 32 × 32 pixels in three colours.
  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    switch trial.data {
    case .mnist1d: 1
    case .mnist: 12
    case .cifar10: 20
    }
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    settings.seeds = []
    settings.activations = []
    // The digests say what is there.
    (settings.activation, settings.mnist, settings.cifar10) = ("", "", "")
    if trial.activation != .learned { settings.activationDigest = "" }
    if trial.data != .mnist { settings.mnistDigest = "" }
    if trial.data != .cifar10 { settings.cifar10Digest = "" }
    if trial.data != .mnist1d { settings.dataset = DatasetConfiguration() }
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    if let function = trial.activation.nonlinearity {
      return try measure(function, trial, configuration, in: context)
    }
    let function = try configuration.function(of: trial.activation)
    var measurement = try measure(function, trial, configuration, in: context)
    measurement.function = function.values
    return measurement
  }

  /// Trains the network for the data with one activation function.
  private static func measure(
    _ function: some Layer, _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    guard let images = trial.data.images else {
      let data = try context.shared(configuration.dataset) { try Split($0) }
      let network = TransferNetwork(
        function, inputs: data.training.inputs.shape[1], channels: configuration.channels,
        using: &generator)
      return try train(
        network, on: data, by: configuration.training(on: trial.data), configuration,
        using: generator, in: context)
    }
    let place = configuration.place(of: images)
    let (data, shape) = try context.shared(place) {
      let images = try images.read($0.folder, digest: $0.digest)
      return (Split(standardizing: images), images.shape)
    }
    let least = ConvolutionalNetwork2D.smallestSide
    guard min(shape.height, shape.width) >= least else {
      throw SettingError(
        "the images in \(place.folder) have \(shape.height)×\(shape.width) pixels; the convolutional network needs "
          + "\(least)×\(least) or more")
    }
    let network = TransferNetwork(
      function, image: shape, channels: configuration.channels, using: &generator)
    return try train(
      network, on: data, by: configuration.training(on: trial.data), configuration,
      using: generator, in: context)
  }

  /// Trains a network, and looks at it on the way.
  private static func train(
    _ network: some Classifier, on data: Split, by recipe: TrainingRecipe,
    _ configuration: Configuration, using generator: TorchGenerator, in context: TrialContext
  ) throws -> Measurement {
    var training = try Training(
      of: network, on: data.training, testing: data.test, by: recipe,
      using: generator)
    var measurement = Measurement()
    measurement.examples = data.training.count
    try Kernels.withThreads(context.threads) {
      try context.train(&training) { training in
        let step = try training.step()
        measurement.append(step, of: configuration)
        guard configuration.isEvaluated(after: step.step) else { return }
        // The training examples, of which there may be 60,000, are not scored: the batches' losses say enough.
        measurement.append(training.model.score(on: data.test), after: step.step)
      }
    }
    measurement.digest = training.model.digest
    return measurement
  }
}

extension Transfer.Measurement {
  /// Adds the loss of a step's batch.
  fileprivate mutating func append(
    _ metrics: StepMetrics, of configuration: Transfer.Configuration
  ) {
    let (step, loss) = (metrics.step, Double(metrics.trainLoss))
    if step < configuration.earlySteps { earlyLoss += loss / Double(configuration.earlySteps) }
    // Sums, until the group is complete.
    if step % 10 == 0 {
      training.steps.append(step)
      training.loss.append(0)
    }
    let group = training.loss.count - 1
    let before = Double(step % 10)
    training.steps[group] = step
    training.loss[group] = (training.loss[group] * before + loss) / (before + 1)
  }

  fileprivate mutating func append(_ score: Score, after step: Int) {
    test.steps.append(step)
    test.loss.append(score.loss)
    test.accuracy.append(score.accuracy)
  }
}
