extension DatasetArrays {
  private static let fixedColumns = ["split", "label"]

  /// The dataset as a table: `split`, `label` and the signal as `x0`, `x1`, and so on.
  ///
  /// One row for each example, `train` before `test`, and at the end one row with the split `t`
  /// and no label that holds the times: its absence shows that a file was cut short. Numbers have
  /// the fewest digits that give the same float64 back. The templates are left out.
  public func table(precision: FloatPrecision = .float64) throws(FormatError) -> CSVTable {
    var table = CSVTable(columns: Self.fixedColumns + (0..<length).map { "x\($0)" })
    func append(_ split: String, _ label: String, _ values: ArraySlice<Double>) {
      table.append([split, label] + values.map { $0.description })
    }
    func append(_ split: String, _ labels: [Int], _ signals: [Double]) throws(FormatError) {
      let values = try precision.array(signals, shape: [signals.count]).doubles()
      for (index, label) in labels.enumerated() {
        append(split, String(label), values[(index * length)..<((index + 1) * length)])
      }
    }
    try append("train", y, x)
    try append("test", yTest, xTest)
    append("t", "", try precision.array(t, shape: [length]).doubles()[...])
    return table
  }

  /// Takes the dataset from a table as `table(precision:)` gives it; the order of the rows is free.
  ///
  /// - Throws: An error that names the row for anything that is not such a table.
  public init(table: CSVTable) throws(FormatError) {
    let length = table.columns.count - Self.fixedColumns.count
    guard length > 0, table.columns == Self.fixedColumns + (0..<length).map({ "x\($0)" }) else {
      throw FormatError("the columns of a dataset should be split, label, x0, x1 and so on")
    }
    var x: [Double] = []
    var y: [Int] = []
    var xTest: [Double] = []
    var yTest: [Int] = []
    var t: [Double]?
    for (index, row) in table.rows.enumerated() {
      do throws(FormatError) {
        let values = try row[2...].map { text throws(FormatError) in try number(text) }
        switch row[0] {
        case "train":
          x += values
          y.append(try label(row[1]))
        case "test":
          xTest += values
          yTest.append(try label(row[1]))
        case "t" where t == nil && row[1].isEmpty: t = values
        default:
          throw FormatError(
            "the split \"\(row[0])\" should be train, test or, once and without a label, t")
        }
      } catch {
        throw error.inside("row \(index + 1)")
      }
    }
    guard let t else {
      throw FormatError("the row with the split t is missing, so the file may be cut short")
    }
    try self.init(x: x, y: y, xTest: xTest, yTest: yTest, t: t, templates: nil)
  }
}

private func label(_ text: String) throws(FormatError) -> Int {
  guard text.utf8.count == 1, let label = Int(text) else {
    throw FormatError("the label \"\(text)\" should be a digit")
  }
  return label
}

/// A decimal number; hexadecimal ones and names like `inf`, which Swift knows too, are no data.
private func number(_ text: String) throws(FormatError) -> Double {
  let isDecimal = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
  guard isDecimal, let value = Double(text) else {
    throw FormatError("\"\(text)\" should be a number")
  }
  return value
}
