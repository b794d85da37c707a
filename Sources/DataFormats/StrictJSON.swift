/// The part of JSON (RFC 8259) that the header of a safetensors file may use.
///
/// Foundation's parsers keep one of two equal keys and say nothing, so that two programs may read
/// different tensors from the same file; here a key that is there twice is an error.
enum StrictJSON: Equatable {
  case string(String)
  case integer(Int)
  case array([StrictJSON])
  case object(NamedValues<StrictJSON>)

  /// Parses a text that holds one value and, after it, at most white space.
  init(parsing bytes: ArraySlice<UInt8>) throws(FormatError) {
    var parser = Parser(rest: bytes)
    self = try parser.value(depth: 0)
    parser.skipSpaces()
    guard parser.rest.isEmpty else { throw parser.unexpected("nothing more") }
  }

  private struct Parser {
    private static let largestDepth = 8
    /// No list is longer than a shape can be.
    private static let longestArray = 64
    var rest: ArraySlice<UInt8>

    mutating func skipSpaces() {
      rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
      skipSpaces()
      guard rest.first == UInt8(ascii: character) else { return false }
      rest = rest.dropFirst()
      return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(FormatError) {
      guard skip(character) else { throw unexpected("\(character)") }
    }

    func unexpected(_ expected: String) -> FormatError {
      let found = String(
        decoding: rest.prefix(12).filter { (32..<127).contains($0) }, as: UTF8.self)
      return FormatError("the JSON header should have \(expected) before \"\(found)\"")
    }

    mutating func value(depth: Int) throws(FormatError) -> StrictJSON {
      guard depth < Self.largestDepth else {
        throw FormatError("the JSON header nests more than \(Self.largestDepth) deep")
      }
      if skip("\"") { return .string(try stringEnd()) }
      if skip("[") { return .array(try arrayEnd(depth: depth)) }
      if skip("{") { return .object(try objectEnd(depth: depth)) }
      return .integer(try integer())
    }

    private mutating func arrayEnd(depth: Int) throws(FormatError) -> [StrictJSON] {
      var values: [StrictJSON] = []
      if skip("]") { return values }
      repeat {
        guard values.count < Self.longestArray else {
          throw FormatError("a list in the JSON header has more than \(Self.longestArray) entries")
        }
        values.append(try value(depth: depth + 1))
      } while skip(",")
      try expect("]")
      return values
    }

    private mutating func objectEnd(depth: Int) throws(FormatError) -> NamedValues<StrictJSON> {
      var values: NamedValues<StrictJSON> = [:]
      if skip("}") { return values }
      repeat {
        try expect("\"")
        let key = try stringEnd()
        try expect(":")
        guard values.append(try value(depth: depth + 1), named: key) else {
          throw FormatError("the JSON header has the key \"\(key)\" twice")
        }
      } while skip(",")
      try expect("}")
      return values
    }

    /// A number that is a size or an offset: a whole one, not negative.
    private mutating func integer() throws(FormatError) -> Int {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      let text = String(decoding: digits, as: UTF8.self)
      guard let value = Int(text), text == "0" || !text.hasPrefix("0") else {
        throw unexpected("a string, a list, an object or a whole number up to 2^63 - 1")
      }
      rest = rest.dropFirst(digits.count)
      return value
    }

    /// The rest of a string whose opening quote is read.
    private mutating func stringEnd() throws(FormatError) -> String {
      var text: [UInt8] = []
      while let byte = rest.popFirst() {
        switch byte {
        case UInt8(ascii: "\""): return try String(strictUTF8: text[...])
        case UInt8(ascii: "\\"): text.append(contentsOf: try escape().utf8)
        case 0..<0x20: throw unexpected("no control character in a string")
        default: text.append(byte)
        }
      }
      throw unexpected("a closing quote")
    }

    private mutating func escape() throws(FormatError) -> String {
      switch rest.popFirst() {
      case UInt8(ascii: "\""): return "\""
      case UInt8(ascii: "\\"): return "\\"
      case UInt8(ascii: "/"): return "/"
      case UInt8(ascii: "b"): return "\u{8}"
      case UInt8(ascii: "f"): return "\u{C}"
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "u"):
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]), rest.starts(with: "\\u".utf8) {
          rest = rest.dropFirst(2)
          units.append(try codeUnit())
        }
        let text = String(decoding: units, as: UTF16.self)
        guard text.utf16.elementsEqual(units) else {
          throw unexpected("two halves of a surrogate pair")
        }
        return text
      default: throw unexpected("a known escape")
      }
    }

    private mutating func codeUnit() throws(FormatError) -> UInt16 {
      let digits = rest.prefix(4)
      guard digits.count == 4, digits.allSatisfy({ isHexadecimal($0) }),
        let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw unexpected("four hexadecimal digits") }
      rest = rest.dropFirst(4)
      return unit
    }

    private func isHexadecimal(_ byte: UInt8) -> Bool {
      Character(Unicode.Scalar(byte)).isHexDigit
    }
  }
}

extension StrictJSON {
  /// A text as a JSON string, escaped as Rust's serde_json does it.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
