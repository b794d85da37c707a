import Tensors

/// A rule that moves a model's parameters along a gradient, with the state that it keeps between steps.
///
/// The state is complete from the start: its tensors have the parameters' shapes and are visited like a model's, so
/// that a saved state can be loaded into a fresh optimizer:
///
///     var resumed = Adam(for: model)
///     try resumed.loadParameters(optimizer.namedParameters)
///     resumed.stepCount = optimizer.stepCount
///
/// ``SGD``, ``Adam`` and ``RMSProp`` stand here twice, side by side: `update` changes a model in place, in one pass over
/// memory, and a static `step` is the plain rule, without decay, as a function of tensors, for training that is itself
/// differentiated. A composition of
/// operators can be differentiated and takes a pass over memory for each; the update rounds once where it can, and sets
/// moments to 0 that would become denormal. The two agree to rounding.
public protocol Optimizer: Parameterized, Sendable {
  /// The step size.
  var learningRate: Double { get set }

  /// How many steps have been taken, 0 to 2³¹ − 1: the state that is no tensor, which would round it above 2²⁴.
  var stepCount: Int { get set }

  /// Takes one step: changes the model in place.
  mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model)

  /// The rule's name, by which a checkpoint tells it from others; "custom" unless it is given.
  var name: String { get }

  /// The rule's settings, by which a checkpoint tells optimizers of one rule apart; the learning rate unless they are
  /// given.
  var settings: [OptimizerSetting] { get }
}

extension Optimizer {
  public var name: String { "custom" }

  public var settings: [OptimizerSetting] { [.magnitude("learning-rate", learningRate)] }

  /// Says what is wrong with the settings.
  func validate() throws(TrainingError) {
    for setting in settings { try setting.validate() }
    guard stepCount == 0 else {
      throw .setting("the optimizer's step count", "\(stepCount)", "0 at the start of a training")
    }
  }
}

/// A number that an optimizer is made with.
public struct OptimizerSetting: Hashable, Sendable {
  /// The name, such as `learning-rate`.
  public let name: String
  /// The number.
  public let value: Double
  private let isShare: Bool
  private let standard: Double?

  /// A step size or a strength, 0 or more. `standard` is the number in checkpoints that do not hold this setting.
  public static func magnitude(
    _ name: String, _ value: Double, standard: Double? = nil
  ) -> OptimizerSetting {
    OptimizerSetting(name: name, value: value, isShare: false, standard: standard)
  }

  /// How much of something is kept, 0 or more and less than 1.
  public static func share(
    _ name: String, _ value: Double, standard: Double? = nil
  ) -> OptimizerSetting {
    OptimizerSetting(name: name, value: value, isShare: true, standard: standard)
  }

  var part: TrainingOrigin.Part {
    TrainingOrigin.Part(name, "\(value)", standard: standard.map { "\($0)" })
  }

  func validate() throws(TrainingError) {
    guard isShare else { return try requireMagnitude(name, value) }
    guard (0..<1).contains(value) else {
      throw .setting(name, "\(value)", "0 or more and less than 1")
    }
  }
}

// MARK: For updates in place

/// The state of an optimizer that has not moved a model's parameters yet.
func zeros(for model: some Parameterized) -> [Tensor] {
  model.parameters.map { .zeros($0.shape) }
}

func requireStep(_ step: Int) {
  precondition(
    step >= 0 && step <= Int32.max,
    "an optimizer cannot have taken \(step) steps; it may be 0 to \(Int32.max)")
}

/// Calls `body` for each parameter that has elements with its place, its gradient and the memory of both, padded to a
/// multiple of sixteen elements.
@inline(__always)
func updateElements<Model: Parameterized>(
  of model: inout Model, along gradient: Model,
  _ body: (Int, Tensor, Int, UnsafeMutablePointer<Float>, UnsafePointer<Float>) -> Void
) {
  var position = 0
  model.updateParameters(along: gradient.parameters) { parameter, gradient in
    requireShape(of: gradient, for: parameter)
    if parameter.count > 0 {
      gradient.withUnsafeElements { g in
        parameter.withUnsafeMutableElements { p in
          body(position, gradient, p.count, p.baseAddress!, g.baseAddress!)
        }
      }
    }
    position += 1
  }
}

/// Calls `body` with the memory of what is kept for a parameter, padded likewise.
@inline(__always)
func withState(
  _ state: inout [Tensor], _ position: Int, of gradient: Tensor,
  _ body: (UnsafeMutablePointer<Float>) -> Void
) {
  precondition(
    position < state.count && state[position].shape == gradient.shape,
    "an optimizer for parameters of shapes \(state.map { $0.shape }) was given one of shape "
      + "\(gradient.shape) at place \(position)")
  state[position].withUnsafeMutableElements { body($0.baseAddress!) }
}

// MARK: For steps as functions

extension Parameterized {
  /// The tensors of this value, each combined with the one at the same place of another.
  func combiningParameters(with other: Self, _ combine: (Tensor, Tensor) -> Tensor) -> Self {
    var result = self
    result.updateParameters(along: other.parameters) { $0 = combine($0, $1) }
    return result
  }
}

/// √v for moments, with a derivative at 0.
///
/// That of √0 is infinite, and times the 0 that it meets undefined. Here the derivatives at 0 are 0, and nothing else
/// differs from √v.
func differentiableRoot(_ moment: Tensor) -> Tensor {
  let zeros = equal(moment, Tensor(0))
  return sqrt(moment + zeros) * (1 - zeros)
}

/// Stops the program unless a gradient has its parameter's shape.
func requireShape(of gradient: Tensor, for parameter: Tensor) {
  precondition(
    parameter.shape == gradient.shape,
    "a parameter of shape \(parameter.shape) has a gradient of shape \(gradient.shape)")
}

// MARK: Powers

/// A power by repeated squaring: the same bits everywhere, which the C library's `pow` does not promise.
func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, remaining) = (1.0, base, exponent)
  while remaining > 0 {
    if remaining & 1 == 1 { result *= square }
    square *= square
    remaining >>= 1
  }
  return result
}
