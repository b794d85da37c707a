import ReferenceRandom

extension Transform {
  /// Where an example is on its way from a template to a dataset.
  public enum Stage: Int, Hashable, Sendable, CaseIterable {
    /// The template, as it is.
    case template
    /// With zeros appended.
    case padded
    /// Stretched or shrunk to the length that all signals have until they are subsampled.
    case dilated
    /// Multiplied by an amplitude.
    case scaled
    /// Rotated to the right.
    case translated
    /// With smooth noise where it was zero.
    case filled
    /// With white noise on every point.
    case noisy
    /// Tilted about its middle.
    case sheared
    /// Interpolated to the length of an example: what a dataset then centres and normalises.
    case subsampled
  }

  /// Every signal on the way from a template to an example, one for each ``Stage`` in order.
  ///
  /// The last one is, bit for bit, what ``Dataset/init(_:templates:)`` makes of the template before
  /// it normalises all examples together, and as much is drawn from the generator.
  ///
  /// ```swift
  /// var random = NumPyRandomState(seed: 42)
  /// let stages = Transform.stages(of: Array(Templates.digits.x[3]), DatasetConfiguration(), using: &random)
  /// stages[Transform.Stage.padded.rawValue].count     // 48 ... 72
  /// ```
  ///
  /// - Parameters:
  ///   - template: The signal to begin with.
  ///   - configuration: The settings of the transformations.
  ///   - random: The generator to draw from.
  /// - Returns: As many signals as there are stages.
  /// - Precondition: the configuration is valid and the template has two points or more.
  public static func stages(
    of template: [Double], _ configuration: DatasetConfiguration,
    using random: inout NumPyRandomState
  ) -> [[Double]] {
    do throws(ConfigurationError) {
      try configuration.validate(classCount: 1)
    } catch {
      preconditionFailure("\(error)")
    }
    precondition(template.count >= 2, "A template of \(template.count) points has no shape.")
    let count = configuration.signalLength
    // The shift tells a template's zeros from the padding, which alone gives way to noise.
    let padded = pad(template.map { $0 + 1e-8 }, with: configuration.padding, using: &random)
    let dilated = interpolate(padded, to: count)
    let scaled = scale(dilated, by: configuration.scaleCoeff, using: &random)
    let translated = translate(scaled, upTo: configuration.maxTranslation, using: &random)
    let smooth = correlatedNoise(count: count, scale: configuration.corrNoiseScale, using: &random)
    let filled = fillZeros(of: translated, with: smooth)
    let white = whiteNoise(count: count, scale: configuration.iidNoiseScale, using: &random)
    let noisy = zip(filled, white).map { $0 + $1 }
    let sheared = shear(noisy, by: configuration.shearScale, using: &random)
    let subsampled = interpolate(sheared, to: configuration.finalSeqLength)
    return [template, padded, dilated, scaled, translated, filled, noisy, sheared, subsampled]
  }
}
