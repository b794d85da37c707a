import Fixtures
import Tensors
import Testing

@Suite("Pooling")
struct PoolingTests {
  /// Channels, length and batch, with windows that touch, overlap and leave gaps.
  static let shapes: [(extents: Shape, width: Int, stride: Int)] = [
    ([1, 1, 1], 1, 1), ([2, 6, 17], 2, 2), ([1, 7, 5], 3, 2), ([2, 8, 16], 2, 3),
  ]

  @Test(
    "derivatives agree with differences in first and second order",
    arguments: PoolingKind.allCases, 0..<shapes.count)
  func gradients(_ kind: PoolingKind, _ index: Int) {
    let (extents, width, stride) = Self.shapes[index]
    var generator = SplitMix64(state: UInt64(index))
    let x = generator.tensorOfDistinctElements(extents)
    checkGradients(
      of: {
        let y = pooling1D($0[0], kind, width: width, stride: stride, layout: .batchLast)
        return y * y
      }, at: [x * 0.1], step: 0.002, tolerance: 1e-2)
  }

  @Test("both layouts give the same bits", arguments: PoolingKind.allCases)
  func layouts(_ kind: PoolingKind) {
    var generator = SplitMix64(state: 8)
    let last = generator.tensor([3, 6, 19])
    let first = last.permuted(2, 0, 1)
    let outputs = pooling1D(first, kind, width: 2)
    #expect(outputs.permuted(1, 2, 0) == pooling1D(last, kind, width: 2, layout: .batchLast))
    let slopesLast = gradient(at: last) { pooling1D($0, kind, width: 2, layout: .batchLast).sum() }
    let slopesFirst = gradient(at: first) { pooling1D($0, kind, width: 2).sum() }
    #expect(slopesFirst.permuted(1, 2, 0) == slopesLast)
  }

  private struct Golden: Decodable {
    struct Pooling: Decodable {
      let kind: String
      let width, stride: Int
      let derivatives: GoldenDerivatives
    }
    struct Kink: Decodable {
      let kind: String
      let input, output, gradient: GoldenTensor
    }
    let poolings: [Pooling]
    let kinks: [Kink]

    static func kind(_ name: String) throws -> PoolingKind {
      try #require(PoolingKind.allCases.first { "\($0)" == name })
    }
  }

  @Test("values and derivatives of both orders are PyTorch's")
  func golden() throws {
    for pooling in try Fixture.json("convolution.json", as: Golden.self).poolings {
      let kind = try Golden.kind(pooling.kind)
      pooling.derivatives.expectAgreement {
        pooling1D($0[0], kind, width: pooling.width, stride: pooling.stride)
      }
    }
  }

  @Test("at ties and in windows of zeros gradients are PyTorch's, in second order 0")
  func kinks() throws {
    for kink in try Fixture.json("convolution.json", as: Golden.self).kinks {
      let kind = try Golden.kind(kink.kind)
      let function: (Tensor) -> Tensor = { pooling1D($0, kind, width: 2).sum() }
      expectClose(pooling1D(kink.input.tensor, kind, width: 2), kink.output.tensor, 1e-7)
      expectClose(gradient(at: kink.input.tensor, of: function), kink.gradient.tensor, 1e-7)
      let second = gradient(at: kink.input.tensor) { gradient(at: $0, of: function).sum() }
      #expect(Array(second.elements.prefix(2)) == [0, 0])
    }
  }
}
