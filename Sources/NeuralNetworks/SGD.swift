import CKernels
import Tensors

/// Gradient descent with optional momentum and weight decay, PyTorch's `SGD`.
///
/// g ← g + decay · p, v ← momentum · v + (1 − dampening) g, p ← p − rate · v. The first step is not dampened: v is g.
/// With Nesterov's momentum the last of these is p ← p − rate · (g + momentum · v).
public struct SGD: Optimizer {
  /// The step size.
  public var learningRate: Double
  /// How much of the last step is kept.
  public let momentum: Double
  /// How much of a gradient does not enter the velocity.
  public var dampening: Double
  /// Which momentum.
  public var kind: Momentum
  /// The factor of the L2 penalty's gradient.
  public var weightDecay: Double
  public var stepCount = 0 { didSet { requireStep(stepCount) } }
  /// One velocity per parameter; none without momentum.
  public private(set) var velocities: [Tensor]

  /// How a velocity moves the parameters.
  public enum Momentum: Hashable, Sendable {
    /// Along the velocity.
    case heavyBall
    /// Along the gradient and the velocity that the next step would keep.
    case nesterov
  }

  /// Creates an optimizer at rest for models whose parameters have the shapes of this one's.
  public init(
    for model: some Parameterized, learningRate: Double, momentum: Double = 0,
    _ kind: Momentum = .heavyBall, dampening: Double = 0, weightDecay: Double = 0
  ) {
    velocities = momentum == 0 ? [] : zeros(for: model)
    self.learningRate = learningRate
    self.momentum = momentum
    self.kind = kind
    self.dampening = dampening
    self.weightDecay = weightDecay
  }

  public mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model) {
    stepCount += 1
    let share = stepCount == 1 ? 1 : Float(1 - dampening)
    let isNesterov: Int32 = kind == .nesterov ? 1 : 0
    updateElements(of: &model, along: gradient) { position, gradient, count, p, g in
      if momentum == 0 {
        ck_sgd(count, p, g, nil, Float(learningRate), 0, 1, 0, Float(weightDecay))
      } else {
        withState(&velocities, position, of: gradient) { v in
          ck_sgd(
            count, p, g, v, Float(learningRate), Float(momentum), share, isNesterov,
            Float(weightDecay))
        }
      }
    }
  }

  public var name: String { kind == .nesterov ? "sgd with Nesterov's momentum" : "sgd" }

  public var settings: [OptimizerSetting] {
    [
      .magnitude("learning-rate", learningRate), .share("momentum", momentum),
      .magnitude("dampening", dampening, standard: 0),
      .magnitude("weight-decay", weightDecay, standard: 0),
    ]
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("velocity", &velocities)
  }
}

extension SGD {
  /// p − rate · g for a tensor, or every parameter of a model.
  ///
  /// - Parameters:
  ///   - model: what to move.
  ///   - gradient: the objective's gradient with respect to it.
  ///   - learningRate: one number, as a scalar or of shape [1], or of a shape that broadcasts to every parameter's.
  /// - Returns: the new model, a differentiable function of all three.
  public static func step<Model: Parameterized>(
    _ model: Model, along gradient: Model, learningRate: Tensor
  ) -> Model {
    model.combiningParameters(with: gradient) { parameter, gradient in
      requireShape(of: gradient, for: parameter)
      if learningRate.count == 1 && learningRate.rank <= Swift.max(parameter.rank, 1) {
        return descent(from: parameter, along: gradient, rate: learningRate)
      }
      precondition(
        parameter.shape.broadcast(with: learningRate.shape) == parameter.shape,
        "a step of a parameter of shape \(parameter.shape) was given a rate of shape \(learningRate.shape)"
      )
      return parameter - learningRate * gradient
    }
  }

  /// v ← momentum · v + g, p ← p − rate · v for a tensor, or every parameter of a model.
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
