import Tensors
import Testing

/// Fused operators against what they are composed of, to third order, where sums are exactly 0 and neighbours tie.
@Suite("Fused operators at kinks")
struct FusedKinkTests {
  /// The value, and three derivatives along ones, by the fused operator and by its composition.
  private func requireSame(
    at place: [Tensor], _ fused: @escaping ([Tensor]) -> Tensor,
    _ composed: @escaping ([Tensor]) -> Tensor, _ name: Comment
  ) {
    func orders(_ function: @escaping ([Tensor]) -> Tensor) -> [[Float]] {
      // Weighted, so that places differ, and curved, so that there are higher orders.
      var scalar: ([Tensor]) -> Tensor = { at in
        let y = function(at).reshaped(to: [function(at).count])
        let weights = Tensor((0..<y.count).map { Float($0 % 3) + 0.5 })
        return (y * y * y * weights + y * weights).sum()
      }
      var rows = [function(place).elements]
      for _ in 0..<3 {
        let last = scalar
        let slopes = gradient(at: place) { last($0) }
        rows.append(slopes.flatMap(\.elements))
        scalar = { at in gradient(at: at) { last($0) }.reduce(Tensor(0)) { $0 + $1.sum() } }
      }
      return rows
    }
    for (order, (ours, theirs)) in zip(orders(fused), orders(composed)).enumerated() {
      let isSame = zip(ours, theirs).allSatisfy {
        abs($0 - $1) <= 1e-5 * max(1, abs($1)) || $0.isNaN && $1.isNaN
      }
      #expect(isSame, "order \(order): \(ours) where its parts have \(theirs) (\(name))")
    }
  }

  private let grid = Tensor([1, 2, -1, -2, 0, 0, 1, 1, 3, 1, -3, 0.5], shape: [4, 3])

  @Test("affine with relu, where sums cancel to 0")
  func affineRelu() {
    let weight = Tensor([1, 0, 1, 2, -1, 0], shape: [2, 3])
    requireSame(
      at: [grid, weight, Tensor([0, 0])],
      { affine($0[0], weight: $0[1], bias: $0[2], activation: .relu) },
      { relu($0[0].matmul($0[1], transposing: .right) + $0[2]) }, "affine")
    #expect(
      affine(grid, weight: weight, bias: Tensor([0, 0]), activation: .relu).elements.contains(0))
  }

  @Test("convolutions with relu, where sums cancel to 0, in either layout")
  func convolutionRelu() {
    let x = Tensor([1, 2, 1, 2, 0, 0, 1, -1, 3, 1, 0, 0], shape: [2, 1, 6])
    let weight = Tensor([1, -0.5, 0, 0, 1, 1], shape: [2, 1, 3])
    for (stride, padding) in [(1, 0), (2, 1), (1, 2)] {
      requireSame(
        at: [x, weight, Tensor([0, 0])],
        {
          convolution1D(
            $0[0], weight: $0[1], bias: $0[2], stride: stride, padding: padding, activation: .relu)
        },
        {
          relu(
            convolution1D($0[0], weight: $0[1], stride: stride, padding: padding)
              + $0[2].reshaped(to: [1, 2, 1]))
        }, "stride \(stride), padding \(padding)")
    }
  }

  @Test("pooling, where neighbours tie, against the greatest of an axis' parts")
  func ties() {
    // The first of equals takes all: a maximum whose ties are broken by a gate.
    let x = Tensor([1, 1, 2, 2, 0, 0, -1, -1, 3, 3, 3, 1], shape: [1, 2, 6])
    requireSame(
      at: [x], { pooling1D($0[0], .max, width: 2) },
      {
        let pairs = $0[0].reshaped(to: [1, 2, 3, 2])
        let (a, b) = (pairs.sliced(0..<1, along: 3), pairs.sliced(1..<2, along: 3))
        let second = greater(b, a)
        return (a * (1 - second) + b * second).reshaped(to: [1, 2, 3])
      }, "max")
    requireSame(
      at: [x], { pooling1D($0[0], .average, width: 2) },
      { $0[0].reshaped(to: [1, 2, 3, 2]).mean(along: 3) }, "average")
  }

  @Test("learned units beside elu, where x is 0, as sums of hyperbolic tangents")
  func units() {
    let x = Tensor([0, -0.0, 1, -1, 0.5, 0])
    let parts = [x, Tensor([1, 0, -2]), Tensor([0, 0, 0.5]), Tensor([0.5, 1, 0])]
    requireSame(
      at: parts,
      { elu($0[0]) + tanhUnits($0[0], factors: $0[1], offsets: $0[2], weights: $0[3]) },
      {
        let z = $0[0].reshaped(to: [6, 1]) * $0[1] + $0[2]
        let positive = greater($0[0], Tensor(0)) + equal($0[0], Tensor(0))
        let negative = 1 - positive
        // x where x ≥ 0, eˣ − 1 below, joined by gates.
        return $0[0] * positive + expm1($0[0] * negative) * negative
          + (tanh(z) * $0[3]).sum(along: 1)
      }, "units")
  }

  @Test("the mean cross-entropy of equal scores, as logSoftmax has it")
  func losses() {
    let scores = Tensor([0, 0, 0, 1, 1, -1, 40, 40, 40], shape: [3, 3])
    requireSame(
      at: [scores], { softmaxCrossEntropy($0[0], labels: [0, 2, 1]) },
      { -(logSoftmax($0[0]) * oneHot([0, 2, 1], classes: 3)).sum() / 3 }, "cross-entropy")
  }

  @Test(
    "relu of NaN is NaN and lets its derivative through, as PyTorch's does, also when it is fused")
  func undefined() {
    #expect(relu(Tensor(.nan)).scalar.isNaN)
    let slope = gradient(at: Tensor([.nan, 1, -1, 0])) { relu($0).sum() }
    #expect(slope.elements == [1, 1, 0, 0])
    let bias = gradient(at: Tensor([0, 0])) {
      affine(
        Tensor([.nan, -1], shape: [2, 1]), weight: Tensor.ones([2, 1]), bias: $0, activation: .relu
      ).sum()
    }
    #expect(bias.elements == [1, 1])
  }
}
