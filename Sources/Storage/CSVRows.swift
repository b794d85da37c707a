/// The rows of a CSV file (RFC 4180), one at a time, as slices of its bytes.
///
/// A table of numbers takes many times its size as texts, so whoever wants numbers takes them from here.
package struct CSVRows {
  /// The separators that are recognised; blanks are where there is no other.
  package static let separators: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, blank]

  private static let blank: UInt8 = 0x20

  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The most fields of a row: more would take many times the memory of the line.
  private static let mostFields = 1 << 20

  private let bytes: [UInt8]
  private var position: Int
  private let separator: UInt8
  /// Whether empty lines, and lines that start with `#`, are skipped, and blanks around a field dropped.
  private let skipsNotes: Bool
  /// The number of the line that comes next, and of the one that the last row started in.
  private var line = 1
  package private(set) var rowLine = 1

  /// Whether a comma in a number can only be a decimal one.
  package var hasDecimalComma: Bool { separator != UInt8(ascii: ",") }

  /// Starts at the first row; of the separators that may be used, that which is most often in it is.
  ///
  /// Where notes are skipped, a header behind a `#` is none.
  package init(
    _ bytes: [UInt8], recognizing candidates: [UInt8] = [UInt8(ascii: ",")],
    skipsNotes: Bool = false, isHeader: (ArraySlice<UInt8>) -> Bool = { _ in false }
  ) throws(FormatError) {
    self.bytes = bytes
    self.skipsNotes = skipsNotes
    position = bytes.starts(with: Self.byteOrderMark) ? 3 : 0
    // NumPy's savetxt writes the header as a note.
    if skipsNotes, bytes[position...].first == UInt8(ascii: "#"),
      isHeader(bytes[position...].dropFirst().prefix { $0 >= 0x20 || $0 == 0x09 })
    {
      position += 1
    }
    let start = bytes[position...]
    // A spreadsheet's note of the separator, on a line of its own.
    if skipsNotes, start.count > 5, start.starts(with: "sep=".utf8), start[position + 5] < 0x20 {
      separator = start[position + 4]
      position += 5
      skipLineEnd()
      return
    }
    var counts = [UInt8: Int]()
    var isQuoted = false
    var isNote = false
    for (index, byte) in zip(start.indices, start) {
      if byte == Self.quote { isQuoted.toggle() }
      if byte == UInt8(ascii: "#"), index == position || bytes[index - 1] < 0x20 { isNote = true }
      if byte == Self.newline || byte == Self.carriageReturn, !isQuoted {
        if !counts.isEmpty || !skipsNotes { break }
        isNote = false
      } else if !isQuoted, !(isNote && skipsNotes), candidates.contains(byte),
        byte != Self.blank || index > position && bytes[index - 1] > Self.blank
      {
        counts[byte, default: 0] += 1
      }
    }
    if counts.count > 1 { counts[Self.blank] = nil }
    separator =
      candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? UInt8(ascii: ",")
  }

  /// The fields of the next row; nil at the end.
  package mutating func next() throws(FormatError) -> [ArraySlice<UInt8>]? {
    while position < bytes.count {
      rowLine = line
      if skipsNotes, bytes[position] == UInt8(ascii: "#") {
        position = bytes[position...].firstIndex { isLineEnd($0) } ?? bytes.count
        skipLineEnd()
        continue
      }
      let row = try row()
      if skipsNotes, row.allSatisfy({ $0.isEmpty }) { continue }
      return row
    }
    return nil
  }

  private mutating func row() throws(FormatError) -> [ArraySlice<UInt8>] {
    var fields: [ArraySlice<UInt8>] = []
    while true {
      guard fields.count < Self.mostFields else {
        throw FormatError("line \(line) has more than \(Self.mostFields) fields")
      }
      if skipsNotes { skipBlanks() }
      let isQuoted = position < bytes.count && bytes[position] == Self.quote
      fields.append(isQuoted ? try quotedField() : try plainField())
      guard position < bytes.count, bytes[position] == separator else { break }
      position += 1
      // Blanks at the end of a line separate nothing.
      if separator == Self.blank {
        skipBlanks()
        if position == bytes.count || isLineEnd(bytes[position]) { break }
      }
    }
    guard position == bytes.count || isLineEnd(bytes[position]) else {
      throw FormatError("line \(line) has text after a closing quote or a stray CR")
    }
    skipLineEnd()
    return fields
  }

  /// A CR alone ends a line where notes are skipped, too.
  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == Self.newline || byte == Self.carriageReturn && skipsNotes
      || byte == Self.carriageReturn
        && bytes[position...].starts(with: [Self.carriageReturn, Self.newline])
  }

  private mutating func skipLineEnd() {
    if position < bytes.count, bytes[position] == Self.carriageReturn { position += 1 }
    if position < bytes.count, bytes[position] == Self.newline { position += 1 }
    line += 1
  }

  private mutating func skipBlanks() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09,
      bytes[position] != separator || separator == Self.blank
    { position += 1 }
  }

  private mutating func plainField() throws(FormatError) -> ArraySlice<UInt8> {
    let start = position
    var end = start
    while end < bytes.count {
      let byte = bytes[end]
      if byte == separator || byte == Self.newline || byte == Self.carriageReturn { break }
      guard byte != Self.quote else {
        throw FormatError("line \(line) has a quote inside a field that is not quoted")
      }
      end += 1
    }
    position = end
    return trimmed(bytes[start..<end])
  }

  /// A field without the blanks around it, where those mean nothing.
  private func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard skipsNotes else { return field }
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    guard let last = field.lastIndex(where: { !isBlank($0) }) else { return field.prefix(0) }
    return field[...last].drop(while: isBlank)
  }

  private mutating func quotedField() throws(FormatError) -> ArraySlice<UInt8> {
    let start = line
    var text: [UInt8] = []
    var isSplit = false
    position += 1
    var part = position
    while let end = bytes[position...].firstIndex(of: Self.quote) {
      line += bytes[position..<end].count { $0 == Self.newline }
      position = end + 1
      guard position < bytes.count, bytes[position] == Self.quote else {
        if skipsNotes, separator != Self.blank { skipBlanks() }
        return trimmed(isSplit ? (text + bytes[part..<end])[...] : bytes[part..<end])
      }
      text += bytes[part...end]
      isSplit = true
      position += 1
      part = position
    }
    throw FormatError("line \(start) opens a quote that is never closed")
  }
}
