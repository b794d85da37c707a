/// How a classifier is trained; the defaults are those of the paper's baselines.
public struct TrainingSettings: Hashable, Sendable {
  /// The number of the last step; with step 0 there is one more.
  public var steps = 6000
  /// How many examples a step sees. They are taken in order, from the start again after the last.
  public var batchSize = 100
  /// Adam's step size.
  public var learningRate = 1e-2
  /// The factor of the L2 penalty's gradient.
  public var weightDecay = 0.0
  /// Every how many steps the network is scored, step 0 included.
  public var evaluationInterval = 250
  /// After how many evaluations in a row without a better one the training stops; nil trains to the end.
  public var patience: Int?

  /// The settings of the paper.
  public init() {}

  /// Says what is wrong with these settings.
  public func validate() throws(TrainingError) {
    try requireCount("steps", steps, from: 0)
    try requireCount("batch-size", batchSize)
    try requireMagnitude("learning-rate", learningRate)
    try requireMagnitude("weight-decay", weightDecay)
    guard evaluationInterval > 0 else {
      throw .setting("eval-every", "\(evaluationInterval)", "1 or more")
    }
    if let patience, patience < 1 { throw .setting("patience", "\(patience)", "1 or more") }
  }
}
