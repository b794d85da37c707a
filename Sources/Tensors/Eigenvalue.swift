/// An eigenvalue of a symmetric matrix, with the vector that was found for it.
public struct Eigenpair<Vector: Parameterized> {
  /// The eigenvalue λ, the Rayleigh quotient of the vector.
  public var value: Double
  /// The eigenvector v, of length 1.
  public var vector: Vector
  /// ‖A v − λ v‖: some eigenvalue lies within this distance of λ.
  public var residual: Double
  /// How many products with the matrix were taken.
  public var products: Int
}

/// Why no eigenvalue was found.
public enum EigenvalueError: Error, Hashable, Sendable {
  /// A product with the matrix, the `products`-th, held an infinite or undefined element.
  case undefinedProduct(products: Int)
  /// So many products led to this value, whose residual is still too large.
  case notConverged(value: Double, residual: Double, products: Int)
}

/// The largest eigenvalue, in the algebraic sense (2 is larger than −7), of a symmetric matrix that is known only by its
/// products with vectors.
///
/// The Lanczos method: the largest eigenvalue of the matrix as it acts on the space of start, A · start, A² · start …,
/// of which an orthonormal basis is kept. Every new vector is made orthogonal to all of it, twice, in double
/// precision. At 40 vectors the best 10 approximate eigenvectors take the basis' place and the method goes on from
/// there (thick restart; K. Wu and H. Simon, "Thick-restart Lanczos method for large symmetric eigenvalue problems",
/// 2000). An eighth of the first vector is pseudo-random, so `start` may be orthogonal to the eigenvector, or 0.
///
/// The residual is not estimated: the last product is one with the vector that is returned.
///
/// - Parameters:
///   - start: where to start.
///   - tolerance: the residual is at most this share of the eigenvalue's magnitude, or at most 2⁻²⁰ of the largest
///     magnitude of an eigenvalue that was met, below which products in single precision tell nothing.
///   - limit: the most products that are taken.
///   - product: the matrix's product with a vector.
/// - Returns: the eigenvalue, its vector and how good they are.
/// - Throws: ``EigenvalueError`` where a product is not finite, or the tolerance not reached within the limit.
public func largestEigenvalue<Vector: Parameterized>(
  from start: Vector, tolerance: Double = 1e-3, limit: Int = 1000, product: (Vector) -> Vector
) throws(EigenvalueError) -> Eigenpair<Vector> {
  precondition(limit > 0, "an eigenvalue takes at least one product, found a limit of \(limit)")
  precondition(start.parameterCount > 0, "a matrix of no rows has no eigenvalue")
  precondition(tolerance >= 0, "a tolerance is 0 or more, found \(tolerance)")
  let shapes = start.parameters.map { $0.shape }
  var products = 0
  func multiplied(_ vector: [Double]) throws(EigenvalueError) -> [Double] {
    products += 1
    let result = product(start.withElements(vector))
    precondition(
      result.parameters.map { $0.shape } == shapes,
      "the product with vectors of shapes \(shapes) has shapes \(result.parameters.map { $0.shape })"
    )
    let image = result.doubles
    guard image.allSatisfy({ $0.isFinite }) else {
      throw .undefinedProduct(products: products)
    }
    return image
  }
  var space = KrylovSpace(from: start.doubles)
  var target = Double.infinity
  while true {
    if products + 1 < limit { space.extend(by: try multiplied(space.next)) }
    let (vector, estimate) = space.largest
    let bound = Swift.min(target, tolerance * space.value.magnitude)
    guard
      estimate <= Swift.max(bound, space.resolution) || space.isComplete || products + 1 >= limit
    else { continue }
    // What the product itself says of the vector, in single precision as the product takes it.
    let image = try multiplied(vector)
    let length = inner(vector, vector)
    let value = inner(vector, image) / length
    let rest = zip(vector, image).map { element, image in image - value * element }
    let residual = (inner(rest, rest) / length).squareRoot()
    if residual <= Swift.max(tolerance * value.magnitude, space.resolution) {
      return Eigenpair(
        value: value, vector: start.withElements(vector), residual: residual, products: products)
    }
    if space.isComplete || products >= limit {
      throw .notConverged(value: value, residual: residual, products: products)
    }
    target = estimate / 4
  }
}

/// An orthonormal basis of the space that products of a symmetric matrix lead to, and the matrix as it acts there.
private struct KrylovSpace {
  private static let most = 40
  private static let kept = 10

  /// The vectors whose products are known, and the matrix between them.
  private var basis: [[Double]] = []
  private var matrix: [[Double]] = []
  /// The vector whose product is wanted next, and its length before it was normalised.
  private(set) var next: [Double]
  private var coupling = 0.0
  /// Whether the space holds what products can lead to.
  private(set) var isComplete = false
  /// The largest magnitude of an eigenvalue so far.
  private var scale = 0.0
  private var values: [Double] = []
  private var vectors: [[Double]] = []

