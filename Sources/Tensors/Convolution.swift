import CKernels

/// A convolution over positions, PyTorch's `conv1d`, with the bias and the activation in the same pass.
///
///     y[o, t] = f(Σᵢₖ weight[o, i, k] · x[i, t · stride + k − padding] + bias[o])
///
/// for every example of the batch; positions outside x count as 0. The derivatives are convolutions again and run
/// in kernels at every order.
///
/// - Parameters:
///   - x: [batch, inputs, length], or [inputs, length, batch] if the layout is batch last.
///   - weight: [outputs, inputs, kernel].
///   - bias: [outputs], or nil for none.
///   - stride: how far the kernel moves from one output position to the next.
///   - padding: how many zeros are put at either end.
///   - activation: what is applied to the sum.
///   - layout: where the batch lies. Batch last saves two transpositions.
/// - Returns: [batch, outputs, (length + 2 · padding − kernel) / stride + 1], or [outputs, …, batch] if the layout is
///   batch last.
public func convolution1D(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0,
  activation: AffineActivation = .identity, layout: ActivationLayout = .batchFirst
) -> Tensor {
  precondition(x.rank == 3, "a convolution's input has three axes, found shape \(x.shape)")
  switch layout {
  case .batchFirst:
    return convolution1D(
      x.permuted(1, 2, 0), weight: weight, bias: bias, stride: stride, padding: padding,
      activation: activation, layout: .batchLast
    ).permuted(2, 0, 1)
  case .batchLast:
    if let bias {
      precondition(
        weight.rank == 3 && bias.rank == 1 && bias.count == weight.shape[0],
        "weight \(weight.shape) does not fit bias \(bias.shape)")
    }
    return Convolution(x, weight, stride: stride, padding: padding)
      .output(x, weight, bias: bias, activation)
  }
}

/// The extents of one convolution, batch last, and the three operators that go with them.
///
/// As ⟨u, output(x, w)⟩ = ⟨inputGradient(u, w), x⟩ = ⟨weightGradient(u, x), w⟩ and all three are bilinear, the
/// derivatives of each are the other two.
private struct Convolution {
  private let extents: ck_convolution_shape

  init(_ x: Tensor, _ weight: Tensor, stride: Int, padding: Int) {
    precondition(
      weight.rank == 3 && weight.shape[1] == x.shape[0] && weight.count > 0,
      "a convolution of \(x.shape[0]) channels came with weight \(weight.shape)")
    let (length, kernel) = (x.shape[1], weight.shape[2])
    precondition(
      stride > 0 && padding >= 0,
      "a convolution moves forward and pads with zeros: stride \(stride), padding \(padding)")
    precondition(
      padding <= (Int(Int32.max) - length) / 2,
      "padding \(padding) makes \(length) positions more than \(Int32.max)")
    let room = length + 2 * padding - kernel
    precondition(
      length > 0 && room >= 0,
      "a kernel of \(kernel) does not fit into \(length) positions with padding \(padding)")
    // All strides beyond the room lead to the one output at the start.
    extents = ck_convolution_shape(
      in_channels: x.shape[0], in_length: length, out_channels: weight.shape[0],
      out_length: room / stride + 1, kernel: kernel, stride: Swift.min(stride, room + 1),
      padding: padding, batch: x.shape[2])
  }

  private init(_ extents: ck_convolution_shape) { self.extents = extents }

  private var inputShape: Shape { [extents.in_channels, extents.in_length, extents.batch] }
  private var outputShape: Shape { [extents.out_channels, extents.out_length, extents.batch] }
  private var weightShape: Shape { [extents.out_channels, extents.in_channels, extents.kernel] }

  private var weightsOfOutput: Int { extents.in_channels * extents.kernel }
  private var elementsOfOutput: Int { extents.out_length * extents.batch }

