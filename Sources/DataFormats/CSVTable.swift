/// A table of texts with named columns, as a CSV file (RFC 4180).
public struct CSVTable: Equatable, Sendable {
  /// The names of the columns, from the first line.
  public let columns: [String]
  /// The rows, each with one text for every column.
  public private(set) var rows: [[String]] = []

  /// Creates a table without rows.
  public init(columns: [String]) {
    precondition(!columns.isEmpty, "a table should have a column")
    self.columns = columns
  }

  /// Creates a table from rows that must have one text for every column.
  public init(columns: [String], rows: [[String]]) {
    self.init(columns: columns)
    for row in rows { append(row) }
  }

  /// Appends a row, which must have one text for every column.
  public mutating func append(_ row: [String]) {
    precondition(
      row.count == columns.count, "a row has \(row.count) texts for \(columns.count) columns")
    rows.append(row)
  }
}

// MARK: - Writing

extension CSVTable {
  /// Encodes the table as UTF-8 with a newline after every row; only texts that need quotes have
  /// them.
  public func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    for row in [columns] + rows {
      for (index, text) in row.enumerated() {
        if index > 0 { bytes.append(Self.comma) }
        Self.append(text, isAlone: row.count == 1, to: &bytes)
      }
      bytes.append(Self.newline)
    }
    return bytes
  }

  private static func append(_ text: String, isAlone: Bool, to bytes: inout [UInt8]) {
    let needsQuotes =
      text.utf8.contains { $0 == quote || $0 == comma || $0 == newline || $0 == carriageReturn }
      || text.isEmpty && isAlone
    guard needsQuotes else {
      bytes.append(text)
      return
    }
    bytes.append(quote)
    for byte in text.utf8 {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }
}

// MARK: - Reading

extension CSVTable {
  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Decodes a table; lines end in LF or CRLF, and the last may end with the file.
  ///
  /// - Throws: An error that names the line, for rows of different lengths, misplaced quotes,
  ///   columns of the same name and bytes that are not UTF-8.
  public static func decode(_ bytes: [UInt8]) throws(FormatError) -> CSVTable {
    var parser = Parser(rest: bytes[...])
    if bytes.starts(with: byteOrderMark) { parser.rest = parser.rest.dropFirst(3) }
    guard !parser.rest.isEmpty else { throw FormatError("the table is empty") }
    var table = CSVTable(columns: try parser.row())
    var names: Set<String> = []
    for name in table.columns where !names.insert(name).inserted {
      throw FormatError("the table has two columns named \"\(name)\"")
    }
    while !parser.rest.isEmpty {
      let line = parser.line
      let row = try parser.row()
      guard row.count == table.columns.count else {
        throw FormatError(
          "line \(line) should have \(table.columns.count) fields like the first one, "
            + "and has \(row.count)")
      }
      table.rows.append(row)
    }
    return table
  }

  private struct Parser {
    var rest: ArraySlice<UInt8>
    var line = 1

    /// The fields of the next row; at least one byte is left.
    mutating func row() throws(FormatError) -> [String] {
      var fields: [String] = []
      while true {
        fields.append(rest.first == quote ? try quotedField() : try plainField())
        if rest.first == comma {
          rest = rest.dropFirst()
          continue
        }
        if rest.starts(with: [carriageReturn, newline]) { rest = rest.dropFirst() }
        guard rest.first == newline || rest.isEmpty else {
          throw FormatError("line \(line) has text after a closing quote or a stray CR")
        }
        rest = rest.dropFirst()
        line += 1
        return fields
      }
    }

    private mutating func plainField() throws(FormatError) -> String {
      let field = rest.prefix { $0 != comma && $0 != newline && $0 != carriageReturn }
      guard !field.contains(quote) else {
        throw FormatError("line \(line) has a quote inside a field that is not quoted")
      }
      rest = rest[field.endIndex...]
      return try String(strictUTF8: field)
    }

    private mutating func quotedField() throws(FormatError) -> String {
      let start = line
      var text: [UInt8] = []
      rest = rest.dropFirst()
      while let end = rest.firstIndex(of: quote) {
        text += rest[..<end]
        rest = rest[(end + 1)...]
        guard rest.first == quote else {
          line += text.count { $0 == newline }
          return try String(strictUTF8: text[...])
        }
        text.append(quote)
        rest = rest.dropFirst()
      }
      throw FormatError("line \(start) opens a quote that is never closed")
    }
  }
}
