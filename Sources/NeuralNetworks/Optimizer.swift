import CKernels
import Tensors

/// A rule that moves parameters along a gradient, with the state that it keeps between steps.
public protocol Optimizer: Parameterized, Sendable {
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
  public var momentum: Double
  /// The factor of the L2 penalty's gradient.
  public var weightDecay: Double
  /// One velocity per parameter; empty before the first step and without momentum.
  public private(set) var velocities: [Tensor] = []

  /// Creates an optimizer at rest.
  public init(learningRate: Double, momentum: Double = 0, weightDecay: Double = 0) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  public mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model) {
    let slopes = gradient.parameters
    if velocities.isEmpty && momentum != 0 { velocities = slopes.map { .zeros($0.shape) } }
    var position = 0
    model.updateParameters(along: slopes) { parameter, slope in
      withPointers(&parameter, slope) { count, p, g in
        if momentum == 0 {
          ck_sgd(count, p, g, nil, Float(learningRate), 0, Float(weightDecay))
        } else {
          withState(&velocities, position, of: slope) { v in
            ck_sgd(count, p, g, v, Float(learningRate), Float(momentum), Float(weightDecay))
          }
        }
      }
      position += 1
    }
  }

  /// Puts the optimizer where it was with these velocities, one per parameter.
  public mutating func restore(velocities: [Tensor]) { self.velocities = velocities }

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
  /// One running mean of squares per parameter; empty before the first step.
  public private(set) var secondMoments: [Tensor] = []

  /// Creates an optimizer at rest.
  public init(
    learningRate: Double = 1e-2, smoothing: Double = 0.99, epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model) {
    let slopes = gradient.parameters
    if secondMoments.isEmpty { secondMoments = slopes.map { .zeros($0.shape) } }
    var position = 0
    model.updateParameters(along: slopes) { parameter, slope in
      withPointers(&parameter, slope) { count, p, g in
        withState(&secondMoments, position, of: slope) { v in
          ck_rmsprop(
            count, p, g, v, Float(learningRate), Float(smoothing), Float(1 - smoothing),
            Float(epsilon), Float(weightDecay))
        }
      }
      position += 1
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
  /// How many steps have been taken.
  public private(set) var step = 0
  /// One mean gradient per parameter; empty before the first step.
  public private(set) var firstMoments: [Tensor] = []
  /// One mean squared gradient per parameter; empty before the first step.
  public private(set) var secondMoments: [Tensor] = []

  /// Creates an optimizer at rest.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model) {
    let slopes = gradient.parameters
    if firstMoments.isEmpty {
      firstMoments = slopes.map { .zeros($0.shape) }
      secondMoments = slopes.map { .zeros($0.shape) }
    }
    step += 1
    let rate = Float(learningRate / (1 - power(beta1, step)))
    let correction = Float((1 - power(beta2, step)).squareRoot())
    var position = 0
    model.updateParameters(along: slopes) { parameter, slope in
      withPointers(&parameter, slope) { count, p, g in
        withState(&firstMoments, position, of: slope) { m in
          withState(&secondMoments, position, of: slope) { v in
            splitElements(count) { start, count in
              ck_adam(
                count, p + start, g + start, m + start, v + start, rate, Float(1 - beta1),
                Float(beta2), Float(1 - beta2), correction, Float(epsilon), Float(weightDecay))
            }
          }
        }
      }
      position += 1
    }
  }

  /// Puts the optimizer where it was after `step` steps.
  ///
  /// - Parameters:
  ///   - step: how many steps had been taken.
  ///   - firstMoments: one mean gradient per parameter.
  ///   - secondMoments: one mean squared gradient per parameter.
  public mutating func restore(step: Int, firstMoments: [Tensor], secondMoments: [Tensor]) {
    precondition(
      step >= 0 && step <= Int32.max,
      "an optimizer cannot have taken \(step) steps; it may be 0 to \(Int32.max)")
    precondition(
      firstMoments.map { $0.shape } == secondMoments.map { $0.shape },
      "\(firstMoments.count) first moments do not fit \(secondMoments.count) second ones")
    self.step = step
    self.firstMoments = firstMoments
    self.secondMoments = secondMoments
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

/// Calls `body` with a parameter's memory and its gradient's, both padded to a multiple of sixteen elements.
@inline(__always)
private func withPointers(
  _ parameter: inout Tensor, _ slope: Tensor,
  _ body: (Int, UnsafeMutablePointer<Float>, UnsafePointer<Float>) -> Void
) {
  requireShape(of: slope, for: parameter)
  guard parameter.count > 0 else { return }
  slope.withUnsafeElements { g in
    parameter.withUnsafeMutableElements { p in body(p.count, p.baseAddress!, g.baseAddress!) }
  }
}

/// Calls `body` with the memory of what is kept for a parameter, padded likewise.
@inline(__always)
private func withState(
  _ state: inout [Tensor], _ position: Int, of slope: Tensor,
  _ body: (UnsafeMutablePointer<Float>) -> Void
) {
  precondition(
    position < state.count && state[position].shape == slope.shape,
    "an optimizer that has moved parameters of shapes \(state.map { $0.shape }) was given one of shape "
      + "\(slope.shape) at place \(position)")
  state[position].withUnsafeMutableElements { body($0.baseAddress!) }
}

/// Stops the program unless a gradient has its parameter's shape.
func requireShape(of gradient: Tensor, for parameter: Tensor) {
  precondition(
    parameter.shape == gradient.shape,
    "a parameter of shape \(parameter.shape) has a gradient of shape \(gradient.shape)")
}
