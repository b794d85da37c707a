import CKernels

// Normalisation by mean and variance, as batch and layer normalisation have it.

/// Channels normalised by their own statistics.
public struct Normalized {
  /// (x − mean) / √(variance + ε) · weight + bias, of x's shape.
  public let output: Tensor
  /// The mean of each channel; a constant.
  public let mean: Tensor
  /// The biased variance of each channel; a constant.
  public let variance: Tensor
}

/// Each channel normalised over the batch and the positions, PyTorch's `batch_norm` in training.
///
/// One kernel computes the output and the statistics, and one the derivatives; where these are themselves recorded they are
/// taken of the same written with tensor operations, so derivatives of every order exist.
///
/// - Parameters:
///   - x: [batch, channels] or [batch, channels, length], or [channels, length, batch] if the layout is batch last.
///   - weight: [channels].
///   - bias: [channels].
///   - epsilon: what is added to the variance.
///   - layout: where the batch lies.
/// - Returns: the normalised tensor, and what it was normalised by.
public func batchNormalization(
  _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5,
  layout: ActivationLayout = .batchFirst
) -> Normalized {
  Normalization(channelsOf: x, layout, epsilon: epsilon).normalized(x, weight, bias)
}

/// Each channel normalised by given statistics, PyTorch's `batch_norm` in evaluation.
///
/// - Parameters:
///   - x: [batch, channels] or [batch, channels, length], or [channels, length, batch] if the layout is batch last.
///   - mean: [channels].
///   - variance: [channels].
///   - weight: [channels].
///   - bias: [channels].
///   - epsilon: what is added to the variance.
///   - layout: where the batch lies.
/// - Returns: a tensor of x's shape.
public func batchNormalization(
  _ x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor, bias: Tensor,
  epsilon: Float = 1e-5, layout: ActivationLayout = .batchFirst
) -> Tensor {
  let normalization = Normalization(channelsOf: x, layout, epsilon: epsilon)
  for parameter in [mean, variance, weight, bias] { normalization.require(parameter, for: x) }
  // One factor and one summand for each channel.
  let scale = weight / sqrt(variance + epsilon)
  let shape = normalization.parameterShape
  return x * scale.reshaped(to: shape) + (bias - mean * scale).reshaped(to: shape)
}

/// Each row of the last axis normalised by its own mean and variance, PyTorch's `layer_norm`.
///
/// Derivatives are computed as those of ``batchNormalization(_:weight:bias:epsilon:layout:)``.
///
/// - Parameters:
///   - x: […, features].
///   - weight: [features].
///   - bias: [features].
///   - epsilon: what is added to the variance.
/// - Returns: a tensor of x's shape.
public func layerNormalization(
  _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5
) -> Tensor {
  Normalization(rowsOf: x, epsilon: epsilon).normalized(x, weight, bias).output
}

/// Batch or layer normalisation of tensors of one shape.
private struct Normalization {
  private let extents: ck_normalization_shape
  private let epsilon: Float
  /// Whether there is a weight for each place in a channel, instead of one for each channel.
  private let isAcross: Bool
  /// The shape in which a weight is broadcast to x's.
  let parameterShape: Shape

  init(channelsOf x: Tensor, _ layout: ActivationLayout, epsilon: Float) {
    precondition(
      x.rank == 3 || x.rank == 2 && layout == .batchFirst,
      "channels have two or three axes, or three with the batch last, found shape \(x.shape)")
    switch layout {
    case .batchFirst:
      extents = ck_normalization_shape(
        outer: x.shape[0], channels: x.shape[1], inner: x.rank == 2 ? 1 : x.shape[2])
      parameterShape = x.rank == 2 ? [x.shape[1]] : [x.shape[1], 1]
    case .batchLast:
      extents = ck_normalization_shape(
        outer: 1, channels: x.shape[0], inner: x.shape[1] * x.shape[2])
      parameterShape = [x.shape[0], 1, 1]
    }
    isAcross = false
    self.epsilon = epsilon
  }

