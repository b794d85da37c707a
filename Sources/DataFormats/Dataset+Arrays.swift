import MNIST1D
import Storage

// A dataset and what a file may hold of one: signals row-major, and every value one that a network can take.
extension Dataset {
  /// The largest label that is taken: a network has an output for every label up to the largest.
  static var largestLabel: Int { 9999 }

  /// Takes a dataset from signals of `t.count` values, one for each label.
  ///
  /// - Throws: An error for sizes that do not match, labels outside 0…9999 and values that are not
  ///   finite in single precision.
  package init(
    x: [Double], y: [Int], xTest: [Double], yTest: [Int], t: [Double],
    templates: Templates? = nil
  ) throws(FormatError) {
    try check(signals: x, named: "x", labels: y, named: "y", length: t.count)
    try check(signals: xTest, named: "x_test", labels: yTest, named: "y_test", length: t.count)
    try check(finite: t, named: "t")
    do {
      try self.init(
        x: Signals(values: x, length: t.count), y: y,
        xTest: Signals(values: xTest, length: t.count), yTest: yTest, t: t, templates: templates)
    } catch {
      throw FormatError("\(error)")
    }
  }

  /// The same dataset, if a file may hold it.
  func checked() throws(FormatError) -> Dataset {
    try Dataset(
      x: x.values, y: y, xTest: xTest.values, yTest: yTest, t: t,
      templates: templates.map { templates throws(FormatError) in
        try Templates(values: templates.x.values, t: templates.t, y: templates.y)
      })
  }
}

extension Templates {
  /// Takes templates from signals of `t.count` values, one for each label.
  ///
  /// - Throws: An error for sizes that do not match, labels outside 0…9999 and values that are not
  ///   finite in single precision.
  package init(values: [Double], t: [Double], y: [Int]) throws(FormatError) {
    try check(
      signals: values, named: "templates_x", labels: y, named: "templates_y", length: t.count)
    try check(finite: t, named: "templates_t")
    do {
      try self.init(x: Signals(values: values, length: t.count), t: t, y: y)
    } catch {
      throw FormatError("\(error)")
    }
  }
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
  if let index = labels.firstIndex(where: { !(0...Dataset.largestLabel).contains($0) }) {
    throw FormatError(
      "\(labelsName)[\(index)] is \(labels[index]); a label should be 0 to \(Dataset.largestLabel)"
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
