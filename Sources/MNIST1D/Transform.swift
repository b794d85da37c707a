import ReferenceRandom

/// The transformations that make an example from a template, each to be used alone.
///
/// They are the reference implementation's, bit for bit: what is random is drawn from
/// `NumPyRandomState` in the same order. A signal is an array, its length the
/// number of points. In the order in which a dataset applies them:
///
/// ```swift
/// var random = NumPyRandomState(seed: 42)
/// var signal = Transform.pad(Array(Templates.digits.x[3]), with: 36...60, using: &random)
/// signal = Transform.interpolate(signal, to: 72)
/// signal = Transform.scale(signal, by: 0.4, using: &random)
/// signal = Transform.translate(signal, upTo: 48, using: &random)
/// ```
public enum Transform {
  /// Appends zeros; how many is uniform in `padding`.
  ///
  /// - Returns: A signal of `signal.count + padding.lowerBound` to
  ///   `signal.count + padding.upperBound` points.
  /// - Precondition: `padding` is not negative.
  public static func pad(
    _ signal: [Double], with padding: ClosedRange<Int>, using random: inout NumPyRandomState
  ) -> [Double] {
    signal + [Double](repeating: 0, count: drawPadding(padding, using: &random))
  }

  /// Stretches or shrinks a signal to `count` points by linear interpolation.
  ///
  /// This both dilates a padded template and subsamples a finished signal. The first and the last
  /// point stay what they are.
  ///
  /// - Returns: A signal of `count` points.
  /// - Precondition: `signal` has a point, or two where `count` is above 1; `count` is positive.
  public static func interpolate(_ signal: [Double], to count: Int) -> [Double] {
    requireLength(count)
    precondition(count > 0, "A signal cannot have \(count) points.")
    precondition(
      signal.count > min(1, count - 1), "\(signal.count) points do not make \(count) points.")
    return transformed(signal, count: count) { Interpolation(to: count)($0, into: $1) }
  }

  /// Multiplies a signal by an amplitude uniform in `1 - coefficient / 2 ..< 1 + coefficient / 2`.
  ///
  /// - Returns: A signal of as many points.
  public static func scale(
    _ signal: [Double], by coefficient: Double, using random: inout NumPyRandomState
  ) -> [Double] {
    let amplitude = drawAmplitude(coefficient, using: &random)
    return signal.map { $0 * amplitude }
  }

  /// Rotates a signal to the right; by how many points is uniform in `0 ..< limit`.
  ///
  /// Like Python's slices, a rotation by the signal's length or more leaves it as it is.
  ///
  /// - Returns: A signal of as many points.
  /// - Precondition: `limit` is positive.
  public static func translate(
    _ signal: [Double], upTo limit: Int, using random: inout NumPyRandomState
  ) -> [Double] {
    let shift = drawTranslation(limit, count: signal.count, using: &random)
    return Array(signal.suffix(shift) + signal.dropLast(shift))
  }

  /// Smooth noise: white noise through a Gaussian filter with a standard deviation of 2 points.
  ///
  /// - Parameters:
  ///   - count: The number of points.
  ///   - scale: The standard deviation of the white noise; the smooth noise has about 0.38 of it.
  ///   - random: The generator to draw from.
  /// - Returns: A signal of `count` points.
  public static func correlatedNoise(
    count: Int, scale: Double, using random: inout NumPyRandomState
  ) -> [Double] {
    gaussianFilter(whiteNoise(count: count, scale: scale, using: &random), sigma: noiseWidth)
  }

  /// White noise: independent normal variates with standard deviation `scale`.
  ///
  /// - Returns: A signal of `count` points.
  public static func whiteNoise(
    count: Int, scale: Double, using random: inout NumPyRandomState
  ) -> [Double] {
    requireLength(count)
    return (0..<count).map { _ in scale * random.standardNormal() }
  }

  /// Replaces the points that are exactly 0 by those of another signal.
  ///
  /// - Returns: A signal of as many points.
  /// - Precondition: Both signals have as many points.
  public static func fillZeros(of signal: [Double], with noise: [Double]) -> [Double] {
    precondition(
      signal.count == noise.count, "\(noise.count) points cannot fill \(signal.count).")
    return zip(signal, noise).map { filled($0, with: $1) }
  }

  /// Tilts a signal about its middle; the slope is uniform in `-scale / 2 ..< scale / 2`.
  ///
  /// - Returns: A signal of as many points.
  public static func shear(
    _ signal: [Double], by scale: Double, using random: inout NumPyRandomState
  ) -> [Double] {
    let slope = drawSlope(scale, using: &random)
    let positions = linearSpace(from: -0.5, to: 0.5, count: signal.count)
    return zip(signal, positions).map { $0 - slope * $1 }
  }

  /// Smooths a signal with a Gaussian of standard deviation `sigma`, in points, cut off at 4 sigma;
  /// beyond its ends the signal is reflected: `scipy.ndimage.gaussian_filter`.
  ///
  /// - Returns: A signal of as many points.
  /// - Precondition: `sigma` is finite and not negative.
  public static func gaussianFilter(_ signal: [Double], sigma: Double) -> [Double] {
    let filter = GaussianFilter(sigma: sigma)
    if signal.isEmpty { return [] }
    var scratch = [Double](repeating: 0, count: signal.count + 2 * filter.radius)
    return scratch.withUnsafeMutableBufferPointer { scratch in
      transformed(signal, count: signal.count) { filter($0, into: $1, scratch: scratch) }
    }
  }

  private static func transformed(
    _ signal: [Double], count: Int,
    _ body: (UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void
  ) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    result.withUnsafeMutableBufferPointer { result in
      signal.withUnsafeBufferPointer { body($0, result) }
    }
    return result
  }
}

// MARK: What the transformations and the dataset share

extension Transform {
  /// The standard deviation, in points, of the filter that makes white noise smooth.
  static let noiseWidth = 2.0

  static func drawPadding(
    _ padding: ClosedRange<Int>, using random: inout NumPyRandomState
  ) -> Int {
    precondition(
      padding.lowerBound >= 0 && padding.upperBound <= DatasetConfiguration.maximumLength,
      "A padding of \(padding) points is out of range; it may be 0 to \(DatasetConfiguration.maximumLength)."
    )
    let width = padding.upperBound - padding.lowerBound + 1
    return padding.lowerBound + Int(random.randomSample() * Double(width))
  }

  static func requireLength(_ count: Int) {
    precondition(
      count >= 0 && count <= DatasetConfiguration.maximumValueCount,
      "A signal cannot have \(count) points.")
  }

  static func drawAmplitude(
    _ coefficient: Double, using random: inout NumPyRandomState
  ) -> Double {
    1 + coefficient * (random.randomSample() - 0.5)
  }

  static func drawTranslation(
    _ limit: Int, count: Int, using random: inout NumPyRandomState
  ) -> Int {
    let shift = random.randomInteger(below: limit)
    return shift < count ? shift : 0
  }

  static func drawSlope(_ scale: Double, using random: inout NumPyRandomState) -> Double {
    scale * (random.randomSample() - 0.5)
  }

  static func filled(_ value: Double, with noise: Double) -> Double {
    value != 0 ? value : value + noise
  }
}
