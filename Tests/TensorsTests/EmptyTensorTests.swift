import Tensors
import Testing

/// What operators give where there are no elements: what NumPy and PyTorch give.
@Suite("Tensors without elements")
struct EmptyTensorTests {
  private static let shapes: [Shape] = [[0], [3, 0], [0, 3], [0, 0], [2, 0, 3], [1, 2, 3, 0]]

  @Test("elementwise operators keep the shape, and so do their gradients", arguments: shapes)
  func elementwise(shape: Shape) {
    let x = Tensor.zeros(shape)
    for y in [
      x + 1, 1 / x, -x, x * x, exp(x), relu(x), abs(x), maximum(x, x), gated(x, by: x), elu(x),
    ] {
      #expect(y.shape == shape && y.elements.isEmpty)
    }
    #expect(gradient(at: x) { (exp($0) * $0 + 2).sum() }.shape == shape)
  }

  @Test("a sum of nothing is 0 and a mean of nothing undefined", arguments: shapes)
  func reductions(shape: Shape) {
    let x = Tensor.zeros(shape)
    #expect(x.sum().scalar == 0)
    #expect(x.mean().scalar.isNaN)
    for axis in 0..<shape.rank {
      let sums = x.sum(along: axis)
      #expect(sums.elements.allSatisfy { $0 == 0 })
      #expect(sums.count == (0..<shape.rank).reduce(1) { $1 == axis ? $0 : $0 * shape[$1] })
      if shape[axis] > 0 { #expect(x.max(along: axis).count == 0) }
    }
    #expect(gradient(at: x) { $0.sum(along: 0).sum() }.shape == shape)
  }

  @Test("moving elements moves none", arguments: shapes)
  func moves(shape: Shape) {
    let x = Tensor.zeros(shape)
    #expect(x.reshaped(to: [0, 7]).shape == [0, 7])
    #expect(x.flipped(along: 0).shape == shape)
    #expect(x.permuted(Array((0..<shape.rank).reversed())).count == 0)
    #expect(x.sliced(0..<0).count == 0)
    #expect(Tensor.concatenated([x, x]).shape[0] == 2 * shape[0])
    #expect(x.padded(before: 1, after: 2, along: 0).elements.allSatisfy { $0 == 0 })
    #expect(Tensor.zeros([1]).broadcast(to: shape).shape == shape)
  }

  @Test("what nothing is scattered into is 0")
  func scattered() {
    #expect(Tensor.zeros([0, 3]).scattered([], count: 2) == .zeros([2, 3]))
    #expect(Tensor.ones([4, 3]).gathered([]).shape == [0, 3])
    #expect(gradient(at: Tensor.ones([4, 3])) { $0.gathered([]).sum() } == .zeros([4, 3]))
  }

  @Test("a product over no inner axis is 0, and one with no rows or columns empty")
  func products() {
    #expect(Tensor.zeros([2, 0]).matmul(.zeros([0, 3])) == .zeros([2, 3]))
    #expect(Tensor.zeros([40, 0]).matmul(.zeros([0, 33])) == .zeros([40, 33]))
    for (transposed, a, b) in [
      (TransposedOperand.neither, [0, 4], [4, 3]), (.left, [4, 0], [4, 3]),
      (.right, [0, 4], [3, 4]), (.both, [4, 0], [3, 4]),
    ] {
      let (left, right) = (Tensor.ones(Shape(a)), Tensor.ones(Shape(b)))
      #expect(left.matmul(right, transposing: transposed).shape == [0, 3])
      #expect(
        gradient(at: right) { left.matmul($0, transposing: transposed).sum() } == .zeros(Shape(b)))
    }
    let y = affine(.zeros([0, 4]), weight: .ones([3, 4]), bias: .ones([3]), activation: .relu)
    #expect(y.shape == [0, 3])
  }

  @Test("the softmax of no classes or no rows is empty, and a loss over no examples undefined")
  func losses() {
    #expect(logSoftmax(.zeros([3, 0])).shape == [3, 0])
    #expect(softmax(.zeros([0, 3])).shape == [0, 3])
    #expect(gradient(at: Tensor.zeros([3, 0])) { logSoftmax($0).sum() }.shape == [3, 0])
    #expect(softmaxCrossEntropy(.zeros([0, 3]), labels: []).scalar.isNaN)
    #expect(oneHot([], classes: 3).shape == [0, 3])
    #expect(meanSquaredError(.zeros([0]), .zeros([0])).scalar.isNaN)
  }

  @Test(
    "layers over positions and steps map no examples to none, and their weights have the gradient 0"
  )
  func layers() {
    let weight = Tensor.ones([4, 2, 3])
    for (layout, shape, out) in [
      (ActivationLayout.batchFirst, [0, 2, 9], [0, 4, 7]), (.batchLast, [2, 9, 0], [4, 7, 0]),
    ] {
      let x = Tensor.zeros(Shape(shape))
      #expect(convolution1D(x, weight: weight, layout: layout).shape == Shape(out))
      #expect(
        gradient(at: [weight, x]) { convolution1D($0[1], weight: $0[0], layout: layout).sum() }
          == [.zeros([4, 2, 3]), x])
      for kind in PoolingKind.allCases {
        #expect(gradient(at: x) { pooling1D($0, kind, width: 3, layout: layout).sum() } == x)
      }
    }
    let parameters = GRUParameters(
      weightIH: .ones([6, 1]), weightHH: .ones([6, 2]), biasIH: .ones([6]), biasHH: .ones([6]))
    let slope = gradient(at: parameters.weightHH) { weight in
      var changed = parameters
      changed.weightHH = weight
      return gru(.zeros([0, 5, 1]), forward: changed).sum()
    }
    #expect(slope == .zeros([6, 2]))
    let units = gradient(at: [Tensor.ones([3]), .zeros([0])]) {
      tanhUnits($0[1], factors: $0[0], offsets: $0[0], weights: $0[0]).sum()
    }
    #expect(units == [.zeros([3]), .zeros([0])])
  }

  @Test("a shape without elements has none, however long its other axes are")
  func longAxes() {
    let most = Int(Int32.max)
    let shape: Shape = [most, most, most, 0]
    #expect(shape.elementCount == 0)
    let x = Tensor.zeros(shape)
    #expect((x + x).shape == shape)
    #expect(x.sum(along: 0).shape == [most, most, 0])
    #expect(x.permuted(3, 2, 1, 0).shape == [0, most, most, most])
  }
}
