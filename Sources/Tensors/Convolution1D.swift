/// What lies before the first and behind the last position of a convolution's input.
public enum Padding: String, Hashable, Sendable {
  /// Zeros, PyTorch's `padding_mode="zeros"`.
  case zeros
  /// The first and the last element again and again, `padding_mode="replicate"`.
  case replicate
}

/// A convolution over positions, PyTorch's `conv1d`, with the bias and the activation in the same pass.
///
///     y[o, t] = f(Σᵢₖ weight[o, i, k] · x[i, t · stride + k · dilation − padding] + bias[o])
///
/// for every example of the batch; positions outside x count as 0, or as the nearest position. With several groups, each
/// sees its share of the inputs and yields its share of the outputs. The derivatives are convolutions again and run
/// in kernels at every order.
///
/// - Parameters:
///   - x: [batch, inputs, length], or [inputs, length, batch] if the layout is batch last.
///   - weight: [outputs, inputs / groups, kernel].
///   - bias: [outputs], or nil for none.
///   - stride: how far the kernel moves from one output position to the next.
///   - padding: how many positions are put at either end.
///   - dilation: how many positions lie from one tap of the kernel to the next.
///   - groups: into how many parts inputs and outputs fall.
///   - paddingMode: what is put there.
///   - activation: what is applied to the sum.
///   - layout: where the batch lies. Batch last saves two transpositions.
/// - Returns: [batch, outputs, (length + 2 · padding − dilation · (kernel − 1) − 1) / stride + 1], or [outputs, …, batch] if
///   the layout is batch last.
public func convolution1D(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0,
  dilation: Int = 1, groups: Int = 1, paddingMode: Padding = .zeros,
  activation: AffineActivation = .identity, layout: ActivationLayout = .batchFirst
) -> Tensor {
  precondition(x.rank == 3, "a convolution's input has three axes, found shape \(x.shape)")
  switch layout {
  case .batchFirst:
    return convolution1D(
      x.permuted(1, 2, 0), weight: weight, bias: bias, stride: stride, padding: padding,
      dilation: dilation, groups: groups, paddingMode: paddingMode, activation: activation,
      layout: .batchLast
    ).permuted(2, 0, 1)
  case .batchLast:
    if let bias {
      precondition(
        weight.rank == 3 && bias.rank == 1 && bias.count == weight.shape[0],
        "weight \(weight.shape) does not fit bias \(bias.shape)")
    }
    if paddingMode == .replicate && padding > 0 {
      return convolution1D(
        replicated(x, padding), weight: weight, bias: bias, stride: stride, dilation: dilation,
        groups: groups, activation: activation, layout: .batchLast)
    }
    if dilation == 1 || weight.rank == 3 && weight.shape[2] == 1 {
      return Convolution(x, weight, stride: stride, padding: padding, groups: groups)
        .output(x, weight, bias: bias, activation)
    }
    return dilated(
      x, weight, bias, stride: stride, padding: padding, dilation: dilation, groups: groups,
      activation)
  }
}

/// [channels, length, batch] with the first and the last position repeated at either end.
private func replicated(_ x: Tensor, _ padding: Int) -> Tensor {
  let length = x.shape[1]
  precondition(
    length > 0 && padding <= (Int(Int32.max) - length) / 2,
    "padding \(padding) cannot repeat the ends of \(length) positions")
  let end = x.shape.with(padding, at: 1)
  return Tensor.concatenated(
    [
      x.sliced(0..<1, along: 1).broadcast(to: end), x,
      x.sliced(length - 1..<length, along: 1).broadcast(to: end),
    ], along: 1)
}

/// A convolution whose taps lie `dilation` positions apart.
///
/// Position q · dilation + r of an example meets none but those with the same r. Seen as position q of example r, it meets
/// its neighbours: the convolution is one without dilation of as many times more and shorter examples, which lie in
/// memory as they did.
private func dilated(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: Int, padding: Int, dilation: Int,
  groups: Int, _ activation: AffineActivation
) -> Tensor {
  let (channels, length, batch) = (x.shape[0], x.shape[1], x.shape[2])
  precondition(
    weight.rank == 3 && weight.count > 0 && stride > 0 && padding >= 0 && dilation > 0,
    "a convolution moves forward and pads with zeros: stride \(stride), padding \(padding), dilation \(dilation)"
  )
  precondition(
    dilation <= Int(Int32.max) / weight.shape[2] && padding <= (Int(Int32.max) - length) / 4,
    "dilation \(dilation) and padding \(padding) are too large for a kernel of \(weight.shape[2])")
  let room = length + 2 * padding - dilation * (weight.shape[2] - 1) - 1
  precondition(
    length > 0 && room >= 0,
    "a kernel of \(weight.shape[2]) with dilation \(dilation) does not fit into \(length) positions with padding \(padding)"
  )
  // The kernels pad by themselves where the padding is whole rows of positions.
  let isWhole = padding % dilation == 0
  let before = isWhole ? 0 : padding
  let rows = (length + 2 * before + dilation - 1) / dilation
  let padded = x.padded(before: before, after: rows * dilation - length - before, along: 1)
  let phases = padded.reshaped(to: [channels, rows, dilation * batch])
  let sums = Convolution(
    phases, weight, stride: 1, padding: isWhole ? padding / dilation : 0, groups: groups
  ).output(phases, weight, bias: bias, activation)
  let outputs = sums.reshaped(to: [weight.shape[0], sums.shape[1] * dilation, batch])
  if stride == 1 { return outputs.sliced(0..<room + 1, along: 1) }
  // Every so many of them.
  let kept = room / stride + 1
  let most = kept * stride
  let whole = outputs.padded(before: 0, after: Swift.max(0, most - outputs.shape[1]), along: 1)
  return whole.sliced(0..<most, along: 1)
    .reshaped(to: [weight.shape[0], kept, stride, batch]).sliced(0..<1, along: 2)
    .reshaped(to: [weight.shape[0], kept, batch])
}
