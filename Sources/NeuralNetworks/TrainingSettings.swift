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

  /// What the bits of a training depend on; how many steps it takes is not among it.
  var origin: [(name: String, value: String)] {
    [
      ("batch-size", "\(batchSize)"), ("learning-rate", "\(learningRate)"),
      ("weight-decay", "\(weightDecay)"), ("eval-every", "\(evaluationInterval)"),
      ("patience", patience.map { "\($0)" } ?? "none"),
    ]
  }

  /// Says what is wrong with these settings.
  public func validate() throws(TrainingError) {
    try requireCount("steps", steps, from: 0)
    try requireCount("batch-size", batchSize)
    guard learningRate.isFinite && learningRate >= 0 else {
      throw .setting("learning-rate", "\(learningRate)", "a finite number, 0 or more")
    }
    guard weightDecay.isFinite && weightDecay >= 0 else {
      throw .setting("weight-decay", "\(weightDecay)", "a finite number, 0 or more")
    }
    guard evaluationInterval > 0 else {
      throw .setting("eval-every", "\(evaluationInterval)", "1 or more")
    }
    if let patience, patience < 1 { throw .setting("patience", "\(patience)", "1 or more") }
  }
}

/// The most steps, epochs or examples that a training may count, so that their products are numbers.
let mostCounted = 1_000_000_000

/// Refuses a number of steps, epochs or examples that is too small, or so large that the product of two overflows.
func requireCount(_ name: String, _ count: Int, from least: Int = 1) throws(TrainingError) {
  let most = mostCounted
  guard count >= least else { throw .setting(name, "\(count)", "\(least) or more") }
  guard count <= most else { throw .setting(name, "\(count)", "at most \(most)") }
}

/// Why a training cannot start or go on.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A setting (its name, what was found, what would be right).
  case setting(String, String, String)
  /// The loss is no longer a finite number.
  case diverged(step: Int, loss: Float)
  /// Scores that are due after a step are not finite numbers (the examples that they are of, and their mean loss).
  case divergedScores(step: Int, examples: String, loss: Double)
  /// After a step with a finite loss, a tensor of the model or of its optimizer holds what is no finite number.
  case divergedState(step: Int, loss: Float, tensor: String, value: Float)
  /// A checkpoint is no state of a training, or of none like the one it is to resume.
  case checkpoint(String)
  /// A checkpoint's training started from something else: a part of its ``TrainingOrigin`` differs, or it has taken
  /// more `steps` than this one is to take.
  case mismatch(String, saved: String, given: String)

  /// One sentence that says what was found and what would be right.
  public var description: String {
    switch self {
    case .setting(let name, let found, let right): "\(name) is \(found); it must be \(right)."
    case .diverged(let step, let loss):
      "The training diverged: the loss at step \(step) is \(loss). A smaller learning rate may help."
    case .divergedScores(let step, let examples, let loss):
      "The training diverged: after step \(step) the loss on the \(examples) examples is \(loss). "
        + "A smaller learning rate may help."
    case .divergedState(let step, let loss, let tensor, let value):
      "The training diverged: the loss at step \(step) is \(loss), and after it \(tensor) holds \(value). "
        + "A smaller learning rate may help."
    case .checkpoint(let reason): "The checkpoint does not fit this training: \(reason)."
    case .mismatch("steps", let saved, let given):
      "The checkpoint does not fit this training: it has taken all steps to \(saved), and steps is \(given)."
    case .mismatch(let name, let saved, let given):
      "The checkpoint does not fit this training: \(name) is \(saved) there and \(given) here."
    }
  }
}
