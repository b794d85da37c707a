/// A Gaussian filter over a signal, reflected at its ends: `scipy.ndimage.gaussian_filter`.
///
/// The kernel reaches to 4 standard deviations. Order of summation and boundary (`d c b a | a b c
/// d | d c b a`) are SciPy's, so that its bits come out.
struct GaussianFilter {
  /// The weights from the centre outwards; the kernel is symmetric.
  let weights: [Double]

  /// The number of points to either side that a filtered value depends on.
  var radius: Int { weights.count - 1 }

  /// Creates the filter with the given standard deviation, in points.
  ///
  /// - Precondition: `sigma` is finite and not negative.
  init(sigma: Double) {
    precondition(sigma.isFinite && sigma >= 0, "A filter cannot have the width \(sigma).")
    // SciPy leaves a signal alone below this width.
    guard sigma > 1e-15 else {
      weights = [1]
      return
    }
    let radius = Int(4 * sigma + 0.5)
    let exponent = -0.5 / (sigma * sigma)
    let densities = (0...radius).map { offset in
      exponential(exponent * Double(offset * offset))
    }
    let total = Moments.sum(of: densities.dropFirst().reversed() + densities)
    weights = densities.map { $0 / total }
  }

  /// Writes the filtered `signal` to `result`, of the same length.
  ///
  /// - Precondition: `scratch` has room for the signal and ``radius`` values to either side.
  func callAsFunction(
    _ signal: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>,
    scratch: UnsafeMutableBufferPointer<Double>
  ) {
    let count = signal.count
    for index in 0..<count { scratch[radius + index] = signal[index] }
    for offset in 0..<radius {
      // Signals may be shorter than the kernel: the reflection has a period of twice the length.
      let reflected = offset % (2 * count)
      let mirrored = reflected < count ? reflected : 2 * count - 1 - reflected
      scratch[radius - 1 - offset] = signal[mirrored]
      scratch[radius + count + offset] = signal[count - 1 - mirrored]
    }
    for index in 0..<count { result[index] = scratch[radius + index] * weights[0] }
    // From the outermost pair inwards, as SciPy adds them.
    for offset in stride(from: radius, to: 0, by: -1) {
      let weight = weights[offset]
      for index in 0..<count {
        let center = radius + index
        result[index] += (scratch[center - offset] + scratch[center + offset]) * weight
      }
    }
  }
}

/// The exponential function for arguments in -100 ... 0, rounded correctly but for about one
/// argument in a million, and so the same wherever it is computed.
///
/// A Taylor series in 1/1024 of the argument is squared ten times. Each number is an unevaluated
/// sum of two doubles with about 100 bits.
func exponential(_ argument: Double) -> Double {
  let x = argument / 1024
  var result = DoublePair(high: 1, low: 0)
  for divisor in stride(from: 12.0, through: 1, by: -1) {
    result = result.multiplied(by: DoublePair(high: x, low: 0)).divided(by: divisor)
    result = DoublePair(1, plus: result)
  }
  for _ in 0..<10 { result = result.multiplied(by: result) }
  return result.high + result.low
}

/// The unevaluated sum of two doubles, the second at most half a unit in the last place of the first.
///
/// Source: T. J. Dekker, "A floating-point technique for extending the available precision",
/// *Numerische Mathematik* 18 (1971).
private struct DoublePair {
  var high: Double
  var low: Double

  init(high: Double, low: Double) {
    self.high = high + low
    self.low = low - (self.high - high)
  }

  /// A number plus a smaller pair.
  init(_ number: Double, plus pair: DoublePair) {
    let sum = number + pair.high
    self.init(high: sum, low: pair.high - (sum - number) + pair.low)
  }

  func multiplied(by other: DoublePair) -> DoublePair {
    let product = high * other.high
    let rest = (-product).addingProduct(high, other.high)
    return DoublePair(high: product, low: rest + (high * other.low + low * other.high))
  }

  func divided(by divisor: Double) -> DoublePair {
    let quotient = high / divisor
    let rest = high.addingProduct(-quotient, divisor)
    return DoublePair(high: quotient, low: (rest + low) / divisor)
  }
}
