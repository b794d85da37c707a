import CKernels
import Tensors

/// A rule that moves a model's parameters along a gradient, with the state that it keeps between steps.
///
/// The state is complete from the start: its tensors have the parameters' shapes and are visited like a model's, so
/// that a saved state can be loaded into a fresh optimizer:
///
///     var resumed = Adam(for: model)
///     try resumed.loadParameters(optimizer.namedParameters)
///     resumed.step = optimizer.step
public protocol Optimizer: Parameterized, Sendable {
  /// The step size.
  var learningRate: Double { get set }

  /// How many steps have been taken, 0 to 2³¹ − 1: the state that is no tensor, which would round it above 2²⁴.
  var step: Int { get set }

  /// Takes one step: changes the model in place.
  mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model)
}

/// Gradient descent with optional momentum and weight decay, PyTorch's `SGD`.
///
/// g ← g + decay · p, v ← momentum · v + g, p ← p − rate · v.
public struct SGD: Optimizer {
  /// The step size.
  public var learningRate: Double
  /// How much of the last step is kept.
  public let momentum: Double
  /// The factor of the L2 penalty's gradient.
  public var weightDecay: Double
  public var step = 0 { didSet { requireStep(step) } }
  /// One velocity per parameter; none without momentum.
  public private(set) var velocities: [Tensor]

  /// Creates an optimizer at rest for models whose parameters have the shapes of this one's.
  public init(
    for model: some Parameterized, learningRate: Double, momentum: Double = 0,
    weightDecay: Double = 0
  ) {
    velocities = momentum == 0 ? [] : zeros(for: model)
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  public mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model) {
    step += 1
    updateElements(of: &model, along: gradient) { position, gradient, count, p, g in
      if momentum == 0 {
        ck_sgd(count, p, g, nil, Float(learningRate), 0, Float(weightDecay))
      } else {
        withState(&velocities, position, of: gradient) { v in
          ck_sgd(count, p, g, v, Float(learningRate), Float(momentum), Float(weightDecay))
        }
      }
    }
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("velocity", &velocities)
  }
}

/// Steps divided by the root of a running mean of squared gradients, PyTorch's `RMSprop`.
///
/// g ← g + decay · p, v ← α v + (1 − α) g², p ← p − rate · g / (√v + ε).
public struct RMSProp: Optimizer {
  /// The step size.
  public var learningRate: Double
  /// How much of the mean of squares is kept, α.
  public var smoothing: Double
  /// What keeps the divisor from 0, ε.
  public var epsilon: Double
  /// The factor of the L2 penalty's gradient.
  public var weightDecay: Double
  public var step = 0 { didSet { requireStep(step) } }
  /// One running mean of squares per parameter.
  public private(set) var secondMoments: [Tensor]

  /// Creates an optimizer at rest for models whose parameters have the shapes of this one's.
  public init(
    for model: some Parameterized, learningRate: Double = 1e-2, smoothing: Double = 0.99,
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    secondMoments = zeros(for: model)
    self.learningRate = learningRate
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model) {
    step += 1
    updateElements(of: &model, along: gradient) { position, gradient, count, p, g in
      withState(&secondMoments, position, of: gradient) { v in
        ck_rmsprop(
          count, p, g, v, Float(learningRate), Float(smoothing), Float(1 - smoothing),
          Float(epsilon), Float(weightDecay))
      }
    }
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("second_moment", &secondMoments)
  }
}

/// Steps scaled by running moments of the gradient, PyTorch's `Adam`.
///
/// g ← g + decay · p, m ← m + (1 − β₁)(g − m), v ← β₂ v + (1 − β₂) g²,
/// p ← p − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε).
public struct Adam: Optimizer {
  /// The step size.
  public var learningRate: Double
  /// How much of the mean gradient is kept.
  public var beta1: Double
  /// How much of the mean squared gradient is kept.
  public var beta2: Double
  /// What keeps the divisor from 0, ε.
  public var epsilon: Double
  /// The factor of the L2 penalty's gradient.
  public var weightDecay: Double
  public var step = 0 { didSet { requireStep(step) } }
  /// One mean gradient per parameter.
  public private(set) var firstMoments: [Tensor]
  /// One mean squared gradient per parameter.
  public private(set) var secondMoments: [Tensor]

  /// Creates an optimizer at rest for models whose parameters have the shapes of this one's.
  public init(
    for model: some Parameterized, learningRate: Double = 1e-3, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    firstMoments = zeros(for: model)
    secondMoments = firstMoments
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model) {
    step += 1
    let bias = Self.biasCorrections(after: step, beta1: beta1, beta2: beta2)
    let (rate, correction) = (Float(learningRate / bias.first), Float(bias.secondRoot))
    updateElements(of: &model, along: gradient) { position, gradient, count, p, g in
      withState(&firstMoments, position, of: gradient) { m in
        withState(&secondMoments, position, of: gradient) { v in
          splitElements(count) { start, count in
            ck_adam(
              count, p + start, g + start, m + start, v + start, rate, Float(1 - beta1),
              Float(beta2), Float(1 - beta2), correction, Float(epsilon), Float(weightDecay))
          }
        }
      }
    }
  }

  /// 1 − β₁ᵗ and √(1 − β₂ᵗ), by which the moments after t steps are divided: they started from zero.
  static func biasCorrections(after step: Int, beta1: Double, beta2: Double)
    -> (first: Double, secondRoot: Double)
  {
    (1 - power(beta1, step), (1 - power(beta2, step)).squareRoot())
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("first_moment", &firstMoments)
    visit("second_moment", &secondMoments)
  }
}

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

/// The state of an optimizer that has not moved a model's parameters yet.
private func zeros(for model: some Parameterized) -> [Tensor] {
  model.parameters.map { .zeros($0.shape) }
}

private func requireStep(_ step: Int) {
  precondition(
    step >= 0 && step <= Int32.max,
    "an optimizer cannot have taken \(step) steps; it may be 0 to \(Int32.max)")
}

/// Calls `body` for each parameter that has elements with its place, its gradient and the memory of both, padded to a
/// multiple of sixteen elements.
@inline(__always)
private func updateElements<Model: Parameterized>(
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
private func withState(
  _ state: inout [Tensor], _ position: Int, of gradient: Tensor,
  _ body: (UnsafeMutablePointer<Float>) -> Void
) {
  precondition(
    position < state.count && state[position].shape == gradient.shape,
    "an optimizer for parameters of shapes \(state.map { $0.shape }) was given one of shape "
      + "\(gradient.shape) at place \(position)")
  state[position].withUnsafeMutableElements { body($0.baseAddress!) }
}

/// Stops the program unless a gradient has its parameter's shape.
func requireShape(of gradient: Tensor, for parameter: Tensor) {
  precondition(
    parameter.shape == gradient.shape,
    "a parameter of shape \(parameter.shape) has a gradient of shape \(gradient.shape)")
}
