import Storage
import Figures
import Foundation

extension Table {
  /// The table for a terminal: its title, a rule, and columns aligned — words on the left, numbers
  /// on their decimal points.
  public var text: String {
    let shown = rows.map { row in
      row.map { (value: $0.shown.value.printable, spread: $0.shown.spread) }
    }
    let columns = columns.map(\.printable)
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
    return title.printable + "\n\n"
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

  /// The value in no more digits than its authors gave it, also where it was computed from theirs: a difference of
  /// 63.55 and 59.2 is 4.35.
  var published: String {
    guard case .number(let value) = self else { return shown(0) }
    let scale = value.magnitude * 1e-12
    return (0...6).lazy.map { value.shown($0) }.first { shown in
      Double(shown.replacing("−", with: "-")).map { abs($0 - value) <= scale } ?? true
    } ?? value.shown(6)
  }
}

extension Claim {
  /// The measured value as people want to see it, with the interval by which it was judged, or with its spread; nil if
  /// there is none.
  var shownMeasurement: String? {
    guard let measured else { return nil }
    if let interval {
      return
        "\(measured.shown(decimals)) (95 %: \(interval.lowerBound.shown(decimals)) to \(interval.upperBound.shown(decimals)))"
    }
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
  fileprivate var trimmedTrailing: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
