/// The unevaluated sum of two doubles, the second at most half a unit in the last place of the first: about 106 bits.
///
/// Nothing here needs a fused multiply-add, which not every machine has.
///
/// Source: T. J. Dekker, "A floating-point technique for extending the available precision",
/// *Numerische Mathematik* 18 (1971).
struct DoublePair: Sendable {
  let high: Double
  let low: Double

  /// Creates the sum of two numbers, the first of which has the larger magnitude.
  @inline(__always)
  init(_ larger: Double, _ smaller: Double) {
    high = larger + smaller
    low = smaller - (high - larger)
  }

  /// Creates the exact sum of two numbers.
  @inline(__always)
  init(sumOf a: Double, _ b: Double) {
    high = a + b
    let added = high - a
    low = (a - (high - added)) + (b - added)
  }

  /// Creates the exact product of two numbers far from the ends of the range.
  init(productOf a: Double, _ b: Double) {
    let (upperA, lowerA) = Self.halves(a)
    let (upperB, lowerB) = Self.halves(b)
    high = a * b
    low = ((upperA * upperB - high) + upperA * lowerB + lowerA * upperB) + lowerA * lowerB
  }

  /// Creates the two doubles next to a longer number.
  init(_ number: FixedPoint) {
    high = number.rounded()
    low = (number - FixedPoint(high)).rounded()
  }

  /// Two numbers of 26 bits that add up to a number.
  private static func halves(_ number: Double) -> (upper: Double, lower: Double) {
    let scaled = 134_217_729 * number
    let upper = scaled - (scaled - number)
    return (upper, number - upper)
  }

  static func + (left: DoublePair, right: DoublePair) -> DoublePair {
    let sum = DoublePair(sumOf: left.high, right.high)
    return DoublePair(sum.high, sum.low + (left.low + right.low))
  }

  static func * (left: DoublePair, right: DoublePair) -> DoublePair {
    let product = DoublePair(productOf: left.high, right.high)
    return DoublePair(
      product.high, product.low + (left.high * right.low + left.low * right.high))
  }

  static prefix func - (pair: DoublePair) -> DoublePair { DoublePair(-pair.high, -pair.low) }

  /// The double next to the number that the pair is meant to be, from which it is no farther away than `error`; `nil`
  /// where that leaves two doubles to choose from (A. Ziv, *ACM TOMS* 17, 1991).
  @inline(__always)
  func rounded(within error: Double) -> Double? {
    let lowest = high + (low - error)
    return lowest == high + (low + error) ? lowest : nil
  }
}

extension Double {
  /// self + a · b, rounded once: `addingProduct` without a C library.
  ///
  /// The lower part of the sum is rounded to odd, so that it still tells on which side of a midpoint the sum lies.
  ///
  /// Source: S. Boldo and G. Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding
  /// to odd", *IEEE Transactions on Computers* 57 (2008).
  func addingExactProduct(_ a: Double, _ b: Double) -> Double {
    let product = DoublePair(productOf: a, b)
    guard product.low.isFinite else { return self + a * b }
    let lower = DoublePair(sumOf: self, product.low)
    let upper = DoublePair(sumOf: product.high, lower.high)
    let rest = DoublePair(sumOf: lower.low, upper.low)
    var odd = rest.high
    if rest.low != 0 && odd.bitPattern & 1 == 0 {
      odd =
        (rest.low > 0) == (odd > 0)
        ? Double(bitPattern: odd.bitPattern + 1) : Double(bitPattern: odd.bitPattern - 1)
    }
    return upper.high + odd
  }
}
