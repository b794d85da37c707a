import CKernels
import Tensors
import Testing

@Suite("Units of tanh on every element")
struct TanhUnitsTests {
  private func units(_ inputs: [Tensor]) -> Tensor {
    tanhUnits(inputs[0], factors: inputs[1], offsets: inputs[2], weights: inputs[3])
  }

  /// The same by basic operations, with a tensor of elements × units.
  private func composition(_ inputs: [Tensor]) -> Tensor {
    let column = inputs[0].reshaped(to: [inputs[0].count, 1])
    return (tanh(column * inputs[1] + inputs[2]) * inputs[3]).sum(along: 1)
      .reshaped(to: inputs[0].shape)
  }

  private func inputs(_ shape: Shape, _ count: Int) -> [Tensor] {
    var generator = SplitMix64(state: UInt64(shape.elementCount * 100 + count))
    return [generator.tensor(shape, in: -2...2)] + (0..<3).map { _ in generator.tensor([count]) }
  }

  static let shapes: [(Shape, Int)] = [
    ([1], 1), ([15], 3), ([2, 8], 5), ([17], 2), ([3, 11], 7), ([64], 4), ([5, 13], 6),
  ]

  @Test("derivatives agree with differences to third order", arguments: shapes)
  func differences(_ shape: Shape, _ count: Int) {
    checkGradients(of: units, at: inputs(shape, count), order: 3)
  }

  /// The sum of squares of a function's gradient, which its own gradient differentiates once more.
  private func steepness(_ function: @escaping ([Tensor]) -> Tensor) -> ([Tensor]) -> Tensor {
    { inputs in
      gradient(at: inputs) { function($0) }.reduce(Tensor(0)) { $0 + square($1).sum() }
    }
  }

  @Test(
    "values and derivatives to fourth order agree with a composition of basic operations",
    arguments: shapes)
  func agreement(_ shape: Shape, _ count: Int) {
    let inputs = inputs(shape, count)
    expectClose(units(inputs), composition(inputs), 2e-6)
    var (fused, composed): (([Tensor]) -> Tensor, ([Tensor]) -> Tensor) = (
      { square(self.units($0)).mean() }, { square(self.composition($0)).mean() }
    )
    for order in 1...4 {
      for (a, b) in zip(gradient(at: inputs, of: fused), gradient(at: inputs, of: composed)) {
        expectClose(a, b, order < 3 ? 2e-5 : 2e-4)
      }
      guard order < 4, shape.elementCount < 20 else { break }
      (fused, composed) = (steepness(fused), steepness(composed))
    }
  }

  @Test(
    "elements enough to be summed by panels agree with a composition of basic operations",
    arguments: [([40, 50], 5), ([1999], 3), ([4096], 2)] as [(Shape, Int)])
  func panels(_ shape: Shape, _ count: Int) {
    let inputs = inputs(shape, count)
    expectClose(units(inputs), composition(inputs), 1e-6)
    let weight = inputs[0] * 0.5 + 1
    let (fused, composed): (([Tensor]) -> Tensor, ([Tensor]) -> Tensor) = (
      { (self.units($0) * weight).mean() }, { (self.composition($0) * weight).mean() }
    )
    // The composition adds its elements in one chain, whose roundings make up most of the difference.
    for (a, b) in zip(gradient(at: inputs, of: fused), gradient(at: inputs, of: composed)) {
      expectClose(a * Float(a.count), b * Float(b.count), 1e-5)
    }
    for (a, b) in zip(
      gradient(at: inputs, of: steepness(fused)), gradient(at: inputs, of: steepness(composed)))
    {
      expectClose(a * Float(a.count), b * Float(b.count), 1e-5)
    }
  }

