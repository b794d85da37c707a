/// A convolution over the positions of a plane, PyTorch's `conv2d`, with the bias and the activation in the same pass.
///
///     y[o, t, u] = f(Σᵢₖₗ weight[o, i, k, l] · x[i, t · stride + k − padding, u · stride + l − padding] + bias[o])
///
/// for every example of the batch; positions outside x count as 0. Along either axis the stride and the padding are those
/// of that axis. With several groups, each sees its share of the inputs and yields its share of the outputs. The
/// derivatives are convolutions again and run in kernels at every order.
///
/// - Parameters:
///   - x: [batch, inputs, height, width], or [inputs, height, width, batch] if the layout is batch last.
///   - weight: [outputs, inputs / groups, kernel height, kernel width].
///   - bias: [outputs], or nil for none.
///   - stride: how far the kernel moves from one output position to the next.
///   - padding: how many rows and columns of zeros are put at either end.
///   - groups: into how many parts inputs and outputs fall.
///   - activation: what is applied to the sum.
///   - layout: where the batch lies. Batch last saves two transpositions.
/// - Returns: [batch, outputs, (height + 2 · padding − kernel) / stride + 1, (width + …) / stride + 1], or [outputs, …, batch]
///   if the layout is batch last.
public func convolution2D(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Size2D = 1, padding: Size2D = 0,
  groups: Int = 1, activation: AffineActivation = .identity,
  layout: ActivationLayout = .batchFirst
) -> Tensor {
  precondition(
    x.rank == 4, "a convolution's input of planes has four axes, found shape \(x.shape)")
  switch layout {
  case .batchFirst:
    return convolution2D(
      x.permuted(1, 2, 3, 0), weight: weight, bias: bias, stride: stride, padding: padding,
      groups: groups, activation: activation, layout: .batchLast
    ).permuted(3, 0, 1, 2)
  case .batchLast:
    if let bias {
      precondition(
        weight.rank == 4 && bias.rank == 1 && bias.count == weight.shape[0],
        "weight \(weight.shape) does not fit bias \(bias.shape)")
    }
    return Convolution(x, weight, stride: stride, padding: padding, groups: groups)
      .output(x, weight, bias: bias, activation)
  }
}
