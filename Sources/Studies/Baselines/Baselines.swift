import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels
import Tensors

/// Table 1, Figure 2 and Figure 8 of the paper: how much do spatial priors help?
package enum Baselines: Study {
  package static let name = "baselines"
  package static let revision = 2
  package static let question =
    "How well do a linear, a fully-connected, a convolutional and a recurrent classifier do, and how "
    + "much of that do they owe to the order of the columns?"
  package static let about = """
    Four classifiers learn MNIST-1D as it is and with its columns shuffled. Shuffling takes nothing away \
    from the linear and the fully-connected classifier, which never knew that neighbouring columns belong \
    together; it takes most of the advantage of the convolutional and the recurrent one.

    Each setting is trained twice over. The paper trains on all training examples and selects by the test \
    set; an honest early stopping holds a tenth of the training examples out and selects by those.

    With mnist=DIR, a folder of MNIST's files, they learn MNIST as well, which the paper finds too easy to \
    tell them apart.
    """
  package static let variations = [
    "models=mlp,cnn",
    "seeds=42..51",
    "learning-rate=0.003",
    "dataset.corr-noise-scale=0.5",
  ]

  /// One training.
  package struct Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// The classifier.
    package var model: Architecture
    /// The order of the columns.
    package var columns: Columns
    /// What the classifier learns from.
    package var examples: TrainingExamples
    /// Which images of MNIST these are; nil for MNIST-1D.
    package var images: Images?
    /// The seed of its initial weights.
    package var seed: Int

    /// Names a training.
    package init(
      model: Architecture, columns: Columns, examples: TrainingExamples, images: Images? = nil,
      seed: Int
    ) {
      self.model = model
      self.columns = columns
      self.examples = examples
      self.images = images
      self.seed = seed
    }

    enum CodingKeys: String, CodingKey { case model, columns, examples, images, seed }

    package var description: String {
      switch images {
      case nil:
        "\(model) on \(columns.rawValue) columns, \(examples.rawValue) examples, seed \(seed)"
      case .equal: "\(model) on MNIST, \(columns.rawValue) pixels, seed \(seed)"
      case .whole: "\(model) on all of MNIST, \(columns.rawValue) pixels, seed \(seed)"
      }
    }
  }

  /// The order of the dataset's columns.
  package enum Columns: String, Codable, Sendable, CaseIterable {
    /// As generated.
    case ordered
    /// In the order of `RandomState(42).permutation(40)`, the same for all examples.
    case shuffled
  }

  /// What a classifier learns from.
  package enum TrainingExamples: String, Codable, Sendable, CaseIterable {
    /// All training examples, as in the paper.
    case all
    /// All but the last tenth, which decide when to stop and which evaluation is the best.
    case heldOut = "held-out"
  }

  /// What one training yields: its learning curve.
  package struct Measurement: Codable, Sendable, Equatable {
    /// The steps that were followed by an evaluation.
    package var steps: [Int]
    /// The mean loss on the training examples after each of them.
    package var trainLoss: [Double]
    /// The accuracy on the training examples in percent.
    package var trainAccuracy: [Double]
    /// The mean loss on the test examples.
    package var testLoss: [Double]
    /// The accuracy on the test examples in percent.
    package var testAccuracy: [Double]
    /// Where examples were held out, the test accuracy of the evaluation that did best on those.
    package var selectedTestAccuracy: Double?
    /// The test examples of each digit that the final weights take for another; nil in results from before this
    /// was measured.
    package var errors: ErrorsByClass?
    /// The digest of the final weights.
    package var digest: String
  }

  package static let curveNames: [String: String?] = ["errors": nil]

  package static func trials(for configuration: Configuration) -> [Trial] {
    func trials(
      _ models: [Architecture], _ examples: TrainingExamples, _ images: Images? = nil
    ) -> [Trial] {
      models.flatMap { model in
        configuration.columns.flatMap { columns in
          configuration.seeds.map {
            Trial(model: model, columns: columns, examples: examples, images: images, seed: $0)
          }
        }
      }
    }
    let signals = configuration.examples.flatMap { trials(configuration.models, $0) }
    guard !configuration.mnist.isEmpty else { return signals }
    return signals
      + configuration.mnistImages.flatMap { trials(configuration.imageModels, .all, $0) }
  }

  /// Early stopping saves half.
  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    guard let images = trial.images else {
      return trial.model.relativeCost / (trial.examples == .all ? 1 : 2)
    }
    // Sixty thousand training images take half of the time in evaluations.
    let steps = Double(configuration.mnistSteps + 1) / Double(configuration.steps + 1)
    return trial.model.relativeCostOnImages * steps * (images == .equal ? 1 : 2)
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    settings.seeds = []
    settings.models = []
    settings.columns = []
    settings.examples = []
    settings.network = configuration.network.restricted(to: trial.model)
    settings.mnist = ""
    settings.mnistImages = []
    if trial.images == nil {
      settings.mnistDigest = ""
      settings.mnistSteps = 0
    } else {
      settings.steps = 0
      settings.patience = 0
      settings.dataset = DatasetConfiguration()
      if trial.images == .equal {
        settings.dataset.numSamples = configuration.dataset.numSamples
        settings.dataset.trainSplit = configuration.dataset.trainSplit
      }
    }
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    if let images = trial.images {
      return try measure(trial, on: images, configuration, in: context)
    }
    let dataset = try context.shared(ColumnOrderKey(configuration.dataset, trial.columns)) {
      try $0.dataset()
    }
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    let model = BaselineNetwork(
      trial.model, configuration.network, inputs: dataset.length, using: &generator)
    let examples = Examples(dataset.x, dataset.y)
    let (learned, heldOut): (Examples, Examples?) =
      switch trial.examples {
      case .all: (examples, nil)
      case .heldOut: examples.holdingOut(examples.count / 10)
      }
    let test = Examples(dataset.xTest, dataset.yTest)
    var training = try Training(
      of: model, on: learned, validating: heldOut, testing: test,
      by: configuration.training(on: trial.examples))
    try Kernels.withThreads(context.threads) { try context.train(&training) }
    var measurement = Measurement(training, selected: trial.examples)
    measurement.errors = ErrorsByClass(
      labels: dataset.yTest, answers: training.model.predictions(for: test.inputs))
    return measurement
  }
}

extension Baselines.Measurement {
  init(
    _ training: RecipeTraining<BaselineNetwork>, selected examples: Baselines.TrainingExamples
  ) {
    let evaluations = training.evaluationsIncludingLast
    steps = evaluations.map(\.step)
    trainLoss = evaluations.map(\.train.loss)
    trainAccuracy = evaluations.map(\.train.accuracy)
    testLoss = evaluations.map(\.test.loss)
    testAccuracy = evaluations.map(\.test.accuracy)
    selectedTestAccuracy = examples == .heldOut ? training.bestIncludingLast?.test.accuracy : nil
    digest = training.model.digest
  }

  /// The test accuracy after the last evaluated step.
  var last: Double { testAccuracy.last ?? .nan }
  /// The highest test accuracy of any evaluation: a selection by the test set.
  package var best: Double { testAccuracy.max() ?? .nan }
}

/// A dataset with its columns in one order, which several trials share.
struct ColumnOrderKey: Hashable, Sendable {
  let configuration: DatasetConfiguration
  let columns: Baselines.Columns

  init(_ configuration: DatasetConfiguration, _ columns: Baselines.Columns) {
    self.configuration = configuration
    self.columns = columns
  }

  func dataset() throws -> Dataset {
    let dataset = try Dataset(configuration)
    return columns == .shuffled ? dataset.shufflingColumns() : dataset
  }
}
