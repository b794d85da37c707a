import Tensors
import Testing

@Suite("Products with a Hessian")
struct HessianTests {
  /// A symmetric matrix and the function ½ xᵀ A x + bᵀ x, whose Hessian it is.
  private let matrix = Tensor([4, 1, -2, 1, 3, 0.5, -2, 0.5, -1], shape: [3, 3])

  private func quadratic(_ x: Tensor) -> Tensor {
    let column = x.reshaped(to: [3, 1])
    return 0.5 * (column * matrix.matmul(column)).sum() + (x * Tensor([1, -2, 3])).sum()
  }

  /// A function of two parts whose third derivatives are not zero.
  private func curved(_ x: [Tensor]) -> Tensor {
    let hidden = tanh(x[0].matmul(Tensor([0.5, -1, 0.25, 2, 1, -0.5], shape: [3, 2])) + x[1])
    return softmaxCrossEntropy(hidden * 3, labels: [0, 1])
  }

  @Test("a quadratic form's product is that with its matrix, wherever it is taken")
  func quadraticForm() {
    let direction = Tensor([1, 2, -0.5])
    let expected = matrix.matmul(direction.reshaped(to: [3, 1])).reshaped(to: [3])
    for place in [Tensor([0, 0, 0]), Tensor([1, -3, 2])] {
      let product = hessianVectorProduct(at: place, along: direction, of: quadratic)
      expectClose(product, expected, 1e-6)
    }
  }

  @Test("the product is the gradient's difference quotient along the vector")
  func differences() {
    var generator = SplitMix64(state: 5)
    let place = [generator.tensor([2, 3]), generator.tensor([2])]
    let direction = [generator.tensor([2, 3]), generator.tensor([2])]
    let product = hessianVectorProduct(at: place, along: direction, of: curved)
    func slope(_ distance: Float) -> [Tensor] {
      gradient(at: zip(place, direction).map { $0 + $1 * distance }, of: curved)
    }
    let step: Float = 0.02
    for (part, (far, near)) in zip(
      product, zip(zip(slope(1 * step), slope(-1 * step)), zip(slope(2 * step), slope(-2 * step))))
    {
      expectClose(part, (8 * (far.0 - far.1) - (near.0 - near.1)) / (12 * step), 1e-3)
    }
  }

  @Test("the product is symmetric: ⟨u, H v⟩ = ⟨v, H u⟩")
  func symmetry() {
    var generator = SplitMix64(state: 6)
    let place = [generator.tensor([2, 3]), generator.tensor([2])]
    let u = [generator.tensor([2, 3]), generator.tensor([2])]
    let v = [generator.tensor([2, 3]), generator.tensor([2])]
    func inner(_ a: [Tensor], _ b: [Tensor]) -> Float {
      zip(a, b).reduce(0) { $0 + ($1.0 * $1.1).sum().scalar }
    }
    let one = inner(u, hessianVectorProduct(at: place, along: v, of: curved))
    let other = inner(v, hessianVectorProduct(at: place, along: u, of: curved))
    #expect(abs(one - other) <= 1e-5 * max(1, abs(one)))
  }

  @Test("the product is differentiable in what surrounds it")
  func nested() {
    // f = x³, H v = 6 x v, d/dx (6 x v) = 6 v
    let slope = gradient(at: Tensor(2)) { x in
      hessianVectorProduct(at: x, along: Tensor(5)) { $0 * $0 * $0 }
    }
    #expect(slope.scalar == 30)
  }
}
