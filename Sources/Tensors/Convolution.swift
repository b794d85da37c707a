import CKernels

/// The extents of one convolution, batch last, and the three operators that go with them.
///
/// As ⟨u, output(x, w)⟩ = ⟨inputGradient(u, w), x⟩ = ⟨weightGradient(u, x), w⟩ and all three are bilinear, the
/// derivatives of each are the other two.
struct Convolution {
  /// The extents of one group; a line of positions is a plane of height 1.
  private let extents: ck_convolution_shape
  private let groups: Int
  private let axes: Axes

  /// The axes of the inputs, beside that of the channels and that of the batch.
  private enum Axes {
    case line
    case plane
  }

  /// A convolution over a line: x is [inputs, length, batch], the weight [outputs, inputs / groups, kernel].
  init(_ x: Tensor, _ weight: Tensor, stride: Int, padding: Int, groups: Int) {
    Self.require(groups, weight, x, rank: 3)
    let outputs = Self.outputs(
      x.shape[1], "positions", kernel: weight.shape[2], stride: stride, padding: padding)
    self.init(
      ck_convolution_shape(
        in_channels: weight.shape[1], out_channels: weight.shape[0] / groups, batch: x.shape[2],
        input: ck_plane(height: 1, width: x.shape[1]),
        output: ck_plane(height: 1, width: outputs.count),
        kernel: ck_plane(height: 1, width: weight.shape[2]),
        stride: ck_plane(height: 1, width: outputs.stride),
        padding: ck_plane(height: 0, width: padding)),
      groups: groups, .line)
  }

  /// A convolution over a plane: x is [inputs, height, width, batch], the weight [outputs, inputs / groups, kernel height,
  /// kernel width].
  init(_ x: Tensor, _ weight: Tensor, stride: Size2D, padding: Size2D, groups: Int) {
    Self.require(groups, weight, x, rank: 4)
    let down = Self.outputs(
      x.shape[1], "rows", kernel: weight.shape[2], stride: stride.height, padding: padding.height)
    let across = Self.outputs(
      x.shape[2], "columns", kernel: weight.shape[3], stride: stride.width, padding: padding.width)
    let (positions, isTooLarge) = (x.shape[1] + 2 * padding.height).multipliedReportingOverflow(
      by: x.shape[2] + 2 * padding.width)
    precondition(
      !isTooLarge && positions <= Int32.max,
      "padding \(padding) makes \(x.shape[1]) × \(x.shape[2]) positions more than \(Int32.max)")
    self.init(
      ck_convolution_shape(
        in_channels: weight.shape[1], out_channels: weight.shape[0] / groups, batch: x.shape[3],
        input: ck_plane(height: x.shape[1], width: x.shape[2]),
        output: ck_plane(height: down.count, width: across.count),
        kernel: ck_plane(height: weight.shape[2], width: weight.shape[3]),
        stride: ck_plane(height: down.stride, width: across.stride),
        padding: ck_plane(height: padding.height, width: padding.width)),
      groups: groups, .plane)
  }

  private init(_ extents: ck_convolution_shape, groups: Int, _ axes: Axes) {
    self.extents = extents
    self.groups = groups
    self.axes = axes
  }

  private static func require(_ groups: Int, _ weight: Tensor, _ x: Tensor, rank: Int) {
    precondition(
      groups > 0 && weight.rank == rank && weight.shape[1] * groups == x.shape[0]
        && weight.count > 0 && weight.shape[0] % groups == 0,
      "a convolution of \(x.shape[0]) channels came with weight \(weight.shape)"
        + (groups == 1 ? "" : " and \(groups) groups"))
  }

  /// How many outputs there are along an axis, and the stride between them: all beyond the room lead to the one output at
  /// the start.
  private static func outputs(
    _ length: Int, _ places: String, kernel: Int, stride: Int, padding: Int
  ) -> (count: Int, stride: Int) {
    precondition(
      stride > 0 && padding >= 0,
      "a convolution moves forward and pads with zeros: stride \(stride), padding \(padding)")
    precondition(
      padding <= (Int(Int32.max) - length) / 2,
      "padding \(padding) makes \(length) \(places) more than \(Int32.max)")
    let room = length + 2 * padding - kernel
    precondition(
      length > 0 && room >= 0,
      "a kernel of \(kernel) does not fit into \(length) \(places) with padding \(padding)")
    return (room / stride + 1, Swift.min(stride, room + 1))
  }

  private func shape(_ outer: Int, _ plane: ck_plane, _ inner: Int) -> Shape {
    switch axes {
    case .line: [outer, plane.width, inner]
    case .plane: [outer, plane.height, plane.width, inner]
    }
  }

