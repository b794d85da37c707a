import Tensors
import Testing

/// Symmetric matrices whose eigenvalues `numpy.linalg.eigvalsh` has given (Fixtures/generate/eigenvalues.py), or that are
/// known.
@Suite("The largest eigenvalue")
struct EigenvalueTests {
  private func largest(
    of diagonal: [Float], from start: [Float]? = nil, tolerance: Double = 1e-5, limit: Int = 1000
  ) throws -> Eigenpair<Tensor> {
    let start = start ?? [Float](repeating: 1, count: diagonal.count)
    return try largestEigenvalue(from: Tensor(start), tolerance: tolerance, limit: limit) {
      $0 * Tensor(diagonal)
    }
  }

  @Test(
    "of a diagonal matrix is its largest element, whatever is of larger magnitude",
    arguments: [
      [2, -1, 5, 3], [2, -7, 5, 3], [-1, 0.999, 0.5], [-1, 1, 0.5], [-3, -1, -2], [1, 1, 1],
      [4, 4, 1, 4], [0, 0, 0], [-1, 0, -2], [-5, 0], [3], [-3], [0], [1e-20, 3e-20], [1e15, -4e15],
    ] as [[Float]])
  func diagonals(_ diagonal: [Float]) throws {
    let found = try largest(of: diagonal)
    let expected = Double(diagonal.max()!)
    let scale = Double(diagonal.map { abs($0) }.max()!)
    #expect(abs(found.value - expected) <= 2e-6 * scale)
    #expect(found.residual <= max(1e-5 * abs(found.value), 1e-6 * scale))
    #expect(abs(square(found.vector).sum().scalar - 1) < 1e-5)
    // The residual is that of the vector that is returned.
    let unit = Float(max(scale, 1e-30))
    let rest = found.vector * Tensor(diagonal) - found.vector * Float(found.value)
    let length = Double(square(rest / unit).sum().scalar.squareRoot())
    #expect(abs(length - found.residual / Double(unit)) < 1e-6)
  }

  @Test("is found from a vector that is orthogonal to its own, from 0 and from another eigenvector")
  func unluckyStarts() throws {
    for start: [Float] in [[1, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]] {
      let found = try largest(of: [2, -1, 5, 3], from: start)
      #expect(abs(found.value - 5) < 1e-4)
      #expect(abs(abs(found.vector.elements[2]) - 1) < 1e-4)
    }
  }

  /// Aᵢⱼ = ((7 min(i, j) + 3 max(i, j)) · 37 mod 129 − 64) / 64, which single precision holds exactly.
  private func matrix(_ count: Int) -> Tensor {
    let elements = (0..<count * count).map { place -> Float in
      let (i, j) = (place / count, place % count)
      return Float((7 * Swift.min(i, j) + 3 * Swift.max(i, j)) * 37 % 129 - 64) / 64
    }
    return Tensor(elements, shape: [count, count])
  }

  @Test(
    "of a full matrix is NumPy's",
    arguments: [(5, 1.5054895315648948), (60, 16.635426782532353), (200, 43.65684081553381)])
  func full(_ count: Int, _ expected: Double) throws {
    let matrix = matrix(count)
    let found = try largestEigenvalue(from: Tensor.ones([count, 1]), tolerance: 1e-5) {
      matrix.matmul($0)
    }
    #expect(abs(found.value - expected) <= 1e-5 * expected)
    #expect(found.residual <= 1e-5 * found.value)
  }

  @Test("is found among many that lie close together, by restarts")
  func crowded() throws {
    // 1 − (k / 400)², of which the largest two are 6e-6 apart.
    let diagonal = (0..<400).map { 1 - Float($0 * $0) / 160_000 }
    let found = try largest(of: diagonal, tolerance: 1e-5)
    #expect(abs(found.value - 1) < 1e-5)
    #expect(found.products > 41)
  }

  @Test("is found where the next one is a millionth smaller, and from a start orthogonal to both")
  func neighbours() throws {
    for diagonal: [Float] in [[1, 1 - 1e-6], [1 - 1e-6, 1, 0.3, -2], [0.5, 1, 1 - 1e-6, 1, -1]] {
      for start: [Float]? in [nil, [1] + [Float](repeating: 0, count: diagonal.count - 1)] {
        let found = try largest(of: diagonal, from: start, tolerance: 1e-4)
        #expect(abs(found.value - 1) <= 2e-6 && found.residual <= 1e-4)
      }
    }
  }

  @Test("that is 0, or far smaller than another's magnitude, is found to a millionth of that")
  func small() throws {
    // Products in single precision tell no more: the residual that is returned says so.
    for (diagonal, expected) in [
      ([-1000, 1e-4, -3], 1e-4), ([-1, -1e-9], -1e-9), ([-1, 0, -0.5], 0),
    ] as [([Float], Double)] {
      let found = try largest(of: diagonal)
      let scale = Double(diagonal.map { abs($0) }.max()!)
      #expect(abs(found.value - expected) <= 0x1p-19 * scale)
      #expect(found.residual <= 0x1p-19 * scale)
    }
  }

  @Test("of one row is that element, also where it is negative", arguments: [-2, 0, 7] as [Float])
  func oneRow(_ element: Float) throws {
    #expect(try largest(of: [element], from: [0]).value == Double(element))
  }

  @Test("has the same bits every time")
  func sameBits() throws {
    let matrix = matrix(60)
    let found = try (0..<3).map { _ in
      try largestEigenvalue(from: Tensor.ones([60, 1])) { matrix.matmul($0) }
    }
    #expect(Set(found.map(\.value.bitPattern)).count == 1)
    #expect(found.allSatisfy { $0.vector == found[0].vector })
  }

  @Test("is an error, with value and residual, where the products do not suffice")
  func limit() {
    #expect {
      try largest(of: (0..<50).map { Float($0) }, tolerance: 1e-6, limit: 5)
    } throws: { error in
      guard case .notConverged(let value, let residual, 5) = error as? EigenvalueError else {
        return false
      }
      return value > 25 && residual > 1e-6 * value
    }
    #expect(throws: EigenvalueError.self) { try largest(of: [1, 0.5], limit: 1) }
  }

  @Test("is an error where a product is undefined or infinite", arguments: [Float.nan, .infinity])
  func undefined(_ element: Float) {
    #expect(throws: EigenvalueError.undefinedProduct(products: 1)) {
      try largest(of: [1, element, 2])
    }
  }

  @Test("of a Hessian leaves parameters that the function does not touch at 0")
  func untouched() throws {
    let place = [Tensor([1, 2]), Tensor([3])]
    let start = [Tensor([1, 1]), Tensor([1])]
    let found = try largestEigenvalue(from: start, tolerance: 1e-5) { direction in
      hessianVectorProduct(at: place, along: direction) { ($0[0] * $0[0] * Tensor([1, 2])).sum() }
    }
    #expect(abs(found.value - 4) < 1e-4)
    #expect(found.vector[1].elements == [0] || abs(found.vector[1].elements[0]) < 1e-3)
    // A function without curvature.
    let flat = try largestEigenvalue(from: start) { direction in
      hessianVectorProduct(at: place, along: direction) { ($0[0] * 3).sum() }
    }
    #expect(flat.value == 0 && flat.residual == 0)
  }
}