  init(rowsOf x: Tensor, epsilon: Float) {
    precondition(x.rank > 0, "a scalar has no features to normalise")
    let features = x.shape[x.rank - 1]
    extents = ck_normalization_shape(
      outer: 1, channels: x.count / Swift.max(features, 1), inner: features)
    parameterShape = [features]
    isAcross = true
    self.epsilon = epsilon
  }

  /// Stops the program unless there is one number for each channel, or for each feature.
  func require(_ parameter: Tensor, for x: Tensor) {
    precondition(
      parameter.shape == [parameterShape[0]],
      "a normalisation of shape \(x.shape) takes \(parameterShape[0]) numbers, found shape \(parameter.shape)"
    )
  }

  func normalized(_ x: Tensor, _ weight: Tensor, _ bias: Tensor) -> Normalized {
    for parameter in [weight, bias] { require(parameter, for: x) }
    let mean = Tensor(uninitialized: [extents.channels])
    let variance = Tensor(uninitialized: [extents.channels])
    let output = Tensor.operation(
      x, weight, bias,
      value: Tensor(x.shape) {
        ck_normalize(
          extents, epsilon, isAcross ? 1 : 0, x.pointer, weight.pointer, bias.pointer, $0,
          mean.pointer, variance.pointer)
      }
    ) { x, weight, _ in
      { upstream, gradients in
        if upstream.isRecorded || x.isRecorded || weight.isRecorded {
          // What the bias is makes no difference.
          gradients.addDerivatives(
            of: { [composition($0[0], $0[1], $0[2])] },
            at: [x, weight, .zeros(weight.shape)], upstream: [upstream])
          return
        }
        let dx = Tensor(uninitialized: x.shape)
        let sums = parameterGradients(upstream, x, weight, mean, variance, dx)
        gradients.add(dx, to: 0)
        gradients.add(sums.sliced(0..<1).reshaped(to: weight.shape), to: 1)
        gradients.add(sums.sliced(1..<2).reshaped(to: weight.shape), to: 2)
      }
    }
    return Normalized(output: output, mean: mean, variance: variance)
  }

  /// The gradients with respect to weight and bias, [2, count]; that with respect to x goes to `dx`.
  private func parameterGradients(
    _ dy: Tensor, _ x: Tensor, _ weight: Tensor, _ mean: Tensor, _ variance: Tensor, _ dx: Tensor
  ) -> Tensor {
    let count = weight.count
    let chain = isAcross ? PairwiseSum.longestChain : Swift.max(extents.channels, 1)
    return PairwiseSum.blocks(of: extents.channels, size: chain) { start, channels in
      var block = extents
      // Only rows, which lie one after the other, come in blocks.
      block.channels = channels
      let offset = start * extents.inner
      return Tensor([2, count]) { sums in
        ck_normalize_gradient(
          block, epsilon, isAcross ? 1 : 0, dy.pointer + offset, x.pointer + offset,
          weight.pointer, mean.pointer + start, variance.pointer + start, dx.pointer + offset,
          sums, sums + count)
      }
    }
  }

  /// The same written with tensor operations.
  private func composition(_ x: Tensor, _ weight: Tensor, _ bias: Tensor) -> Tensor {
    let centered = x - mean(of: x)
    let normal = centered / sqrt(mean(of: square(centered)) + epsilon)
    return normal * weight.reshaped(to: parameterShape) + bias.reshaped(to: parameterShape)
  }

  private func mean(of x: Tensor) -> Tensor {
    if isAcross { return x.mean(along: -1, .kept) }
    var sums = x
    for axis in 0..<x.rank where axis != x.rank - parameterShape.rank {
      sums = sums.sum(along: axis, .kept)
    }
    return sums / Float(extents.outer * extents.inner)
  }
}
