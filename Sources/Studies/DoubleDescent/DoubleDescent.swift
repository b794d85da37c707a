import Storage
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels
import Tensors

/// Figure 4 of the paper: deep double descent.
package enum DoubleDescent: Study {
  package static let name = "double-descent"
  package static let title = "Deep double descent"
  package static let question =
    "Does the test error peak where a network can just learn its training set by heart, and where is that for each "
    + "loss?"
  package static let about = """
    Networks of growing size learn the same 4000 examples, some of whose labels are wrong. The test error \
    falls, rises to a peak where the network is just large enough to learn the training set by heart, and \
    falls again. The paper adds where that happens: with a mean squared error at about as many parameters as \
    there are examples times outputs, n · K; with a negative log-likelihood at about as many as there are \
    examples, n.
    """
  package static let variations = ["seeds=42..46", "models=mlp", "dataset.num-samples=2000"]
  package static let revision = 2

  /// The kinds of network.
  package enum Model: String, Codable, Sendable, CaseIterable {
    /// 40 → h → h → 10 with relu.
    case mlp
    /// The convolutional network of the baselines with c channels.
    case cnn
  }

  /// One training.
  package struct Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// The network.
    package var model: Model
    /// Its size: hidden units in each layer of the MLP, channels of the CNN.
    package var size: Int
    /// What the training makes small.
    package var loss: ClassificationLoss
    /// The probability with which a training label is replaced.
    package var noise: Double
    /// The seed of the initial weights, of the order of the examples, and of the noise.
    package var seed: Int

    /// Names a training.
    package init(model: Model, size: Int, loss: ClassificationLoss, noise: Double, seed: Int) {
      self.model = model
      self.size = size
      self.loss = loss
      self.noise = noise
      self.seed = seed
    }

    package var description: String {
      "\(model.rawValue) of size \(size) by \(loss.rawValue), noise \(noise), seed \(seed)"
    }
  }

  /// What one training yields: its errors along the way.
  package struct Measurement: Codable, Sendable, Equatable {
    /// How many numbers the network learns.
    package var parameters: Int
    /// After how many epochs the network was evaluated.
    package var epochs: [Int] = []
    /// The mean loss on the training examples, with the labels that the network was given.
    package var trainLoss: [Double] = []
    /// The share of training examples that are classified otherwise than their label says, in percent.
    package var trainError: [Double] = []
    /// The mean loss on the test examples, whose labels are right.
    package var testLoss: [Double] = []
    /// The share of test examples that are classified wrongly, in percent.
    package var testError: [Double] = []
    /// The digest of the final weights.
    package var digest = ""

    /// A training that is about to start.
    package init(parameters: Int) { self.parameters = parameters }
  }

  package static func trials(for configuration: Configuration) -> [Trial] {
    configuration.models.flatMap { model in
      configuration.losses.flatMap { loss in
        configuration.noiseLevels(model, loss).flatMap { noise in
          configuration.sizes(of: model, loss).flatMap { size in
            configuration.seeds.map {
              Trial(model: model, size: size, loss: loss, noise: noise, seed: $0)
            }
          }
        }
      }
    }
  }

  /// Fitted to measured times, in microseconds of a step with 100 examples: a constant for what surrounds the
  /// arithmetic, and the multiplications of one example.
  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    let inputs = configuration.dataset.finalSeqLength
    let multiplications = Double(trial.model.multiplications(size: trial.size, inputs: inputs))
    let step: Double =
      switch trial.model {
      case .mlp: 17 + 3.5e-3 * multiplications
      case .cnn: 24 + 4.4e-3 * multiplications
      }
    return step * Double(configuration.epochs)
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    (settings.seeds, settings.models, settings.losses, settings.noise) = ([], [], [], [])
    (settings.widths, settings.channels) = ([], [])
    settings.nllParameters = 0
    settings.epochWidths = configuration.follows(trial) ? [trial.size] : []
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    try measure(trial, configuration, in: context, savingEvery: .seconds(20))
  }

  /// The same, with the state saved after an epoch if the last time was so long ago; the bits do not depend on it.
  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext,
    savingEvery interval: Duration
  ) throws -> Measurement {
    let data = try context.shared(configuration.dataset) { try Split($0) }
    let (training, test) = (data.training, data.test)
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    let inputs = training.inputs.shape[1]
    let work = Work(
      trial: trial, configuration: configuration, training: training.withNoise(of: trial),
      test: test, context: context, interval: interval)
    return try Kernels.withThreads(context.threads) {
      switch trial.model {
      case .mlp:
        let network = MultilayerPerceptron(
          inputs: inputs, hidden: trial.size, connection: .plain, using: &generator)
        return try work.train(network, shuffledBy: generator)
      case .cnn:
        let network = ConvolutionalNetwork(
          inputs: inputs, channels: trial.size, using: &generator)
        return try work.train(network, shuffledBy: generator)
      }
    }
  }
}

