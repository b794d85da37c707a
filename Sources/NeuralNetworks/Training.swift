import ReferenceRandom
import Tensors

/// A model on its way through a training: any model, optimizer, loss, order of batches and schedule.
///
///     var training = try Training(
///       of: model, by: SGD(for: model, learningRate: 0.1, momentum: 0.9),
///       on: Batches.shuffled(examples, size: 100, using: generator), for: .epochs(60),
///       schedule: .stepDecay(every: 800, factor: 0.5), clipping: .norm(1)
///     ) { model, batch in
///       meanSquaredError(model(batch.inputs), oneHot(batch.labels, classes: 10))
///     }
///     while !training.isFinished { try training.stepAndEvaluate() }
///
/// For a classifier, ``init(of:by:on:for:minimizing:smoothing:schedule:clipping:evaluating:random:)`` takes the loss by
/// its name, and ``init(of:on:validating:testing:by:using:remembering:)`` a whole recipe, the paper's unless told otherwise.
///
/// The state is a value: it can be copied, saved as a ``TrainingState`` and resumed to the same bits. A checkpoint of a
/// training that started from anything else, be it a setting, the data or the initial weights, is refused.
public struct Training<Model: Parameterized & Sendable, Rule: Optimizer, Source: BatchSource>:
  Sendable
{
  /// How long the training lasts.
  public let length: TrainingLength
  /// How many steps that are.
  public let steps: Int
  /// How the learning rate changes; another one may be set at any time, and holds from the next step on.
  public var schedule: LearningRateSchedule
  /// How large gradients are kept out.
  public let clipping: GradientClipping?
  /// How the model is evaluated on the way.
  public let evaluator: Evaluator<Model>?
  private let loss: ContextualLoss
  /// What the training started from, besides the optimizer's settings and the schedule.
  private let start: [TrainingOrigin.Part]
  let firstBatches: Source
  let firstRandom: TorchGenerator

  /// A scalar, to be made small, from a model and a batch in a context.
  public typealias ContextualLoss =
    @Sendable (_ model: inout Model, _ batch: Source.Batch, _ context: inout ForwardContext) ->
    Tensor

  /// The model as it is now.
  public internal(set) var model: Model
  /// The optimizer as it is now.
  ///
  /// Its settings may be changed at any time, and the whole may be exchanged for a fresh one; both hold from the next
  /// step on. Its learning rate is the one that the schedule starts from, and stays as it was set. A training that
  /// resumes a state needs the settings that held when it was saved, so set them before.
  public var optimizer: Rule
  /// Where the next batch comes from.
  public internal(set) var batches: Source
  /// What the model draws from while it is trained, as dropout does.
  public internal(set) var random: TorchGenerator
  /// How many steps have been taken, which is the number of the next one.
  public internal(set) var stepCount = 0
  /// What the step taken last has yielded, apart from an evaluation; nil before the first one and after a resumption.
  public internal(set) var lastStep: StepMetrics?
  /// The evaluations so far, as far as they are remembered.
  public internal(set) var evaluations: [Evaluation] = []
  /// The evaluation that did best by the evaluator's selection, the first of several equal ones.
  public internal(set) var best: Evaluation?
  /// The model at the evaluation that did best, the first one before any.
  public internal(set) var bestModel: Model
  /// How many evaluations came after the best one.
  var evaluationsSinceBest = 0

  /// Prepares a training by a loss of one's own, for a model that is trained as it is used.
  ///
  /// - Parameters:
  ///   - model: where to start.
  ///   - optimizer: a fresh optimizer for that model, with the learning rate that the schedule starts from.
  ///   - batches: what each step sees.
  ///   - length: how long to train.
  ///   - schedule: how the learning rate changes.
  ///   - clipping: how large gradients are kept out.
  ///   - evaluator: how to evaluate the model on the way.
  ///   - name: the loss's name, which a checkpoint keeps. Of the function itself it knows the value and the gradient on
  ///     the first batch.
  ///   - loss: a scalar, to be made small, from a model and a batch.
  /// - Throws: `TrainingError.setting` for settings that make no sense.
  public init(
    of model: Model, by optimizer: Rule, on batches: Source, for length: TrainingLength,
    schedule: LearningRateSchedule = .constant, clipping: GradientClipping? = nil,
    evaluating evaluator: Evaluator<Model>? = nil, minimizing name: String = "custom",
    _ loss: @escaping @Sendable (Model, Source.Batch) -> Tensor
  ) throws(TrainingError) {
    try self.init(
      of: model, by: optimizer, on: batches, for: length, schedule: schedule, clipping: clipping,
      evaluating: evaluator, minimizing: name
    ) { model, batch, _ in loss(model, batch) }
  }

  /// Prepares a training by a loss of one's own, for a model with dropout, batch normalisation or the like.
  ///
  ///     var training = try Training(
  ///       of: model, by: Adam(for: model), on: batches, for: .epochs(60), random: generator
  ///     ) { model, batch, context in
  ///       meanSquaredError(model.forward(batch.inputs, in: &context), targets(batch))
  ///     }
  ///
  /// - Parameters:
  ///   - model: where to start.
  ///   - optimizer: a fresh optimizer for that model, with the learning rate that the schedule starts from.
  ///   - batches: what each step sees.
  ///   - length: how long to train.
  ///   - schedule: how the learning rate changes.
  ///   - clipping: how large gradients are kept out.
  ///   - evaluator: how to evaluate the model on the way.
  ///   - random: what the model draws from while it is trained.
  ///   - name: the loss's name, which a checkpoint keeps. Of the function itself it knows the value and the gradient on
  ///     the first batch.
  ///   - loss: a scalar, to be made small, from a model and a batch in a context, to which the model is applied.
  /// - Throws: `TrainingError.setting` for settings that make no sense.
  public init(
    of model: Model, by optimizer: Rule, on batches: Source, for length: TrainingLength,
    schedule: LearningRateSchedule = .constant, clipping: GradientClipping? = nil,
    evaluating evaluator: Evaluator<Model>? = nil,
    random: TorchGenerator = TorchGenerator(seed: 0), minimizing name: String = "custom",
    _ loss: @escaping ContextualLoss
  ) throws(TrainingError) {
    try self.init(
      model, optimizer, batches, length, schedule, clipping, evaluator, random, lossName: name, loss
    ) {
      var (first, context) = (batches, ForwardContext.training(using: random))
      let batch = first.next()
      var fingerprint = Fingerprint()
      let pass = RecordedPass(of: model) { loss(&$0, batch, &context) }
      fingerprint.add(pass.loss)
      for tensor in pass.gradient.parameters + pass.states { fingerprint.add(tensor) }
      return fingerprint.digits
    }
  }

  /// `network` gives a digest of what the network does besides holding its parameters.
  init(
    _ model: Model, _ optimizer: Rule, _ batches: Source, _ length: TrainingLength,
    _ schedule: LearningRateSchedule, _ clipping: GradientClipping?, _ evaluator: Evaluator<Model>?,
    _ random: TorchGenerator, lossName: String, _ loss: @escaping ContextualLoss,
    network: () -> String
  ) throws(TrainingError) {
    try length.validate()
    try batches.validate()
    try requireCount("the steps of an epoch", batches.stepsPerEpoch)
    try optimizer.validate()
    try schedule.validate()
    try clipping?.validate()
    try evaluator?.validate()
    steps = length.steps(perEpoch: batches.stepsPerEpoch)
    start =
      [
        .init("clipping", clipping?.description ?? "none", standard: "none"),
        .init("loss", lossName, standard: ClassificationLoss.negativeLogLikelihood.rawValue),
      ]
      + (evaluator?.origin ?? []) + batches.origin + (evaluator?.examples ?? []) + [
        .init("initial weights", model.digest), .init("network", network()),
      ]
    self.model = model
    bestModel = model
    self.optimizer = optimizer
    self.batches = batches
    firstBatches = batches
    self.random = random
    firstRandom = random
    self.length = length
    self.schedule = schedule
    self.clipping = clipping
    self.evaluator = evaluator
    self.loss = loss
  }

  /// What the training started from, and the optimizer's settings and the schedule as they are now.
  public var origin: TrainingOrigin {
    TrainingOrigin(
      [
        .init("kind", length.kind), .init("model", TrainingOrigin.shapes(of: model)),
        .init("optimizer", optimizer.name, standard: length.standardOptimizer),
      ] + optimizer.settings.map { $0.part } + [
        .init("schedule", schedule.description, standard: "constant")
      ] + start)
  }

  /// The learning rate of the next step, by the schedule.
  public var learningRate: Double { schedule.rate(at: stepCount, from: optimizer.learningRate) }

  /// Whether the last step has been taken, or patience has run out.
  public var isFinished: Bool {
    if stepCount >= steps { return true }
    guard let patience = evaluator?.patience, best != nil else { return false }
    return evaluationsSinceBest >= patience
  }

  /// An evaluation after the last step, where none was due there; nil where one was.
  private var undueEvaluation: Evaluation? {
    guard let evaluator, stepCount > 0, !evaluator.isDue(after: stepCount - 1) else { return nil }
    return evaluator.evaluation(of: model, after: stepCount - 1)
  }

  /// The evaluations that are remembered, and one after the last step.
  public var evaluationsIncludingLast: [Evaluation] {
    evaluations + [undueEvaluation].compactMap { $0 }
  }

  /// The best of all evaluations, and of one after the last step.
  public var bestIncludingLast: Evaluation? {
    guard let evaluator, let last = undueEvaluation else { return best }
    return best.map { evaluator.isBetter(last, than: $0) ? last : $0 } ?? last
  }

  /// How many epochs are complete.
  public var epoch: Int { stepCount / batches.stepsPerEpoch }

  /// Takes one step, and evaluates the model where that is due.
  ///
  /// - Returns: the batch's loss before the update, and the evaluation after it where there is one.
  /// - Throws: What ``step()`` throws, and `TrainingError.divergedScores` or `.divergedMetric` when an evaluation is not
  ///   finite; the state is then the one after the step, without its evaluation.
  @discardableResult
  public mutating func stepAndEvaluate() throws(TrainingError) -> StepMetrics {
    var metrics = try step()
    if let evaluator, evaluator.isDue(after: metrics.step) {
      metrics.evaluation = try evaluate(by: evaluator, after: metrics.step)
    }
    return metrics
  }

  /// Takes one step and evaluates nothing, for a caller that looks at the model in its own way.
  ///
  /// - Returns: the batch's loss before the update.
  /// - Throws: `TrainingError.diverged` when the loss is not finite; nothing is changed then.
  ///   `TrainingError.divergedState` when, after the last step, the weights are not.
  @discardableResult
  public mutating func step() throws(TrainingError) -> StepMetrics {
    var following = batches
    let batch = following.next()
    var context = ForwardContext.training(using: random)
    let pass = RecordedPass(of: model) { [loss] in loss(&$0, batch, &context) }
    let value = pass.loss
    var gradient = pass.gradient
    guard value.scalar.isFinite else { throw .diverged(step: stepCount, loss: value.scalar) }
    if !pass.states.isEmpty { model.replaceStates(with: pass.states) }
    random = context.random
    if let clipping { gradient = gradient.clipped(by: clipping) }
    let rate = optimizer.learningRate
    optimizer.learningRate = learningRate
    optimizer.update(&model, along: gradient)
    optimizer.learningRate = rate
    batches = following
    let metrics = StepMetrics(step: stepCount, trainLoss: value.scalar)
    lastStep = metrics
    stepCount += 1
    // Elsewhere the next loss shows it.
    if stepCount >= steps { try requireFiniteState(after: metrics.step) }
    return metrics
  }

  /// Takes the steps that complete an epoch.
  ///
  /// - Returns: the loss of each batch, before its update.
  /// - Throws: What ``stepAndEvaluate()`` throws, and `TrainingError.divergedState` when, after the epoch, the weights are
  ///   not finite.
  @discardableResult
  public mutating func stepEpoch() throws(TrainingError) -> [Float] {
    var losses: [Float] = []
    repeat {
      losses.append(try stepAndEvaluate().trainLoss)
    } while stepCount % batches.stepsPerEpoch != 0 && !isFinished
    try requireFiniteState(after: stepCount - 1)
    return losses
  }

  private mutating func evaluate(
    by evaluator: Evaluator<Model>, after step: Int
  ) throws(TrainingError) -> Evaluation {
    try requireFiniteState(after: step)
    let evaluation = evaluator.evaluation(of: model, after: step)
    for metric in evaluation.metrics where !metric.value.isFinite {
      throw TrainingError.diverged(metric, step: step)
    }
    if evaluator.history == .whole { evaluations.append(evaluation) }
    let isBest = best.map { evaluator.isBetter(evaluation, than: $0) } ?? true
    if isBest { (best, bestModel) = (evaluation, model) }
    evaluationsSinceBest = isBest ? 0 : evaluationsSinceBest + 1
    return evaluation
  }

  /// Refuses weights that are no finite numbers, and moments that would hold their weights where they are for ever.
  private func requireFiniteState(after step: Int) throws(TrainingError) {
    let loss = lastStep?.trainLoss ?? .nan
    if let (name, value) = firstNonFinite(model.namedTensors) {
      throw .divergedState(step: step, loss: loss, tensor: name, value: value)
    }
    if let (name, value) = firstNonFinite(optimizer.namedParameters) {
      throw .divergedState(step: step, loss: loss, tensor: "the optimizer's \(name)", value: value)
    }
  }
}