  @Test("elements that no panels can cover are summed one by one")
  func uncovered() {
    for value in [Float.nan, .infinity, 1e9] {
      var inputs = inputs([1999], 3)
      let finite = units(inputs)
      inputs[0].withUnsafeMutableElements { $0[7] = value }
      let y = units(inputs)
      #expect(y.elements[7].isNaN == value.isNaN)
      #expect(value.isNaN || abs(y.elements[7]) <= 3)
      for element in [6, 8, 1998] {
        #expect(abs(y.elements[element] - finite.elements[element]) <= 1e-6)
      }
    }
  }

  @Test("an inner training step differentiated from outside agrees with the composition")
  func unrolled() {
    var generator = SplitMix64(state: 3)
    let (examples, weight) = (generator.tensor([6, 4]), generator.tensor([4, 9]))
    let parameters = (0..<3).map { _ in generator.tensor([10]) }
    func objective(
      _ activation: @escaping ([Tensor]) -> Tensor
    ) -> ([Tensor]) -> Tensor {
      { parameters in
        var weight = weight
        for _ in 0..<3 {
          let slope = gradient(at: weight) { weight in
            square(activation([examples.matmul(weight)] + parameters)).mean()
          }
          weight = weight - slope * 0.5
        }
        return square(activation([examples.matmul(weight)] + parameters)).mean()
      }
    }
    for (a, b) in zip(
      gradient(at: parameters, of: objective(units)),
      gradient(at: parameters, of: objective(composition)))
    {
      expectClose(a, b, 1e-6)
    }
  }

  @Test("a value that is not finite stays so")
  func undefined() {
    let y = units([Tensor([0, .nan, .infinity, -.infinity])] + inputs([1], 2).dropFirst())
    #expect(y.elements[0].isFinite && y.elements[1].isNaN)
    #expect(y.elements[2].isFinite && y.elements[3].isFinite)
  }
}

@Suite("The kernels of tanh units")
struct TanhUnitKernelTests {
  /// Every kernel's outputs, one after another.
  private func outputs(_ instructionSet: String, count: Int, units: Int) -> [Float] {
    let table: ck_table = ck_find(instructionSet).pointee
    var generator = SplitMix64(state: UInt64(count * 1000 + units))
    func random(_ count: Int) -> FloatBuffer {
      FloatBuffer(generator.tensor([count], in: -3...3).elements)
    }
    func empty(_ count: Int) -> FloatBuffer { FloatBuffer([Float](repeating: .nan, count: count)) }
    let (x, u, v) = (random(count), random(count), random(count))
    let (a, b, w) = (random(units), random(units), random(units))
    var results: [FloatBuffer] = []
    for order in [0, 1, 2, 3, 5, 15] {
      let (sums, moments) = (empty(count), empty(units))
      table.tanh_units(
        Int32(order), count, units, x.pointer, a.pointer, b.pointer, w.pointer, sums.pointer)
      table.tanh_moments(
        Int32(order), count, units, x.pointer, a.pointer, b.pointer, u.pointer, moments.pointer)
      results += [sums, moments]
    }
    let (y, slope) = (empty(count), empty(count))
    table.tanh_units_with_derivative(
      count, units, x.pointer, a.pointer, b.pointer, w.pointer, y.pointer, slope.pointer)
    let gradients = [empty(count), empty(units), empty(units), empty(units)]
    table.tanh_units_backward(
      count, units, x.pointer, a.pointer, b.pointer, w.pointer, u.pointer, v.pointer,
      gradients[0].pointer, gradients[1].pointer, gradients[2].pointer, gradients[3].pointer)
    return (results + [y, slope] + gradients).flatMap(\.elements)
  }

  @Test(
    "give the same bits on every path",
    arguments: [
      (1, 1), (15, 3), (16, 2), (17, 9), (32, 5), (33, 1), (100, 4), (257, 3), (1999, 7), (4096, 2),
    ])
  func sameBits(_ count: Int, _ units: Int) {
    let wanted = outputs("portable", count: count, units: units)
    #expect(!wanted.contains { $0.isNaN })
    for path in Kernels.available {
      let found = outputs(path, count: count, units: units)
      #expect(found.map(\.bitPattern) == wanted.map(\.bitPattern), "\(path)")
    }
  }
}
