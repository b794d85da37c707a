/// The labels of a panel's rules, moved apart so that none covers another.
struct RuleLabels {
  struct Label {
    let lines: [String]
    let paint: Color
    /// The middle of the label along its axis.
    var position: Double
    var row = 0
  }

  /// Labels right of the plotting area.
  private(set) var beside: [Label] = []
  /// Labels above the plotting area, in rows.
  private(set) var above: [Label] = []
  /// The number of rows above.
  private(set) var rows = 0

  private static let style = TextStyle.tick
  private static let widest = 96.0

  init() {}

  init(of panel: Panel, x: Projection, y: Projection) {
    for mark in panel.marks {
      guard case .rule(let rule) = mark, let label = rule.label else { continue }
      switch rule.position {
      case .horizontal(let value) where y.contains(value):
        beside.append(
          Label(lines: RuleLabels.lines(label), paint: rule.color, position: y(value)))
      case .vertical(let value) where x.contains(value):
        above.append(Label(lines: [label], paint: rule.color, position: x(value)))
      default: break
      }
    }
    spreadBeside(between: min(y.start, y.end), and: max(y.start, y.end))
    stackAbove(between: min(x.start, x.end), and: max(x.start, x.end))
  }

  /// The room that the labels need right of a panel's plotting area.
  static func width(of panel: Panel) -> Double {
    panel.marks.map { mark in
      guard case .rule(let rule) = mark, case .horizontal = rule.position, let label = rule.label
      else { return 0 }
      return style.width(of: lines(label)) + 6
    }.max() ?? 0
  }

  private static func lines(_ label: String) -> [String] {
    style.lines(of: label, width: widest)
  }

  private mutating func spreadBeside(between top: Double, and bottom: Double) {
    beside.sort { $0.position < $1.position }
    func half(_ label: Label) -> Double {
      Double(label.lines.count) * RuleLabels.style.lineHeight / 2
    }
    for index in beside.indices.dropFirst() {
      let least = beside[index - 1].position + half(beside[index - 1]) + half(beside[index])
      beside[index].position = max(beside[index].position, least)
    }
    // What has been pushed beyond the bottom pushes back.
    var limit = bottom + RuleLabels.style.lineHeight / 2
    for index in beside.indices.reversed() {
      beside[index].position = min(beside[index].position, limit - half(beside[index]))
      limit = beside[index].position - half(beside[index])
    }
  }

  private mutating func stackAbove(between left: Double, and right: Double) {
    above.sort { $0.position < $1.position }
    var ends: [Double] = []
    for index in above.indices {
      let half = RuleLabels.style.width(of: above[index].lines) / 2
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
