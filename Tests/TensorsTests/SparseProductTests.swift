import Tensors
import Testing

@Suite("Products with sparse matrices")
struct SparseProductTests {
  private func matrix(_ rows: Int, _ columns: Int, keeping share: Float, seed: UInt64) -> (
    mask: Tensor, weight: Tensor
  ) {
    var generator = SplitMix64(state: seed)
    let mask = greater(generator.tensor([rows, columns]), Tensor(1 - 2 * share))
    return (mask, gated(generator.tensor([rows, columns]), by: mask))
  }

  @Test(
    "the sparse affine map and its gradients have the bits of the dense one",
    arguments: [1, 5, 16, 37, 64, 70, 100], [Float(0), 0.05, 0.5, 1])
  func bits(_ batch: Int, _ share: Float) {
    for (rows, columns) in [(19, 33), (33, 19), (1, 40), (40, 1)] {
      let (mask, weight) = matrix(rows, columns, keeping: share, seed: UInt64(batch))
      var generator = SplitMix64(state: 5)
      let (x, bias) = (generator.tensor([columns, batch]), generator.tensor([rows]))
      let upstream = generator.tensor([rows, batch])
      let pattern = SparsePattern(mask: mask)
      let values = pattern.compressed(weight)
      #expect(pattern.expanded(values) == weight)
      for activation in [AffineActivation.identity, .relu] {
        let dense = vectorJacobianProduct(
          at: [weight, x, bias], upstream: { _ in [upstream.permuted(1, 0)] }
        ) {
          [
            affine(
              $0[1], weight: $0[0], bias: $0[2], activation: activation, layout: .batchLast)
          ]
        }
        let sparse = vectorJacobianProduct(
          at: [values, x, bias], upstream: { _ in [upstream] }
        ) { [pattern.affine($0[1], values: $0[0], bias: $0[2], activation: activation)] }
        #expect(sparse.outputs[0] == dense.outputs[0].permuted(1, 0))
        #expect(sparse.product[0] == pattern.compressed(dense.product[0]))
        #expect(sparse.product[1] == dense.product[1])
        #expect(sparse.product[2] == dense.product[2])
      }
    }
  }

  @Test(
    "a sum that is not a number stays so through relu, as in the dense product", arguments: [3, 70])
  func notANumber(_ batch: Int) {
    let pattern = SparsePattern(mask: .ones([1, 2]))
    let y = pattern.affine(
      .ones([2, batch]), values: Tensor([.infinity, -.infinity]), bias: .zeros([1]),
      activation: .relu)
    #expect(y.elements.allSatisfy { $0.isNaN })
  }

  @Test("derivatives agree with differences in first and second order")
  func gradients() {
    let (mask, weight) = matrix(4, 6, keeping: 0.4, seed: 3)
    let pattern = SparsePattern(mask: mask)
    var generator = SplitMix64(state: 4)
    let (x, bias) = (generator.tensor([6, 3]), generator.tensor([4]))
    checkGradients(
      of: {
        let y = pattern.affine($0[1], values: $0[0], bias: $0[2])
        return y * y
      }, at: [pattern.compressed(weight), x, bias], step: 0.002, tolerance: 1e-2)
  }
}
