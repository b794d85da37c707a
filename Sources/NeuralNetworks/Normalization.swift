import Tensors

/// Batch normalisation, PyTorch's `nn.BatchNorm1d`.
///
/// In training each channel is normalised by its mean and variance over the batch and the positions; those seen are
/// remembered as running means, by which it is normalised in evaluation:
///
///     y = (x − mean) / √(variance + ε) · weight + bias
///     running ← (1 − momentum) · running + momentum · seen
///
/// where the running variance is the unbiased one.
///
/// Source: S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal
/// covariate shift" (2015).
public struct BatchNorm1D: ContextualLayer {
  /// [channels], ones at first.
  public var weight: Tensor
  /// [channels], zeros at first.
  public var bias: Tensor
  /// The mean of each channel in evaluation, `running_mean`; [channels], zeros at first.
  public var runningMean: Tensor
  /// The variance of each channel in evaluation, `running_var`; [channels], ones at first.
  public var runningVariance: Tensor
  /// How many batches have been seen, `num_batches_tracked`; a scalar.
  public var batchesTracked: Tensor
  /// How much of a batch's statistics enters the running ones; nil for their plain mean over all batches.
  public var momentum: Double?
  /// What is added to the variance, ε.
  public var epsilon: Float

  /// Creates a layer with PyTorch's default initialisation.
  public init(_ channels: Int, momentum: Double? = 0.1, epsilon: Float = 1e-5) {
    precondition(channels > 0, "there is one channel or more to normalise, found \(channels)")
    weight = .ones([channels])
    bias = .zeros([channels])
    runningMean = .zeros([channels])
    runningVariance = .ones([channels])
    batchesTracked = Tensor(0)
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// Maps [batch, channels] or [batch, channels, length] to the same shape.
  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    forward(x, in: &context, layout: .batchFirst)
  }

  /// Maps activations in either layout, [channels, length, batch] where the batch is last.
  public mutating func forward(
    _ x: Tensor, in context: inout ForwardContext, layout: ActivationLayout
  ) -> Tensor {
    guard context.mode == .training else {
      return batchNormalization(
        x, mean: runningMean, variance: runningVariance, weight: weight, bias: bias,
        epsilon: epsilon, layout: layout)
    }
    let count = x.count / weight.count
    precondition(
      count > 1,
      "a channel's variance in training takes two numbers or more, found shape \(x.shape)")
    let normalized = batchNormalization(
      x, weight: weight, bias: bias, epsilon: epsilon, layout: layout)
    batchesTracked = batchesTracked + 1
    let share = momentum.map { Float($0) } ?? 1 / batchesTracked.scalar
    let unbiased = normalized.variance * (Float(count) / Float(count - 1))
    runningMean = runningMean * (1 - share) + normalized.mean * share
    runningVariance = runningVariance * (1 - share) + unbiased * share
    return normalized.output
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("weight", &weight)
    visit("bias", &bias)
    visit(state: "running_mean", &runningMean)
    visit(state: "running_var", &runningVariance)
    visit(state: "num_batches_tracked", &batchesTracked)
  }
}

/// Layer normalisation over the last axis, PyTorch's `nn.LayerNorm`.
///
/// y = (x − mean) / √(variance + ε) · weight + bias, with the mean and the biased variance of each row.
///
/// Source: J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization" (2016).
public struct LayerNorm: Layer {
  /// [features], ones at first.
  public var weight: Tensor
  /// [features], zeros at first.
  public var bias: Tensor
  /// What is added to the variance, ε.
  public var epsilon: Float

  /// Creates a layer with PyTorch's default initialisation.
  public init(_ features: Int, epsilon: Float = 1e-5) {
    precondition(features > 0, "there is one feature or more to normalise, found \(features)")
    weight = .ones([features])
    bias = .zeros([features])
    self.epsilon = epsilon
  }

  /// Maps […, features] to the same shape.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    layerNormalization(x, weight: weight, bias: bias, epsilon: epsilon)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("weight", &weight)
    visit("bias", &bias)
  }
}
