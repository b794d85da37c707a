import Fixtures
import Foundation
import Tensors
import Testing

@Suite("The contrastive loss")
struct ContrastiveLossTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let temperature: Float
      let input, gradient: GoldenTensor
      let loss: Float
    }
    let contrastive: [Case]
  }

  @Test("value and gradient are those of a loss written out example by example in PyTorch")
  func golden() throws {
    for golden in try Fixture.json("embedding.json", as: Golden.self).contrastive {
      let (loss, slope) = valueAndGradient(at: golden.input.tensor) {
        ntXent($0, temperature: golden.temperature)
      }
      #expect(Swift.abs(loss.scalar - golden.loss) <= 1e-5 * Swift.max(1, golden.loss))
      expectClose(slope, golden.gradient.tensor, 1e-5)
    }
  }

  @Test("derivatives agree with differences in first and second order")
  func gradients() {
    var generator = SplitMix64(state: 5)
    checkGradients(
      of: { ntXent($0[0], temperature: 0.5) }, at: [generator.tensor([6, 3])])
  }

  @Test(
    "InfoNCE is the cross-entropy of the cosines with all keys, and depends on directions alone")
  func infoNoiseContrast() {
    let queries = Tensor([1, 0, 0, 2], shape: [2, 2])
    let keys = Tensor([3, 0, 1, 1], shape: [2, 2])
    // The cosines are 1 and √½ for the first query, 0 and √½ for the second one.
    let half = Float(0.5).squareRoot()
    let losses: [Float] = [log(1 + exp((half - 1) / 0.5)), log(1 + exp(-half / 0.5))]
    let loss = infoNCE(queries, keys, temperature: 0.5).scalar
    #expect(Swift.abs(loss - (losses[0] + losses[1]) / 2) < 1e-6)
    var generator = SplitMix64(state: 6)
    checkGradients(
      of: { infoNCE($0[0], $0[1], temperature: 0.5) },
      at: [generator.tensor([3, 3]), generator.tensor([3, 3])])
  }

  @Test("it depends on directions alone, and is finite for a row of zeros")
  func directions() {
    let rows = Tensor([1, 2, 3, -1, 2, 0.5, 4, 4], shape: [4, 2])
    let longer = rows * Tensor([1, 10, 0.1, 3], shape: [4, 1])
    let (loss, other) = (ntXent(rows, temperature: 0.2), ntXent(longer, temperature: 0.2))
    #expect(Swift.abs(loss.scalar - other.scalar) < 1e-5)
    let (value, slope) = valueAndGradient(at: Tensor([0, 0, 1, 1, 1, 0, 0, 1], shape: [4, 2])) {
      ntXent($0, temperature: 0.2)
    }
    #expect(value.scalar.isFinite && slope.elements.allSatisfy { $0.isFinite })
  }
}
