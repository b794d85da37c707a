import Tensors
import Testing

@Suite("The derivative of every operator agrees with differences in first and second order")
struct OperatorGradientTests {
  /// Pairs of shapes that broadcast, with size 1 and sizes that are no multiple of sixteen.
  static let broadcasts: [(Shape, Shape)] = [
    ([], []), ([1], [1]), ([7], [7]), ([3, 17], [3, 17]), ([3, 17], [17]), ([3, 17], [3, 1]),
    ([5, 1], [1, 4]), ([2, 3, 4], []), ([2, 1, 19], [3, 1]), ([2, 3, 2, 5], [3, 1, 5]),
  ]

  @Test("addition, subtraction, multiplication and division", arguments: 0..<broadcasts.count)
  func arithmetic(_ index: Int) {
    let (first, second) = Self.broadcasts[index]
    var generator = SplitMix64(state: UInt64(index))
    let a = generator.tensor(first)
    let b = generator.tensor(second, in: 0.7...1.5)
    for operation in [{ $0 + $1 }, { $0 - $1 }, { $0 * $1 }, { $0 / $1 }]
      as [(Tensor, Tensor) -> Tensor]
    {
      checkGradients(of: { operation($0[0], $0[1]) }, at: [a, b])
      checkGradients(of: { operation($0[1], $0[0]) }, at: [b, a])
    }
  }