  /// Calls `body` for groups of output channels, at once where threads are free: with the extents of the convolution
  /// that yields them, and the first of them.
  private func splitOutputs(_ body: (_ part: ck_convolution_shape, _ first: Int) -> Void) {
    // A million terms take tens of microseconds; kernels compute eight channels at a time.
    let terms = 8 * Double(weightsOfOutput) * Double(elementsOfOutput)
    split(extents.out_channels, grain: 8 * (1 + Int(1_000_000 / Swift.max(terms, 1)))) {
      first, count in
      var part = extents
      part.out_channels = count
      body(part, first)
    }
  }

  /// f(x ⋆ weight + bias).
  func output(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, _ activation: AffineActivation = .identity
  ) -> Tensor {
    Tensor.operation(
      x, weight, bias,
      value: Tensor(outputShape) { result in
        if extents.batch == 0 { return }
        splitOutputs { part, first in
          ck_convolution(
            part, x.pointer, weight.pointer + first * weightsOfOutput,
            bias.map { UnsafePointer($0.pointer + first) }, activation == .relu ? 1 : 0,
            result + first * elementsOfOutput)
        }
      }
    ) { x, weight, y in
      let gate = activation == .relu ? y : nil
      return { upstream, gradients in
        let z = gate.map { gated(upstream, by: $0) } ?? upstream
        let rows: Shape = [extents.out_channels, extents.out_length * extents.batch]
        gradients.add(inputGradient(z, weight), to: 0)
        gradients.add(weightGradient(z, x), to: 1)
        gradients.add(z.reshaped(to: rows).sum(along: 1), to: 2)
      }
    }
  }

  /// The gradient with respect to the input, dy being that with respect to the output.
  private func inputGradient(_ dy: Tensor, _ weight: Tensor) -> Tensor {
    Tensor.operation(
      dy, weight,
      value: Tensor(inputShape) {
        if extents.batch == 0 { return }
        ck_convolution_input_gradient(extents, dy.pointer, weight.pointer, $0)
      }
    ) { dy, weight, _ in
      { upstream, gradients in
        gradients.add(output(upstream, weight), to: 0)
        gradients.add(weightGradient(dy, upstream), to: 1)
      }
    }
  }

  /// The gradient with respect to the weight, dy being that with respect to the output.
  private func weightGradient(_ dy: Tensor, _ x: Tensor) -> Tensor {
    Tensor.operation(
      dy, x,
      value: extents.batch == 0 ? .zeros(weightShape) : weightSums(dy.detached(), x.detached())
    ) { dy, x, _ in
      { upstream, gradients in
        gradients.add(output(x, upstream), to: 0)
        gradients.add(inputGradient(dy, upstream), to: 1)
      }
    }
  }

  /// The sums over positions and batch, of which a kernel adds sixteenths one after the other.
  ///
  /// More than a chain of them are taken in blocks of the batch, or of the positions where there are as many of these.
  private func weightSums(_ dy: Tensor, _ x: Tensor) -> Tensor {
    let (positions, batch) = (extents.out_length, extents.batch)
    var part = extents
    if positions * ((batch + 15) / 16) <= PairwiseSum.longestChain {
      return Tensor(weightShape) { result in
        splitOutputs { part, first in
          ck_convolution_weight_gradient(
            part, dy.pointer + first * elementsOfOutput, x.pointer,
            result + first * weightsOfOutput)
        }
      }
    }
    if batch > 16 {
      let size = 16 * Swift.max(PairwiseSum.longestChain / positions, 1)
      return PairwiseSum.blocks(of: batch, size: size) { start, count in
        let examples = start..<start + count
        part.batch = count
        return Convolution(part).weightSums(
          dy.sliced(examples, along: 2), x.sliced(examples, along: 2))
      }
    }
    let padded = x.padded(before: extents.padding, after: extents.padding, along: 1)
    part.padding = 0
    return PairwiseSum.blocks(of: positions, size: PairwiseSum.longestChain) { start, count in
      part.out_length = count
      part.in_length = (count - 1) * extents.stride + extents.kernel
      let first = start * extents.stride
      return Convolution(part).weightSums(
        dy.sliced(start..<start + count, along: 1),
        padded.sliced(first..<first + part.in_length, along: 1))
    }
  }
}
