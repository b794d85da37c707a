import CKernels
import Tensors
import Testing

/// The updates of every set of kernels, called through their tables, since other tests run beside.
@Suite("Optimizer kernels")
struct OptimizerKernelTests {
  /// The bits of parameters and moments after each of a dozen steps of Adam, RMSProp and momentum.
  private func bits(of table: ck_table, size: Float, epsilon: Float, decay: Float) -> [UInt32] {
    let count = 48
    var seen: [UInt32] = []
    for kind in 0..<3 {
      var p = (0..<count).map { $0 % 5 == 4 ? Float(0) : Float($0 % 7 - 3) * (1e-10 as Float) }
      for place in stride(from: 0, to: count, by: 3) { p[place] = Float(place % 4) - 1.5 }
      var m = [Float](repeating: 0, count: count)
      var v = m
      for step in 1...12 {
        let g = (0..<count).map { step < 9 ? size * Float(($0 + step) % 9 - 4) : 0 }
        switch kind {
        case 0:
          table.adam(
            count, &p, g, &m, &v, 0.1 / Float(step), 0.1, 0.999, 0.001, 0.03 * Float(step), epsilon,
            decay, 1)
        case 1: table.rmsprop(count, &p, g, &v, 0.1, 0.99, 0.01, epsilon, decay)
        default: table.sgd(count, &p, g, &v, 0.1, 0.9, 1, 0, decay)
        }
        // Which NaN an operation gives is the processor's own affair.
        seen += (p + m + v).map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern }
      }
    }
    return seen
  }

  @Test(
    "have one result, whatever the set, the size of gradients and epsilon",
    arguments: [1, 1e-8, 1e-17, 1e-19, 1e-20, 1e-21, 1e-22, 1e-25, 1e-36, 0x1p-133, 0x1p-146]
      as [Float])
  func sameBits(_ size: Float) throws {
    for epsilon in [1e-8, 1e-12, 1e-20, 1e-30, 0] as [Float] {
      for decay in [0, 0.01] as [Float] {
        let results = try Kernels.available.map { name in
          bits(
            of: try #require(ck_find(name)).pointee, size: size, epsilon: epsilon, decay: decay)
        }
        #expect(Set(results).count == 1, "gradients of \(size), epsilon \(epsilon), decay \(decay)")
      }
    }
  }
}
