import Tensors
import Testing

@Suite("Reverse-mode differentiation")
struct DifferentiationTests {
  @Test("derivatives of any order of x⁵")
  func orders() {
    func derivative(_ order: Int, _ x: Tensor) -> Tensor {
      order == 0 ? x * x * x * x * x : gradient(at: x) { derivative(order - 1, $0) }
    }
    #expect(
      (0...6).map { derivative($0, Tensor(2)).scalar } == [32, 80, 160, 240, 240, 120, 0])
  }

  @Test("an inner gradient does not mistake the outer variable for its own")
  func perturbationConfusion() {
    // d/dx [x · d/dy (x + y)] = 1, not 2.
    let slope = gradient(at: Tensor(1)) { x in
      x * gradient(at: Tensor(1)) { y in x + y }
    }
    #expect(slope.scalar == 1)
  }

  @Test("an inner gradient is differentiable in what the outer call varies")
  func nested() {
    // d/da [d/dx a² x³ at x = 2] = 2 a · 3 · 4
    let slope = gradient(at: Tensor(3)) { a in
      gradient(at: Tensor(2)) { x in a * a * x * x * x }
    }
    #expect(slope.scalar == 72)
  }

  @Test("a variable that the function ignores has a gradient of zeros of its own shape")
  func unused() {
    let (value, slopes) = valueAndGradient(at: [Tensor([1, 2]), Tensor(5)]) { $0[1] * 3 }
    #expect(value.scalar == 15)
    #expect(slopes == [Tensor([0, 0]), Tensor(3)])
  }

  @Test("a tensor that outlives its recording is a constant")
  func escaping() {
    var escaped = Tensor(0)
    _ = gradient(at: Tensor(3)) { x in
      escaped = x * x
      return escaped
    }
    #expect(gradient(at: Tensor(2)) { $0 * escaped }.scalar == 9)
  }

  @Test("detached tensors pass nothing on")
  func detached() {
    #expect(gradient(at: Tensor(3)) { $0 * $0.detached() }.scalar == 3)
  }

  @Test("what the function throws is thrown, and nothing is left behind")
  func throwing() throws {
    struct Refusal: Error, Equatable {}
    #expect(throws: Refusal()) {
      try valueAndGradient(at: Tensor(1)) { (_: Tensor) throws(Refusal) -> Tensor in
        throw Refusal()
      }
    }
  }

  @Test(
    "10,000 differentiated steps of descent give all their memory back, and ask for no more the next time"
  )
  func differentiatedSteps() {
    func slope() -> Float {
      gradient(at: Tensor(1e-4)) { rate in
        var x: Tensor = [1, 2, 3]
        for _ in 0..<10_000 {
          let slope = gradient(at: x) { ($0 * $0).sum() }
          x = x - rate * slope
        }
        return x.sum()
      }.scalar
    }
    let before = Kernels.memory
    let first = slope()
    let between = Kernels.memory
    #expect(between.blocksInUse == before.blocksInUse)
    // d/dr of 6 · (1 − 2 r)ⁿ
    #expect(abs(first / -(6 * 2 * 10_000 * 0.13536) - 1) < 1e-2)
    #expect(slope() == first)
    #expect(Kernels.memory.blocksFromSystem == between.blocksFromSystem)
  }

  @Test("an unroll of 10,000 steps neither overflows the stack nor loses precision")
  func longUnroll() {
    let (value, slope) = valueAndGradient(at: Tensor(1e-4)) { rate in
      var x = Tensor(1)
      for _ in 0..<10_000 { x = x + x * rate }
      return x
    }
    #expect(abs(value.scalar - 2.7181) < 1e-2)
    #expect(abs(slope.scalar / 10_000 - 2.7179) < 1e-2)
  }

  @Test("a contribution that two inputs share is not added to itself")
  func aliasing() {
    let slopes = gradient(at: [Tensor(1), Tensor(1)]) { x in
      let sum = x[0] + x[1]
      return sum * sum + x[0]
    }
    #expect(slopes.map(\.scalar) == [5, 4])
  }

  @Test("the product of a vector with a Jacobian")
  func vectorJacobian() {
    let (outputs, product) = vectorJacobianProduct(
      at: Tensor([1, 2, 3]), upstream: { _ in [Tensor([1, 10, 100]), Tensor(1)] }
    ) { x in [x * x, x.sum()] }
    #expect(outputs == [Tensor([1, 4, 9]), Tensor(6)])
    #expect(product == Tensor([3, 41, 601]))
  }
}
