/// A figure's layout: where every part of it stands, before anything is drawn.
///
/// Text is measured first and gets its room at the edges; the plotting areas share what is left.
package struct Composition {
  /// A panel with its limits, ticks and place.
  package struct Cell {
    package let panel: Panel
    package var plot = Rectangle(x: 0, y: 0, width: 0, height: 0)
    package var x: Projection
    package var y: Projection
    package var xTicks: [Tick] = []
    package var yTicks: [Tick] = []
    /// The limits of the panel's colours, where it uses any.
    var colors: Projection?
    let labelsX: Bool
    let labelsY: Bool
    var sideLabels = SideLabels()
    var heading: [String] = []
    var legend: [LegendEntry] = []
    var bottomGutter = 0.0
  }

  static let padding = 16.0
  static let gap = 18.0

  package let figure: Figure
  package private(set) var cells: [Cell] = []
  package private(set) var height = 0.0
  private(set) var title: [String]
  private(set) var subtitle: [String]
  private(set) var notice: [String]
  private(set) var caption: [String]
  private(set) var captionTop = 0.0
  private(set) var rowTitles: [(lines: [String], top: Double)] = []
  private(set) var legend: LegendBlock?
  private(set) var legendOrigin = Point(x: 0, y: 0)
  /// The panel whose colour scale stands once beside the grid, for all panels.
  private(set) var sharedBar: (cell: Int, place: Rectangle)?

  /// Lays out a figure.
  package init(_ figure: Figure) {
    self.figure = figure
    let inner = figure.width - 2 * Composition.padding
    title = TextStyle.title.lines(of: figure.title, width: inner)
    subtitle = TextStyle.subtitle.lines(of: figure.subtitle ?? "", width: inner)
    notice = TextStyle.notice.lines(of: figure.notice ?? "", width: inner - 16)
    caption = TextStyle.caption.lines(of: figure.caption ?? "", width: inner)
    cells = Composition.resolve(figure)
    placeParts(inner: inner)
  }

  /// The height of the title, the subtitle and the notice.
  var headerHeight: Double {
    var height = Double(title.count) * TextStyle.title.lineHeight
    height += Double(subtitle.count) * TextStyle.subtitle.lineHeight
    if !notice.isEmpty { height += 14 + Double(notice.count) * TextStyle.notice.lineHeight }
    return height + (height > 0 ? 12 : 0)
  }

  private mutating func placeParts(inner: Double) {
    var gridWidth = inner
    let entries = LegendEntry.entries(of: cells)
    switch figure.legend {
    case .right where !entries.isEmpty:
      let block = LegendBlock(column: entries, width: inner * 0.3)
      gridWidth -= block.width + Composition.gap
      legend = block
    case .below where !entries.isEmpty:
      legend = LegendBlock(rows: entries, width: inner)
    default: break
    }

    let bars = cells.indices.filter { cells[$0].showsBar }
    if bars.count > 1, let first = bars.first,
      bars.allSatisfy({ cells[$0].panel.colors == cells[first].panel.colors })
    {
      let width = cells[first].barWidth(height: 200)
      gridWidth -= width + Composition.gap
      let left = Composition.padding + gridWidth + Composition.gap
      sharedBar = (first, Rectangle(x: left, y: 0, width: ColorBar.thickness, height: 0))
    }

    let top = Composition.padding + headerHeight
    var bottom = placeGrid(width: gridWidth, top: top)
    let plotTop = cells.first?.plot.y ?? top
    if var bar = sharedBar {
      let span = (cells.map(\.plot.bottom).max() ?? top) - plotTop
      bar.place.y = plotTop
      bar.place.height = min(span, 240)
      sharedBar = bar
    }
    if let block = legend {
      if figure.legend == .right {
        legendOrigin = Point(x: figure.width - Composition.padding - block.width, y: plotTop)
        bottom = max(bottom, plotTop + block.height)
      } else {
        legendOrigin = Point(x: Composition.padding, y: bottom + 10)
        bottom += 10 + block.height
      }
    }
    if !caption.isEmpty {
      captionTop = bottom + 12
      bottom = captionTop + Double(caption.count) * TextStyle.caption.lineHeight
    }
    height = (bottom + Composition.padding).rounded(.up)
  }

  /// Places the panels row by row, and returns where the last row ends.
  private mutating func placeGrid(width: Double, top: Double) -> Double {
    guard !cells.isEmpty else { return top }
    let columns = min(figure.columns, cells.count)
    var plotWidth = width / Double(columns) - 60
    var left = [Double](repeating: 0, count: columns)
    // The ticks depend on the size, and the size on the ticks' labels: the second pass settles it.
    for _ in 0..<2 {
      left = [Double](repeating: 0, count: columns)
      var right = left
      for index in cells.indices {
        cells[index].chooseTicks(width: plotWidth, height: plotWidth * figure.aspect)
        let column = index % columns
        left[column] = max(left[column], cells[index].leftGutter)
        right[column] = max(right[column], cells[index].rightGutter(withBar: sharedBar == nil))
      }
      let gutters = (left + right).reduce(0, +) + Composition.gap * Double(columns - 1)
      plotWidth = max(24, ((width - gutters) / Double(columns) * 100).rounded(.down) / 100)
      for column in 1..<columns {
        left[column] += right[column - 1] + Composition.gap
      }
    }
    let plotHeight = max(16, (plotWidth * figure.aspect).rounded())

    var y = top
    for row in stride(from: 0, to: cells.count, by: columns) {
      let indices = row..<min(row + columns, cells.count)
      for index in indices { cells[index].fit(width: plotWidth, height: plotHeight, in: figure) }
      if row / columns < figure.rowTitles.count, !figure.rowTitles[row / columns].isEmpty {
        let lines = TextStyle.heading.lines(of: figure.rowTitles[row / columns], width: width)
        rowTitles.append((lines, y))
        y += Double(lines.count) * TextStyle.heading.lineHeight + 4
      }
      let above = indices.map { cells[$0].topGutter }.max() ?? 0
      var x = Composition.padding
      for index in indices {
        x += left[index - row]
        cells[index].place(Rectangle(x: x, y: y + above, width: plotWidth, height: plotHeight))
        x += plotWidth
      }
      y += above + plotHeight + (indices.map { cells[$0].bottomGutter }.max() ?? 0)
      if indices.upperBound < cells.count { y += Composition.gap }
    }
    return y
  }
}
