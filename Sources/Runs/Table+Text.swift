import Foundation

extension Table {
  /// The table for a terminal: its title, a rule, and columns aligned — words on the left, numbers
  /// on their decimal points.
  public var text: String {
    let shown = rows.map { $0.map(\.shown) }
    let spreads = columns.indices.map { column in
      shown.map { $0[column].spread?.terminalWidth ?? 0 }.max() ?? 0
    }
    let widths = columns.indices.map { column in
      let values = shown.map { $0[column].value.terminalWidth }.max() ?? 0
      let sign = spreads[column] > 0 ? 3 : 0
      return max(columns[column].terminalWidth, values + sign + spreads[column])
    }
    let numeric = columns.indices.map { column in
      rows.contains { $0[column].isNumeric }
    }
    let head = columns.indices.map { column in
      columns[column].padded(to: widths[column], leading: numeric[column])
    }
    let lines = zip(rows, shown).map { row, shown in
      columns.indices.map { column in
        let (value, spread) = shown[column]
        guard row[column].isNumeric else {
          return value.padded(to: widths[column], leading: numeric[column])
        }
        guard spreads[column] > 0 else {
          return value.padded(to: widths[column], leading: true)
        }
        return value.padded(to: widths[column] - spreads[column] - 3, leading: true)
          + (spread == nil ? "   " : " ± ")
          + (spread ?? "").padded(to: spreads[column], leading: true)
      }
    }
    let rule = widths.map { String(repeating: "─", count: $0) }
    return title + "\n\n"
      + ([head, rule] + lines).map { cells in
        cells.joined(separator: "  ").trimmedTrailing + "\n"
      }.joined()
  }
}

extension Cell {
  /// Whether this lines up with numbers.
  var isNumeric: Bool {
    switch self {
    case .empty, .text: false
    case .integer, .number, .estimate: true
    }
  }

  /// The entry as people want to see it, with its spread apart.
  var shown: (value: String, spread: String?) {
    switch self {
    case .empty: ("", nil)
    case .text(let text): (text, nil)
    case .integer(let value): (String(value), nil)
    case .number(let value, let decimals): (value.shown(decimals), nil)
    case .estimate(let mean, let spread, let decimals):
      (mean.shown(decimals), spread.shown(decimals))
    }
  }
}

extension Quantity {
  /// The value as people want to see it.
  public func shown(_ decimals: Int) -> String {
    switch self {
    case .text(let text): text
    case .number(let value): value.shown(decimals)
    }
  }

  /// The value in no more digits than its authors gave it.
  var published: String {
    guard case .number(let value) = self else { return shown(0) }
    return (0...6).lazy.map { value.shown($0) }
      .first { Double($0.replacing("−", with: "-")) == value } ?? value.shown(6)
  }
}

extension Claim {
  /// The measured value with its spread as people want to see it; nil if there is none.
  var shownMeasurement: String? {
    guard let measured else { return nil }
    return measured.shown(decimals) + (spread.map { " ± " + $0.shown(decimals) } ?? "")
  }
}

extension Double {
  /// The number with so many decimals, a true minus sign and, if not finite, a word.
  public func shown(_ decimals: Int) -> String {
    guard isFinite else { return isNaN ? "not a number" : self < 0 ? "−∞" : "∞" }
    let digits = String(format: "%.\(decimals)f", abs(self))
    let isZero = digits.allSatisfy { $0 == "0" || $0 == "." }
    return self < 0 && !isZero ? "−" + digits : digits
  }
}

extension String {
  /// The number of terminal columns: two for East Asian wide characters and emoji, none for marks
  /// that combine.
  var terminalWidth: Int {
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

  func padded(to width: Int, leading: Bool) -> String {
    let space = String(repeating: " ", count: max(0, width - terminalWidth))
    return leading ? space + self : self + space
  }

  fileprivate var trimmedTrailing: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
