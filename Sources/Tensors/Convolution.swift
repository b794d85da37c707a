import CKernels

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

/// The extents of one convolution, batch last, and the three operators that go with them.
///
/// As ⟨u, output(x, w)⟩ = ⟨inputGradient(u, w), x⟩ = ⟨weightGradient(u, x), w⟩ and all three are bilinear, the
/// derivatives of each are the other two.
private struct Convolution {
  /// The extents of one group.
  private let extents: ck_convolution_shape
  private let groups: Int

  init(_ x: Tensor, _ weight: Tensor, stride: Int, padding: Int, groups: Int) {
    precondition(
      groups > 0 && weight.rank == 3 && weight.shape[1] * groups == x.shape[0] && weight.count > 0
        && weight.shape[0] % groups == 0,
      "a convolution of \(x.shape[0]) channels came with weight \(weight.shape)"
        + (groups == 1 ? "" : " and \(groups) groups"))
    self.groups = groups
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
      in_channels: weight.shape[1], in_length: length, out_channels: weight.shape[0] / groups,
      out_length: room / stride + 1, kernel: kernel, stride: Swift.min(stride, room + 1),
      padding: padding, batch: x.shape[2])
  }

  private init(_ extents: ck_convolution_shape, groups: Int) {
    self.extents = extents
    self.groups = groups
  }

  private var inputShape: Shape {
    [groups * extents.in_channels, extents.in_length, extents.batch]
  }
  private var outputShape: Shape {
    [groups * extents.out_channels, extents.out_length, extents.batch]
  }
  private var weightShape: Shape {
    [groups * extents.out_channels, extents.in_channels, extents.kernel]
  }

  private var weightsOfOutput: Int { extents.in_channels * extents.kernel }
  private var elementsOfOutput: Int { extents.out_length * extents.batch }
  private var elementsOfInputs: Int { extents.in_channels * extents.in_length * extents.batch }

  /// Calls `body` for some of the output channels after others, at once where threads are free: with the extents of the
  /// convolution that yields them, the first of them, and where the inputs of their group begin.
  private func splitOutputs(
    _ body: (_ part: ck_convolution_shape, _ first: Int, _ inputs: Int) -> Void
  ) {
    // A million terms take tens of microseconds; kernels compute eight channels at a time.
    let terms = 8 * Double(weightsOfOutput) * Double(elementsOfOutput)
    let grain = 8 * (1 + Int(1_000_000 / Swift.max(terms, 1)))
    let perGroup = extents.out_channels
    split(groups, grain: Swift.max(1, grain / perGroup)) { firstGroup, groups in
      for group in firstGroup..<firstGroup + groups {
        split(perGroup, grain: grain) { first, count in
          var part = extents
          part.out_channels = count
          body(part, group * perGroup + first, group * elementsOfInputs)
        }
      }
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
        splitOutputs { part, first, inputs in
          ck_convolution(
            part, x.pointer + inputs, weight.pointer + first * weightsOfOutput,
            bias.map { UnsafePointer($0.pointer + first) }, activation == .relu ? 1 : 0,
            result + first * elementsOfOutput)
        }
      }
    ) { x, weight, y in
      let gate = activation == .relu ? y : nil
      return { upstream, gradients in
        let z = gate.map { gated(upstream, by: $0) } ?? upstream
        let rows: Shape = [groups * extents.out_channels, extents.out_length * extents.batch]
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
        for group in 0..<groups {
          let first = group * extents.out_channels
          ck_convolution_input_gradient(
            extents, dy.pointer + first * elementsOfOutput,
            weight.pointer + first * weightsOfOutput, $0 + group * elementsOfInputs)
        }
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
        splitOutputs { part, first, inputs in
          ck_convolution_weight_gradient(
            part, dy.pointer + first * elementsOfOutput, x.pointer + inputs,
            result + first * weightsOfOutput)
        }
      }
    }
    if batch > 16 {
      let size = 16 * Swift.max(PairwiseSum.longestChain / positions, 1)
      return PairwiseSum.blocks(of: batch, size: size) { start, count in
        let examples = start..<start + count
        part.batch = count
        return Convolution(part, groups: groups).weightSums(
          dy.sliced(examples, along: 2), x.sliced(examples, along: 2))
      }
    }
    let padded = x.padded(before: extents.padding, after: extents.padding, along: 1)
    part.padding = 0
    return PairwiseSum.blocks(of: positions, size: PairwiseSum.longestChain) { start, count in
      part.out_length = count
      part.in_length = (count - 1) * extents.stride + extents.kernel
      let first = start * extents.stride
      return Convolution(part, groups: groups).weightSums(
        dy.sliced(start..<start + count, along: 1),
        padded.sliced(first..<first + part.in_length, along: 1))
    }
  }
}
