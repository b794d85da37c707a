extension String {
  /// The number of terminal columns: two for East Asian wide characters and emoji, none for marks
  /// that combine.
  package var terminalWidth: Int {
    reduce(0) { width, character in
      guard let scalar = character.unicodeScalars.first else { return width }
      switch scalar.value {
      case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
        return width + 2
      case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F, 0..<0x20, 0x7F..<0xA0:
        return width
      default:
        return width + 1
      }
    }
  }

  /// The text with spaces behind it, or before it, up to a width in terminal columns.
  package func padded(to width: Int, leading: Bool) -> String {
    let space = String(repeating: " ", count: max(0, width - terminalWidth))
    return leading ? space + self : self + space
  }

  /// The text in the middle of so many terminal columns, cut off where it is wider.
  package func centered(in width: Int) -> String {
    var text = self
    while text.terminalWidth > width { text.removeLast() }
    return text.padded(to: (width + text.terminalWidth) / 2, leading: true)
      .padded(to: width, leading: false)
  }

  /// The text in lines of at most so many terminal columns, all but the first indented; a word
  /// that is longer has a line of its own.
  package func wrapped(to columns: Int, indent: String = "") -> [String] {
    var lines = [""]
    for word in split(separator: " ").map(String.init) {
      let last = lines[lines.count - 1]
      let isEmpty = last.allSatisfy { $0 == " " }
      if !isEmpty, last.terminalWidth + 1 + word.terminalWidth > columns {
        lines.append(indent + word)
      } else {
        lines[lines.count - 1] = isEmpty ? last + word : last + " " + word
      }
    }
    return lines
  }
}
