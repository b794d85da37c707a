extension String {
  /// The text as a message, a table or a page can show it, whatever it holds.
  ///
  /// What steers a terminal or turns the direction of writing is spelt out, such as `\u{1B}`: the control characters
  /// C0, DEL and C1, the separators of lines and paragraphs, and the marks that embed, override or isolate a direction
  /// (the characters of "Trojan Source", CVE-2021-42574).
  package var printable: String { spellingOut(keeping: [], as: Self.spelling(of:)) }

  /// The same for a text of several lines: line feeds and tabs stay.
  package var printableLines: String {
    spellingOut(keeping: ["\n", "\t"], as: Self.spelling(of:))
  }

  /// The same for what is quoted in a sentence: of a long text, the beginning and the end.
  package func printable(within length: Int) -> String {
    let scalars = unicodeScalars
    guard scalars.count > length else { return printable }
    let head = String(String.UnicodeScalarView(scalars.prefix(length * 2 / 3)))
    let tail = String(String.UnicodeScalarView(scalars.suffix(length / 3)))
    return "\(head.printable) … \(tail.printable)"
  }

  /// Whether nothing in the text has to be spelt out to be shown.
  package var isPrintable: Bool { unicodeScalars.allSatisfy { !$0.steers } }

  /// The text with what steers in another spelling.
  package func spellingOut(
    keeping kept: [Unicode.Scalar], as spelling: (Unicode.Scalar) -> String
  ) -> String {
    if unicodeScalars.allSatisfy({ !$0.steers || kept.contains($0) }) { return self }
    return unicodeScalars.reduce(into: "") { out, scalar in
      if scalar.steers, !kept.contains(scalar) {
        out += spelling(scalar)
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
  }

  private static func spelling(of scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": #"\n"#
    case "\r": #"\r"#
    case "\t": #"\t"#
    default: #"\u{"# + String(scalar.value, radix: 16, uppercase: true) + "}"
    }
  }
}

extension Unicode.Scalar {
  /// Whether this steers whoever shows it instead of being shown.
  fileprivate var steers: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF,
      0xFFF9...0xFFFB, 0xE0000...0xE007F:
      true
    default: false
    }
  }
}