/// A loss, its gradient, and what the model's layers remember after it.
struct RecordedPass<Model: Parameterized> {
  let loss: Tensor
  let gradient: Model
  let states: [Tensor]

  init(of model: Model, computing loss: (inout Model) -> Tensor) {
    var states: [Tensor] = []
    (self.loss, gradient) = valueAndGradient(at: model) { model in
      var model = model
      let loss = loss(&model)
      states = model.states.map { $0.detached() }
      return loss
    }
    self.states = states
  }
}

/// What one step of a training yields.
public struct StepMetrics: Sendable {
  /// The number of the step.
  public var step: Int
  /// The loss on the step's batch, before its update.
  public var trainLoss: Float
  /// The evaluation after the update, on steps that evaluate.
  public var evaluation: Evaluation?
}

/// How long a training lasts.
public enum TrainingLength: Hashable, Sendable {
  /// So many steps.
  case steps(Int)
  /// So many times through all examples.
  case epochs(Int)

  var kind: String {
    switch self {
    case .steps: "steps"
    case .epochs: "epochs"
    }
  }

  /// The one optimizer that trainings of this kind had before checkpoints named it.
  var standardOptimizer: String {
    switch self {
    case .steps: "adam"
    case .epochs: "sgd"
    }
  }

  /// The number of steps, at most as many as there are numbers.
  func steps(perEpoch: Int) -> Int {
    switch self {
    case .steps(let count): return count
    case .epochs(let count):
      let (steps, isTooMany) = count.multipliedReportingOverflow(by: perEpoch)
      return isTooMany ? .max : steps
    }
  }

  func validate() throws(TrainingError) {
    switch self {
    // One more than the most that the number of the last one may be.
    case .steps(let count): try requireCount("steps", count, from: 0, to: mostCounted + 1)
    case .epochs(let count): try requireCount("epochs", count, from: 0)
    }
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
