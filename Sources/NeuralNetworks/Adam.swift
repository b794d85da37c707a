import CKernels
import Tensors

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
  public var stepCount = 0 { didSet { requireStep(stepCount) } }
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
    update(&model, along: gradient, keeping: 1)
  }

  /// Takes one step, from `share` times the parameters.
  fileprivate mutating func update<Model: Parameterized>(
    _ model: inout Model, along gradient: Model, keeping share: Float
  ) {
    stepCount += 1
    let bias = Self.biasCorrections(after: stepCount, beta1: beta1, beta2: beta2)
    let (rate, correction) = (Float(learningRate / bias.first), Float(bias.secondRoot))
    updateElements(of: &model, along: gradient) { position, gradient, count, p, g in
      withState(&firstMoments, position, of: gradient) { m in
        withState(&secondMoments, position, of: gradient) { v in
          splitElements(count) { start, count in
            ck_adam(
              count, p + start, g + start, m + start, v + start, rate, Float(1 - beta1),
              Float(beta2), Float(1 - beta2), correction, Float(epsilon), Float(weightDecay), share)
          }
        }
      }
    }
  }

  /// 1 − β₁ᵗ and √(1 − β₂ᵗ), by which the moments after t steps are divided: they started from zero.
  private static func biasCorrections(after step: Int, beta1: Double, beta2: Double)
    -> (first: Double, secondRoot: Double)
  {
    (1 - power(beta1, step), (1 - power(beta2, step)).squareRoot())
  }

  public var name: String { "adam" }

  public var settings: [OptimizerSetting] {
    [
      .magnitude("learning-rate", learningRate), .magnitude("weight-decay", weightDecay),
      .share("beta1", beta1, standard: 0.9), .share("beta2", beta2, standard: 0.999),
      .magnitude("epsilon", epsilon, standard: 1e-8),
    ]
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("first_moment", &firstMoments)
    visit("second_moment", &secondMoments)
  }
}

extension Adam {
  /// The state of the rule as a function: for a tensor, or all parameters of a model.
  public struct Moments<Model: Parameterized>: Parameterized {
    /// The mean gradient.
    public var first: Model
    /// The mean squared gradient.
    public var second: Model

    /// The state before the first step.
    public init(of model: Model) {
      first = model.mapParameters { .zeros($0.shape) }
      second = first
    }

    public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("first", &first)
      visit("second", &second)
    }
  }

  /// One step for a tensor, or every parameter of a model.
  ///
  /// - Parameters:
  ///   - model: what to move.
  ///   - gradient: the objective's gradient with respect to it.
  ///   - moments: the state, replaced.
  ///   - step: the number of this step, from 1.
  ///   - learningRate: a scalar.
  ///   - beta1: how much of the mean gradient is kept.
  ///   - beta2: how much of the mean squared gradient is kept.
  ///   - epsilon: what keeps the divisor from 0.
  /// - Returns: the new model, a differentiable function of all others.
  public static func step<Model: Parameterized>(
    _ model: Model, along gradient: Model, moments: inout Moments<Model>, step: Int,
    learningRate: Tensor, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
  ) -> Model {
    precondition(step > 0, "steps are numbered from 1, found \(step)")
    moments.first = moments.first.combiningParameters(with: gradient) { moment, gradient in
      moment + (gradient - moment) * Float(1 - beta1)
    }
    moments.second = moments.second.combiningParameters(with: gradient) { moment, gradient in
      moment * Float(beta2) + gradient * gradient * Float(1 - beta2)
    }
    let bias = biasCorrections(after: step, beta1: beta1, beta2: beta2)
    let direction = moments.first.combiningParameters(with: moments.second) { first, second in
      first / (differentiableRoot(second) / Float(bias.secondRoot) + Float(epsilon))
    }
    return SGD.step(model, along: direction, learningRate: learningRate / Float(bias.first))
  }
}

/// Adam with decoupled weight decay, PyTorch's `AdamW`.
///
/// p ← (1 − rate · decay) p, then a step of ``Adam`` without decay: the parameters shrink alike, whatever their
/// gradients were.
public struct AdamW: Optimizer {
  /// The rule without the decay.
  public private(set) var adam: Adam
  /// How strongly the parameters shrink.
  public var weightDecay: Double

  /// Creates an optimizer at rest for models whose parameters have the shapes of this one's.
  public init(
    for model: some Parameterized, learningRate: Double = 1e-3, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 1e-2
  ) {
    adam = Adam(
      for: model, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.weightDecay = weightDecay
  }

  /// The step size.
  public var learningRate: Double {
    get { adam.learningRate }
    set { adam.learningRate = newValue }
  }

  public var stepCount: Int {
    get { adam.stepCount }
    set { adam.stepCount = newValue }
  }

  public mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model) {
    adam.update(&model, along: gradient, keeping: Float(1 - learningRate * weightDecay))
  }

  public var name: String { "adamw" }

  public var settings: [OptimizerSetting] {
    adam.settings.filter { $0.name != "weight-decay" } + [.magnitude("weight-decay", weightDecay)]
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    adam.visitParameters(&visit)
  }
}
