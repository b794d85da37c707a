import ReferenceRandom
import Tensors

extension Training where Model: Classifier, Source: ExampleSource {
  /// Prepares a classifier's training.
  ///
  /// - Parameters:
  ///   - model: where to start.
  ///   - optimizer: a fresh optimizer for that model, with the learning rate that the schedule starts from.
  ///   - batches: what each step sees.
  ///   - length: how long to train.
  ///   - loss: what to make small.
  ///   - smoothing: how much of a target's weight all classes share; 0 for any loss but the likelihood.
  ///   - schedule: how the learning rate changes.
  ///   - clipping: how large gradients are kept out.
  ///   - evaluator: how to evaluate the model on the way.
  ///   - random: what the model draws from while it is trained, as dropout does.
  /// - Throws: `TrainingError.setting` for settings that make no sense.
  public init(
    of model: Model, by optimizer: Rule, on batches: Source, for length: TrainingLength,
    minimizing loss: ClassificationLoss = .negativeLogLikelihood, smoothing: Double = 0,
    schedule: LearningRateSchedule = .constant, clipping: GradientClipping? = nil,
    evaluating evaluator: Evaluator<Model>? = nil,
    random: TorchGenerator = TorchGenerator(seed: 0)
  ) throws(TrainingError) {
    let lossName = loss.rawValue + (smoothing == 0 ? "" : ", smoothed by \(smoothing)")
    try self.init(
      model, optimizer, batches, length, schedule, clipping, evaluator, random, lossName: lossName,
      { model, batch, context in
        let scores = model.forward(batch.inputs, in: &context)
        return loss(scores, labels: batch.labels, smoothing: smoothing)
      },
      network: { TrainingOrigin.behavior(of: model, on: batches.data, by: loss, random) })
  }
}

/// The paper's training: Adam and cross-entropy on batches taken in order.
public typealias PaperTraining<Model: Classifier> = Training<Model, Adam, Batches<Examples>>

extension Training where Model: Classifier, Rule == Adam, Source == Batches<Examples> {
  /// Prepares the training of the paper's baselines: Adam and cross-entropy on batches taken in order.
  ///
  ///     var training = try Training(of: model, on: examples, testing: test, settings: settings)
  ///     while !training.isFinished {
  ///       let metrics = try training.stepAndEvaluate()
  ///     }
  ///     print(training.evaluations.last!.test.accuracy)
  ///
  /// - Parameters:
  ///   - model: the network to start from.
  ///   - training: what to learn from.
  ///   - validation: examples held out of it, for selection and early stopping.
  ///   - test: what to report on.
  ///   - settings: how to train.
  ///   - history: which evaluations to remember.
  ///   - random: what the network draws from while it is trained, as dropout does.
  /// - Throws: `TrainingError.setting` for settings that make no sense.
  public init(
    of model: Model, on training: Examples, validating validation: Examples? = nil,
    testing test: Examples, settings: TrainingSettings = TrainingSettings(),
    remembering history: Evaluator<Model>.History = .whole,
    random: TorchGenerator = TorchGenerator(seed: 0)
  ) throws(TrainingError) {
    try settings.validate()
    try self.init(
      of: model,
      by: Adam(for: model, learningRate: settings.learningRate, weightDecay: settings.weightDecay),
      on: .inOrder(training, size: settings.batchSize), for: .steps(settings.steps + 1),
      evaluating: .scores(
        every: settings.evaluationInterval, training: training, validation: validation, test: test,
        patience: settings.patience, remembering: history), random: random)
  }
}
