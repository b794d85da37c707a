import Storage

/// Numbers and words in rows and columns.
public struct Table: Sendable, Equatable {
  /// The file's name without its ending, such as `table-1`.
  public var name: String
  /// What it shows.
  public var title: String
  /// The heads of the columns; the first column names the rows.
  public var columns: [String]
  /// The rows, each as wide as `columns`.
  public private(set) var rows: [[Cell]]

  /// Names a table.
  ///
  /// - Precondition: `name` consists of lower-case letters, digits and hyphens, and every row has a
  ///   cell for each column.
  public init(_ name: String, title: String, columns: [String], rows: [[Cell]] = []) {
    precondition(name.isPlainFileName, "\"\(name)\" cannot name a file: use a-z, 0-9 and hyphens")
    self.name = name
    self.title = title
    self.columns = columns
    self.rows = []
    for row in rows { append(row) }
  }

  /// Adds a row.
  ///
  /// - Precondition: the row has a cell for each column.
  public mutating func append(_ row: [Cell]) {
    precondition(
      row.count == columns.count,
      "a row of \(row.count) cells does not fit the table \(name) of \(columns.count) columns")
    rows.append(row)
  }
}

/// One entry of a table.
public enum Cell: Sendable, Equatable, ExpressibleByStringLiteral {
  case empty
  case text(String)
  case integer(Int)
  /// A number, shown with so many decimals and stored with all of them.
  case number(Double, decimals: Int = 1)
  /// A mean with its standard deviation (or another spread that the title names).
  case estimate(mean: Double, spread: Double, decimals: Int = 1)

  public init(stringLiteral value: String) { self = .text(value) }

  /// The mean of a sample with its standard deviation; a plain number for one value, empty for none.
  public init(_ sample: Sample?, decimals: Int = 1) {
    guard let sample else {
      self = .empty
      return
    }
    self =
      sample.count > 1
      ? .estimate(mean: sample.mean, spread: sample.deviation, decimals: decimals)
      : .number(sample.values[0], decimals: decimals)
  }

  /// A number; empty for none.
  public init(_ value: Double?, decimals: Int = 1) {
    self = value.map { .number($0, decimals: decimals) } ?? .empty
  }
}

extension Table {
  /// The table as comma-separated values (quoted as in RFC 4180), every number with all its digits.
  ///
  /// A column of estimates is followed by one called `… (spread)`. Words that a spreadsheet would take for a formula
  /// begin with an apostrophe, as they do where one types them.
  public var csv: String {
    let isSpread = columns.indices.map { column in
      rows.contains { if case .estimate = $0[column] { true } else { false } }
    }
    let heads = zip(columns.map(\.inert), isSpread).flatMap { $1 ? [$0, "\($0) (spread)"] : [$0] }
    let lines = rows.map { row in
      zip(row, isSpread).flatMap { cell, isSpread in
        isSpread ? [cell.digits, cell.spreadDigits] : [cell.digits]
      }
    }
    return ([heads] + lines).map(CSVTable.line).joined()
  }
}

extension Cell {
  fileprivate var digits: String {
    switch self {
    case .empty: ""
    case .text(let text): text.inert
    case .integer(let value): String(value)
    case .number(let value, _): value.description
    case .estimate(let mean, _, _): mean.description
    }
  }

  fileprivate var spreadDigits: String {
    if case .estimate(_, let spread, _) = self { spread.description } else { "" }
  }
}

extension String {
  /// The words of a cell so that no spreadsheet computes them: numbers stay, and what begins like a formula gets an
  /// apostrophe before it.
  fileprivate var inert: String {
    guard let first = unicodeScalars.first(where: { $0 != " " }),
      ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"].contains(first),
      Double(self) == nil
    else { return self }
    return "'" + self
  }
}
