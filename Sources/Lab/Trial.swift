import NeuralNetworks
import Tensors

/// Something that goes on step by step: a training, or a search made of trainings.
class Trial {
  /// How many points a signal has.
  let inputs: Int

  init(inputs: Int) {
    self.inputs = inputs
  }

  /// The names of the numbers that a step yields.
  var columns: [String] { preconditionFailure("a kind of trial lacks its columns") }
  /// How many steps were taken, and how many there are in all.
  var steps: (taken: Int, total: Int) { preconditionFailure("a kind of trial lacks its steps") }

  /// Takes one step.
  ///
  /// - Returns: one number for each column or, where the step has yielded nothing to show, none.
  func step() throws(LabError) -> [Double] {
    preconditionFailure("a kind of trial lacks its step")
  }

  /// The mean loss and the accuracy in percent on the training examples, and both on the test examples.
  func evaluate() throws(LabError) -> [Double] {
    throw LabError("This trial has no one network to evaluate.")
  }

  /// The probability of each class for each of some signals, [count, length].
  func predict(_ signals: Tensor) throws(LabError) -> [Double] {
    throw LabError("This trial has no one network to predict with.")
  }

  /// Tensors by name, such as parameters.
  var tensors: [(name: String, tensor: Tensor)] { [] }

  /// The digest of what is learned.
  var digest: String { preconditionFailure("a kind of trial lacks its digest") }

  /// Whether the last step was taken.
  var isFinished: Bool { steps.taken >= steps.total }
}

/// A classifier's training.
final class TrainingTrial<Model: Classifier, Rule: Optimizer, Source: BatchSource>: Trial {
  private var training: Training<Model, Rule, Source>
  private let learned: Examples
  private let test: Examples
  private let loss: ClassificationLoss

  init(
    _ training: Training<Model, Rule, Source>, on learned: Examples, testing test: Examples,
    by loss: ClassificationLoss
  ) {
    self.training = training
    self.learned = learned
    self.test = test
    self.loss = loss
    super.init(inputs: learned.inputs.shape[1])
  }

  override var columns: [String] { ["loss"] }
  override var steps: (taken: Int, total: Int) { (training.stepCount, training.steps) }

  override func step() throws(LabError) -> [Double] {
    do throws(TrainingError) {
      return [Double(try training.step().trainLoss)]
    } catch {
      throw LabError(error.description)
    }
  }

  override func evaluate() throws(LabError) -> [Double] {
    let (train, test) = (
      training.model.score(on: learned, by: loss), training.model.score(on: test, by: loss)
    )
    return [train.loss, train.accuracy, test.loss, test.accuracy]
  }

  override func predict(_ signals: Tensor) throws(LabError) -> [Double] {
    softmax(training.model(signals)).elements.map { Double($0) }
  }

  override var tensors: [(name: String, tensor: Tensor)] { training.model.namedTensors }
  override var digest: String { training.model.digest }
}
