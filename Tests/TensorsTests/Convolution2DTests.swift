import Fixtures
import Tensors
import Testing

/// What PyTorch says of operators over planes.
private struct GoldenPlanes: Decodable {
  struct Convolution: Decodable {
    let stride, padding: [Int]
    let groups: Int
    let relu: Bool
    let derivatives: GoldenDerivatives
  }
  struct Pooling: Decodable {
    let kind: String
    let window, stride: [Int]
    let derivatives: GoldenDerivatives
  }
  struct Kink: Decodable {
    let kind: String
    let input, output, gradient: GoldenTensor
  }
  let convolutions: [Convolution]
  let poolings: [Pooling]
  let kinks: [Kink]

  static func load() throws -> GoldenPlanes {
    try Fixture.json("planes.json", as: GoldenPlanes.self)
  }

  static func kind(_ name: String) throws -> PoolingKind {
    try #require(PoolingKind.allCases.first { "\($0)" == name })
  }
}

extension Size2D {
  fileprivate init(_ pair: [Int]) { self.init(height: pair[0], width: pair[1]) }
}

/// A convolution's extents over planes; with size 1 and sizes that are no multiple of sixteen.
struct PlaneConvolution: Sendable, CustomTestStringConvertible {
  let inputs, outputs, batch, groups: Int
  let size, kernel, stride, padding: Size2D

  init(
    _ inputs: Int, _ size: Size2D, _ outputs: Int, kernel: Size2D, stride: Size2D = 1,
    padding: Size2D = 0, groups: Int = 1, batch: Int
  ) {
    (self.inputs, self.outputs, self.batch, self.groups) = (inputs, outputs, batch, groups)
    (self.size, self.kernel, self.stride, self.padding) = (size, kernel, stride, padding)
  }

  var testDescription: String {
    "\(inputs) of \(size) → \(outputs), kernel \(kernel), stride \(stride), padding \(padding), "
      + "groups \(groups), batch \(batch)"
  }

  /// x, the weight and the bias, batch last.
  var tensors: [Tensor] {
    var generator = SplitMix64(state: UInt64(inputs + 10 * size.width + 1000 * batch))
    return [
      generator.tensor([inputs, size.height, size.width, batch]),
      generator.tensor([outputs, inputs / groups, kernel.height, kernel.width]),
      generator.tensor([outputs]),
    ]
  }

  func apply(
    _ inputs: [Tensor], _ activation: AffineActivation = .identity,
    _ layout: ActivationLayout = .batchLast
  ) -> Tensor {
    convolution2D(
      inputs[0], weight: inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, stride: stride,
      padding: padding, groups: groups, activation: activation, layout: layout)
  }

  static let all = [
    PlaneConvolution(1, 1, 1, kernel: 1, batch: 1),
    PlaneConvolution(
      2, Size2D(height: 3, width: 4), 3, kernel: Size2D(height: 2, width: 3),
      stride: Size2D(height: 1, width: 2), padding: 1, batch: 3),
    PlaneConvolution(
      1, Size2D(height: 4, width: 3), 2, kernel: 3, stride: Size2D(height: 3, width: 1),
      padding: Size2D(height: 0, width: 2), batch: 17),
    PlaneConvolution(4, Size2D(height: 2, width: 3), 2, kernel: 2, groups: 2, batch: 16),
  ]
}

@Suite("The convolution over a plane")
struct Convolution2DTests {
  @Test(
    "derivatives agree with differences in first and second order", arguments: PlaneConvolution.all)
  func gradients(_ shape: PlaneConvolution) {
    let tensors = shape.tensors
    checkGradients(of: { square(shape.apply($0)) }, at: tensors, tolerance: 1e-2)
    checkGradients(of: { shape.apply($0) }, at: Array(tensors.prefix(2)))
  }

  @Test("values and derivatives of both orders are PyTorch's")
  func golden() throws {
    let convolutions = try GoldenPlanes.load().convolutions
    #expect(convolutions.count == 7)
    for convolution in convolutions {
      convolution.derivatives.expectAgreement {
        convolution2D(
          $0[0], weight: $0[1], bias: $0[2], stride: Size2D(convolution.stride),
          padding: Size2D(convolution.padding), groups: convolution.groups,
          activation: convolution.relu ? .relu : .identity)
      }
    }
  }

  @Test("both layouts give the same bits", arguments: PlaneConvolution.all)
  func layouts(_ shape: PlaneConvolution) {
    let last = shape.tensors
    var first = last
    first[0] = last[0].permuted(3, 0, 1, 2)
    let outputs = shape.apply(first, .relu, .batchFirst)
    #expect(outputs.permuted(1, 2, 3, 0) == shape.apply(last, .relu))
    let slopesLast = gradient(at: last) { shape.apply($0, .relu).sum() }
    let slopesFirst = gradient(at: first) { shape.apply($0, .relu, .batchFirst).sum() }
    #expect(slopesFirst[0].permuted(1, 2, 3, 0) == slopesLast[0])
    #expect(Array(slopesFirst[1...]) == Array(slopesLast[1...]))
  }

