import Tensors

// The optimizers' rules as functions of tensors, for training that is itself differentiated: every argument, the
// learning rate included, may be part of an outer recording.

extension SGD {
  /// p − rate · g.
  public static func step(_ parameter: Tensor, along gradient: Tensor, learningRate: Tensor)
    -> Tensor
  {
    requireShape(of: gradient, for: parameter)
    requireBroadcast(of: learningRate, to: parameter)
    guard learningRate.count == 1 else { return parameter - learningRate * gradient }
    return descent(from: parameter, along: gradient, rate: learningRate)
  }

  /// v ← momentum · v + g, p ← p − rate · v.
  ///
  /// - Returns: the new parameter; `velocity`, zeros at first, is replaced.
  public static func step(
    _ parameter: Tensor, along gradient: Tensor, velocity: inout Tensor, learningRate: Tensor,
    momentum: Tensor
  ) -> Tensor {
    requireShape(of: gradient, for: parameter)
    requireBroadcast(of: velocity, learningRate, momentum, to: parameter)
    velocity = momentum * velocity + gradient
    return parameter - learningRate * velocity
  }
}

extension RMSProp {
  /// v ← α v + (1 − α) g², p ← p − rate · g / (√v + ε).
  ///
  /// - Returns: the new parameter; `secondMoment`, zeros at first, is replaced.
  public static func step(
    _ parameter: Tensor, along gradient: Tensor, secondMoment: inout Tensor, learningRate: Tensor,
    smoothing: Double = 0.99, epsilon: Double = 1e-8
  ) -> Tensor {
    requireShape(of: gradient, for: parameter)
    requireBroadcast(of: secondMoment, learningRate, to: parameter)
    secondMoment = moment(secondMoment, gradient, smoothing: smoothing)
    return parameter - learningRate * normalized(gradient, secondMoment, epsilon: epsilon)
  }

  /// α v + (1 − α) g².
  static func moment(_ moment: Tensor, _ gradient: Tensor, smoothing: Double) -> Tensor {
    moment * Float(smoothing) + gradient * gradient * Float(1 - smoothing)
  }

  /// g / (√v + ε).
  static func normalized(_ gradient: Tensor, _ moment: Tensor, epsilon: Double) -> Tensor {
    gradient / (differentiableRoot(moment) + Float(epsilon))
  }
}

/// A step leaves a parameter its shape.
private func requireBroadcast(of others: Tensor..., to parameter: Tensor) {
  for other in others {
    precondition(
      parameter.shape.broadcast(with: other.shape) == parameter.shape,
      "a step of a parameter of shape \(parameter.shape) was given state or a rate of shape \(other.shape)"
    )
  }
}

/// √v for moments, with a derivative at 0.
///
/// That of √0 is infinite, and times the 0 that it meets undefined. Here the derivatives at 0 are 0, and nothing else
/// differs from √v.
private func differentiableRoot(_ moment: Tensor) -> Tensor {
  let zeros = equal(moment, Tensor(0))
  return sqrt(moment + zeros) * (1 - zeros)
}

extension Adam {
  /// The state of one parameter.
  public struct Moments: Parameterized, Sendable {
    /// The mean gradient.
    public var first: Tensor
    /// The mean squared gradient.
    public var second: Tensor

    /// The state before the first step.
    public init(of parameter: Tensor) {
      first = .zeros(parameter.shape)
      second = .zeros(parameter.shape)
    }

    public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("first", &first)
      visit("second", &second)
    }
  }

  /// One step for one parameter.
  ///
  /// - Parameters:
  ///   - parameter: what to move.
  ///   - gradient: the objective's gradient with respect to it.
  ///   - moments: the state, replaced.
  ///   - step: the number of this step, from 1.
  ///   - learningRate: a scalar.
  ///   - beta1: how much of the mean gradient is kept.
  ///   - beta2: how much of the mean squared gradient is kept.
  ///   - epsilon: what keeps the divisor from 0.
  /// - Returns: the new parameter.
  public static func step(
    _ parameter: Tensor, along gradient: Tensor, moments: inout Moments, step: Int,
    learningRate: Tensor, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
  ) -> Tensor {
    requireShape(of: gradient, for: parameter)
    requireBroadcast(of: moments.first, moments.second, learningRate, to: parameter)
    precondition(step > 0, "steps are numbered from 1, found \(step)")
    moments.first = moments.first + (gradient - moments.first) * Float(1 - beta1)
    moments.second = moments.second * Float(beta2) + gradient * gradient * Float(1 - beta2)
    let root = differentiableRoot(moments.second)
    let bias = biasCorrections(after: step, beta1: beta1, beta2: beta2)
    let scale = root / Float(bias.secondRoot) + Float(epsilon)
    return parameter - learningRate / Float(bias.first) * (moments.first / scale)
  }
}
