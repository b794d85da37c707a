/// The continuous function of few straight pieces that is nearest to given points, by least squares.
///
/// For given knots the values there follow from a linear system; the knots themselves are the best among all
/// choices from a list of candidates.
package struct PiecewiseLinearFit {
  /// Where pieces meet, and the two ends.
  package private(set) var knots: [Double]
  /// The function's values there.
  package private(set) var values: [Double]
  /// The root of the mean squared distance to the points.
  package private(set) var error: Double

  /// Fits four pieces or fewer.
  ///
  /// - Parameters:
  ///   - x: ascending positions.
  ///   - y: the values there.
  ///   - candidates: ascending positions within those of `x` where two pieces may meet; three are chosen.
  package init(x: [Double], y: [Double], candidates: [Double]) {
    var best = PiecewiseLinearFit(x: x, y: y, knots: [x[0], x[x.count - 1]])
    for (first, a) in candidates.enumerated() {
      for (second, b) in candidates.enumerated().dropFirst(first + 1) {
        for c in candidates.dropFirst(second + 1) {
          let fit = PiecewiseLinearFit(x: x, y: y, knots: [x[0], a, b, c, x[x.count - 1]])
          if fit.error < best.error { best = fit }
        }
      }
    }
    self = best
  }

  /// Fits one piece between any two neighbouring knots.
  package init(x: [Double], y: [Double], knots: [Double]) {
    self.knots = knots
    // The normal equations in the basis of hat functions are tridiagonal.
    var diagonal = [Double](repeating: 0, count: knots.count)
    var beside = diagonal
    var right = diagonal
    for (x, y) in zip(x, y) {
      let (piece, share) = Self.place(of: x, among: knots)
      diagonal[piece] += (1 - share) * (1 - share)
      diagonal[piece + 1] += share * share
      beside[piece] += share * (1 - share)
      right[piece] += (1 - share) * y
      right[piece + 1] += share * y
    }
    for row in 1..<knots.count {
      let factor = beside[row - 1] / diagonal[row - 1]
      diagonal[row] -= factor * beside[row - 1]
      right[row] -= factor * right[row - 1]
    }
    for row in knots.indices.reversed() {
      let next = row + 1 < knots.count ? beside[row] * right[row + 1] : 0
      right[row] = (right[row] - next) / diagonal[row]
    }
    values = right
    error = 0
    let squares = zip(x, y).reduce(0) { $0 + ($1.1 - self($1.0)) * ($1.1 - self($1.0)) }
    error = (squares / Double(x.count)).squareRoot()
  }

  /// The fitted function.
  package func callAsFunction(_ x: Double) -> Double {
    let (piece, share) = Self.place(of: x, among: knots)
    return values[piece] * (1 - share) + values[piece + 1] * share
  }

  /// The slope of each piece.
  package var slopes: [Double] {
    knots.indices.dropLast().map {
      (values[$0 + 1] - values[$0]) / (knots[$0 + 1] - knots[$0])
    }
  }

  /// The piece in which a position lies, and how far along.
  private static func place(of x: Double, among knots: [Double]) -> (piece: Int, share: Double) {
    let piece = knots.dropFirst().dropLast().count { $0 <= x }
    return (piece, (x - knots[piece]) / (knots[piece + 1] - knots[piece]))
  }
}