  @Test("of height 1 is that over a line, bit for bit", arguments: ConvolutionShape.all)
  func line(_ shape: ConvolutionShape) {
    let line = shape.tensors
    let plane = [
      line[0].reshaped(to: [shape.inputs, 1, shape.length, shape.batch]),
      line[1].reshaped(to: [shape.outputs, shape.inputs, 1, shape.kernel]), line[2],
    ]
    func apply(_ inputs: [Tensor]) -> Tensor {
      convolution2D(
        inputs[0], weight: inputs[1], bias: inputs[2],
        stride: Size2D(height: 1, width: shape.stride),
        padding: Size2D(height: 0, width: shape.padding), layout: .batchLast)
    }
    #expect(apply(plane).elements == shape.apply(line).elements)
    let found = gradient(at: plane) { square(apply($0)).sum() }
    let wanted = gradient(at: line) { square(shape.apply($0)).sum() }
    for (found, wanted) in zip(found, wanted) { #expect(found.elements == wanted.elements) }
  }

  @Test("has the same bits for any number of threads")
  func threads() {
    let shape = PlaneConvolution(4, 9, 40, kernel: 3, padding: 1, batch: 40)
    func results(_ threads: Int) -> [Tensor] {
      Kernels.withThreads(threads) {
        let tensors = shape.tensors
        return [shape.apply(tensors)] + gradient(at: tensors) { square(shape.apply($0)).sum() }
      }
    }
    #expect(results(1) == results(3))
  }

  @Test("sums many positions in blocks, of rows, of columns and of the batch")
  func longSums() {
    for (size, batch) in [
      (Size2D(height: 90, width: 100), 3), (Size2D(height: 2, width: 9000), 2),
      (Size2D(height: 20, width: 30), 200),
    ] {
      let shape = PlaneConvolution(1, size, 2, kernel: 3, padding: 1, batch: batch)
      let tensors = [Tensor.ones([1, size.height, size.width, batch]), .ones([2, 1, 3, 3])]
      let slopes = gradient(at: tensors) { shape.apply($0).sum() }
      // How many outputs a tap meets with the input.
      let expected = (0..<3).flatMap { k in
        (0..<3).map { l in
          Float((size.height - (k == 1 ? 0 : 1)) * (size.width - (l == 1 ? 0 : 1)) * batch)
        }
      }
      #expect(slopes[1].elements == expected + expected)
    }
  }

  @Test("of no examples has no outputs, and derivatives of zeros")
  func empty() {
    let shape = PlaneConvolution(2, 3, 2, kernel: 2, batch: 0)
    let tensors = [Tensor.zeros([2, 3, 3, 0]), .ones([2, 2, 2, 2]), .ones([2])]
    #expect(shape.apply(tensors).shape == [2, 2, 2, 0])
    let slopes = gradient(at: tensors) { shape.apply($0).sum() }
    #expect(slopes[1] == .zeros([2, 2, 2, 2]))
  }
}

@Suite("Pooling over a plane")
struct Pooling2DTests {
  /// Channels, extents and batch, with windows that touch, overlap and leave gaps.
  static let shapes: [(extents: Shape, window: Size2D, stride: Size2D)] = [
    ([1, 1, 1, 1], 1, 1), ([2, 4, 5, 17], 2, 2),
    ([1, 3, 4, 5], Size2D(height: 2, width: 3), 1),
    ([2, 5, 4, 3], Size2D(height: 1, width: 2), Size2D(height: 2, width: 1)),
  ]

  @Test(
    "derivatives agree with differences in first and second order",
    arguments: PoolingKind.allCases, 0..<shapes.count)
  func gradients(_ kind: PoolingKind, _ index: Int) {
    let (extents, window, stride) = Self.shapes[index]
    var generator = SplitMix64(state: UInt64(index))
    let x = generator.tensorOfDistinctElements(extents)
    checkGradients(
      of: {
        let y = pooling2D($0[0], kind, window: window, stride: stride, layout: .batchLast)
        return y * y
      }, at: [x * 0.1], step: 0.002, tolerance: 1e-2)
  }

  @Test("both layouts give the same bits", arguments: PoolingKind.allCases)
  func layouts(_ kind: PoolingKind) {
    var generator = SplitMix64(state: 8)
    let last = generator.tensor([3, 4, 6, 19])
    let first = last.permuted(3, 0, 1, 2)
    let outputs = pooling2D(first, kind, window: 2)
    #expect(outputs.permuted(1, 2, 3, 0) == pooling2D(last, kind, window: 2, layout: .batchLast))
    let slopesLast = gradient(at: last) { pooling2D($0, kind, window: 2, layout: .batchLast).sum() }
    let slopesFirst = gradient(at: first) { pooling2D($0, kind, window: 2).sum() }
    #expect(slopesFirst.permuted(1, 2, 3, 0) == slopesLast)
  }

  @Test("values and derivatives of both orders are PyTorch's")
  func golden() throws {
    let poolings = try GoldenPlanes.load().poolings
    #expect(poolings.count == 9)
    for pooling in poolings {
      let kind = try GoldenPlanes.kind(pooling.kind)
      pooling.derivatives.expectAgreement {
        pooling2D($0[0], kind, window: Size2D(pooling.window), stride: Size2D(pooling.stride))
      }
    }
  }

  @Test("at ties and in windows of zeros gradients are PyTorch's, in second order 0")
  func kinks() throws {
    for kink in try GoldenPlanes.load().kinks {
      let kind = try GoldenPlanes.kind(kink.kind)
      let function: (Tensor) -> Tensor = { pooling2D($0, kind, window: 2).sum() }
      expectClose(pooling2D(kink.input.tensor, kind, window: 2), kink.output.tensor, 1e-7)
      expectClose(gradient(at: kink.input.tensor, of: function), kink.gradient.tensor, 1e-7)
      let second = gradient(at: kink.input.tensor) { gradient(at: $0, of: function).sum() }
      #expect(Array(second.elements.prefix(2)) == [0, 0])
    }
  }
}
