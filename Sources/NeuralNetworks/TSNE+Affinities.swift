import ReferenceRandom
import Tensors

extension TSNE {
  /// How likely points are to be neighbours.
  ///
  /// The affinity of j to i is proportional to exp(−β |xᵢ − xⱼ|²), where each point's β is found by bisection, so that
  /// its affinities have the wanted perplexity; the mean of both directions counts.
  ///
  /// - Parameter points: [count, dimensions].
  /// - Returns: [count, count], symmetric, with zeros on the diagonal and the sum 1.
  public func affinities(of points: Tensor) -> Tensor {
    precondition(points.rank == 2, "t-SNE takes points as rows, found shape \(points.shape)")
    let count = points.shape[0]
    precondition(
      perplexity >= 1 && perplexity < Double(count),
      "a perplexity is 1 or more and below the number of points, found \(perplexity) for \(count)")
    let centered = points - points.mean(along: 0, .kept)
    var result = Tensor.zeros([count, count])
    result.withUnsafeMutableElements { result in
      for rows in Self.blocks(of: count) {
        var squares = squaredDistances(from: centered.sliced(rows), to: centered)
        squares.withUnsafeMutableElements { squares in
          // So far from itself that no affinity is left.
          for row in rows { squares[(row - rows.lowerBound) * count + row] = 1e30 }
        }
        conditionalAffinities(squares).withUnsafeElements { block in
          for (index, value) in block.enumerated() {
            result[rows.lowerBound * count + index] = value
          }
        }
      }
      Self.symmetrize(result, count)
    }
    return result
  }

  /// The affinities of all points to those of some rows, each row with the sum 1.
  private func conditionalAffinities(_ squares: Tensor) -> Tensor {
    let rows = squares.shape[0]
    let wanted = Double(log(Tensor(Float(perplexity))).scalar)
    // Distances beyond a point's nearest neighbour's give the same affinities, and cannot all underflow.
    let beyond = squares + (-squares).max(along: 1, .kept)
    var bisections = [Bisection](repeating: Bisection(), count: rows)
    while true {
      let precisions = Tensor(bisections.map { Float($0.precision) }, shape: [rows, 1])
      let weights = exp(beyond * -precisions)
      let totals = weights.sum(along: 1, .kept)
      let moments = (weights * beyond).sum(along: 1, .kept)
      let entropies = (log(totals) + precisions * moments / totals).elements
      var isDone = true
      for (row, entropy) in entropies.enumerated() {
        bisections[row].narrow(by: Double(entropy) - wanted)
        isDone = isDone && bisections[row].isDone
      }
      if isDone { return weights / totals }
    }
  }

  /// The search for the β at which a point's affinities have the wanted entropy.
  private struct Bisection {
    private(set) var precision = 1.0
    private(set) var isDone = false
    private var (low, high) = (0.0, Double.infinity)
    private var steps = 0

    /// Takes note of how far the entropy is above the wanted one. As in scikit-learn, 1e-5 is near enough, and a
    /// hundred trials are enough where it is never reached, as among equal points.
    mutating func narrow(by excess: Double) {
      steps += 1
      isDone = isDone || abs(excess) <= 1e-5 || steps == 100
      if isDone { return }
      if excess > 0 {
        low = precision
        precision = high == .infinity ? precision * 2 : (precision + high) / 2
      } else {
        high = precision
        precision = (precision + low) / 2
      }
    }
  }

  /// The mean of a matrix and its transpose, divided by the number of rows, in place.
  private static func symmetrize(_ matrix: UnsafeMutableBufferPointer<Float>, _ count: Int) {
    let scale = 0.5 / Float(count)
    for rows in blocks(of: count) {
      for columns in blocks(of: count) where columns.lowerBound >= rows.lowerBound {
        for row in rows {
          for column in columns where column > row {
            let (above, below) = (row * count + column, column * count + row)
            let value = (matrix[above] + matrix[below]) * scale
            (matrix[above], matrix[below]) = (value, value)
          }
        }
      }
    }
  }

  /// Rows that are worked on together, so that what is computed from them stays in the cache.
  static func blocks(of count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: 64).map { $0..<Swift.min($0 + 64, count) }
  }
}

/// The squared distances from some points to others: [from, to].
///
/// |x|² + |y|² − 2 x · y, which loses digits where points lie far from the origin and near each other.
package func squaredDistances(from points: Tensor, to others: Tensor) -> Tensor {
  let lengths = square(points).sum(along: 1, .kept)
  let otherLengths = square(others).sum(along: 1).reshaped(to: [1, others.shape[0]])
  let products = points.matmul(others, transposing: .right)
  return maximum(lengths + otherLengths - products * 2, Tensor(0))
}

/// The directions in which points, [points, dimensions] with the mean 0, vary most: [count, dimensions], unit vectors, the
/// most important first.
///
/// By two hundred steps of orthogonal iteration, which tells directions apart whose variances differ by some percent.
func principalComponents(of centered: Tensor, _ count: Int) -> Tensor {
  let dimensions = centered.shape[1]
  let covariance = centered.matmul(centered, transposing: .left) / Float(centered.shape[0])
  var generator = TorchGenerator(seed: 0)
  var components = Tensor(
    generator.normal(count: count * dimensions), shape: [count, dimensions])
  for _ in 0..<200 {
    let turned = components.matmul(covariance)
    var rows: [Tensor] = []
    for index in 0..<count {
      var row = turned.sliced(index..<index + 1)
      for earlier in rows { row = row - earlier * (row * earlier).sum() }
      let length = sqrt(square(row).sum())
      rows.append(length.scalar > 0 ? row / length : row)
    }
    components = .concatenated(rows)
  }
  return components
}
