/// A signed number with 224 bits behind the point: what decides a rounding that double precision leaves open.
///
/// Eight 32-bit words in two's complement, the lowest first, and nothing but integer arithmetic on 64 bits, so that
/// it is the same on every machine. Each operation is off by less than two units of the last bit, 2⁻²²⁴.
struct FixedPoint: Equatable, Sendable {
  private var words: SIMD8<UInt32>

  private static let wordCount = 8
  private static let fractionWords = 7
  private static let fractionBits = 224

  private init(words: SIMD8<UInt32>) { self.words = words }

  /// Creates a number with a value that a double has.
  ///
  /// - Precondition: `value` is a multiple of 2⁻²²⁴ with a magnitude below 2³¹.
  init(_ value: Double) {
    words = .zero
    if value == 0 { return }
    let significand = value.significandBitPattern | 1 << 52
    let position = Int(value.exponent) - 52 + Self.fractionBits
    precondition(
      position >= 0 && value.exponent < 31, "\(value) has no place in a fixed-point number.")
    let shift = UInt64(position % 32)
    let lower = significand << shift
    let parts = (
      UInt32(truncatingIfNeeded: lower), UInt32(lower >> 32), UInt32(significand >> (64 - shift))
    )
    let index = position / 32
    words[index] = parts.0
    if index + 1 < Self.wordCount { words[index + 1] = parts.1 }
    if index + 2 < Self.wordCount { words[index + 2] = parts.2 }
    if value < 0 { self = -self }
  }

  /// Creates the quotient of two integers, rounded down.
  ///
  /// - Precondition: `numerator` is below `denominator`, and that below 2⁶³.
  init(_ numerator: UInt64, over denominator: UInt64) {
    words = .zero
    var remainder = numerator
    for index in stride(from: Self.fractionWords - 1, through: 0, by: -1) {
      var word: UInt32 = 0
      for _ in 0..<32 {
        remainder <<= 1
        word <<= 1
        if remainder >= denominator {
          remainder -= denominator
          word |= 1
        }
      }
      words[index] = word
    }
  }

  var isNegative: Bool { words[Self.fractionWords] >> 31 == 1 }

  var magnitude: FixedPoint { isNegative ? -self : self }
}

// MARK: Arithmetic

