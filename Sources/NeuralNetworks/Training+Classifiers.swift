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
