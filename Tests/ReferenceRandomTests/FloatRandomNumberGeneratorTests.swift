import ReferenceRandom
import Testing

/// A generator that knows nothing but `next()`.
private struct SplitMix: FloatRandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

@Suite("A generator of single-precision numbers")
struct FloatRandomNumberGeneratorTests {
  @Test("any generator fills buffers with uniform numbers in the half-open range")
  func uniform() {
    var random = SplitMix(state: 1)
    let values = random.uniform(count: 100_000, from: -2, to: 3)
    #expect(values.allSatisfy { (-2..<3).contains($0) })
    let mean = values.reduce(0.0) { $0 + Double($1) } / 100_000
    #expect(abs(mean - 0.5) < 0.03)
  }

  @Test("any generator fills buffers with normal variates of the given moments, odd counts too")
  func normal() {
    var random = SplitMix(state: 2)
    let values = random.normal(count: 99_999, mean: 1, standardDeviation: 2).map(Double.init)
    let mean = values.reduce(0, +) / 99_999
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 99_999
    #expect(abs(mean - 1) < 0.03)
    #expect(abs(variance - 4) < 0.1)
    #expect(values.filter { abs($0 - 1) < 2 }.count > 67_000)
    #expect(values.filter { abs($0 - 1) < 2 }.count < 69_500)
  }

  @Test("no count is too small")
  func empty() {
    var random = TorchGenerator(seed: 0)
    #expect(random.normal(count: 0).isEmpty)
    #expect(random.uniform(count: 0, from: 0, to: 1).isEmpty)
    #expect(random == TorchGenerator(seed: 0))
  }
}
