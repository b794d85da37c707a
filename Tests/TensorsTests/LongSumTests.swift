import CKernels
import Tensors
import Testing

/// Sums of more terms than are added one after the other: pairwise, with an error that hardly grows with their number.
@Suite("Long sums")
struct LongSumTests {
  private static func wave(_ place: Int) -> Float {
    Float((place &* 2_654_435_761) >> 7 & 0xffff) / 65536 + 0.1
  }

  /// The stated bound, as a share of Σ|x|: of `terms` in one chain, and then of 16 lanes if they are added.
  private func bound(_ terms: Int, lanes: Bool = false) -> Double {
    let levels = terms <= 4096 ? 0 : (Double(terms) / 32).logarithm.rounded(.up)
    let chain = terms <= 4096 ? Double(terms) : 32
    return (chain + levels + (lanes ? 4 : 0)) * 0x1p-24
  }

  @Test("of ones are exact where a chain would stand still at 2²⁴")
  func ones() {
    let count = 20_000_000
    let x = Tensor.ones([count, 1]).reshaped(to: [count])
    #expect(x.sum().scalar == 20_000_000)
    #expect(x.sum(along: 0).scalar == 20_000_000)
    #expect(x.mean().scalar == 1)
    #expect(x.reshaped(to: [count / 2, 2]).sum(along: 0).elements == [10_000_000, 10_000_000])
    #expect(
      x.reshaped(to: [1, count, 1]).broadcast(to: [1, count, 1]).sum(along: 1).scalar == 20_000_000)
  }

  @Test(
    "are within the stated bound of double precision, along any axis",
    arguments: [1000, 4096, 4097, 5000, 65_536, 65_537, 100_003, 1_000_000])
  func errors(_ count: Int) {
    for width in [1, 2, 5, 16, 33] where count * width <= 6_000_000 {
      let elements = (0..<count * width).map { Self.wave($0) }
      var sums = [Double](repeating: 0, count: width)
      for (place, element) in elements.enumerated() { sums[place % width] += Double(element) }
      let x = Tensor(elements, shape: [count, width])
      for (ours, exact) in zip(x.sum(along: 0).elements, sums) {
        let terms = width == 1 ? (count + 15) / 16 : count
        #expect(
          Swift.abs(Double(ours) - exact) <= bound(terms, lanes: width == 1) * exact,
          "\(count) × \(width)")
      }
      let all = sums.reduce(0, +)
      #expect(
        Swift.abs(Double(x.sum().scalar) - all) <= bound((count * width + 15) / 16, lanes: true)
          * all)
      #expect(x.transposed().sum(along: 1).shape == [width])
    }
  }

  @Test("of a constant that is no power of two keep six digits")
  func constants() {
    for shape: Shape in [[10_000_000], [5_000_000, 2], [1, 5_000_000, 2]] {
      let x = Tensor(0.1).broadcast(to: shape)
      let axis = shape.rank - (shape.rank == 1 ? 1 : 2)
      let sum = Double(x.sum(along: axis).elements.first ?? 0)
      let exact = Double(Float(0.1)) * Double(shape[axis])
      #expect(Swift.abs(sum - exact) <= 2e-6 * exact)
    }
  }

  @Test("have one order: the same bits on all kernels and any number of threads")
  func sameBits() throws {
    let x = (0..<200_000).map { Self.wave($0) - 0.6 }
    let labels = (0..<100_000).map { Int32($0 % 2) }
    var results: [[UInt32]] = []
    for name in Kernels.available {
      let table = try #require(ck_find(name)).pointee
      var row = [Float](repeating: 0, count: 16)
      var columns = [Float](repeating: 0, count: 16)
      var loss: Float = 0
      x.withUnsafeBufferPointer { x in
        table.sum(1, 200_000, 1, x.baseAddress!, &row)
        table.sum(1, 40_000, 5, x.baseAddress!, &columns)
        table.softmax_cross_entropy(
          Int32(CK_BATCH_FIRST.rawValue), 100_000, 2, x.baseAddress!, labels, &loss, nil)
      }
      results.append((row + columns + [loss]).map(\.bitPattern))
    }
    #expect(Set(results).count == 1)
    let tensor = Tensor(x, shape: [40_000, 5])
    let ones = Tensor.ones([40_000, 3])
    let products = [1, 2, 4].map { count in
      Kernels.withThreads(count) {
        tensor.matmul(ones, transposing: .left).elements + tensor.sum(along: 0).elements
      }
    }
    #expect(Set(products).count == 1)
  }

  @Test("are taken by broadcasting adjoints, bias gradients and mean losses as well")
  func adjoints() {
    let count = 17_000_000
    let ones = Tensor(1).broadcast(to: [count, 1])
    let slope = gradient(at: Tensor([0], shape: [1, 1])) { ($0 + ones).sum() }
    #expect(slope.scalar == 17_000_000)
    let rows = 300_000
    let bias = gradient(at: Tensor([0, 0])) {
      affine(Tensor.zeros([rows, 1]), weight: Tensor.zeros([2, 1]), bias: $0).sum()
    }
    #expect(bias.elements == [300_000, 300_000])
    let scores = Tensor.zeros([rows, 4])
    let loss = softmaxCrossEntropy(scores, labels: [Int32](repeating: 1, count: rows)).scalar
    // A chain of as many equal terms would be off by a thousand times as much.
    #expect(Swift.abs(loss - 1.386_294_4) <= 1e-6)
    let far = Tensor(0.1).broadcast(to: [rows, 4])
    #expect(Swift.abs(meanSquaredError(scores, far).scalar - 0.01) <= 2e-8)
  }

  @Test("of exponentials over many classes keep their logarithm")
  func manyClasses() {
    let classes = 1_000_000
    let scores = logSoftmax(Tensor.zeros([1, classes]))
    #expect(Swift.abs(scores.elements[0] + 13.815_511) <= 2e-6)
  }

  @Test("of products over a long inner axis are taken in blocks, whatever is transposed")
  func products() {
    let inner = 50_000
    let a = Tensor((0..<2 * inner).map { Self.wave($0) }, shape: [2, inner])
    let b = Tensor((0..<3 * inner).map { Self.wave($0 + 7) }, shape: [inner, 3])
    var exact = [Double](repeating: 0, count: 6)
    for row in 0..<2 {
      for place in 0..<inner {
        for column in 0..<3 {
          exact[row * 3 + column] +=
            Double(a.elements[row * inner + place]) * Double(b.elements[place * 3 + column])
        }
      }
    }
    let product = a.matmul(b)
    for (ours, exact) in zip(product.elements, exact) {
      #expect(Swift.abs(Double(ours) - exact) <= 4100 * 0x1p-24 * exact)
      #expect(Swift.abs(Double(ours) - exact) <= 1e-5 * exact)
    }
    #expect(a.transposed().matmul(b, transposing: .left) == product)
    #expect(a.matmul(b.transposed(), transposing: .right) == product)
    #expect(a.transposed().matmul(b.transposed(), transposing: .both) == product)
    let biased = affine(a, weight: b.transposed(), bias: Tensor([-1e6, 0, 1]), activation: .relu)
    #expect(biased == relu(product + Tensor([-1e6, 0, 1])))
    // 2²⁴ + some ones.
    let count = 17_000_000
    let ones = Tensor(1).broadcast(to: [1, count])
    #expect(ones.matmul(ones, transposing: .right).scalar == 17_000_000)
  }

  @Test("of sparse products have the dense ones' bits")
  func sparse() {
    let (rows, columns, batch) = (3, 9000, 5000)
    let weight = Tensor(
      (0..<rows * columns).map { $0 % 5 == 0 ? Self.wave($0) - 0.6 : 0 }, shape: [rows, columns])
    let mask = Tensor(weight.elements.map { $0 == 0 ? 0 : 1 }, shape: weight.shape)
    let pattern = SparsePattern(mask: mask)
    for batch in [3, 20] {
      let x = Tensor(
        (0..<columns * batch).map { Self.wave($0) - 0.6 }, shape: [columns, batch])
      let sparse = pattern.affine(
        x, values: pattern.compressed(weight), bias: Tensor.zeros([rows]))
      #expect(sparse == weight.matmul(x))
    }
    let narrow = Tensor((0..<rows * 40).map { Float($0 % 3 == 0 ? 1 : 0) }, shape: [rows, 40])
    let few = SparsePattern(mask: narrow)
    let x = Tensor((0..<40 * batch).map { Self.wave($0) - 0.6 }, shape: [40, batch])
    let upstream = Tensor((0..<rows * batch).map { Self.wave($0 * 3) - 0.6 }, shape: [rows, batch])
    let slope = gradient(at: few.compressed(narrow)) {
      (few.affine(x, values: $0, bias: Tensor.zeros([rows])) * upstream).sum()
    }
    #expect(slope == few.compressed(upstream.matmul(x, transposing: .right)))
  }

  @Test("over the elements behind learned units are taken in blocks")
  func units() {
    let count = 300_000
    let x = Tensor((0..<count).map { Self.wave($0) - 0.6 })
    let (a, b) = (Tensor([1, 2]), Tensor([0, 0.1]))
    let slope = gradient(at: Tensor([0.5, 0.25])) {
      tanhUnits(x, factors: a, offsets: b, weights: $0).sum()
    }
    for unit in 0..<2 {
      let values = tanh(x * a.elements[unit] + b.elements[unit]).elements
      let exact = values.reduce(0.0) { $0 + Double($1) }
      let size = values.reduce(0.0) { $0 + Double(Swift.abs($1)) }
      #expect(Swift.abs(Double(slope.elements[unit]) - exact) <= 2e-6 * size)
    }
  }
}

extension Double {
  /// log₂.
  fileprivate var logarithm: Double {
    Double(exponent) + (significand > 1 ? 1 : 0)
  }
}
