import Fixtures
import ReferenceRandom
import Tensors
import Testing

@Suite("Random tensors")
struct RandomTensorTests {
  @Test(
    "any generator of the standard library's kind serves, is moved on, and gives the same numbers again"
  )
  func anyGenerator() {
    var (first, second) = (SplitMix64(state: 3), SplitMix64(state: 3))
    let x = Tensor.normal([4, 5], using: &first)
    #expect(x == Tensor.normal([4, 5], using: &second))
    #expect(x != Tensor.normal([4, 5], using: &second))
    #expect(first.next() != second.next())
    var system = SystemRandomNumberGenerator()
    #expect(Tensor.uniform([2, 3], using: &system).shape == [2, 3])
  }

  @Test("uniform numbers fill their range, and normal ones have the moments that were asked for")
  func moments() {
    var generator = SplitMix64(state: 4)
    let uniform = Tensor.uniform([100, 100], in: -2..<3, using: &generator)
    #expect(uniform.elements.allSatisfy { $0 >= -2 && $0 < 3 })
    #expect(Swift.abs(uniform.mean().scalar - 0.5) < 0.05)
    #expect(Swift.abs(square(uniform - 0.5).mean().scalar - 25.0 / 12) < 0.05)
    let normal = Tensor.normal([100, 100], mean: 2, standardDeviation: 0.5, using: &generator)
    #expect(Swift.abs(normal.mean().scalar - 2) < 0.02)
    #expect(Swift.abs(square(normal - 2).mean().scalar - 0.25) < 0.02)
    #expect(Tensor.normal([0, 2], using: &generator).count == 0)
  }

  @Test("PyTorch's generator gives PyTorch's blocks")
  func torch() {
    var (first, second) = (TorchGenerator(seed: 5), TorchGenerator(seed: 5))
    #expect(Tensor.normal([3, 7], using: &first).elements == second.normal(count: 21))
    #expect(
      Tensor.uniform([9], in: -1..<1, using: &first).elements
        == second.uniform(count: 9, from: -1, to: 1))
    // torch.manual_seed(42); torch.randn(2, 3, 4)[0, 1:, -1]
    var generator = TorchGenerator(seed: 42)
    let x = Tensor.normal([2, 3, 4], using: &generator)
    #expect(x[0, 1..., -1].description == "[-1.604667    0.24148779]")
  }
}
