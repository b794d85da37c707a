import Tensors

/// A classifier on its way through the paper's training: Adam and cross-entropy on batches taken in order.
///
///     var training = try Training(of: model, on: examples, testing: test, settings: settings)
///     while !training.isFinished {
///       let metrics = try training.advance()
///     }
///     print(training.evaluations.last!.test.accuracy)
///
/// The state is a value: it can be copied, saved as a ``Checkpoint`` and resumed to the same bits.
public struct Training<Model: Classifier>: Sendable {
  /// How to train.
  public let settings: TrainingSettings
  /// The examples to learn from.
  public let training: Examples
  /// Examples held out of the training data, by which a model can be selected without a look at the test set.
  public let validation: Examples?
  /// The examples to report on.
  public let test: Examples

  /// The model as it is now.
  public internal(set) var model: Model
  /// The optimizer as it is now.
  public internal(set) var optimizer: Adam
  /// The number of the next step.
  public internal(set) var step = 0
  /// Every evaluation so far.
  public internal(set) var evaluations: [Evaluation] = []
  /// The model at the evaluation that did best by ``Evaluation/criterion``, the first of several equal ones.
  public internal(set) var bestModel: Model
  var bestIndex: Int?

  /// The scores after a step.
  public struct Evaluation: Hashable, Sendable {
    /// The step whose update came before.
    public var step: Int
    /// On the training examples.
    public var train: Score
    /// On the held-out examples, if there are any.
    public var validation: Score?
    /// On the test examples.
    public var test: Score

    /// What a selection maximises: the accuracy on held-out examples, or on the test set where there are none.
    public var criterion: Double { (validation ?? test).accuracy }
  }

  /// What one step yields.
  public struct StepMetrics: Sendable {
    /// The number of the step.
    public var step: Int
    /// The loss on the step's batch, before its update.
    public var trainLoss: Float
    /// The scores after the update, on steps that evaluate.
    public var evaluation: Evaluation?
  }

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - model: the network to start from.
  ///   - training: what to learn from.
  ///   - validation: examples held out of it, for selection and early stopping.
  ///   - test: what to report on.
  ///   - settings: how to train.
  /// - Throws: `TrainingError.setting` for settings that make no sense.
  public init(
    of model: Model, on training: Examples, validating validation: Examples? = nil,
    testing test: Examples, settings: TrainingSettings = TrainingSettings()
  ) throws(TrainingError) {
    try settings.validate()
    self.model = model
    self.bestModel = model
    self.training = training
    self.validation = validation
    self.test = test
    self.settings = settings
    optimizer = Adam(learningRate: settings.learningRate, weightDecay: settings.weightDecay)
  }

  /// Whether the last step has been taken, or patience has run out.
  public var isFinished: Bool {
    if step > settings.steps { return true }
    guard let patience = settings.patience, let bestIndex else { return false }
    return evaluations.count - 1 - bestIndex >= patience
  }

  /// The evaluation that did best by ``Evaluation/criterion``, the first of several equal ones.
  public var best: Evaluation? { bestIndex.map { evaluations[$0] } }

  /// Takes one step.
  ///
  /// - Returns: the batch's loss before the update, and the scores after it where they are due.
  /// - Throws: `TrainingError.diverged` when the loss is not finite.
  public mutating func advance() throws(TrainingError) -> StepMetrics {
    var metrics = try takeStep()
    if metrics.step % settings.evaluationInterval == 0 {
      metrics.evaluation = evaluate(after: metrics.step)
    }
    return metrics
  }

  /// Takes one step and scores nothing, for a caller that evaluates the model in its own way.
  ///
  /// - Returns: the batch's loss before the update.
  /// - Throws: `TrainingError.diverged` when the loss is not finite.
  public mutating func takeStep() throws(TrainingError) -> StepMetrics {
    let start = step * settings.batchSize % training.count
    let batch = training[start..<Swift.min(start + settings.batchSize, training.count)]
    let (loss, gradient) = valueAndGradient(at: model) { model in
      softmaxCrossEntropy(model(batch.inputs), labels: batch.labels)
    }
    guard loss.scalar.isFinite else { throw .diverged(step: step, loss: loss.scalar) }
    optimizer.update(&model, along: gradient)
    defer { step += 1 }
    return StepMetrics(step: step, trainLoss: loss.scalar)
  }

  private mutating func evaluate(after step: Int) -> Evaluation {
    let evaluation = Evaluation(
      step: step, train: model.score(on: training),
      validation: validation.map { model.score(on: $0) },
      test: model.score(on: test))
    if note(evaluation) { bestModel = model }
    return evaluation
  }

  /// Adds an evaluation to the history; returns whether it is the best so far.
  @discardableResult
  mutating func note(_ evaluation: Evaluation) -> Bool {
    evaluations.append(evaluation)
    let isBest = best.map { evaluation.criterion > $0.criterion } ?? true
    if isBest { bestIndex = evaluations.count - 1 }
    return isBest
  }
}
