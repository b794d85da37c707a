import MNIST1D
import Storage

extension Dataset {
  /// The dataset as a table: `split`, `label` and the signal as `x0`, `x1`, and so on.
  ///
  /// One row for each example, `train` before `test`. Numbers have the fewest digits that give the same float64 back.
  /// The times and the templates are left out.
  func table(precision: FloatPrecision) throws(FormatError) -> [UInt8] {
    let columns = ["split", "label"] + (0..<length).map { "x\($0)" }
    var bytes = Array(CSVTable.line(of: columns).utf8)
    for (split, labels, signals) in [("train", y, x), ("test", yTest, xTest)] {
      let values = try precision.rounded(signals.values)
      for (index, label) in labels.enumerated() {
        bytes.append("\(split),\(label)")
        for value in values[(index * length)..<((index + 1) * length)] {
          bytes.append(",\(value)")
        }
        bytes.append(UInt8(ascii: "\n"))
      }
    }
    return bytes
  }

  /// The times as a table of one column `t`.
  func timesTable(precision: FloatPrecision) throws(FormatError) -> [UInt8] {
    let times = try precision.rounded(t)
    return CSVTable(columns: ["t"], rows: times.map { [$0.description] }).encode()
  }

  /// The same dataset with the times of such a table, if it holds as many as a signal has points: the file may belong to
  /// another dataset.
  func withTimes(csv bytes: [UInt8]) throws(FormatError) -> Dataset {
    let table = try CSVTable.decode(bytes)
    let times = table.rows.compactMap { CSVNumber($0[0].utf8).value }
    guard table.columns == ["t"], times.count == length, table.rows.count == length else {
      return self
    }
    return try Dataset(
      x: x.values, y: y, xTest: xTest.values, yTest: yTest, t: times, templates: templates)
  }

  /// Takes the dataset from a CSV file with the columns `split` (train or test), `label`, `x0`, `x1` and so on, as it is or as a spreadsheet
  /// or pandas has written it again.
  ///
  /// Columns and rows may come in any order, other columns are ignored. Fields are separated by commas, semicolons,
  /// tabs or blanks, and between all but commas numbers may have a decimal comma. Empty lines and lines that start with
  /// `#` are skipped, but the header may stand behind a `#` on the first line. A row with the split `t` and no label holds the times, which are made from the length without it.
  ///
  /// - Throws: An error that names the line, or the value's place, for anything that is not such a table.
  package init(csv bytes: [UInt8]) throws(FormatError) {
    if FileKind(startingWith: bytes.prefix(1 << 12)) == .utf16 {
      throw FileKind.utf16.mistaken(for: .dataset(.csv))
    }
    var rows = try CSVRows(
      bytes, recognizing: CSVRows.separators, skipsNotes: true,
      isHeader: FileKind.isDatasetHeader)
    guard let header = try rows.next() else { throw FormatError("the table is empty") }
    let columns = try DatasetColumns(header)
    var (train, test) = (Part("x", "y"), Part("x_test", "y_test"))
    var t: [Double]?
    while var row = try rows.next() {
      // R's write.table names the rows, and not the column of their names.
      if row.count == columns.count + 1, Self.isSplit(row[columns.split + 1]),
        !Self.isSplit(row[columns.split])
      {
        row.removeFirst()
      }
      do throws(FormatError) {
        guard row.count >= columns.count, row.dropFirst(columns.count).allSatisfy({ $0.isEmpty })
        else {
          throw FormatError(
            "it should have \(columns.count) fields like the first line, and has \(row.count)")
        }
        let split = String(decoding: row[columns.split], as: UTF8.self)
        let label = row[columns.label]
        switch split.lowercased() {
        case "train": try train.append(row, columns, decimalComma: rows.hasDecimalComma)
        case "test": try test.append(row, columns, decimalComma: rows.hasDecimalComma)
        case "t" where t == nil && label.isEmpty:
          var times = Part("t", "")
          try times.append(row, columns, decimalComma: rows.hasDecimalComma, hasLabel: false)
          t = times.values
        default:
          throw FormatError(
            "the split \"\(split.prefix(40))\" should be train, test or, once and without a label, t"
          )
        }
      } catch {
        throw error.inside("line \(rows.rowLine)")
      }
    }
    try self.init(
      x: train.values, y: train.labels, xTest: test.values, yTest: test.labels,
      t: t ?? Self.times(columns.values.count))
  }
}

