import Storage
import Figures
import Foundation

extension Table {
  /// The table for a terminal: its title, a rule, and columns aligned — words on the left, numbers
  /// on their decimal points.
  public var text: String { text(columns: nil) }

  /// The table in so many terminal columns; nil for as many as it likes.
  ///
  /// Where there are too few, heads and words are wrapped between words; where that is not enough, the columns of a row
  /// stand below each other.
  package func text(columns limit: Int?) -> String {
    let layout = TableLayout(self)
    let body =
      layout.widths(within: limit).map(layout.lines) ?? layout.stacked(within: limit ?? 80)
    let title = title.printable.wrapped(to: limit ?? .max).joined(separator: "\n")
    return title + "\n\n" + body.map { $0.trimmedTrailing + "\n" }.joined()
  }
}

/// The cells of a table as text, and how they are laid out.
private struct TableLayout {
  private struct Entry {
    let value: String
    let spread: String?
    let isNumeric: Bool
  }

  private let heads: [String]
  private let rows: [[Entry]]
  /// The width of each column's widest spread.
  private let spreads: [Int]
  /// Whether a column holds numbers, and stands on the right.
  private let numeric: [Bool]
  private static let gap = 2

  init(_ table: Table) {
    heads = table.columns.map(\.printable)
    rows = table.rows.map { row in
      row.map {
        Entry(value: $0.shown.value.printable, spread: $0.shown.spread, isNumeric: $0.isNumeric)
      }
    }
    spreads = heads.indices.map { [rows] column in
      rows.map { $0[column].spread?.terminalWidth ?? 0 }.max() ?? 0
    }
    numeric = heads.indices.map { [rows] column in rows.contains { $0[column].isNumeric } }
  }

  /// The widths of columns for a limit: their own where there is room, else less, down to their longest words; nil where
  /// even that is too wide.
  func widths(within limit: Int?) -> [Int]? {
    let natural = heads.indices.map { column in width(of: column) { $0.terminalWidth } }
    let gaps = Self.gap * (heads.count - 1)
    guard let limit, natural.reduce(gaps, +) > limit else { return natural }
    var widths = heads.indices.map { column in width(of: column) { $0.longestWord } }
    var left = limit - widths.reduce(gaps, +)
    guard left >= 0 else { return nil }
    // What is left goes where most is missing.
    while left > 0,
      let column = widths.indices.max(by: { natural[$0] - widths[$0] < natural[$1] - widths[$1] }),
      widths[column] < natural[column]
    {
      widths[column] += 1
      left -= 1
    }
    return widths
  }

  private func width(of column: Int, _ measure: (String) -> Int) -> Int {
    let sign = spreads[column] > 0 ? 3 + spreads[column] : 0
    let numbers = rows.map { $0[column] }.filter(\.isNumeric).map { $0.value.terminalWidth + sign }
    let words = rows.map { $0[column] }.filter { !$0.isNumeric }
      .map { measure($0.value) + (numeric[column] ? sign : 0) }
    return max(measure(heads[column]), numbers.max() ?? 0, words.max() ?? 0)
  }

  /// Heads, a rule and rows in columns of these widths.
  func lines(_ widths: [Int]) -> [String] {
    let head = heads.indices.map { column in
      heads[column].wrapped(to: widths[column])
        .map { $0.padded(to: widths[column], leading: numeric[column]) }
    }
    let rule = widths.map { [String(repeating: "─", count: $0)] }
    let body = rows.map { row in
      row.indices.map { cell(row[$0], in: $0, width: widths[$0]) }
    }
    return line(head, widths, atEnd: true) + ([rule] + body).flatMap { line($0, widths) }
  }

  /// Cells of one or more lines beside each other.
  private func line(_ cells: [[String]], _ widths: [Int], atEnd: Bool = false) -> [String] {
    let height = cells.map(\.count).max() ?? 0
    return (0..<height).map { index in
      zip(cells, widths).map { lines, width in
        let place = atEnd ? index - (height - lines.count) : index
        return lines.indices.contains(place)
          ? lines[place] : String(repeating: " ", count: width)
      }.joined(separator: String(repeating: " ", count: Self.gap))
    }
  }

  private func cell(_ entry: Entry, in column: Int, width: Int) -> [String] {
    guard entry.isNumeric else {
      return entry.value.wrapped(to: width).map {
        $0.padded(to: width, leading: numeric[column])
      }
    }
    guard spreads[column] > 0 else { return [entry.value.padded(to: width, leading: true)] }
    return [
      entry.value.padded(to: width - spreads[column] - 3, leading: true)
        + (entry.spread == nil ? "   " : " ± ")
        + (entry.spread ?? "").padded(to: spreads[column], leading: true)
    ]
  }

  /// The rows below each other, and the columns of each.
  func stacked(within limit: Int) -> [String] {
    rows.enumerated().flatMap { index, row in
      (index > 0 ? [""] : [])
        + row.indices.flatMap { column -> [String] in
          let entry = row[column]
          let value = [entry.value, entry.spread].compactMap(\.self).joined(separator: " ± ")
          if column == 0 { return value.wrapped(to: limit) }
          return value.isEmpty
            ? [] : "  \(heads[column]): \(value)".wrappedBehindIndent(to: limit, indent: 4)
        }
    }
  }
}

extension String {
  /// The width of the longest word.
  fileprivate var longestWord: Int {
    split(separator: " ").map { String($0).terminalWidth }.max() ?? 0
  }

  /// The text wrapped, its first line two columns from the edge.
  fileprivate func wrappedBehindIndent(to columns: Int, indent: Int) -> [String] {
    let lines = wrapped(to: columns - 2, indent: String(repeating: " ", count: indent - 2))
    return lines.map { "  " + $0 }
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
  /// The text without spaces at its end.
  package var trimmedTrailing: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
