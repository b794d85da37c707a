extension String {
  /// The text with control characters, and those that change the direction or the lines of a
  /// text, spelled out, so that a name out of a file cannot command a terminal. Line feeds and tabs
  /// may stay.
  package func legible(keepingLines keepsLines: Bool = false) -> String {
    guard unicodeScalars.contains(where: { $0.isCommand }) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n" where keepsLines, "\t" where keepsLines, _ where !scalar.isCommand:
        text.unicodeScalars.append(scalar)
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.value < 0x80:
        text += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: text += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return text
  }

  /// The beginning and the end of a long text, with an ellipsis between them.
  package func abridged(to length: Int) -> String {
    guard unicodeScalars.count > length else { return self }
    let (head, tail) = (length * 2 / 3, length / 3)
    return String(unicodeScalars.prefix(head)) + " … " + String(unicodeScalars.suffix(tail))
  }
}

extension Unicode.Scalar {
  fileprivate var isCommand: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
