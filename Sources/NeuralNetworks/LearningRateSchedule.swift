import ReferenceRandom

/// How the learning rate changes with the steps of a training; the formulas are those of `torch.optim.lr_scheduler`.
///
/// Each gives the rate of a step, counted from 0, from the optimizer's own rate. PyTorch counts in calls of the
/// scheduler's `step()`; here it is the training's steps, so a schedule by epochs takes their number times the steps
/// of an epoch.
public enum LearningRateSchedule: Sendable {
  /// The optimizer's rate throughout.
  case constant
  /// Times `factor` after every `interval` steps, PyTorch's `StepLR`.
  case stepDecay(every: Int, factor: Double)
  /// In a straight line from the optimizer's rate to 0 over that many steps, PyTorch's `PolynomialLR`.
  case linearDecay(steps: Int)
  /// Half a cosine from the optimizer's rate to `minimum` over that many steps, then `minimum`; PyTorch's
  /// `CosineAnnealingLR`.
  case cosine(steps: Int, minimum: Double = 0)
  /// In a straight line from `factor` times the optimizer's rate to all of it over that many steps, PyTorch's
  /// `LinearLR`, and then another schedule, which counts its steps from there.
  indirect case warmUp(steps: Int, from: Double, then: LearningRateSchedule)
  /// Any function of the optimizer's rate and the step. A checkpoint knows it by its name alone, so functions that
  /// differ need names that differ.
  case custom(name: String, @Sendable (_ rate: Double, _ step: Int) -> Double)

  /// The rate of a step.
  ///
  /// - Parameters:
  ///   - step: the number of the step, from 0.
  ///   - rate: the optimizer's own rate.
  /// - Returns: the learning rate.
  public func rate(at step: Int, from rate: Double) -> Double {
    switch self {
    case .constant: return rate
    case .stepDecay(let interval, let factor):
      precondition(interval > 0, "a schedule's interval is \(interval); it must be 1 or more")
      return rate * power(factor, step / interval)
    case .linearDecay(let steps):
      return step < steps ? rate * Double(steps - step) / Double(steps) : 0
    case .cosine(let steps, let minimum):
      guard step < steps else { return minimum }
      let angle = Double.pi * Double(step) / Double(steps)
      let cosine = ElementaryFunctions.sineAndCosine(angle).cosine
      return minimum + (rate - minimum) * (1 + cosine) / 2
    case .warmUp(let steps, let factor, let next):
      guard step < steps else { return next.rate(at: step - steps, from: rate) }
      return rate * (factor + (1 - factor) * Double(step) / Double(steps))
    case .custom(_, let function): return function(rate, step)
    }
  }

  /// The kind and its numbers, by which a checkpoint tells schedules apart.
  var description: String {
    switch self {
    case .constant: "constant"
    case .stepDecay(let interval, let factor): "times \(factor) every \(interval) steps"
    case .linearDecay(let steps): "linear to 0 over \(steps) steps"
    case .cosine(let steps, let minimum): "cosine to \(minimum) over \(steps) steps"
    case .warmUp(let steps, let factor, let next):
      "from \(factor) over \(steps) steps, then \(next.description)"
    case .custom(let name, _): "custom \(name)"
    }
  }

  /// Says what is wrong with the schedule's numbers.
  func validate() throws(TrainingError) {
    switch self {
    case .constant, .custom: return
    case .stepDecay(let interval, let factor):
      try requireCount("the schedule's interval", interval)
      try requireMagnitude("the schedule's factor", factor)
    case .linearDecay(let steps): try requireCount("the schedule's steps", steps, from: 0)
    case .cosine(let steps, let minimum):
      try requireCount("the schedule's steps", steps, from: 0)
      try requireMagnitude("the schedule's minimum", minimum)
    case .warmUp(let steps, let factor, let next):
      try requireCount("the warm-up's steps", steps, from: 0)
      try requireMagnitude("the warm-up's factor", factor)
      try next.validate()
    }
  }
}
