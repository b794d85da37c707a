import CKernels
import Tensors

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
  public var stepCount = 0 { didSet { requireStep(stepCount) } }
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
    stepCount += 1
    updateElements(of: &model, along: gradient) { position, gradient, count, p, g in
      withState(&secondMoments, position, of: gradient) { v in
        ck_rmsprop(
          count, p, g, v, Float(learningRate), Float(smoothing), Float(1 - smoothing),
          Float(epsilon), Float(weightDecay))
      }
    }
  }

  public var name: String { "rmsprop" }

  public var settings: [OptimizerSetting] {
    [
      .magnitude("learning-rate", learningRate), .share("smoothing", smoothing),
      .magnitude("epsilon", epsilon), .magnitude("weight-decay", weightDecay),
    ]
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("second_moment", &secondMoments)
  }
}

extension RMSProp {
  /// v ← α v + (1 − α) g², p ← p − rate · g / (√v + ε) for a tensor, or every parameter of a model.
  ///
  /// - Returns: the new model, a differentiable function of all others; `secondMoments`, zeros at first, is replaced.
  public static func step<Model: Parameterized>(
    _ model: Model, along gradient: Model, secondMoments: inout Model, learningRate: Tensor,
    smoothing: Double = 0.99, epsilon: Double = 1e-8
  ) -> Model {
    secondMoments = secondMoments.combiningParameters(with: gradient) { moment, gradient in
      moment * Float(smoothing) + gradient * gradient * Float(1 - smoothing)
    }
    let direction = gradient.combiningParameters(with: secondMoments) { gradient, moment in
      gradient / (differentiableRoot(moment) + Float(epsilon))
    }
    return SGD.step(model, along: direction, learningRate: learningRate)
  }
}
