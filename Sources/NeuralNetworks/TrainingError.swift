/// Why a training cannot start, continue or be resumed.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A setting (its name, what was found, what would be right).
  case setting(String, String, String)
  /// The loss is no longer a finite number.
  case diverged(step: Int, loss: Float)
  /// Scores that are due after a step are not finite numbers (the examples that they are of, and their mean loss).
  case divergedScores(step: Int, examples: String, loss: Double)
  /// Another number of an evaluation after a step is not finite.
  case divergedMetric(step: Int, name: String, value: Double)
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
    case .divergedMetric(let step, let name, let value):
      "The training diverged: after step \(step) the \(name) is \(value). A smaller learning rate may help."
    case .divergedState(let step, let loss, let tensor, let value):
      "The training diverged: the loss at step \(step) is \(loss), and after it \(tensor) holds \(value). "
        + "A smaller learning rate may help."
    case .checkpoint(let reason): "The checkpoint does not fit this training: \(reason)."
    case .mismatch("steps", let saved, let given):
      "The checkpoint does not fit this training: it has taken all steps to \(saved), and the last one here is \(given)."
    case .mismatch(let name, let saved, let given):
      "The checkpoint does not fit this training: \(name) is \(saved) there and \(given) here."
    }
  }
}

extension TrainingError {
  /// What is thrown for a number of an evaluation that is not finite.
  static func diverged(_ metric: Evaluation.Metric, step: Int) -> TrainingError {
    for (examples, shown) in [
      ("train", "training"), ("validation", "validation"), ("test", "test"),
    ] where metric.name == "\(examples).loss" {
      return .divergedScores(step: step, examples: shown, loss: metric.value)
    }
    return .divergedMetric(step: step, name: metric.name, value: metric.value)
  }
}

/// The most steps, epochs or examples that a training may count, so that their products are numbers; `RunLimits` says the
/// same of settings, in a module that the core does not know.
let mostCounted = 1_000_000_000

/// Refuses a number of steps, epochs or examples that is too small, or so large that the product of two overflows.
func requireCount(
  _ name: String, _ count: Int, from least: Int = 1, to most: Int = mostCounted
) throws(TrainingError) {
  guard count >= least else { throw .setting(name, "\(count)", "\(least) or more") }
  guard count <= most else { throw .setting(name, "\(count)", "at most \(most)") }
}

/// Refuses a step size, a strength or the like that is negative or not finite.
func requireMagnitude(_ name: String, _ number: Double) throws(TrainingError) {
  guard number.isFinite && number >= 0 else {
    throw .setting(name, "\(number)", "a finite number, 0 or more")
  }
}
