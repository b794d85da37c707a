import Storage

/// The operands of protocols 0 and 1, which are lines of text.
extension PickleMachine {
  /// The text that a string of Python 2 or 3 is; nil for everything else.
  func text(_ item: Item) -> String? {
    switch item {
    case .string(let text): text
    case .oldString(let bytes): try? String(strictUTF8: bytes)
    default: nil
    }
  }

  /// The bytes that a string of Python 2, or bytes of Python 3, are; nil for everything else.
  func bytes(_ item: Item) -> ArraySlice<UInt8>? {
    switch item {
    case .bytes(let bytes), .oldString(let bytes): bytes
    default: nil
    }
  }

  func number(_ line: String) throws(FormatError) -> Int {
    guard let value = Int(line) else { throw Self.damaged }
    return value
  }

  /// An integer, or a truth value, which is spelt with a zero in front.
  mutating func intLine() throws(FormatError) -> Item {
    let line = try reader.line()
    switch line {
    case "00": return .bool(false)
    case "01": return .bool(true)
    default: return .int(try number(line))
    }
  }

  /// An integer with or without the `L` of Python 2.
  mutating func longLine() throws(FormatError) -> Int {
    let line = try reader.line()
    return try number(line.hasSuffix("L") ? String(line.dropLast()) : line)
  }

  /// A string as Python 2 shows it, in quotes and with escapes.
  mutating func quotedLine() throws(FormatError) -> ArraySlice<UInt8> {
    let line = try reader.lineBytes()
    guard let quote = line.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
      line.count >= 2, line.last == quote
    else { throw Self.damaged }
    var rest = line.dropFirst().dropLast()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rest.count)
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "x"):
        guard let value = Self.code(&rest, digits: 2), let byte = UInt8(exactly: value) else {
          throw Self.damaged
        }
        bytes.append(byte)
      case let escaped?
      where escaped == UInt8(ascii: "\\") || escaped == UInt8(ascii: "'")
        || escaped == UInt8(ascii: "\""):
        bytes.append(escaped)
      default: throw Self.damaged
      }
    }
    return bytes[...]
  }

  /// A text in Latin-1, with `\u` and `\U` before the numbers of other characters.
  mutating func unicodeLine() throws(FormatError) -> String {
    var rest = try reader.lineBytes()
    var text = String.UnicodeScalarView()
    while let byte = rest.popFirst() {
      let next = byte == UInt8(ascii: "\\") ? rest.first : nil
      guard let next, next == UInt8(ascii: "u") || next == UInt8(ascii: "U") else {
        text.append(Unicode.Scalar(byte))
        continue
      }
      rest = rest.dropFirst()
      guard let value = Self.code(&rest, digits: next == UInt8(ascii: "u") ? 4 : 8),
        let scalar = Unicode.Scalar(value)
      else { throw Self.damaged }
      text.append(scalar)
    }
    return String(text)
  }

  private static func code(_ rest: inout ArraySlice<UInt8>, digits: Int) -> UInt32? {
    let text = rest.prefix(digits)
    guard text.count == digits, text.first != UInt8(ascii: "+") else { return nil }
    rest = rest.dropFirst(digits)
    return UInt32(String(decoding: text, as: UTF8.self), radix: 16)
  }
}
