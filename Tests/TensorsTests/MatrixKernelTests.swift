import CKernels
import Tensors
import Testing

@Suite("The kernels of products, sums, copies and updates")
struct MatrixKernelTests {
  /// Shapes around the sizes of register tiles and panels, and across the block of the inner dimension.
  static let shapes: [(Int, Int, Int)] = [
    (1, 1, 1), (2, 16, 3), (3, 17, 1), (5, 15, 40), (6, 48, 7), (7, 33, 5), (8, 49, 9),
    (13, 100, 25),
    (16, 1, 100), (1, 64, 257), (9, 31, 300), (4, 16, 513), (25, 5, 0),
    // Few columns beside many rows, narrow and long rows, and more terms than one copy of b holds.
    (100, 10, 125), (40, 10, 3), (33, 7, 70), (20, 12, 1000), (131, 60, 300), (150, 1, 20),
  ]

  /// Any other shapes: another fifty on every run would find what these fifty do.
  static let randomShapes: [(Int, Int, Int)] = {
    var generator = SplitMix64(state: 12)
    return (0..<50).map { _ in
      (
        Int.random(in: 1...40, using: &generator), Int.random(in: 1...70, using: &generator),
        Int.random(in: 0...40, using: &generator)
      )
    }
  }()

  private func numbers(_ count: Int, _ seed: UInt64) -> [Float] {
    var generator = SplitMix64(state: seed)
    return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
  }

  /// Calls a kernel on memory of the pool, which is padded as the kernels expect.
  private func withPadded(
    _ arrays: [[Float]], outputs: [Int], _ body: ([UnsafeMutablePointer<Float>]) -> Void
  ) -> [[UInt32]] {
    let counts = arrays.map(\.count) + outputs
    let blocks = counts.map { ck_allocate(max($0, 1))! }
    defer { for (block, count) in zip(blocks, counts) { ck_release(block, max(count, 1)) } }
    for (block, array) in zip(blocks, arrays) { block.update(from: array, count: array.count) }
    body(blocks)
    return zip(blocks, counts).map { block, count in (0..<count).map { block[$0].bitPattern } }
  }

  private func tables() -> [ck_table] {
    Kernels.available.compactMap { ck_find($0)?.pointee }
  }

  @Test(
    "every element of a product is one chain of fused multiply-adds, on every instruction set",
    arguments: shapes + randomShapes)
  func products(_ m: Int, _ n: Int, _ k: Int) {
    let (a, b, bias) = (numbers(m * k, 1), numbers(k * n, 2), numbers(n, 3))
    for (leftTransposed, rightTransposed) in [
      (false, false), (true, false), (false, true), (true, true),
    ] {
      func left(_ i: Int, _ p: Int) -> Float { leftTransposed ? a[p * m + i] : a[i * k + p] }
      func right(_ p: Int, _ j: Int) -> Float { rightTransposed ? b[j * k + p] : b[p * n + j] }
      var expected: [UInt32] = []
      for i in 0..<m {
        for j in 0..<n {
          var sum: Float = 0
          for p in 0..<k { sum = sum.addingProduct(left(i, p), right(p, j)) }
          expected.append(max(sum + bias[j], 0).bitPattern)
        }
      }
      for table in tables() {
        let results = withPadded([a, b, bias], outputs: [m * n]) { memory in
          table.matmul(
            m, n, k, memory[0], leftTransposed ? 1 : k, leftTransposed ? m : 1, memory[1],
            rightTransposed ? 1 : n, rightTransposed ? k : 1, memory[3], n, memory[2], 1)
        }
        #expect(results[3] == expected, "\(String(cString: table.name)) \(m) × \(n) × \(k)")
      }
    }
  }

  @Test("relu keeps a NaN, whether or not it is fused with the product")
  func notANumber() {
    for table in tables() {
      let results = withPadded([[.nan, -1, 2], [1, 1]], outputs: [6]) {
        table.matmul(3, 2, 1, $0[0], 1, 1, $0[1], 2, 1, $0[2], 2, nil, 1)
      }[2].map(Float.init(bitPattern:))
      #expect(results[0].isNaN && results[1].isNaN && results[2...] == [0, 0, 2, 2])
    }
  }

  @Test("a transposition moves every element, whatever blocks it takes")
  func transposition() {
    for (rows, columns) in [(1, 9), (8, 8), (9, 15), (23, 8), (7, 30), (40, 100)] {
      let x = numbers(rows * columns, 13)
      for table in tables() {
        let y = withPadded([x], outputs: [x.count]) {
          table.transpose(rows, columns, $0[0], columns, $0[1], rows)
        }[1]
        for i in 0..<rows {
          for j in 0..<columns {
            #expect(y[j * rows + i] == x[i * columns + j].bitPattern)
          }
        }
      }
    }
  }

