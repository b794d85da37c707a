import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels
import Tensors

/// Figure 7 of the paper: what is the relationship between pooling and sample efficiency?
package enum Pooling: Study {
  package static let name = "pooling"
  package static let revision = 2
  package static let title = "Pooling and sample efficiency"
  package static let question =
    "How much does pooling help a convolutional network, and how does that depend on the number of "
    + "training examples?"
  package static let about = """
    One convolutional network, in five versions that differ in how they halve the number of positions, \
    learns from 1000 to 50,000 examples. With few examples pooling is worth more than any other choice; with \
    many it is worth nothing.
    """
  package static let variations = ["seeds=42..51", "sizes=1000,10000", "channels=50"]

  /// One training.
  package struct Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// The way of halving the number of positions.
    package var method: PoolingMethod
    /// How many examples the network learns from.
    package var size: Int
    /// The seed of its initial weights.
    package var seed: Int

    /// Names a training.
    package init(method: PoolingMethod, size: Int, seed: Int) {
      self.method = method
      self.size = size
      self.seed = seed
    }

    package var description: String { "\(method.label), \(size) examples, seed \(seed)" }
  }

  /// What one training yields: its learning curve.
  package struct Measurement: Codable, Sendable, Equatable {
    /// The steps that were followed by an evaluation.
    package var steps: [Int] = []
    /// The accuracy on the test examples after each of them, in percent.
    package var testAccuracy: [Double] = []
    /// The digest of the final weights.
    package var digest = ""

    /// A curve of these points.
    package init(steps: [Int] = [], testAccuracy: [Double] = []) {
      self.steps = steps
      self.testAccuracy = testAccuracy
    }
  }

  package static func trials(for configuration: Configuration) -> [Trial] {
    configuration.sizes.flatMap { size in
      configuration.methods.flatMap { method in
        configuration.seeds.map { Trial(method: method, size: size, seed: $0) }
      }
    }
  }

  /// Measured: the second convolution takes most of the time, and pooling or a stride halves its work or more.
  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    switch trial.method {
    case .none: 3
    case .stride: 1
    case .max, .average, .l2: 2
    }
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    settings.seeds = []
    settings.methods = []
    settings.sizes = []
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    let data = try context.shared(configuration.dataset(of: trial.size)) { try Split($0) }
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    let network = PoolingNetwork(
      trial.method, inputs: data.training.inputs.shape[1], channels: configuration.channels,
      using: &generator)
    var training = try Training(
      of: network, on: data.training, testing: data.test, by: configuration.training)
    var curve = Measurement()
    try Kernels.withThreads(context.threads) {
      try context.train(&training) { training in
        let step = try training.step().step
        guard step % configuration.evalEvery == 0 || step == configuration.steps else { return }
        // The training examples, of which there may be fifty times as many, are not what the figure is about.
        curve.steps.append(step)
        curve.testAccuracy.append(training.model.score(on: data.test).accuracy)
      }
    }
    curve.digest = training.model.digest
    return curve
  }
}

extension PoolingMethod: Codable {}
