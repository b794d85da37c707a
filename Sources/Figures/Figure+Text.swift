extension Figure {
  /// The figure for a terminal: its titles, and the curves and points of each panel as braille dots.
  ///
  /// There are no axes and no legend: this is a preview of what ``svg()`` draws. Where the panels of
  /// a row do not fit beside each other, they continue below.
  ///
  /// - Parameter width: The terminal's width in characters.
  /// - Returns: Lines, each no wider than that.
  /// - Precondition: a positive width.
  public func text(width: Int) -> String {
    precondition(width > 0, "A text cannot be \(width) characters wide")
    let cells = Composition(self).cells
    let columns = min(self.columns, max(cells.count, 1))
    let (least, gap) = (5, 1)
    let fitting = max(1, (width + gap) / (least + gap))
    // Evenly: ten panels of which eight would fit are two rows of five.
    let parts = (columns + fitting - 1) / fitting
    let perLine = (columns + parts - 1) / parts
    let panelWidth = max(1, min(60, (width - gap * (perLine - 1)) / perLine))
    // A character is about twice as high as it is wide.
    let panelHeight = max(2, Int((Double(panelWidth) * aspect / 2).rounded()))

    var lines = [title, subtitle, notice].compactMap(\.self).flatMap { $0.wrapped(to: width) }
    for start in stride(from: 0, to: cells.count, by: columns) {
      lines.append("")
      let row = start / columns
      if row < rowTitles.count { lines += rowTitles[row].wrapped(to: width) }
      let end = min(start + columns, cells.count)
      for first in stride(from: start, to: end, by: perLine) {
        let part = cells[first..<min(first + perLine, end)]
        if part.contains(where: { $0.panel.title != nil }) {
          lines.append(
            Self.joined(part.map { ($0.panel.title ?? "").centered(in: panelWidth) }, gap))
        }
        let drawings = part.map { $0.dots(columns: panelWidth, rows: panelHeight).lines }
        lines += (0..<panelHeight).map { line in Self.joined(drawings.map { $0[line] }, gap) }
      }
    }
    if let caption { lines += [""] + caption.wrapped(to: width) }
    return lines.joined(separator: "\n")
  }

  private static func joined(_ parts: [String], _ gap: Int) -> String {
    var line = parts.joined(separator: String(repeating: " ", count: gap))
    while line.last == " " { line.removeLast() }
    return line
  }
}

extension Composition.Cell {
  /// The panel's curves and points.
  fileprivate func dots(columns: Int, rows: Int) -> DotDrawing {
    var drawing = DotDrawing(columns: columns, rows: rows)
    func along(_ axis: Axis, _ limits: Projection, _ count: Int) -> Projection {
      let last = Double(count - 1)
      return axis.direction == .forward ? limits.between(0, last) : limits.between(last, 0)
    }
    let x = along(panel.x, self.x, drawing.width)
    // Dots are counted from the top, and values from the bottom.
    let y = along(panel.y, self.y, drawing.height)
    let bottom = Double(drawing.height - 1)
    for mark in panel.marks {
      switch mark {
      case .line(let line):
        drawing.draw(x: line.x.map { x($0) }, y: line.y.map { bottom - y($0) })
      case .points(let points):
        for (px, py) in zip(points.x, points.y) { drawing.draw(x: [x(px)], y: [bottom - y(py)]) }
      case .bars, .heatMap, .rule, .note: break
      }
    }
    return drawing
  }
}
