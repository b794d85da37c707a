extension JSON {
  /// Why a text is not JSON.
  public struct SyntaxError: Error, Equatable, CustomStringConvertible {
    /// The byte at which reading stopped, from 0.
    public let offset: Int
    /// What would have been right there.
    public let expected: String

    /// The reason, as a part of a sentence.
    public var description: String { "expected \(expected) at byte \(offset)" }
  }

  /// Reads one JSON value (RFC 8259) that fills all of `bytes`.
  ///
  /// The input is treated as hostile: nesting is limited to 128 levels, nothing is allocated that
  /// the bytes themselves do not fill, and a name that an object has twice is an error, so that no
  /// two programs read different values from the same bytes.
  public init(reading bytes: some Collection<UInt8>) throws(SyntaxError) {
    var reader = Reader(bytes: Array(bytes))
    self = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == reader.bytes.count else { throw reader.expected("the end") }
  }

  /// Reads one JSON value that fills all of `text`.
  public init(reading text: String) throws(SyntaxError) {
    self = try JSON(reading: text.utf8)
  }
}

private struct Reader {
  let bytes: [UInt8]
  var position = 0

  func expected(_ what: String) -> JSON.SyntaxError {
    JSON.SyntaxError(offset: position, expected: what)
  }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) throws(JSON.SyntaxError) -> JSON {
    guard depth < 128 else { throw expected("at most 128 levels of nesting") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  mutating func object(depth: Int) throws(JSON.SyntaxError) -> JSON {
    position += 1
    var members: [JSON.Member] = []
    var names: Set<String> = []
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      let key = try string()
      guard names.insert(key).inserted else {
        throw expected("no name twice, as \"\(key.printable(within: 40))\" is,")
      }
      guard take(UInt8(ascii: ":")) else { throw expected("a colon") }
      members.append(JSON.Member(key, try value(depth: depth + 1)))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw expected("a comma or }") }
    return .object(members)
  }

  mutating func array(depth: Int) throws(JSON.SyntaxError) -> JSON {
    position += 1
    var elements: [JSON] = []
    if take(UInt8(ascii: "]")) { return .array(elements) }
    repeat {
      elements.append(try value(depth: depth + 1))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw expected("a comma or ]") }
    return .array(elements)
  }

  mutating func word(_ text: StaticString, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
    let end = position + text.utf8CodeUnitCount
    guard end <= bytes.count,
      (position..<end).allSatisfy({ bytes[$0] == text.utf8Start[$0 - position] })
    else { throw expected("a value") }
    position = end
    return value
  }

  mutating func digits() throws(JSON.SyntaxError) {
    let start = position
    while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
    guard position > start else { throw expected("a value") }
  }

  mutating func number() throws(JSON.SyntaxError) -> JSON {
    let start = position
    var isWhole = true
    if next == UInt8(ascii: "-") { position += 1 }
    let leadsWithZero = next == 0x30
    let first = position
    try digits()
    guard !leadsWithZero || position == first + 1 else { throw expected("no leading zero") }
    if next == UInt8(ascii: ".") {
      isWhole = false
      position += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let value = Int(text) { return .integer(value) }
    if isWhole, let value = UInt64(text) { return .large(value) }
    guard let value = Double(text), value.isFinite else { throw expected("a finite number") }
    return .number(value)
  }

  mutating func string() throws(JSON.SyntaxError) -> String {
    guard next == UInt8(ascii: "\"") else { throw expected("a quotation mark") }
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        // A repaired string differs from its bytes: that is how invalid UTF-8 shows.
        let string = String(decoding: text, as: UTF8.self)
        guard string.utf8.elementsEqual(text) else { throw expected("valid UTF-8 before this") }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &text)
      case 0..<0x20:
        throw expected("no control character")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw expected("a closing quotation mark")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSON.SyntaxError) {
    guard let byte = next else { throw expected("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = UInt32(try codeUnit())
      if code & 0xFC00 == 0xD800 {
        guard next == UInt8(ascii: "\\"), position + 1 < bytes.count,
          bytes[position + 1] == UInt8(ascii: "u")
        else { throw expected("the second half of a surrogate pair") }
        position += 2
        let low = UInt32(try codeUnit())
        guard low & 0xFC00 == 0xDC00 else { throw expected("a low surrogate before this") }
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(code) else { throw expected("a character before this") }
      text.append(contentsOf: UTF8.encode(scalar)!)
    default:
      throw expected("an escape before this")
    }
  }

  private mutating func codeUnit() throws(JSON.SyntaxError) -> UInt16 {
    guard position + 4 <= bytes.count,
      bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-"),
      let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw expected("four hexadecimal digits") }
    position += 4
    return unit
  }
}
