import Storage

/// The arrays of the reference implementation's dataset dictionary, checked and in float64.
///
/// Signals are row-major, one row of `length` values for each example.
public struct DatasetArrays: Equatable, Sendable {
  /// The templates that a dataset was made from.
  public struct Templates: Equatable, Sendable {
    /// The signals, `[y.count, t.count]`.
    public let x: [Double]
    /// The times, `[points]`.
    public let t: [Double]
    /// The label of each signal.
    public let y: [Int]

    /// Creates templates from signals of `t.count` values, one for each label of `y`.
    ///
    /// - Throws: An error for sizes that do not match, labels outside 0…9999 and values that are not
    ///   finite.
    public init(x: [Double], t: [Double], y: [Int]) throws(FormatError) {
      try check(signals: x, named: "templates_x", labels: y, named: "templates_y", length: t.count)
      try check(finite: t, named: "templates_t")
      self.x = x
      self.t = t
      self.y = y
    }
  }

  /// The training signals, `[y.count, length]`.
  public let x: [Double]
  /// The training labels, from 0 on.
  public let y: [Int]
  /// The test signals, `[yTest.count, length]`.
  public let xTest: [Double]
  /// The test labels, from 0 on.
  public let yTest: [Int]
  /// The times of one signal, `[length]`.
  public let t: [Double]
  /// The templates, where the file has them.
  public let templates: Templates?

  /// The number of values in one signal.
  public var length: Int { t.count }

  /// Creates a dataset from signals of `t.count` values, one for each label.
  ///
  /// - Throws: An error for sizes that do not match, labels outside 0…9999 and values that are not
  ///   finite in single precision.
  public init(
    x: [Double], y: [Int], xTest: [Double], yTest: [Int], t: [Double], templates: Templates?
  ) throws(FormatError) {
    try check(signals: x, named: "x", labels: y, named: "y", length: t.count)
    try check(signals: xTest, named: "x_test", labels: yTest, named: "y_test", length: t.count)
    try check(finite: t, named: "t")
    self.x = x
    self.y = y
    self.xTest = xTest
    self.yTest = yTest
    self.t = t
    self.templates = templates
  }
}

extension DatasetArrays {
  /// The largest label that is taken: a network has an output for every label up to the largest.
  static let largestLabel = 9999
}

private func check(
  signals: [Double], named signalsName: String, labels: [Int], named labelsName: String,
  length: Int
) throws(FormatError) {
  guard length > 0 else {
    throw FormatError("the times of \(signalsName) should hold at least one value")
  }
  guard signals.count.isMultiple(of: length), signals.count / length == labels.count else {
    throw FormatError(
      "\(signalsName) should hold \(labels.count) signals of \(length) values, one for each label "
        + "of \(labelsName), and holds \(signals.count) values")
  }
  if let index = labels.firstIndex(where: { !(0...DatasetArrays.largestLabel).contains($0) }) {
    throw FormatError(
      "\(labelsName)[\(index)] is \(labels[index]); a label should be 0 to \(DatasetArrays.largestLabel)"
    )
  }
  if let index = signals.firstIndex(where: { !Float($0).isFinite }) {
    throw NumericArray.notFinite(
      signals[index], signalsName, at: index, of: [labels.count, length])
  }
}

private func check(finite values: [Double], named name: String) throws(FormatError) {
  if let index = values.firstIndex(where: { !$0.isFinite }) {
    throw NumericArray.notFinite(values[index], name, at: index, of: [values.count])
  }
}