extension FixedPoint {
  static func + (left: FixedPoint, right: FixedPoint) -> FixedPoint {
    var (sum, carry) = (left, UInt64(0))
    for index in 0..<wordCount {
      carry += UInt64(left.words[index]) + UInt64(right.words[index])
      sum.words[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    return sum
  }

  static prefix func - (number: FixedPoint) -> FixedPoint {
    var unit = SIMD8<UInt32>.zero
    unit[0] = 1
    return FixedPoint(words: ~number.words) + FixedPoint(words: unit)
  }

  static func - (left: FixedPoint, right: FixedPoint) -> FixedPoint { left + -right }

  static func * (left: FixedPoint, right: FixedPoint) -> FixedPoint {
    let (a, b) = (left.magnitude.words, right.magnitude.words)
    var product = SIMD16<UInt32>.zero
    // The compiler keeps vectors whose elements are chosen at run time in memory, and copies them at every access.
    withUnsafeMutableBytes(of: &product) { product in
      withUnsafeBytes(of: b) { b in
        for i in 0..<wordCount where a[i] != 0 {
          let factor = UInt64(a[i])
          var carry: UInt64 = 0
          for j in 0..<wordCount {
            let word = b.load(fromByteOffset: 4 * j, as: UInt32.self)
            let sum = product.load(fromByteOffset: 4 * (i + j), as: UInt32.self)
            carry &+= factor &* UInt64(word) &+ UInt64(sum)
            product.storeBytes(
              of: UInt32(truncatingIfNeeded: carry), toByteOffset: 4 * (i + j), as: UInt32.self)
            carry >>= 32
          }
          product.storeBytes(
            of: UInt32(truncatingIfNeeded: carry), toByteOffset: 4 * (i + wordCount),
            as: UInt32.self)
        }
      }
    }
    var result = FixedPoint(0)
    for index in 0..<wordCount { result.words[index] = product[index + fractionWords] }
    return left.isNegative != right.isNegative ? -result : result
  }

  static func * (left: FixedPoint, right: Int32) -> FixedPoint { left * FixedPoint(Double(right)) }

  static func / (left: FixedPoint, right: UInt32) -> FixedPoint {
    var (quotient, remainder) = (left.magnitude, UInt64(0))
    for index in stride(from: wordCount - 1, through: 0, by: -1) {
      remainder = remainder << 32 | UInt64(quotient.words[index])
      quotient.words[index] = UInt32(remainder / UInt64(right))
      remainder %= UInt64(right)
    }
    return left.isNegative ? -quotient : quotient
  }
}

// MARK: Rounding

extension FixedPoint {
  /// The nearest double to this number times 2 to the power of `exponent`; of two as near, the even one.
  func rounded(timesTwoToThe exponent: Int = 0) -> Double {
    let magnitude = self.magnitude
    guard let top = magnitude.highestBit else { return 0 }
    let power = top - Self.fractionBits + exponent
    if power > 1023 { return isNegative ? -.infinity : .infinity }
    // Subnormal numbers have fewer bits, down to none.
    let kept = Swift.min(53, 53 + power + 1022)
    if kept < 0 { return isNegative ? -0.0 : 0 }
    let last = top - kept + 1
    var significand: UInt64 = 0
    for bit in stride(from: top, through: last, by: -1) {
      significand = significand << 1 | (magnitude.hasBit(bit) ? 1 : 0)
    }
    if magnitude.hasBit(last - 1) && (significand & 1 == 1 || magnitude.hasBits(below: last - 1)) {
      significand += 1
    }
    // The leading bit of a normal number, and a carry out of the significand, add to the exponent.
    let bits = significand + (kept == 53 ? UInt64(power + 1022) << 52 : 0)
    return Double(bitPattern: bits | (isNegative ? 1 << 63 : 0))
  }

  private var highestBit: Int? {
    for index in stride(from: Self.wordCount - 1, through: 0, by: -1) where words[index] != 0 {
      return 32 * index + 31 - words[index].leadingZeroBitCount
    }
    return nil
  }

  private func hasBit(_ bit: Int) -> Bool {
    bit >= 0 && words[bit / 32] >> UInt32(bit % 32) & 1 == 1
  }

  private func hasBits(below end: Int) -> Bool {
    for bit in 0..<Swift.max(0, end) where hasBit(bit) { return true }
    return false
  }
}

// MARK: Elementary functions

extension FixedPoint {
  private static let zero = FixedPoint(0)
  private static let one = FixedPoint(1)

  /// ln 2 = 2 artanh ⅓.
  static let naturalLogarithmOf2 = inverseTangent(ofOneOver: 3, hyperbolic: true) * 2

  /// π = 16 arctan ⅕ − 4 arctan ¹⁄₂₃₉ (J. Machin, 1706).
  static let pi =
    inverseTangent(ofOneOver: 5, hyperbolic: false) * 16
    - inverseTangent(ofOneOver: 239, hyperbolic: false) * 4

  /// 1 / n ∓ 1 / 3n³ + 1 / 5n⁵ ∓ …
  private static func inverseTangent(ofOneOver n: UInt32, hyperbolic: Bool) -> FixedPoint {
    var power = one / n
    var (sum, divisor, isAdded) = (power, UInt32(1), true)
    while power != zero {
      power = power / (n * n)
      divisor += 2
      isAdded = hyperbolic || !isAdded
      sum = isAdded ? sum + power / divisor : sum - power / divisor
    }
    return sum
  }

  /// ln x, off by less than 2⁻²⁰⁵.
  ///
  /// With x = 2ᵉ m and m around 1 it is e ln 2 + 2 artanh ((m − 1) / (m + 1)).
  ///
  /// - Precondition: `x` is a normal number, finite and positive.
  static func naturalLogarithm(_ x: Double) -> FixedPoint {
    let significand = x.significandBitPattern | 1 << 52
    let isAboveRoot2 = significand > 0x16_a09e_667f_3bcd
    let unit: UInt64 = isAboveRoot2 ? 1 << 53 : 1 << 52
    let exponent = Int32(x.exponent) + (isAboveRoot2 ? 1 : 0)
    let isBelow1 = significand < unit
    let ratio = FixedPoint(
      isBelow1 ? unit - significand : significand - unit, over: significand + unit)
    let square = ratio * ratio
    var (power, sum, divisor) = (ratio, ratio, UInt32(1))
    while power != zero {
      power = power * square
      divisor += 2
      sum = sum + power / divisor
    }
    return naturalLogarithmOf2 * exponent + (isBelow1 ? -(sum + sum) : sum + sum)
  }

  /// eˣ = 2ⁿ f with f in 0.7 … 1.5, off by less than 2⁻²⁰⁰ of it.
  ///
  /// - Precondition: `x` is a multiple of 2⁻²²⁴ with a magnitude below 1000.
  static func exponential(_ x: Double) -> (fraction: FixedPoint, exponent: Int) {
    let exponent = Int32((x * 1.442_695_040_888_963_4 + (x < 0 ? -0.5 : 0.5)))
    // The series converges faster for a 256th, whose exponential is then squared eight times.
    let rest = (FixedPoint(x) - naturalLogarithmOf2 * exponent) / 256
    var (term, sum, divisor) = (one, one, UInt32(0))
    while term != zero {
      divisor += 1
      term = term * rest / divisor
      sum = sum + term
    }
    for _ in 0..<8 { sum = sum * sum }
    return (sum, Int(exponent))
  }

  /// Sine and cosine of an angle, off by less than 2⁻²¹⁰.
  ///
  /// - Precondition: `angle` lies in 0 … 7 and is a multiple of 2⁻²²⁴.
  static func sineAndCosine(_ angle: Double) -> (sine: FixedPoint, cosine: FixedPoint) {
    let quarterTurns = Int32(angle * 0.636_619_772_367_581_3 + 0.5)
    return sineAndCosine(
      FixedPoint(angle) - pi * quarterTurns / 2, quarterTurns: Int(quarterTurns))
  }

  /// Sine and cosine of an angle beyond a number of quarter turns.
  static func sineAndCosine(
    _ angle: FixedPoint, quarterTurns: Int
  ) -> (sine: FixedPoint, cosine: FixedPoint) {
    var (term, divisor) = (one, UInt32(0))
    var (sine, cosine) = (zero, one)
    while term != zero {
      // The terms of the exponential series: x, −x²/2, −x³/6, x⁴/24, x⁵/120, …
      divisor += 1
      term = term * angle / divisor
      sine = sine + term
      divisor += 1
      term = -(term * angle / divisor)
      cosine = cosine + term
    }
    switch quarterTurns % 4 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }
}