  @Test(
    "sums along an axis have one order",
    arguments: [(1, 1, 1), (3, 40, 1), (2, 5, 17), (4, 33, 40), (1, 100, 100), (2, 0, 3)])
  func sums(_ outer: Int, _ count: Int, _ inner: Int) {
    let x = numbers(outer * count * inner, 4)
    let all = tables().map { table in
      withPadded([x], outputs: [outer * inner]) { table.sum(outer, count, inner, $0[0], $0[1]) }[1]
    }
    for bits in all { #expect(bits == all[0]) }
    for o in 0..<outer {
      for i in 0..<inner {
        let exact = (0..<count).reduce(0.0) { $0 + Double(x[(o * count + $1) * inner + i]) }
        #expect(abs(Double(Float(bitPattern: all[0][o * inner + i])) - exact) < 1e-5)
      }
    }
  }

  @Test("the largest element along an axis, and NaN where there is one")
  func maxima() {
    var x = numbers(3 * 37 * 5, 5)
    x[37 * 5 + 10] = .nan
    for table in tables() {
      let inner = withPadded([x], outputs: [15]) { table.maximum(3, 37, 5, $0[0], $0[1]) }[1]
      let flat = withPadded([x], outputs: [15]) { table.maximum(15, 37, 1, $0[0], $0[1]) }[1]
      for o in 0..<3 {
        for i in 0..<5 {
          let column = (0..<37).map { x[(o * 37 + $0) * 5 + i] }
          let found = Float(bitPattern: inner[o * 5 + i])
          #expect(column.contains { $0.isNaN } ? found.isNaN : found == column.max())
        }
      }
      for row in 0..<15 {
        let values = x[row * 37..<row * 37 + 37]
        let found = Float(bitPattern: flat[row])
        #expect(values.contains { $0.isNaN } ? found.isNaN : found == values.max())
      }
    }
  }

  @Test(
    "elementwise operations give the same bits on every instruction set",
    arguments: [1, 16, 17, 100])
  func elementwise(_ count: Int) {
    var (a, b) = (numbers(count, 6), numbers(count, 7))
    a[0] = -0.0
    b[count - 1] = .infinity
    for operation in 0..<9 as Range<Int32> {
      let all = tables().map { table in
        withPadded([a, b], outputs: [count]) {
          let shape = ck_axes(axis: (1, 1, 1, count))
          let strides = ck_axes(axis: (count, count, count, 1))
          table.binary(operation, shape, $0[0], strides, $0[1], strides, $0[2])
        }[2]
      }
      for bits in all { #expect(bits == all[0], "operation \(operation)") }
    }
    for operation in 0..<12 as Range<Int32> {
      let all = tables().map { table in
        withPadded([a], outputs: [count]) { table.unary(operation, count, $0[0], $0[1]) }[1]
      }
      for bits in all { #expect(bits == all[0], "operation \(operation)") }
    }
  }

  @Test("optimizer updates give the same bits on every instruction set", arguments: [1, 16, 45])
  func updates(_ count: Int) {
    let (p, g, m) = (numbers(count, 8), numbers(count, 9), numbers(count, 10))
    let v = numbers(count, 11).map { $0.magnitude }
    let all = tables().map { table in
      withPadded([p, g, m, v], outputs: []) {
        table.adam(count, $0[0], $0[1], $0[2], $0[3], 0.01, 0.1, 0.999, 0.001, 0.5, 1e-8, 0.1, 1)
        table.rmsprop(count, $0[0], $0[1], $0[3], 0.01, 0.9, 0.1, 1e-8, 0.1)
        table.sgd(count, $0[0], $0[1], $0[2], 0.01, 0.9, 1, 0, 0.1)
      }
    }
    for bits in all { #expect(bits == all[0]) }
    #expect(all[0][0] != p.map(\.bitPattern))
  }

  @Test("memory comes in whole lines of zeros behind the last element, and is used again")
  func pool() {
    for count in [1, 15, 16, 17, 63, 64, 65, 1000, 4097, 1_000_003] {
      let block = ck_allocate(count)!
      #expect(UInt(bitPattern: block) % 64 == 0)
      for index in count..<(count + 15) / 16 * 16 { #expect(block[index] == 0) }
      block.update(repeating: 1, count: (count + 15) / 16 * 16)
      ck_release(block, count)
      let again = ck_allocate(count)!
      #expect(again == block)
      for index in count..<(count + 15) / 16 * 16 { #expect(again[index] == 0) }
      ck_release(again, count)
    }
  }
}
