import Figures

/// Words as a shell and sbatch read them.
///
/// Both read bytes, so nothing here looks at characters: to Swift a quotation mark with an accent is another character
/// than a quotation mark, and to a shell it is a quotation mark.
package enum ShellText {
  /// A word of a shell's command line.
  package static func word(_ text: String) -> String {
    guard !text.isEmpty, text.utf8.allSatisfy(isPlain) else {
      return "'" + escaping(text, ["'"], by: #"'\"#, then: "'") + "'"
    }
    return text
  }

  /// An option of a line `#SBATCH`: within quotation marks all but `\` and `"` stands for itself.
  package static func option(_ text: String) -> String {
    text.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "%") }
      ? text : "\"" + escaping(text, ["\\", "\""], by: #"\"#, then: "") + "\""
  }

  /// A path in which sbatch replaces nothing: it takes `%j` for the job's number.
  static func pattern(_ path: String) -> String { escaping(path, ["%"], by: "%", then: "") }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "=,./_+:-".utf8.contains(byte)
    }
  }

  private static func escaping(
    _ text: String, _ special: [Unicode.Scalar], by prefix: String, then suffix: String
  ) -> String {
    text.unicodeScalars.reduce(into: "") { out, scalar in
      if special.contains(scalar) {
        out += prefix
        out.unicodeScalars.append(scalar)
        out += suffix
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
  }
}
