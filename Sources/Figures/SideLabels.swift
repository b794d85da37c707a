/// The names beside a panel's lines: right of the plotting area those of level rules and of lines that
/// are named at their end, above it those of upright rules.
///
/// They are moved apart so that none covers another, as little as possible, and a short line leads from
/// each name to what it names, so that none is taken for a neighbour's.
struct SideLabels {
  struct Label {
    let lines: [String]
    let color: Color
    /// The colour of the words; that of text for a line's name, as not every line's colour can be read.
    let textColor: Color
    /// Where the line ends that is named.
    let end: Point
    /// The middle of the label along its axis.
    var position: Double
    var row = 0
  }

  /// Labels right of the plotting area, from top to bottom.
  private(set) var beside: [Label] = []
  /// Labels above the plotting area, in rows.
  private(set) var above: [Label] = []
  /// The number of rows above.
  private(set) var rows = 0

  static let style = TextStyle.tick
  private static let widest = 112.0

  init() {}

  init(of panel: Panel, x: Projection, y: Projection) {
    let right = max(x.start, x.end)
    let top = min(y.start, y.end)
    for mark in panel.marks {
      switch mark {
      case .rule(let rule):
        guard let label = rule.label else { continue }
        switch rule.position {
        case .horizontal(let value) where y.contains(value):
          beside.append(
            Label(
              lines: SideLabels.lines(label), color: rule.color, textColor: rule.color,
              end: Point(x: right, y: y(value)), position: y(value)))
        case .vertical(let value) where x.contains(value):
          above.append(
            Label(
              lines: [label], color: rule.color, textColor: rule.color,
              end: Point(x: x(value), y: top), position: x(value)))
        default: break
        }
      case .line(let line):
        guard let label = line.endLabel else { continue }
        let last = line.x.indices.last { x.contains(line.x[$0]) && y.contains(line.y[$0]) }
        guard let last else { continue }
        let end = Point(x: x(line.x[last]), y: y(line.y[last]))
        beside.append(
          Label(
            lines: SideLabels.lines(label), color: line.color, textColor: .ink, end: end,
            position: end.y))
      case .points, .bars, .heatMap, .note: break
      }
    }
    spreadBeside(between: min(y.start, y.end), and: max(y.start, y.end))
    stackAbove(between: min(x.start, x.end), and: right)
  }

  /// The room that the labels need right of a panel's plotting area.
  static func width(of panel: Panel) -> Double {
    let names = names(beside: panel)
    let widest = names.map { style.width(of: lines($0)) }.max()
    return widest.map { $0 + reach(of: panel) + 2 } ?? 0
  }

  /// From the plotting area to the words.
  static func reach(of panel: Panel) -> Double {
    switch names(beside: panel).count {
    case 0...1: 6
    case 2...7: 16
    default: 28
    }
  }

  private static func names(beside panel: Panel) -> [String] {
    panel.marks.compactMap { mark in
      switch mark {
      case .rule(let rule):
        if case .horizontal = rule.position { rule.label } else { nil }
      case .line(let line): line.endLabel
      case .points, .bars, .heatMap, .note: nil
      }
    }
  }

  private static func lines(_ label: String) -> [String] {
    style.lines(of: label, width: widest)
  }

  /// Moves labels apart with the least sum of squared moves: labels that would touch form a block in
  /// the middle of their lines.
  private mutating func spreadBeside(between top: Double, and bottom: Double) {
    // What stands in the same place keeps the order of the marks.
    beside = beside.enumerated()
      .sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
      .map(\.element)
    let heights = beside.map { Double($0.lines.count) * SideLabels.style.lineHeight }
    // Less the heights of those above, positions need only not decrease.
    var offsets: [Double] = []
    var sum = 0.0
    for height in heights {
      offsets.append(sum + height / 2)
      sum += height
    }
    var blocks: [(total: Double, count: Int)] = []
    for (label, offset) in zip(beside, offsets) {
      blocks.append((label.position - offset, 1))
      while blocks.count > 1, let last = blocks.last {
        let before = blocks[blocks.count - 2]
        guard before.total / Double(before.count) > last.total / Double(last.count) else { break }
        blocks.removeLast(2)
        blocks.append((before.total + last.total, before.count + last.count))
      }
    }
    let levels = blocks.flatMap {
      [Double](repeating: $0.total / Double($0.count), count: $0.count)
    }
    let half = SideLabels.style.lineHeight / 2
    let (least, most) = (top - half, max(top - half, bottom + half - sum))
    for index in beside.indices {
      beside[index].position = min(max(levels[index], least), most) + offsets[index]
    }
  }

  private mutating func stackAbove(between left: Double, and right: Double) {
    above.sort { $0.position < $1.position }
    var ends: [Double] = []
    for index in above.indices {
      let half = SideLabels.style.width(of: above[index].lines) / 2
      let middle = max(min(above[index].position, right - half), left + half)
      above[index].position = middle
      let row = ends.firstIndex { $0 + 10 <= middle - half } ?? ends.count
      if row == ends.count { ends.append(0) }
      ends[row] = middle + half
      above[index].row = row
    }
    rows = ends.count
  }
}
