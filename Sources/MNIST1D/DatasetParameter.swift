/// One setting of a dataset: its name, what it means, what it may be, and how it is reached.
///
/// Whatever is done with all settings alike, such as checking, describing, writing and reading them, goes over
/// ``DatasetConfiguration/parameters``.
package struct DatasetParameter: Sendable {
  /// Reading and changing a value.
  package struct Access<Value>: Sendable {
    package let get: @Sendable (DatasetConfiguration) -> Value
    package let set: @Sendable (inout DatasetConfiguration, Value) -> Void
  }

  /// The value, by its type.
  package enum Value: Sendable {
    case integer(Access<Int>)
    case number(Access<Double>)
    case flag(Access<Bool>)
    case range(Access<ClosedRange<Int>>)
  }

  /// The name of the property of ``DatasetConfiguration``, such as `numSamples`.
  package let name: String
  /// What it is, as a sentence.
  package let meaning: String
  package let value: Value
  /// What a value must be that is refused; nil for one that is not.
  let fault: @Sendable (DatasetConfiguration) -> (requirement: String, found: String)?

  /// The name in the reference implementation, such as `num_samples`.
  var referenceName: String {
    name.unicodeScalars.reduce(into: "") { spelling, scalar in
      if ("A"..."Z").contains(scalar) { spelling += "_" }
      spelling += scalar.properties.lowercaseMapping
    }
  }
}

extension DatasetParameter {
  fileprivate static func integer(
    _ name: String, _ meaning: String, in range: ClosedRange<Int>, _ requirement: String,
    _ get: @escaping @Sendable (DatasetConfiguration) -> Int,
    _ set: @escaping @Sendable (inout DatasetConfiguration, Int) -> Void
  ) -> DatasetParameter {
    DatasetParameter(
      name: name, meaning: meaning, value: .integer(Access(get: get, set: set)),
      fault: { range.contains(get($0)) ? nil : (requirement, "\(get($0))") })
  }

  fileprivate static func number(
    _ name: String, _ meaning: String, in range: ClosedRange<Double>? = nil,
    _ get: @escaping @Sendable (DatasetConfiguration) -> Double,
    _ set: @escaping @Sendable (inout DatasetConfiguration, Double) -> Void
  ) -> DatasetParameter {
    let requirement =
      range.map { "must lie in \(Int($0.lowerBound)) ... \(Int($0.upperBound))" }
      ?? "must be a finite number"
    return DatasetParameter(
      name: name, meaning: meaning, value: .number(Access(get: get, set: set)),
      fault: { configuration in
        let found = get(configuration)
        return range?.contains(found) ?? found.isFinite ? nil : (requirement, "\(found)")
      })
  }
}

extension DatasetConfiguration {
  /// The greatest length of a signal, before and after it is subsampled.
  public static let maximumLength = 1_000_000

  private static let lengths = 1...maximumLength
  private static let lengthRequirement = "must lie in 1 ... \(maximumLength)"

  /// All settings, in the order in which they are written.
  package static let parameters: [DatasetParameter] = [
    .integer(
      "numSamples", "How many examples to make, a tenth of them for each class.",
      in: 1...Int.max, "must be at least 1", { $0.numSamples }, { $0.numSamples = $1 }),
    .number(
      "trainSplit", "The share of the examples that are for training.", in: 0...1,
      { $0.trainSplit }, { $0.trainSplit = $1 }),
    .integer(
      "templateLen", "How many points a template has.", in: lengths, lengthRequirement,
      { $0.templateLen }, { $0.templateLen = $1 }),
    DatasetParameter(
      name: "padding", meaning: "The least and the most points to pad with.",
      value: .range(.init(get: { $0.padding }, set: { $0.padding = $1 })),
      fault: { configuration in
        let least = configuration.padding.lowerBound
        return least >= 0 ? nil : ("must not be negative", "\(least)")
      }),
    .number(
      "scaleCoeff", "By how much the height of a signal varies.",
      { $0.scaleCoeff }, { $0.scaleCoeff = $1 }),
    .integer(
      "maxTranslation", "By how many points a signal is shifted at most.",
      in: 1...Int.max, "must be at least 1", { $0.maxTranslation }, { $0.maxTranslation = $1 }),
    .number(
      "corrNoiseScale", "The size of the correlated noise around a signal.",
      { $0.corrNoiseScale }, { $0.corrNoiseScale = $1 }),
    .number(
      "iidNoiseScale", "The size of the white noise.",
      { $0.iidNoiseScale }, { $0.iidNoiseScale = $1 }),
    .number(
      "shearScale", "The size of the added slope.", { $0.shearScale }, { $0.shearScale = $1 }),
    DatasetParameter(
      name: "shuffleSeq", meaning: "Shuffle the columns, in the same order for all examples.",
      value: .flag(.init(get: { $0.shuffleSeq }, set: { $0.shuffleSeq = $1 })),
      fault: { _ in nil }),
    .integer(
      "finalSeqLength", "How many points an example has in the end.",
      in: lengths, lengthRequirement, { $0.finalSeqLength }, { $0.finalSeqLength = $1 }),
    .integer(
      "seed", "The seed of everything random.", in: 0...(Int(exactly: UInt32.max) ?? .max),
      "must lie in 0 ... 4294967295, as NumPy's seeds do", { $0.seed }, { $0.seed = $1 }),
  ]
}
