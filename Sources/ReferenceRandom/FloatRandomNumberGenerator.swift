/// A random number generator that fills buffers of single-precision numbers in its own way.
///
/// PyTorch draws a tensor's numbers as a block, not one by one: `normal_` even uses another
/// algorithm from 16 elements on. Code that is generic over this protocol, such as the
/// initialisation of a layer, starts from PyTorch's bits when it is handed a ``TorchGenerator``,
/// from NumPy's with a ``NumPyRandomState``, and works with any generator of the standard
/// library's kind: a conformance needs nothing but `next()`.
///
/// Bounds and moments are double precision because PyTorch's are: it rounds them where it uses them.
public protocol FloatRandomNumberGenerator: RandomNumberGenerator {
  /// Fills a buffer with numbers uniform in `lower ..< upper`.
  mutating func fillUniform(
    _ buffer: UnsafeMutableBufferPointer<Float>, from lower: Double, to upper: Double)

  /// Fills a buffer with normal variates.
  mutating func fillNormal(
    _ buffer: UnsafeMutableBufferPointer<Float>, mean: Double, standardDeviation: Double)
}

extension FloatRandomNumberGenerator {
  /// Fills a buffer with numbers uniform in `lower ..< upper`, from the upper 24 bits of each `next()`.
  public mutating func fillUniform(
    _ buffer: UnsafeMutableBufferPointer<Float>, from lower: Double, to upper: Double
  ) {
    let (lower, upper) = (Float(lower), Float(upper))
    for index in buffer.indices {
      let unit = Float(next() >> 40) * 0x1p-24
      buffer[index] = Self.scaled(unit, from: lower, to: upper)
    }
  }

  /// Fills a buffer with normal variates by the method of Box and Muller, in double precision.
  public mutating func fillNormal(
    _ buffer: UnsafeMutableBufferPointer<Float>, mean: Double, standardDeviation: Double
  ) {
    for index in stride(from: 0, to: buffer.count, by: 2) {
      let u1 = Double(next() >> 11) * 0x1p-53
      let u2 = Double(next() >> 11) * 0x1p-53
      let (first, second) = boxMullerPair(u1, u2)
      buffer[index] = Float(first * standardDeviation + mean)
      if index + 1 < buffer.count { buffer[index + 1] = Float(second * standardDeviation + mean) }
    }
  }

  /// Returns `count` numbers uniform in `lower ..< upper`.
  public mutating func uniform(count: Int, from lower: Double, to upper: Double) -> [Float] {
    requireCount(count)
    return [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      fillUniform(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), from: lower, to: upper)
      initializedCount = count
    }
  }

  /// Returns `count` normal variates.
  public mutating func normal(
    count: Int, mean: Double = 0, standardDeviation: Double = 1
  ) -> [Float] {
    requireCount(count)
    return [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      fillNormal(
        UnsafeMutableBufferPointer(rebasing: buffer[..<count]), mean: mean,
        standardDeviation: standardDeviation)
      initializedCount = count
    }
  }

  /// Maps a number in `0 ..< 1` to `lower ..< upper` as PyTorch does: with one fused
  /// multiply-add, and with `lower` in place of a value that the rounding lifted to `upper`.
  static func scaled(_ unit: Float, from lower: Float, to upper: Float) -> Float {
    let value = lower.addingProduct(unit, upper - lower)
    return value == upper ? lower : value
  }
}

/// Stops the program unless so many numbers can be drawn at once.
func requireCount(_ count: Int) {
  precondition(
    count >= 0 && count <= Int32.max,
    "\(count) numbers cannot be drawn at once; they may be 0 to \(Int32.max).")
}

/// Two independent standard normal variates from two numbers uniform in `0 ..< 1`, with PyTorch's
/// order of operations.
///
/// Source: G. E. P. Box and M. E. Muller, "A note on the generation of random normal deviates",
/// *Annals of Mathematical Statistics* 29 (1958); `normal_distribution` in PyTorch.
func boxMullerPair(_ u1: Double, _ u2: Double) -> (Double, Double) {
  // u2 has 53 bits behind the point, so that the difference is exact, where PyTorch takes `log1p(-u2)`.
  let radius = (2 * ElementaryFunctions.naturalLogarithm(1 - u2).magnitude).squareRoot()
  let angle = 2 * Double(0x1.921fb54442d18p+1) * u1
  let (sine, cosine) = ElementaryFunctions.sineAndCosine(angle)
  return (radius * cosine, radius * sine)
}

extension SystemRandomNumberGenerator: FloatRandomNumberGenerator {}

extension MersenneTwister: FloatRandomNumberGenerator {}