extension DoubleDescent.Model {
  /// How many numbers a network of this kind learns.
  func parameters(size: Int, inputs: Int) -> Int {
    switch self {
    case .mlp: (inputs + 1) * size + (size + 1) * size + (size + 1) * 10
    case .cnn:
      6 * size + 2 * (3 * size + 1) * size + (positions(inputs: inputs)[2] * size + 1) * 10
    }
  }

  /// How many multiplications one example takes on its way through the network.
  func multiplications(size: Int, inputs: Int) -> Int {
    switch self {
    case .mlp: (inputs + size + 10) * size
    case .cnn:
      zip(positions(inputs: inputs), [5, 3 * size, 3 * size]).reduce(0) { $0 + $1.0 * $1.1 * size }
        + positions(inputs: inputs)[2] * size * 10
    }
  }

  /// The length of each convolution's output.
  private func positions(inputs: Int) -> [Int] {
    var length = inputs
    return [5, 3, 3].map { kernel in
      length = Conv1D.outputLength(length, kernel: kernel, stride: 2, padding: 1)
      return length
    }
  }
}

extension Examples {
  fileprivate func withNoise(of trial: DoubleDescent.Trial) -> Examples {
    Examples(inputs: inputs, labels: noisyLabels(labels, noise: trial.noise, seed: trial.seed))
  }
}

/// A trial with its data.
private struct Work {
  let trial: DoubleDescent.Trial
  let configuration: DoubleDescent.Configuration
  let training: Examples
  let test: Examples
  let context: TrialContext
  let interval: Duration

  func train<Network: Classifier>(
    _ network: Network, shuffledBy generator: TorchGenerator
  ) throws -> DoubleDescent.Measurement {
    var training = try configuration.training(
      of: network, on: training, shuffledBy: generator, by: trial.loss)
    var measurement = DoubleDescent.Measurement(parameters: network.parameterCount)
    let followed = configuration.follows(trial) ? configuration.followedEpochs : []
    let start = training
    if let saved = context.checkpoint.load(by: { try resumed(start, from: $0) }) {
      (training, measurement) = saved
    }
    var lastSave = ContinuousClock.now
    try context.train(&training) { training in
      try training.stepEpoch()
      if training.isFinished || training.epoch % configuration.evalEvery == 0
        || followed.contains(training.epoch)
      {
        evaluate(training.model, after: training.epoch, into: &measurement)
      }
      guard !training.isFinished else { return }
      if context.isCancelled || lastSave.duration(to: .now) >= interval {
        try save(training, measurement)
        lastSave = .now
      }
    } news: {
      measurement.testError.last.map { "test error \($0.shown(1)) %" }
    }
    measurement.digest = training.model.digest
    return measurement
  }

  private func evaluate(
    _ model: some Classifier, after epoch: Int, into measurement: inout DoubleDescent.Measurement
  ) {
    let train = model.score(on: training, by: trial.loss)
    let test = model.score(on: test, by: trial.loss)
    measurement.epochs.append(epoch)
    measurement.trainLoss.append(train.loss)
    measurement.trainError.append(100 - train.accuracy)
    measurement.testLoss.append(test.loss)
    measurement.testError.append(100 - test.accuracy)
  }

  private typealias ShuffledTraining<Network: Classifier> = Training<
    Network, SGD, Batches<Examples>
  >

  /// The number of a saved training that holds what was measured.
  private static let measurementKey = "measurement"

  private func save(
    _ training: ShuffledTraining<some Classifier>, _ measurement: DoubleDescent.Measurement
  ) throws {
    var state = training.state
    state.numbers[Self.measurementKey] = try JSON(encoding: measurement).canonical
    try context.checkpoint.save(Data(state.encode()))
  }

  /// The training and the measurement that were saved.
  private func resumed<Network: Classifier>(
    _ start: ShuffledTraining<Network>, from bytes: Data
  ) throws -> (ShuffledTraining<Network>, DoubleDescent.Measurement) {
    let saved = try TrainingState(decoding: Array(bytes))
    var training = start
    try training.resume(from: saved)
    let measurement = saved.numbers[Self.measurementKey] ?? ""
    return (
      training,
      try JSON(reading: measurement).decode(DoubleDescent.Measurement.self)
    )
  }
}
