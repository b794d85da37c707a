import Tensors

// The same rules for all parameters of a model at once. The state of a rule has the model's own shape.

extension SGD {
  /// p − rate · g for every parameter of a model.
  ///
  /// - Parameters:
  ///   - model: what to move.
  ///   - gradient: the objective's gradient with respect to it.
  ///   - learningRate: one number, as a scalar or of shape [1].
  /// - Returns: the new model, a differentiable function of all three.
  public static func step<Model: Parameterized>(
    _ model: Model, along gradient: Model, learningRate: Tensor
  ) -> Model {
    model.combiningParameters(with: gradient) {
      step($0, along: $1, learningRate: learningRate)
    }
  }

  /// v ← momentum · v + g, p ← p − rate · v for every parameter of a model.
  ///
  /// - Returns: the new model; `velocity`, zeros at first, is replaced.
  public static func step<Model: Parameterized>(
    _ model: Model, along gradient: Model, velocity: inout Model, learningRate: Tensor,
    momentum: Tensor
  ) -> Model {
    velocity = velocity.combiningParameters(with: gradient) { momentum * $0 + $1 }
    return step(model, along: velocity, learningRate: learningRate)
  }
}

extension RMSProp {
  /// v ← α v + (1 − α) g², p ← p − rate · g / (√v + ε) for every parameter of a model.
  ///
  /// - Returns: the new model; `secondMoments`, zeros at first, is replaced.
  public static func step<Model: Parameterized>(
    _ model: Model, along gradient: Model, secondMoments: inout Model, learningRate: Tensor,
    smoothing: Double = 0.99, epsilon: Double = 1e-8
  ) -> Model {
    secondMoments = secondMoments.combiningParameters(with: gradient) {
      moment($0, $1, smoothing: smoothing)
    }
    let direction = gradient.combiningParameters(with: secondMoments) {
      normalized($0, $1, epsilon: epsilon)
    }
    return SGD.step(model, along: direction, learningRate: learningRate)
  }
}

extension Parameterized {
  /// The tensors of this value, each combined with the one at the same place of another.
  func combiningParameters(with other: Self, _ combine: (Tensor, Tensor) -> Tensor) -> Self {
    var result = self
    result.updateParameters(along: other.parameters) { $0 = combine($0, $1) }
    return result
  }
}
