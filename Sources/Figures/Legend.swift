/// A series' name with a sample of how it is drawn.
package struct LegendEntry: Sendable, Equatable {
  /// The sample beside the name.
  enum Sample: Sendable, Equatable {
    case line(Dash, width: Double, marker: Marker?, isBanded: Bool)
    case points(Marker, Character?)
    case bars
  }

  package let label: String
  let paint: Paint
  let sample: Sample

  /// The named series of the panels in order; what looks and is called the same appears once.
  static func entries(of cells: [Composition.Cell]) -> [LegendEntry] {
    var entries: [LegendEntry] = []
    for cell in cells {
      for mark in cell.panel.marks {
        guard let entry = entry(for: mark, in: cell), !entries.contains(entry) else { continue }
        entries.append(entry)
      }
    }
    return entries
  }

  private static func entry(for mark: Mark, in cell: Composition.Cell) -> LegendEntry? {
    let (label, color, sample): (String?, Color, Sample)
    switch mark {
    case .line(let line):
      (label, color) = (line.label, line.color)
      sample = .line(
        line.dash, width: line.width, marker: line.marker,
        isBanded: line.band.map { !$0.isEmpty } ?? false)
    case .points(let points):
      (label, color) = (points.label, points.color)
      sample = .points(points.marker, points.character)
    case .bars(let bars):
      (label, color, sample) = (bars.label, bars.color, .bars)
    case .heatMap, .rule, .note:
      return nil
    }
    return label.map { LegendEntry(label: $0, paint: cell.paint(color), sample: sample) }
  }
}

/// Legend entries with their places inside a block.
struct LegendBlock {
  struct Item {
    let entry: LegendEntry
    let lines: [String]
    let origin: Point
  }

  static let sampleWidth = 28.0
  static let textOffset = 36.0
  private static let spacing = 5.0

  private(set) var items: [Item] = []
  private(set) var width = 0.0
  private(set) var height = 0.0

  /// Entries below each other, long names wrapped.
  init(column entries: [LegendEntry], width limit: Double) {
    let room = max(limit - LegendBlock.textOffset, 40)
    var y = 0.0
    for entry in entries {
      let lines = TextStyle.legend.lines(of: entry.label, width: room)
      items.append(Item(entry: entry, lines: lines, origin: Point(x: 0, y: y)))
      width = max(width, LegendBlock.textOffset + TextStyle.legend.width(of: lines))
      y += LegendBlock.height(of: lines) + LegendBlock.spacing
    }
    height = max(0, y - LegendBlock.spacing)
  }

  /// Entries side by side, in as many rows as they need.
  init(rows entries: [LegendEntry], width limit: Double) {
    let room = max(limit - LegendBlock.textOffset, 40)
    var origin = Point(x: 0, y: 0)
    var rowHeight = 0.0
    for entry in entries {
      let lines = TextStyle.legend.lines(of: entry.label, width: room)
      let itemWidth = LegendBlock.textOffset + TextStyle.legend.width(of: lines)
      if origin.x > 0 && origin.x + itemWidth > limit {
        origin = Point(x: 0, y: origin.y + rowHeight + LegendBlock.spacing)
        rowHeight = 0
      }
      items.append(Item(entry: entry, lines: lines, origin: origin))
      width = max(width, origin.x + itemWidth)
      rowHeight = max(rowHeight, LegendBlock.height(of: lines))
      origin.x += itemWidth + 18
    }
    height = origin.y + rowHeight
  }

  private static func height(of lines: [String]) -> Double {
    Double(max(lines.count, 1)) * TextStyle.legend.lineHeight
  }
}
