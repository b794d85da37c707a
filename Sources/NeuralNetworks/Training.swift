import Tensors

/// A classifier on its way through the paper's training: Adam and cross-entropy on batches taken in order.
///
///     var training = try Training(of: model, on: examples, testing: test, settings: settings)
///     while !training.isFinished {
///       let metrics = try training.advance()
///     }
///     print(training.evaluations.last!.test.accuracy)
///
/// The state is a value: it can be copied, saved as a ``Checkpoint`` and resumed to the same bits. A checkpoint of a
/// training that started from anything else, be it a setting, the data or the initial weights, is refused.
public struct Training<Model: Classifier>: Sendable {
  /// How to train.
  public let settings: TrainingSettings
  /// The examples to learn from.
  public let training: Examples
  /// Examples held out of the training data, by which a model can be selected without a look at the test set.
  public let validation: Examples?
  /// The examples to report on.
  public let test: Examples
  /// Which evaluations are remembered.
  public let history: History
  /// What the training started from.
  public let origin: TrainingOrigin

  /// The model as it is now.
  public internal(set) var model: Model
  /// The optimizer as it is now.
  public internal(set) var optimizer: Adam
  /// The number of the next step.
  public internal(set) var step = 0
  /// What the step taken last has yielded, apart from an evaluation; nil before the first one and after a resumption.
  public internal(set) var lastStep: StepMetrics?
  /// The evaluations so far, as far as they are remembered.
  public internal(set) var evaluations: [Evaluation] = []
  /// The evaluation that did best by ``Evaluation/criterion``, the first of several equal ones.
  public internal(set) var best: Evaluation?
  /// The model at the evaluation that did best by ``Evaluation/criterion``, the first of several equal ones.
  public internal(set) var bestModel: Model
  /// How many evaluations came after the best one.
  var evaluationsSinceBest = 0

  /// Which evaluations a training remembers.
  public enum History: Hashable, Sendable {
    /// All of them.
    case whole
    /// The best one alone, so that neither the memory nor a checkpoint grows with the steps.
    case best
  }

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
  ///   - history: which evaluations to remember.
  /// - Throws: `TrainingError.setting` for settings that make no sense.
  public init(
    of model: Model, on training: Examples, validating validation: Examples? = nil,
    testing test: Examples, settings: TrainingSettings = TrainingSettings(),
    remembering history: History = .whole
  ) throws(TrainingError) {
    try settings.validate()
    try requireCount("the number of training examples", training.count)
    self.model = model
    self.bestModel = model
    self.training = training
    self.validation = validation
    self.test = test
    self.settings = settings
    self.history = history
    origin = TrainingOrigin(
      [("kind", "steps"), ("model", TrainingOrigin.shapes(of: model))] + settings.origin + [
        ("validation", validation.map { "\($0.count)" } ?? "none"),
        ("training examples", training.identity),
        ("validation examples", validation?.identity ?? "none"),
        ("test examples", test.identity), ("initial weights", model.digest),
        (
          "network",
          TrainingOrigin.behavior(of: model, on: training, by: .negativeLogLikelihood)
        ),
      ])
    optimizer = Adam(
      for: model, learningRate: settings.learningRate, weightDecay: settings.weightDecay)
  }

  /// Whether the last step has been taken, or patience has run out.
  public var isFinished: Bool {
    if step > settings.steps { return true }
    guard let patience = settings.patience, best != nil else { return false }
    return evaluationsSinceBest >= patience
  }

  /// Takes one step.
  ///
  /// - Returns: the batch's loss before the update, and the scores after it where they are due.
  /// - Throws: What ``takeStep()`` throws, and `TrainingError.divergedScores` when scores are not finite; the state
  ///   is then the one after the step, without its evaluation.
  public mutating func advance() throws(TrainingError) -> StepMetrics {
    var metrics = try takeStep()
    if metrics.step % settings.evaluationInterval == 0 {
      metrics.evaluation = try evaluate(after: metrics.step)
    }
    return metrics
  }

  /// Takes one step and scores nothing, for a caller that evaluates the model in its own way.
  ///
  /// - Returns: the batch's loss before the update.
  /// - Throws: `TrainingError.diverged` when the loss is not finite; nothing is changed then.
  ///   `TrainingError.divergedState` when, after the last step, the weights are not.
  public mutating func takeStep() throws(TrainingError) -> StepMetrics {
    let start = step * settings.batchSize % training.count
    let batch = training[start..<Swift.min(start + settings.batchSize, training.count)]
    let (loss, gradient) = valueAndGradient(at: model) { model in
      softmaxCrossEntropy(model(batch.inputs), labels: batch.labels)
    }
    guard loss.scalar.isFinite else { throw .diverged(step: step, loss: loss.scalar) }
    optimizer.update(&model, along: gradient)
    let metrics = StepMetrics(step: step, trainLoss: loss.scalar)
    lastStep = metrics
    step += 1
    // Elsewhere the next loss shows it.
    if step > settings.steps { try requireFiniteState(after: metrics.step) }
    return metrics
  }

  private mutating func evaluate(after step: Int) throws(TrainingError) -> Evaluation {
    try requireFiniteState(after: step)
    let evaluation = Evaluation(
      step: step, train: model.score(on: training),
      validation: validation.map { model.score(on: $0) },
      test: model.score(on: test))
    for (examples, score) in [
      ("training", evaluation.train), ("validation", evaluation.validation),
      ("test", evaluation.test),
    ] {
      guard let score, !score.loss.isFinite else { continue }
      throw .divergedScores(step: step, examples: examples, loss: score.loss)
    }
    if note(evaluation) { bestModel = model }
    return evaluation
  }

  /// Refuses weights that are no finite numbers, and moments that would hold their weights where they are for ever.
  private func requireFiniteState(after step: Int) throws(TrainingError) {
    try requireFinite(model, optimizer, after: step, loss: lastStep?.trainLoss ?? .nan)
  }

  /// Adds an evaluation to the history; returns whether it is the best so far.
  @discardableResult
  mutating func note(_ evaluation: Evaluation) -> Bool {
    if history == .whole { evaluations.append(evaluation) }
    let isBest = best.map { evaluation.criterion > $0.criterion } ?? true
    if isBest { best = evaluation }
    evaluationsSinceBest = isBest ? 0 : evaluationsSinceBest + 1
    return isBest
  }
}

/// Refuses a model, or an optimizer, that holds what is no finite number.
func requireFinite(
  _ model: some Parameterized, _ optimizer: some Optimizer, after step: Int, loss: Float
) throws(TrainingError) {
  if let (name, value) = firstNonFinite(model.namedParameters) {
    throw .divergedState(step: step, loss: loss, tensor: name, value: value)
  }
  if let (name, value) = firstNonFinite(optimizer.namedParameters) {
    throw .divergedState(step: step, loss: loss, tensor: "the optimizer's \(name)", value: value)
  }
}

/// The first element that is infinite or not a number, with the name of its tensor.
func firstNonFinite(_ tensors: [(name: String, tensor: Tensor)]) -> (name: String, value: Float)? {
  for (name, tensor) in tensors {
    let value = tensor.withUnsafeElements { elements in elements.first { !$0.isFinite } }
    if let value { return (name, value) }
  }
  return nil
}
