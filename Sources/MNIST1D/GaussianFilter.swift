import ReferenceRandom

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
    precondition(
      sigma >= 0 && sigma <= Double(DatasetConfiguration.maximumLength),
      "A filter cannot have the width \(sigma); it may be 0 to \(DatasetConfiguration.maximumLength)."
    )
    // SciPy leaves a signal alone below this width.
    guard sigma > 1e-15 else {
      weights = [1]
      return
    }
    let radius = Int(4 * sigma + 0.5)
    let exponent = -0.5 / (sigma * sigma)
    let densities = (0...radius).map { offset in
      ElementaryFunctions.exponential(exponent * (Double(offset) * Double(offset)))
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
