import Tensors

/// How gradients are kept from becoming too large, before the optimizer sees them.
public enum GradientClipping: Hashable, Sendable {
  /// All elements times one number where their Euclidean norm, over all parameters together, is above this; PyTorch's
  /// `clip_grad_norm_`.
  case norm(Double)
  /// Each element is put between minus this and this; PyTorch's `clip_grad_value_`.
  case value(Double)

  /// Says what is wrong with the bound.
  func validate() throws(TrainingError) {
    switch self {
    case .norm(let bound): try requireMagnitude("the bound of the gradient's norm", bound)
    case .value(let bound): try requireMagnitude("the bound of the gradient's elements", bound)
    }
  }

  /// The kind and its bound, by which a checkpoint tells them apart.
  var description: String {
    switch self {
    case .norm(let bound): "norm \(bound)"
    case .value(let bound): "value \(bound)"
    }
  }
}

extension Parameterized {
  /// A gradient that is no larger than a bound: a differentiable function of this one.
  public func clipped(by clipping: GradientClipping) -> Self {
    switch clipping {
    case .norm(let bound):
      let norm = differentiableRoot(parameters.reduce(Tensor(0)) { $0 + square($1).sum() })
      let factor = minimum(Tensor(Float(bound)) / (norm + 1e-6), Tensor(1))
      return mapParameters { $0 * factor }
    case .value(let bound):
      let bound = Tensor(Float(bound))
      return mapParameters { maximum(-bound, minimum(bound, $0)) }
    }
  }
}
