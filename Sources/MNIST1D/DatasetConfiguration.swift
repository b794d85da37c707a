/// Everything that an MNIST-1D dataset is made from, but for its templates.
///
/// The defaults are those of the published dataset, the names those of the reference
/// implementation in Swift's spelling: `num_samples` is ``numSamples``.
public struct DatasetConfiguration: Hashable, Sendable {
  /// The number of examples, training and test together; rounded down to a multiple of the
  /// number of classes.
  public var numSamples: Int

  /// The fraction of the examples, 0 … 1, that are for training.
  public var trainSplit: Double

  /// The length that a template counts for when the length of a padded signal is set; signals
  /// have `templateLen + padding.upperBound` points until they are subsampled.
  public var templateLen: Int

  /// How many zeros are appended to a template.
  public var padding: ClosedRange<Int>

  /// The width of the range of amplitudes around 1.
  public var scaleCoeff: Double

  /// The number of shifts to the right, from 0 on.
  public var maxTranslation: Int

  /// The standard deviation, before smoothing, of the noise that replaces the zeros.
  public var corrNoiseScale: Double

  /// The standard deviation of the white noise on every point.
  public var iidNoiseScale: Double

  /// The width of the range of slopes around 0.
  public var shearScale: Double

  /// Whether the columns of all signals are put in one random order.
  public var shuffleSeq: Bool

  /// The number of points in an example.
  public var finalSeqLength: Int

  /// The seed of NumPy's generator, 0 … 2³² − 1.
  public var seed: Int

  /// Creates a configuration that differs from the published dataset's where it says so.
  public init(
    numSamples: Int = 5000, trainSplit: Double = 0.8, templateLen: Int = 12,
    padding: ClosedRange<Int> = 36...60, scaleCoeff: Double = 0.4, maxTranslation: Int = 48,
    corrNoiseScale: Double = 0.25, iidNoiseScale: Double = 0.02, shearScale: Double = 0.75,
    shuffleSeq: Bool = false, finalSeqLength: Int = 40, seed: Int = 42
  ) {
    self.numSamples = numSamples
    self.trainSplit = trainSplit
    self.templateLen = templateLen
    self.padding = padding
    self.scaleCoeff = scaleCoeff
    self.maxTranslation = maxTranslation
    self.corrNoiseScale = corrNoiseScale
    self.iidNoiseScale = iidNoiseScale
    self.shearScale = shearScale
    self.shuffleSeq = shuffleSeq
    self.finalSeqLength = finalSeqLength
    self.seed = seed
  }

  /// The number of points in a signal until it is subsampled.
  var signalLength: Int { templateLen + padding.upperBound }
}

// MARK: Validation

extension DatasetConfiguration {
  /// The greatest number of values in all examples together.
  public static let maximumValueCount = Int(Int32.max)

  /// Checks that a dataset can be made with these settings.
  ///
  /// - Parameter classCount: The number of templates that the dataset is made from.
  /// - Throws: ``ConfigurationError`` for the first setting that is out of its range, or does not fit the others.
  public func validate(classCount: Int = 10) throws(ConfigurationError) {
    guard numSamples >= classCount else {
      throw ConfigurationError(
        "num_samples", "must be at least \(classCount), one example per class",
        found: "\(numSamples)")
    }
    for parameter in Self.parameters {
      guard let (requirement, found) = parameter.fault(self) else { continue }
      throw ConfigurationError(parameter.referenceName, requirement, found: found)
    }
    guard padding.upperBound <= Self.maximumLength - templateLen else {
      throw ConfigurationError(
        "padding", "must be at most \(Self.maximumLength - templateLen) with this template_len",
        found: "\(padding.upperBound)")
    }
    // NumPy cannot interpolate a single point.
    guard signalLength >= 2 || finalSeqLength == 1 else {
      throw ConfigurationError(
        "padding", "and template_len together must be at least 2", found: "\(signalLength)")
    }
    let most = Self.maximumValueCount / finalSeqLength
    guard numSamples <= most else {
      throw ConfigurationError(
        "num_samples", "must be at most \(most) for examples of this length",
        found: "\(numSamples)")
    }
  }
}