  init(from start: [Double]) {
    // SplitMix64 (Steele, Lea and Flood, 2014), from 0.
    var state: UInt64 = 0
    let random = start.map { _ -> Double in
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
      return Double(bits ^ bits >> 31) * 0x1p-63 - 1
    }
    let (length, randomLength) = (
      inner(start, start).squareRoot(), inner(random, random).squareRoot()
    )
    let share = length > 0 && length.isFinite ? 1 / length : 0
    let mixed = zip(start, random).map { element, random in
      (share > 0 ? element * share : 0) + random / (8 * randomLength)
    }
    let mixedLength = inner(mixed, mixed).squareRoot()
    next = singlePrecision(mixed.map { $0 / mixedLength })
  }

  /// The largest eigenvalue of the matrix as it acts on the space.
  var value: Double { values.first ?? 0 }

  /// What rounding leaves of any residual.
  var resolution: Double { scale * 0x1p-20 }

  /// The vector that belongs to it, and how long the part of its product outside the space is.
  var largest: (vector: [Double], estimate: Double) {
    guard let weights = vectors.first, let last = weights.last else { return (next, .infinity) }
    return (singlePrecision(combined(weights)), (coupling * last).magnitude)
  }

  /// Takes up the product with the vector `next`.
  mutating func extend(by image: [Double]) {
    if basis.count == Self.most { restart() }
    basis.append(next)
    var rest = image
    var row = [Double](repeating: 0, count: basis.count)
    for _ in 0..<2 {
      for (place, vector) in basis.enumerated() {
        let part = inner(vector, rest)
        row[place] += part
        for index in rest.indices { rest[index] -= part * vector[index] }
      }
    }
    for place in matrix.indices { matrix[place].append(row[place]) }
    matrix.append(row)
    (values, vectors) = eigenpairs(of: matrix)
    scale = Swift.max(scale, (values.first ?? 0).magnitude, (values.last ?? 0).magnitude)
    coupling = inner(rest, rest).squareRoot()
    // Rounding alone leaves more than the smaller bound; a space of all dimensions leaves nothing else.
    isComplete = coupling <= scale * 0x1p-40 || basis.count == rest.count
    next = isComplete ? next : singlePrecision(rest.map { $0 / coupling })
  }

  /// Puts the best approximate eigenvectors in the basis' place.
  private mutating func restart() {
    basis = vectors.prefix(Self.kept).map { combined($0) }
    matrix = basis.indices.map { row in
      basis.indices.map { $0 == row ? values[row] : 0 }
    }
  }

  private func combined(_ weights: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: next.count)
    for (weight, vector) in zip(weights, basis) {
      for index in sum.indices { sum[index] += weight * vector[index] }
    }
    return sum
  }
}

/// The eigenvalues of a symmetric matrix, the largest first, with their vectors, by Jacobi's rotations.
///
/// Nothing but exactly rounded operations in a fixed order: the same bits everywhere.
private func eigenpairs(of matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
  let count = matrix.count
  var a = matrix
  var vectors = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0 } }
  for _ in 0..<60 {
    var changed = false
    for p in 0..<count {
      for q in p + 1..<Swift.max(count, p + 1) {
        let geometricMean = (a[p][p].magnitude * a[q][q].magnitude).squareRoot()
        let least = Swift.max(0x1p-54 * geometricMean, 0x1p-1000)
        guard a[p][q].magnitude > least else { continue }
        changed = true
        let ratio = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let root = (1 + ratio * ratio).squareRoot()
        let tangent = ratio < 0 ? -1 / (root - ratio) : 1 / (root + ratio)
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        let sine = tangent * cosine
        for k in 0..<count {
          let (x, y) = (a[k][p], a[k][q])
          a[k][p] = cosine * x - sine * y
          a[k][q] = sine * x + cosine * y
        }
        for k in 0..<count {
          let (x, y) = (a[p][k], a[q][k])
          a[p][k] = cosine * x - sine * y
          a[q][k] = sine * x + cosine * y
          let (u, v) = (vectors[p][k], vectors[q][k])
          vectors[p][k] = cosine * u - sine * v
          vectors[q][k] = sine * u + cosine * v
        }
      }
    }
    if !changed { break }
  }
  let values = a.indices.map { a[$0][$0] }
  let order = values.indices.sorted { first, second in
    values[first] == values[second] ? first < second : values[first] > values[second]
  }
  return (order.map { values[$0] }, order.map { vectors[$0] })
}

/// ⟨a, b⟩, in the order of the elements.
private func inner(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += x * y }
  return sum
}

/// The vector in the precision of tensors.
private func singlePrecision(_ vector: [Double]) -> [Double] { vector.map { Double(Float($0)) } }

extension Parameterized {
  /// All elements, one parameter after the other.
  fileprivate var doubles: [Double] {
    var elements: [Double] = []
    for parameter in parameters {
      parameter.withUnsafeElements { for element in $0 { elements.append(Double(element)) } }
    }
    return elements
  }

  /// The same value with these elements.
  fileprivate func withElements(_ elements: [Double]) -> Self {
    var start = 0
    return mapParameters { parameter in
      let end = start + parameter.count
      defer { start = end }
      let own: [Float] = elements[start..<end].map { Float($0) }
      return Tensor(own, shape: parameter.shape)
    }
  }
}
