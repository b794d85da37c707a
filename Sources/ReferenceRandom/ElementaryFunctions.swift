/// Natural logarithm, exponential function, sine and cosine in double precision, rounded correctly: the result is the
/// double nearest to the exact value, and so the same on every machine, which no C library promises.
///
/// A value is first computed to about 70 bits. Where its error leaves two doubles to choose from, one time in some ten
/// thousand, ``FixedPoint`` computes it to 200 bits. That decides: by the search of V. Lefèvre and J.-M. Muller ("Worst cases for
/// correct rounding of the elementary functions in double precision", *ARITH-15*, 2001) no logarithm or exponential of
/// a double lies closer than 2⁻¹¹⁸ of it to the midpoint of two doubles.
package enum ElementaryFunctions {
  /// ln x; −∞ for 0, NaN below.
  package static func naturalLogarithm(_ x: Double) -> Double {
    guard x >= .leastNormalMagnitude && x < .infinity else {
      return x > 0 && x < .infinity
        ? logarithm(x * 0x1p54, scaledBy: 54) : x == 0 ? -.infinity : x < 0 ? .nan : x
    }
    return logarithm(x, scaledBy: 0)
  }

  /// eˣ.
  ///
  /// Few are needed, so all of them take the long way.
  package static func exponential(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x.magnitude < 0x1p-54 { return 1 }
    if x > 710 { return .infinity }
    if x < -746 { return 0 }
    let (fraction, exponent) = FixedPoint.exponential(x)
    return fraction.rounded(timesTwoToThe: exponent)
  }

  /// Sine and cosine of an angle.
  ///
  /// - Precondition: `angle` lies in 0 … 7, where a whole turn ends.
  package static func sineAndCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
    precondition(angle >= 0 && angle <= 7, "\(angle) is not an angle within a turn.")
    // x − x³/6 and 1 − x²/2 round to what they begin with.
    if angle < 0x1p-27 { return (angle, 1) }
    let (sine, cosine) = SineTable.shared.sineAndCosine(angle)
    if let sine = sine.rounded(within: SineTable.error),
      let cosine = cosine.rounded(within: SineTable.error)
    {
      return (sine, cosine)
    }
    let exact = FixedPoint.sineAndCosine(angle)
    return (exact.sine.rounded(), exact.cosine.rounded())
  }

  @inline(__always)
  private static func logarithm(_ x: Double, scaledBy scale: Int) -> Double {
    let (pair, error) = LogarithmTable.shared.naturalLogarithm(x, scaledBy: scale)
    return pair.rounded(within: error) ?? exactLogarithm(x, scaledBy: scale)
  }

  @inline(never)
  private static func exactLogarithm(_ x: Double, scaledBy scale: Int) -> Double {
    let logarithm = FixedPoint.naturalLogarithm(x)
    return (logarithm - FixedPoint.naturalLogarithmOf2 * Int32(scale)).rounded()
  }
}

/// The logarithms of 128 numbers around 1, from which those of all others are not far.
struct LogarithmTable: Sendable {
  static let shared = LogarithmTable()

  /// A number with ten bits next to 1 / m for the m of an interval, and its logarithm's negative in two parts, the
  /// first of which is a multiple of 2⁻⁴².
  private struct Interval: Sendable {
    let reciprocal: Double
    let high: Double
    let low: Double
  }

  private let intervals: [Interval]
  private let naturalLogarithmOf2: (high: Double, low: Double)

  /// The lowest m: 1 then lies in the middle of an interval, whose logarithm is 0.
  private static let start: UInt64 = 0x3fe6_9000_0000_0000
  private static let intervalBits: UInt64 = 7

  private init() {
    func parts(_ number: FixedPoint) -> (Double, Double) {
      let scaled = number.rounded() * 0x1p42
      let high = Double(Int64(scaled + (scaled < 0 ? -0.5 : 0.5))) * 0x1p-42
      return (high, (number - FixedPoint(high)).rounded())
    }
    naturalLogarithmOf2 = parts(FixedPoint.naturalLogarithmOf2)
    intervals = (0..<(UInt64(1) << Self.intervalBits)).map { index in
      let middle = Self.start + (index << 1 | 1) << (51 - Self.intervalBits)
      let reciprocal = Double(Int32(512 / Double(bitPattern: middle) + 0.5)) / 512
      let (high, low) = parts(-FixedPoint.naturalLogarithm(reciprocal))
      return Interval(reciprocal: reciprocal, high: high, low: low)
    }
  }

