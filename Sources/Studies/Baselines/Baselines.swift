import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Tensors

/// Table 1, Figure 2 and Figure 8 of the paper: how much do spatial priors help?
///
/// Four classifiers learn MNIST-1D as it is and with its columns shuffled. Shuffling takes nothing away from the
/// linear and the fully-connected classifier, which never knew that neighbouring columns belong together; it takes
/// most of the advantage of the convolutional and the recurrent one.
///
/// Each setting is trained twice over. The paper trains on all training examples and selects by the test set; an
/// honest early stopping holds a tenth of the training examples out and selects by those.
public enum Baselines: Study {
  public static let name = "baselines"
  public static let question =
    "How well do a linear, a fully-connected, a convolutional and a recurrent classifier do, and how "
    + "much of that do they owe to the order of the columns?"

  /// One training.
  public struct Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// The classifier.
    public var model: Architecture
    /// The order of the columns.
    public var columns: Columns
    /// What the classifier learns from.
    public var examples: TrainingExamples
    /// The seed of its initial weights.
    public var seed: Int

    /// Names a training.
    public init(model: Architecture, columns: Columns, examples: TrainingExamples, seed: Int) {
      self.model = model
      self.columns = columns
      self.examples = examples
      self.seed = seed
    }

    public var description: String {
      "\(model) on \(columns.rawValue) columns, \(examples.rawValue) examples, seed \(seed)"
    }
  }

  /// The order of the dataset's columns.
  public enum Columns: String, Codable, Sendable, CaseIterable {
    /// As generated.
    case ordered
    /// In the order of `RandomState(42).permutation(40)`, the same for all examples.
    case shuffled
  }

  /// What a classifier learns from.
  public enum TrainingExamples: String, Codable, Sendable, CaseIterable {
    /// All training examples, as in the paper.
    case all
    /// All but the last tenth, which decide when to stop and which evaluation is the best.
    case heldOut = "held-out"
  }

  /// What one training yields: its learning curve.
  public struct Measurement: Codable, Sendable, Equatable {
    /// The steps that were followed by an evaluation.
    public var steps: [Int]
    /// The mean loss on the training examples after each of them.
    public var trainLoss: [Double]
    /// The accuracy on the training examples in percent.
    public var trainAccuracy: [Double]
    /// The mean loss on the test examples.
    public var testLoss: [Double]
    /// The accuracy on the test examples in percent.
    public var testAccuracy: [Double]
    /// Where examples were held out, the test accuracy of the evaluation that did best on those.
    public var selectedTestAccuracy: Double?
    /// The test examples of each digit that the final weights take for another; nil in results from before this
    /// was measured.
    public var errors: ErrorsByClass?
    /// The digest of the final weights.
    public var digest: String
  }

  public static func trials(for configuration: Configuration) -> [Trial] {
    configuration.examples.flatMap { examples in
      configuration.models.flatMap { model in
        configuration.columns.flatMap { columns in
          configuration.seeds.map {
            Trial(model: model, columns: columns, examples: examples, seed: $0)
          }
        }
      }
    }
  }

  /// Measured: a GRU's step takes about thirty times as long as a logistic one's, and early stopping saves half.
  public static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    let step: Double =
      switch trial.model {
      case .logistic: 1
      case .mlp: 12
      case .cnn: 22
      case .gru: 30
      }
    return trial.examples == .all ? step : step / 2
  }

  public static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    let dataset = try context.shared(DatasetKey(configuration.dataset, trial.columns)) {
      try $0.dataset()
    }
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    let model = BaselineNetwork(trial.model, inputs: dataset.length, using: &generator)
    let examples = Examples(dataset.x, dataset.y)
    let (learned, heldOut): (Examples, Examples?) =
      switch trial.examples {
      case .all: (examples, nil)
      case .heldOut: examples.holdingOut(examples.count / 10)
      }
    let test = Examples(dataset.xTest, dataset.yTest)
    var training = try Training(
      of: model, on: learned, validating: heldOut, testing: test,
      settings: configuration.training(on: trial.examples))
    try Kernels.withThreads(context.threads) { try context.train(&training) }
    var measurement = Measurement(training, selected: trial.examples)
    measurement.errors = ErrorsByClass(
      labels: dataset.yTest, answers: training.model.predictions(for: test.inputs))
    return measurement
  }
}

extension Baselines.Measurement {
  init(
    _ training: PaperTraining<BaselineNetwork>, selected examples: Baselines.TrainingExamples
  ) {
    let evaluations = training.evaluations
    steps = evaluations.map(\.step)
    trainLoss = evaluations.map(\.train.loss)
    trainAccuracy = evaluations.map(\.train.accuracy)
    testLoss = evaluations.map(\.test.loss)
    testAccuracy = evaluations.map(\.test.accuracy)
    selectedTestAccuracy = examples == .heldOut ? training.best?.test.accuracy : nil
    digest = training.model.digest
  }

  /// The test accuracy after the last evaluated step.
  var last: Double { testAccuracy.last ?? .nan }
  /// The highest test accuracy of any evaluation: a selection by the test set.
  var best: Double { testAccuracy.max() ?? .nan }
}

/// A dataset that several trials share.
private struct DatasetKey: Hashable, Sendable {
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
