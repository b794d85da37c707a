import Tensors
import Testing

@Suite("Attention", .serialized)
struct AttentionTests {
  /// Extents: batch, positions, others, features, heads.
  struct Extents: Sendable, CustomTestStringConvertible {
    let batch, positions, others, features, heads: Int

    init(_ batch: Int, _ positions: Int, _ others: Int, _ features: Int, _ heads: Int) {
      (self.batch, self.positions, self.others) = (batch, positions, others)
      (self.features, self.heads) = (features, heads)
    }

    var testDescription: String { "\([batch, positions, others, features]), \(heads) heads" }

    var tensors: [Tensor] {
      var generator = SplitMix64(state: UInt64(batch + 10 * positions + 100 * features))
      return [
        generator.tensor([batch, positions, features]),
        generator.tensor([batch, others, features]),
        generator.tensor([batch, others, features]),
      ]
    }

    func fused(_ inputs: [Tensor]) -> Tensor {
      scaledDotProductAttention(inputs[0], inputs[1], inputs[2], heads: heads)
    }

    /// The same with a mask, which hides nothing.
    func composed(_ inputs: [Tensor]) -> Tensor {
      scaledDotProductAttention(inputs[0], inputs[1], inputs[2], heads: heads, mask: Tensor(0))
    }
  }

  static let all = [
    Extents(1, 1, 1, 1, 1), Extents(2, 3, 3, 4, 2), Extents(1, 5, 2, 6, 3),
    Extents(3, 17, 18, 16, 1), Extents(2, 20, 33, 40, 2),
  ]

  @Test("the fused pass has the bits of the composition, and its derivatives", arguments: all)
  func fusion(_ extents: Extents) {
    let inputs = extents.tensors
    #expect(extents.fused(inputs) == extents.composed(inputs))
    func slopes(_ function: @escaping ([Tensor]) -> Tensor) -> [Tensor] {
      gradient(at: inputs) { (function($0) * inputs[0]).sum() }
    }
    for (found, wanted) in zip(slopes(extents.fused), slopes(extents.composed)) {
      expectClose(found, wanted, 1e-5)
    }
  }

  @Test("derivatives agree with differences in first and second order", arguments: all.prefix(3))
  func gradients(_ extents: Extents) {
    checkGradients(of: extents.fused, at: extents.tensors, tolerance: 1e-2)
  }

  @Test("every set of kernels and any number of threads give the same bits", arguments: all)
  func bits(_ extents: Extents) {
    let usual = Kernels.current
    defer { Kernels.select(usual) }
    let inputs = extents.tensors
    func results() -> [[UInt32]] {
      let slopes = gradient(at: inputs) { square(extents.fused($0)).sum() }
      return ([extents.fused(inputs)] + slopes).map { $0.elements.map(\.bitPattern) }
    }
    let expected = results()
    for kernels in Kernels.available {
      Kernels.select(kernels)
      for threads in [1, 3] {
        #expect(Kernels.withThreads(threads) { results() } == expected, "\(kernels) \(threads)")
      }
    }
  }

  @Test("a mask of minus infinity hides positions, and dropped weights weigh nothing")
  func masks() {
    let inputs = Extents(2, 3, 3, 4, 2).tensors
    // Each position sees itself and those before.
    let causal = Tensor([0, -.infinity, -.infinity, 0, 0, -.infinity, 0, 0, 0], shape: [3, 3])
    let y = scaledDotProductAttention(inputs[0], inputs[1], inputs[2], heads: 2, mask: causal)
    expectClose(y[0..., 0], inputs[2][0..., 0], 1e-6)
    let none = scaledDotProductAttention(inputs[0], inputs[1], inputs[2], heads: 2) { $0 * 0 }
    #expect(none == .zeros([2, 3, 4]))
  }

  @Test("there may be no examples, no positions and nothing to attend to")
  func empty() {
    for extents in [Extents(0, 2, 2, 4, 2), Extents(2, 0, 2, 4, 2), Extents(2, 2, 0, 4, 2)] {
      let inputs = extents.tensors
      let slopes = gradient(at: inputs) { extents.fused($0).sum() }
      #expect(extents.fused(inputs).shape == inputs[0].shape)
      #expect(slopes.map { $0.shape } == inputs.map { $0.shape })
    }
  }
}
