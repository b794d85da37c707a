/// A table of texts with named columns, as a CSV file (RFC 4180).
package struct CSVTable: Equatable, Sendable {
  /// The names of the columns, from the first line.
  package let columns: [String]
  /// The rows, each with one text for every column.
  package private(set) var rows: [[String]] = []

  /// Creates a table without rows.
  package init(columns: [String]) {
    precondition(!columns.isEmpty, "a table should have a column")
    self.columns = columns
  }

  /// Creates a table from rows that must have one text for every column.
  package init(columns: [String], rows: [[String]]) {
    self.init(columns: columns)
    for row in rows { append(row) }
  }

  /// Appends a row, which must have one text for every column.
  package mutating func append(_ row: [String]) {
    precondition(
      row.count == columns.count, "a row has \(row.count) texts for \(columns.count) columns")
    rows.append(row)
  }
}

// MARK: - Writing

extension CSVTable {
  /// Encodes the table as UTF-8 with a newline after every row; only texts that need quotes have
  /// them.
  package func encode() -> [UInt8] {
    ([columns] + rows).reduce(into: []) { $0 += Self.line(of: $1).utf8 }
  }

  /// A row with its newline.
  package static func line(of fields: [String]) -> String {
    // A text alone that is empty would be an empty line.
    fields == [""] ? "\"\"\n" : fields.map(field).joined(separator: ",") + "\n"
  }

  /// Looks at scalars: a quotation mark may carry an accent, and is one all the same.
  private static func field(_ text: String) -> String {
    let needsQuotes =
      text.unicodeScalars.contains { special.contains($0) }
      // At the start of the file it would be taken for the mark of its encoding.
      || text.unicodeScalars.first == "\u{FEFF}"
    guard needsQuotes else { return text }
    return text.unicodeScalars.reduce(into: "\"") { out, scalar in
      if scalar == "\"" { out += "\"" }
      out.unicodeScalars.append(scalar)
    } + "\""
  }

  /// What ends a field, or a line in some program.
  private static let special: [Unicode.Scalar] = [
    ",", "\"", "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}",
  ]
}

// MARK: - Reading

extension CSVTable {
  /// Decodes a table; lines end in LF or CRLF, and the last may end with the file.
  ///
  /// - Throws: An error that names the line, for rows of different lengths, misplaced quotes,
  ///   columns of the same name and bytes that are not UTF-8.
  package static func decode(_ bytes: [UInt8]) throws(FormatError) -> CSVTable {
    var rows = try CSVRows(bytes)
    guard let header = try rows.next() else { throw FormatError("the table is empty") }
    var table = CSVTable(columns: try texts(header))
    var names: Set<String> = []
    for name in table.columns where !names.insert(name).inserted {
      throw FormatError("the table has two columns named \"\(name)\"")
    }
    while let row = try rows.next() {
      guard row.count == table.columns.count else {
        throw FormatError(
          "line \(rows.rowLine) should have \(table.columns.count) fields like the first one, "
            + "and has \(row.count)")
      }
      table.rows.append(try texts(row))
    }
    return table
  }

  private static func texts(_ row: [ArraySlice<UInt8>]) throws(FormatError) -> [String] {
    try row.map { field throws(FormatError) in try String(strictUTF8: field) }
  }
}