  @Test(
    "a step of descent, with the bits of the product and the difference",
    arguments: [[], [1]] as [Shape])
  func descending(_ rateShape: Shape) {
    var generator = SplitMix64(state: 9)
    let p = generator.tensor([3, 17])
    let slope = generator.tensor([3, 17])
    let rate = generator.tensor(rateShape)
    let composed = p - rate * slope
    #expect(
      descent(from: p, along: slope, rate: rate).elements.map(\.bitPattern)
        == composed.elements.map(\.bitPattern))
    checkGradients(of: { descent(from: $0[0], along: $0[1], rate: $0[2]) }, at: [p, slope, rate])
    checkGradients(
      of: { square(descent(from: $0[0], along: $0[1], rate: $0[2])) }, at: [p, slope, rate])
  }

  @Test("maximum and minimum, away from ties")
  func extrema() {
    var generator = SplitMix64(state: 1)
    let all = generator.tensorOfDistinctElements([2, 3, 17])
    let a = all.sliced(0..<1).reshaped(to: [3, 17])
    let b = all.sliced(1..<2).reshaped(to: [3, 17])
    checkGradients(of: { maximum($0[0], $0[1]) * $0[0] }, at: [a, b])
    checkGradients(of: { minimum($0[0], $0[1]) * $0[1] }, at: [a, b])
    checkGradients(of: { $0[0].max(along: 1) * $0[0].max(along: 1) }, at: [a])
    checkGradients(of: { square($0[0].max(along: 0, .kept)) }, at: [b])
  }

  @Test("relu, absolute value, square root, gate", arguments: [[1], [17], [4, 33]] as [Shape])
  func functions(_ shape: Shape) {
    var generator = SplitMix64(state: 2)
    let x = generator.tensorOfDistinctElements(shape)
    checkGradients(of: { relu($0[0]) * $0[0] }, at: [x])
    checkGradients(of: { abs($0[0]) * $0[0] }, at: [x])
    checkGradients(of: { square($0[0]) * $0[0] }, at: [x])
    checkGradients(of: { sqrt($0[0]) }, at: [generator.tensor(shape, in: 0.5...2)])
    checkGradients(of: { gated($0[0] * $0[0], by: x) }, at: [generator.tensor(shape)])
  }

  @Test("tanh and cross-entropy to third order")
  func thirdOrder() {
    var generator = SplitMix64(state: 8)
    let x = generator.tensor([3, 5])
    checkGradients(of: { tanh($0[0]) }, at: [x], order: 3, step: 0.05, tolerance: 1e-2)
    for layout in [ActivationLayout.batchFirst, .batchLast] {
      let labels: [Int32] = layout == .batchFirst ? [1, 4, 0] : [2, 0, 1, 1, 0]
      checkGradients(
        of: { softmaxCrossEntropy($0[0] * 2, labels: labels, layout: layout) }, at: [x], order: 3,
        step: 0.05, tolerance: 1e-2)
    }
  }

  @Test(
    "sums and means",
    arguments: [[1, 1], [3, 17], [16, 5], [2, 3, 40], [2, 1, 3, 2]] as [Shape])
  func reductions(_ shape: Shape) {
    var generator = SplitMix64(state: 3)
    let x = generator.tensor(shape)
    for axis in 0..<shape.rank {
      checkGradients(of: { square($0[0].sum(along: axis)) }, at: [x])
      checkGradients(of: { square($0[0].mean(along: axis - shape.rank, .kept)) * $0[0] }, at: [x])
    }
    checkGradients(of: { square($0[0].sum()) * $0[0].mean() }, at: [x], tolerance: 1e-2)
  }

  @Test("reshaping, permuting, slicing, padding, reversing, gathering")
  func movements() {
    var generator = SplitMix64(state: 4)
    let x = generator.tensor([3, 5, 17])
    let functions: [(Tensor) -> Tensor] = [
      { $0.reshaped(to: [15, 17]) }, { $0.permuted(2, 0, 1) }, { $0.permuted(1, 0, 2) },
      { $0.transposed() }, { $0.sliced(1..<3) }, { $0.sliced(2..<9, along: -1) },
      { $0.sliced(0..<0, along: 1) }, { $0.padded(before: 2, after: 1, along: 1) },
      { $0.flipped(along: 0) }, { $0.flipped(along: 2) }, { $0.gathered([2, 0, 0, 1]) },
      { $0.scattered([1, 1, 0], count: 4) }, { Tensor.concatenated([$0, $0 * $0], along: 1) },
      { Tensor.stacked([$0, $0 * 2]) },
      { $0.sliced(0..<1, along: 1).broadcast(to: [2, 3, 5, 17]) },
    ]
    for function in functions {
      checkGradients(of: { square(function($0[0])) }, at: [x], tolerance: 1e-2)
    }
  }

  @Test(
    "gelu is what its formula says, far from 0 too, with derivatives of two orders and the same bits by all kernels"
  )
  func geluFunction() {
    var generator = SplitMix64(state: 35)
    let x = generator.tensor([5, 7], in: -3...3)
    let inner = x * 0.797_884_56 + x * x * x * 0.035_677_408
    expectClose(gelu(x), x * (tanh(inner) + 1) / 2, 1e-6)
    checkGradients(of: { gelu($0[0]) }, at: [x])
    let far: Tensor = [-1e30, -50, -0.0, 50, 1e30]
    #expect(gelu(far) == [0, 0, 0, 50, 1e30])
    #expect(gradient(at: far) { gelu($0).sum() } == [0, 0, 0.5, 1, 1])
    #expect(gelu([.nan] as Tensor).scalar.isNaN)

    let usual = Kernels.current
    defer { Kernels.select(usual) }
    let expected = [gelu(x), gradient(at: x) { (gelu($0) * x).sum() }]
    for kernels in Kernels.available {
      Kernels.select(kernels)
      #expect([gelu(x), gradient(at: x) { (gelu($0) * x).sum() }] == expected, "\(kernels)")
    }
  }

  @Test("parts are the slices that make up a tensor, with their derivatives")
  func parts() {
    var generator = SplitMix64(state: 33)
    let x = generator.tensor([5, 4, 3])
    for (axis, extents) in [(0, [2, 0, 3]), (1, [1, 3]), (-1, [3])] {
      let parts = x.parts(extents, along: axis)
      #expect(parts.map { $0.shape[axis < 0 ? 2 : axis] } == extents)
      #expect(Tensor.concatenated(parts, along: axis) == x)
      // One of them alone, and all of them.
      checkGradients(
        of: { inputs in square(inputs[0].parts(extents, along: axis)[extents.count - 1]) },
        at: [x])
      checkGradients(
        of: { inputs in
          .concatenated(
            inputs[0].parts(extents, along: axis).enumerated().map { exp($1) * Float($0 + 1) },
            along: axis)
        }, at: [x])
    }
  }

  @Test("products of matrices side by side are those of each pair, with the derivatives of each")
  func productsSideBySide() {
    var generator = SplitMix64(state: 31)
    let (a, b) = (generator.tensor([3, 4, 5]), generator.tensor([3, 5, 2]))
    let kinds: [(TransposedOperand, Tensor, Tensor)] = [
      (.neither, a, b), (.left, a.transposed(), b), (.right, a, b.transposed()),
      (.both, a.transposed(), b.transposed()),
    ]
    for (kind, left, right) in kinds {
      let products = left.matmul(right, transposing: kind)
      #expect(products.shape == [3, 4, 2])
      for place in 0..<3 {
        #expect(products[place] == left[place].matmul(right[place], transposing: kind))
      }
      checkGradients(of: { $0[0].matmul($0[1], transposing: kind) }, at: [left, right])
    }
    let (long, wide) = (generator.tensor([2, 1, 5000]), generator.tensor([2, 5000, 3]))
    let sums = long.matmul(wide)
    for place in 0..<2 { #expect(sums[place] == long[place].matmul(wide[place])) }
    #expect(Tensor.zeros([0, 2, 3]).matmul(.zeros([0, 3, 4])).shape == [0, 2, 4])
    #expect(Tensor.zeros([2, 2, 0]).matmul(.zeros([2, 0, 3])) == .zeros([2, 2, 3]))
  }

  @Test(
    "matrix products with either operand transposed",
    arguments: [(1, 1, 1), (3, 5, 2), (7, 17, 4), (2, 1, 33), (19, 16, 3)])
  func products(_ rows: Int, _ columns: Int, _ inner: Int) {
    var generator = SplitMix64(state: 5)
    let a = generator.tensor([rows, inner])
    let b = generator.tensor([inner, columns])
    checkGradients(of: { $0[0].matmul($0[1]) }, at: [a, b])
    checkGradients(of: { $0[0].matmul($0[1], transposing: .right) }, at: [a, b.transposed()])
    checkGradients(of: { $0[0].matmul($0[1], transposing: .left) }, at: [a.transposed(), b])
    checkGradients(
      of: { $0[0].matmul($0[1], transposing: .both) }, at: [a.transposed(), b.transposed()])
    let bias = generator.tensor([columns])
    checkGradients(
      of: { affine($0[0], weight: $0[1], bias: $0[2]) }, at: [a, b.transposed(), bias])
    checkGradients(
      of: { affine($0[0], weight: $0[1], bias: $0[2], layout: .batchLast) },
      at: [a.transposed(), b.transposed(), bias])
  }

  @Test("the affine map with relu, away from the kink")
  func affineRelu() {
    var generator = SplitMix64(state: 6)
    let x = generator.tensor([5, 3], in: 0.5...1)
    let weight = generator.tensor([18, 3], in: 0.5...1)
    let bias = Tensor((0..<18).map { $0 % 2 == 0 ? 1 : -5 })
    checkGradients(
      of: { affine($0[0], weight: $0[1], bias: $0[2], activation: .relu) }, at: [x, weight, bias])
  }
}