  private var inputShape: Shape {
    shape(groups * extents.in_channels, extents.input, extents.batch)
  }
  private var outputShape: Shape {
    shape(groups * extents.out_channels, extents.output, extents.batch)
  }
  private var weightShape: Shape {
    let (outputs, inputs) = (groups * extents.out_channels, extents.in_channels)
    return switch axes {
    case .line: [outputs, inputs, extents.kernel.width]
    case .plane: [outputs, inputs, extents.kernel.height, extents.kernel.width]
    }
  }

  private var weightsOfOutput: Int { extents.in_channels * extents.kernel.area }
  private var elementsOfOutput: Int { extents.output.area * extents.batch }
  private var elementsOfInputs: Int { extents.in_channels * extents.input.area * extents.batch }

  /// Calls `body` for some of the output channels after others, at once where threads are free: with the extents of the
  /// convolution that yields them, the first of them, and where the inputs of their group begin.
  private func splitOutputs(
    _ body: (_ part: ck_convolution_shape, _ first: Int, _ inputs: Int) -> Void
  ) {
    let grain = grain(terms: Double(weightsOfOutput) * Double(elementsOfOutput))
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

  /// Calls `body` for some of the input channels of each group after others, at once where threads are free: with the
  /// extents of the convolution that reads them, the group, and the first of them.
  private func splitInputs(
    _ body: (_ part: ck_convolution_shape, _ group: Int, _ first: Int) -> Void
  ) {
    let weightsOfInput = extents.out_channels * extents.kernel.area
    let grain = grain(terms: Double(weightsOfInput) * Double(elementsOfOutput))
    for group in 0..<groups {
      split(extents.in_channels, grain: grain) { first, count in
        var part = extents
        part.in_channels = count
        body(part, group, first)
      }
    }
  }

  /// How many channels, of so many terms each, are worth a thread: a million terms take tens of microseconds, and kernels
  /// compute eight channels at a time.
  private func grain(terms: Double) -> Int {
    8 * (1 + Int(1_000_000 / Swift.max(8 * terms, 1)))
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
        let rows: Shape = [groups * extents.out_channels, elementsOfOutput]
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
        let result = $0
        if extents.batch == 0 { return }
        splitInputs { part, group, first in
          // Some of the input channels have their weights apart from each other.
          let isWhole = part.in_channels == extents.in_channels
          let channels = first..<first + part.in_channels
          let weight = isWhole ? weight : weight.detached().sliced(channels, along: 1)
          let (outputs, taps) = (group * extents.out_channels, extents.kernel.area)
          withExtendedLifetime(weight) {
            ck_convolution_input_gradient(
              part, dy.pointer + outputs * elementsOfOutput,
              weight.pointer + outputs * part.in_channels * taps,
              result + group * elementsOfInputs + first * extents.input.area * extents.batch)
          }
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
  /// More than a chain of them are taken in blocks of the batch, or of the rows or positions where there are as many of
  /// these.
  private func weightSums(_ dy: Tensor, _ x: Tensor) -> Tensor {
    let (output, batch) = (extents.output, extents.batch)
    let longest = PairwiseSum.longestChain
    var part = extents
    if output.area * ((batch + 15) / 16) <= longest {
      return Tensor(weightShape) { result in
        splitOutputs { part, first, inputs in
          ck_convolution_weight_gradient(
            part, dy.pointer + first * elementsOfOutput, x.pointer + inputs,
            result + first * weightsOfOutput)
        }
      }
    }
    if batch > 16 {
      let size = 16 * Swift.max(longest / output.area, 1)
      let axis = outputShape.rank - 1
      return PairwiseSum.blocks(of: batch, size: size) { start, count in
        let examples = start..<start + count
        part.batch = count
        return Convolution(part, groups: groups, axes).weightSums(
          dy.sliced(examples, along: axis), x.sliced(examples, along: axis))
      }
    }
    if output.height > 1 {
      let padded = x.padded(before: extents.padding.height, after: extents.padding.height, along: 1)
      part.padding.height = 0
      let size = Swift.max(longest / output.width, 1)
      return PairwiseSum.blocks(of: output.height, size: size) { start, count in
        part.output.height = count
        part.input.height = (count - 1) * extents.stride.height + extents.kernel.height
        let first = start * extents.stride.height
        return Convolution(part, groups: groups, axes).weightSums(
          dy.sliced(start..<start + count, along: 1),
          padded.sliced(first..<first + part.input.height, along: 1))
      }
    }
    let axis = outputShape.rank - 2
    let padded = x.padded(before: extents.padding.width, after: extents.padding.width, along: axis)
    part.padding.width = 0
    return PairwiseSum.blocks(of: output.width, size: longest) { start, count in
      part.output.width = count
      part.input.width = (count - 1) * extents.stride.width + extents.kernel.width
      let first = start * extents.stride.width
      return Convolution(part, groups: groups, axes).weightSums(
        dy.sliced(start..<start + count, along: axis),
        padded.sliced(first..<first + part.input.width, along: axis))
    }
  }
}