  /// ln (x / 2ˢ) as a pair, and a bound on its error, at most 2⁻⁶⁴ of it.
  ///
  /// With x = 2ᵉ m, r next to 1 / m and z = r m − 1 it is e ln 2 − ln r + ln (1 + z), where |z| < 2⁻⁷.
  ///
  /// - Precondition: `x` is a normal number, finite and positive.
  @inline(__always)
  func naturalLogarithm(_ x: Double, scaledBy scale: Int) -> (DoublePair, error: Double) {
    let offset = x.bitPattern &- Self.start
    let exponent = Double(Int32(truncatingIfNeeded: Int64(bitPattern: offset) >> 52) - Int32(scale))
    let m = Double(bitPattern: x.bitPattern &- (offset & 0xfff0_0000_0000_0000))
    let interval = intervals[Int(truncatingIfNeeded: offset >> (52 - Self.intervalBits) & 127)]

    // The upper 32 bits of m times r is exact, and so is the difference to 1.
    let upper = Double(bitPattern: m.bitPattern & ~0x1f_ffff)
    let z = DoublePair(upper * interval.reciprocal - 1, (m - upper) * interval.reciprocal)
    // z²/2 is the square of the upper 26 bits of z, exactly, and a rest.
    let head = Double(bitPattern: z.high.bitPattern & ~0x7ff_ffff)
    let tail = (z.high - head) + z.low
    let square = z.high * z.high
    let halfSquareRest = 0.5 * tail * (head + z.high)
    // z³/3 − z⁴/4 + … + z⁹/9
    let odd = 1.0 / 3 + square * (1.0 / 5 + square * (1.0 / 7 + square * (1.0 / 9)))
    let even = 1.0 / 4 + square * (1.0 / 6 + square * (1.0 / 8))
    let series = z.high * square * (odd - z.high * even)

    let whole = exponent * naturalLogarithmOf2.high + interval.high
    // Where it is not 0, each of these is larger than what is added to it.
    let first = DoublePair(whole, z.high)
    let second = DoublePair(first.high, -0.5 * head * head)
    let rest = series - halfSquareRest + z.low + (exponent * naturalLogarithmOf2.low + interval.low)
    let pair = DoublePair(second.high, second.low + first.low + rest)
    return (pair, z.high.magnitude * 0x1p-67 + whole.magnitude * 0x1p-72)
  }
}

/// Sine and cosine of the angles that cut a quarter turn into 64 parts.
struct SineTable: Sendable {
  static let shared = SineTable()

  /// A bound on the error of what the table gives.
  static let error = 0x1p-70

  private let points: [(sine: DoublePair, cosine: DoublePair)]
  /// π / 128 in three parts, of which whole multiples of the first two are exact.
  private let step: (Double, Double, Double)

  private init() {
    let step = FixedPoint.pi / 128
    func part(_ number: FixedPoint, unit: Double) -> Double {
      let scaled = number.rounded() / unit
      return Double(Int64(scaled + (scaled < 0 ? -0.5 : 0.5))) * unit
    }
    let first = part(step, unit: 0x1p-48)
    let second = part(step - FixedPoint(first), unit: 0x1p-92)
    self.step = (first, second, (step - FixedPoint(first) - FixedPoint(second)).rounded())
    points = (0..<64).map { index in
      let point = FixedPoint.sineAndCosine(step * Int32(index), quarterTurns: 0)
      return (DoublePair(point.sine), DoublePair(point.cosine))
    }
  }

  /// Sine and cosine of an angle in 0 … 7, off by less than ``error``.
  func sineAndCosine(_ angle: Double) -> (sine: DoublePair, cosine: DoublePair) {
    let steps = Int(angle * (1 / step.0) + 0.5)
    let multiple = Double(steps)
    let near = DoublePair(sumOf: angle - multiple * step.0, -multiple * step.1)
    let rest = DoublePair(near.high, near.low - multiple * step.2)

    let x = rest.high
    let square = x * x
    let sineSeries = square * (-1.0 / 6 + square * (1.0 / 120 + square * (-1.0 / 5040)))
    let sineOfRest = DoublePair(x, rest.low + x * sineSeries)
    let half = DoublePair(productOf: -0.5 * x, x)
    let cosineSeries = square * square * (1.0 / 24 + square * (-1.0 / 720 + square * (1.0 / 40320)))
    let cosineOfRestMinus1 = DoublePair(half.high, half.low - x * rest.low + cosineSeries)

    let (s, c) = points[steps % 64]
    let sine = s + (s * cosineOfRestMinus1 + c * sineOfRest)
    let cosine = c + (c * cosineOfRestMinus1 + -(s * sineOfRest))
    switch steps / 64 % 4 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }
}