extension Dataset {
  private static func isSplit(_ field: ArraySlice<UInt8>) -> Bool {
    ["train", "test", "t"].contains(String(decoding: field.prefix(8), as: UTF8.self).lowercased())
  }
}

/// Where the columns of a dataset are in a table.
private struct DatasetColumns {
  let count: Int
  var split: Int
  var label: Int
  /// The columns x0, x1 and so on.
  var values: [Int] = []

  init(_ header: [ArraySlice<UInt8>]) throws(FormatError) {
    count = header.count
    var positions: [String: Int] = [:]
    for (position, field) in header.enumerated() where !field.isEmpty {
      let name = String(decoding: field.prefix(1024), as: UTF8.self)
      guard positions.updateValue(position, forKey: name.lowercased()) == nil else {
        throw FormatError("the table has two columns named \"\(name.prefix(40))\"")
      }
    }
    func missing(_ name: String) -> FormatError {
      FormatError(
        "the columns of a dataset should be split, label, x0, x1 and so on; there is no \(name)")
    }
    guard let split = positions["split"] else { throw missing("split") }
    guard let label = positions["label"] else { throw missing("label") }
    (self.split, self.label) = (split, label)
    while let position = positions["x\(values.count)"] { values.append(position) }
    let signals = positions.keys.count { $0.hasPrefix("x") && Int($0.dropFirst()) != nil }
    guard !values.isEmpty, signals == values.count else { throw missing("x\(values.count)") }
    // Not to leave the last values out where their name is misspelt.
    if let name = positions.keys.filter({ $0.hasPrefix("x\(values.count)") }).min() {
      throw FormatError(
        "the column \"\(name.prefix(40))\" should be x\(values.count), or start with another name")
    }
  }
}

/// The training or the test examples, as they are read row by row.
private struct Part {
  private let name: String
  private let labelName: String
  private(set) var values: [Double] = []
  private(set) var labels: [Int] = []

  init(_ name: String, _ labelName: String) {
    (self.name, self.labelName) = (name, labelName)
  }

  mutating func append(
    _ row: [ArraySlice<UInt8>], _ columns: DatasetColumns, decimalComma: Bool, hasLabel: Bool = true
  ) throws(FormatError) {
    for (position, column) in columns.values.enumerated() {
      guard let value = CSVNumber(row[column], decimalComma: decimalComma).value else {
        let place = hasLabel ? "\(name)[\(labels.count), \(position)]" : "\(name)[\(position)]"
        throw FormatError("\(place) is \(shown(row[column])); it should be a number")
      }
      values.append(value)
    }
    guard hasLabel else { return }
    guard let value = CSVNumber(row[columns.label], decimalComma: decimalComma).value,
      let label = Int(exactly: value)
    else {
      throw FormatError(
        "\(labelName)[\(labels.count)] is \(shown(row[columns.label])); a label should be a whole number"
      )
    }
    labels.append(label)
  }

  private func shown(_ field: ArraySlice<UInt8>) -> String {
    field.isEmpty ? "empty" : "\"\(String(decoding: field.prefix(40), as: UTF8.self))\""
  }
}

/// A number in a table.
struct CSVNumber {
  /// The number; nil for anything else.
  ///
  /// Names like `nan` and hexadecimal numbers, which Swift knows too, are no data. What is too large for float64 is
  /// infinite, and refused by those who know its place.
  let value: Double?

  init(_ field: some Collection<UInt8>, decimalComma: Bool = false) {
    var hasDigit = false
    let isDecimal = field.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        hasDigit = true
        return true
      case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "e"),
        UInt8(ascii: "E"):
        return true
      case UInt8(ascii: ","): return decimalComma
      default: return false
      }
    }
    guard isDecimal, hasDigit, field.count <= 1024 else {
      value = nil
      return
    }
    value =
      decimalComma
      ? Double(
        String(
          decoding: field.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }, as: UTF8.self))
      : Double(String(decoding: field, as: UTF8.self))
  }
}
