/// The sizes and weights of text in a figure.
package enum TextStyle: String, Sendable, CaseIterable {
  case title
  case subtitle
  case notice
  case heading
  case label
  case tick
  case legend
  case caption

  /// The size in pixels.
  package var size: Double {
    switch self {
    case .title: 16
    case .subtitle, .heading: 13
    case .label, .legend, .caption: 12
    case .notice, .tick: 11
    }
  }

  /// The distance between lines.
  package var lineHeight: Double { (size * 1.3).rounded() }

  var isBold: Bool { self == .title || self == .heading || self == .notice }

  var paint: Paint {
    switch self {
    case .title, .heading, .label, .legend: .ink
    case .subtitle, .tick, .caption: .muted
    case .notice: .warning
    }
  }
}

extension TextStyle {
  /// An estimate of a text's width in pixels, on the wide side.
  ///
  /// Nobody knows which font the reader will have. The widths are Helvetica's, grouped, plus what
  /// wider fonts such as DejaVu Sans take.
  package func width(of text: String) -> Double {
    var thousandths = 0.0
    for scalar in text.unicodeScalars { thousandths += TextStyle.width(of: scalar) }
    return thousandths / 1000 * size * (isBold ? 1.2 : 1.12)
  }

  private static func width(of scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "'", "|", ".", ",", ":", ";", "!", " ": 280
    case "f", "t", "r", "I", "(", ")", "[", "]", "/", "\\", "-", "\"", "*", "`": 350
    case "⁰"..."⁹", "¹", "²", "³", "⁻": 390
    case "m", "w", "M", "W", "%", "@", "—", "…": 880
    case "A"..."Z", "&", "+", "<", "=", ">", "~", "−", "×", "±", "·": 690
    case "\u{300}"..."\u{36f}": 0
    default: scalar.value >= 0x1100 ? (scalar.value < 0x2e80 ? 800 : 1000) : 570
    }
  }

  /// Breaks a text into lines no wider than `width`, at spaces where possible.
  package func lines(of text: String, width: Double) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: true) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        let longer = line.isEmpty ? String(word) : line + " " + word
        if self.width(of: longer) <= width {
          line = longer
          continue
        }
        if !line.isEmpty { lines.append(line) }
        line = ""
        for character in word {
          if !line.isEmpty && self.width(of: line + String(character)) > width {
            lines.append(line)
            line = ""
          }
          line.append(character)
        }
      }
      if !line.isEmpty { lines.append(line) }
    }
    return lines
  }

  /// The widest line's width.
  func width(of lines: [String]) -> Double {
    lines.map { width(of: $0) }.max() ?? 0
  }
}
