extension JSON {
  /// The one text that equal values share: members sorted by the bytes of their names, no spaces,
  /// numbers in the fewest digits that read back as the same bits.
  public var canonical: String {
    var out = ""
    write(to: &out, separator: ",", colon: ":", sorted: true)
    return out
  }

  /// The text with the members in their own order, and no spaces.
  package var compact: String {
    var out = ""
    write(to: &out, separator: ",", colon: ":", sorted: false)
    return out
  }

  /// The text for people: members in their own order, two spaces a level, and whatever fits into
  /// a line of 100 columns on one line. What would steer a terminal is written as `\u001b`.
  public var pretty: String {
    var out = ""
    writePretty(to: &out, indent: 0, column: 0)
    return out.spellingOut(keeping: ["\n"]) { scalar in
      UTF16.encode(scalar)!.map(Self.escape).joined()
    }
  }

  private func write(to out: inout String, separator: String, colon: String, sorted: Bool) {
    switch self {
    case .null: out += "null"
    case .flag(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .large(let value): out += String(value)
    case .number(let value): out += Self.spelling(of: value)
    case .text(let value): Self.quote(value, to: &out)
    case .array(let elements):
      out += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { out += separator }
        element.write(to: &out, separator: separator, colon: colon, sorted: sorted)
      }
      out += "]"
    case .object(let members):
      let ordered =
        sorted
        ? members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : members
      out += "{"
      for (index, member) in ordered.enumerated() {
        if index > 0 { out += separator }
        Self.quote(member.key, to: &out)
        out += colon
        member.value.write(to: &out, separator: separator, colon: colon, sorted: sorted)
      }
      out += "}"
    }
  }

  private func writePretty(to out: inout String, indent: Int, column: Int) {
    var line = ""
    write(to: &line, separator: ", ", colon: ": ", sorted: false)
    if column + line.utf8.count <= 98, indent > 0 || line.utf8.count <= 2 {
      out += line
      return
    }
    let margin = "\n" + String(repeating: " ", count: indent + 2)
    let close = "\n" + String(repeating: " ", count: indent)
    switch self {
    case .array(let elements):
      out += "["
      for (index, element) in elements.enumerated() {
        out += (index > 0 ? "," : "") + margin
        element.writePretty(to: &out, indent: indent + 2, column: indent + 2)
      }
      out += close + "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        var name = ""
        Self.quote(member.key, to: &name)
        out += (index > 0 ? "," : "") + margin + name + ": "
        member.value.writePretty(
          to: &out, indent: indent + 2, column: indent + name.utf8.count + 4)
      }
      out += close + "}"
    default:
      out += line
    }
  }

  /// The shortest digits that read back as the same bits; JSON has no word for what is not finite,
  /// so that is written as text, which ``JSON/decode(_:)`` understands.
  private static func spelling(of value: Double) -> String {
    if value.isFinite { return value.description }
    return value.isNaN ? "\"nan\"" : value < 0 ? "\"-inf\"" : "\"inf\""
  }

  private static func escape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\u{8}": out += "\\b"
      case "\u{C}": out += "\\f"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{0}"..<"\u{20}":
        out += escape(UInt16(scalar.value))
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
