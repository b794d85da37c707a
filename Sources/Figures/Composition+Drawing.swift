extension Composition {
  /// Draws every part of the figure.
  func draw(on canvas: inout Canvas) {
    drawHeader(on: &canvas)
    for (lines, top) in rowTitles {
      canvas.lines(lines, .heading, x: Composition.padding, top: top)
    }
    for cell in cells {
      canvas.open(["class": "f-panel"])
      cell.draw(on: &canvas, withBar: sharedBar == nil)
      canvas.close()
    }
    if let bar = sharedBar, let limits = cells[bar.cell].colors {
      let colorBar = ColorBar(
        cells[bar.cell].panel.colors, limits: limits, height: bar.place.height)
      colorBar.draw(
        at: Point(x: bar.place.x, y: bar.place.y), for: cells[bar.cell].panel.colorUse,
        on: &canvas)
    }
    legend?.draw(at: legendOrigin, on: &canvas)
    canvas.lines(caption, .caption, x: Composition.padding, top: captionTop)
  }

  private func drawHeader(on canvas: inout Canvas) {
    var y = Composition.padding
    let x = Composition.padding
    canvas.lines(title, .title, x: x, top: y)
    y += Double(title.count) * TextStyle.title.lineHeight
    canvas.lines(subtitle, .subtitle, x: x, top: y)
    y += Double(subtitle.count) * TextStyle.subtitle.lineHeight
    guard !notice.isEmpty else { return }
    let frame = Rectangle(
      x: x + 0.5, y: y + 6.5, width: TextStyle.notice.width(of: notice).rounded(.up) + 16,
      height: Double(notice.count) * TextStyle.notice.lineHeight + 6)
    canvas.frame(frame, .warning)
    canvas.lines(notice, .notice, x: x + 8, top: frame.y + 3)
  }
}

extension Composition.Cell {
  func draw(on canvas: inout Canvas, withBar: Bool) {
    let rulesHeight = Double(sideLabels.rows) * TextStyle.tick.lineHeight
    let headingHeight = Double(heading.count) * TextStyle.heading.lineHeight
    switch panel.frame {
    case .axes:
      canvas.lines(
        heading, .heading, x: plot.x, top: plot.y - 6 - rulesHeight - headingHeight)
      if panel.colorUse == .strokes { drawGrid(on: &canvas) }
      drawMarks(on: &canvas)
      drawAxes(on: &canvas)
    case .bare:
      canvas.lines(
        heading, .heading, x: plot.x + plot.width / 2,
        top: plot.y - 6 - rulesHeight - headingHeight, anchor: .middle)
      drawMarks(on: &canvas)
      if let label = panel.y.label {
        let baseline = plot.y + plot.height / 2 + TextStyle.heading.size * 0.36
        canvas.text(label, .heading, at: Point(x: plot.x - 8, y: baseline), anchor: .end)
      }
    }
    drawSideLabels(on: &canvas)
    if withBar && showsBar, let colors {
      let bar = ColorBar(panel.colors, limits: colors, height: plot.height)
      let left = plot.right + SideLabels.width(of: panel) + ColorBar.gap
      bar.draw(at: Point(x: left, y: plot.y), for: panel.colorUse, on: &canvas)
    }
    if !legend.isEmpty {
      let block = LegendBlock(rows: legend, width: plot.width)
      let top = plot.bottom + bottomGutter - block.height
      block.draw(at: Point(x: plot.x, y: top), on: &canvas)
    }
  }

  private func drawGrid(on canvas: inout Canvas) {
    var path = Path()
    // Between categories a line would only look like a bar.
    if case .names = panel.x.ticks {
    } else {
      for tick in xTicks where tick.label != nil {
        path.line(from: Point(x: x(tick.value), y: plot.y), dx: 0, dy: plot.height)
      }
    }
    for tick in yTicks where tick.label != nil {
      path.line(from: Point(x: plot.x, y: y(tick.value)), dx: plot.width, dy: 0)
    }
    canvas.path(path, thin: .grid)
  }

  private func drawAxes(on canvas: inout Canvas) {
    var path = Path()
    if panel.colorUse == .cells {
      path.rectangle(plot)
    } else {
      path.line(from: Point(x: plot.x, y: plot.y), dx: 0, dy: plot.height)
      path.line(from: Point(x: plot.x, y: plot.bottom), dx: plot.width, dy: 0)
    }
    for tick in xTicks {
      path.line(
        from: Point(x: x(tick.value), y: plot.bottom), dx: 0, dy: tick.label == nil ? 2.5 : 4)
    }
    for tick in yTicks {
      path.line(
        from: Point(x: plot.x, y: y(tick.value)), dx: tick.label == nil ? -2.5 : -4, dy: 0)
    }
    canvas.path(path, thin: .frame)
    if labelsX { drawXLabels(on: &canvas) }
    if labelsY { drawYLabels(on: &canvas) }
  }

  private func drawXLabels(on canvas: inout Canvas) {
    let turned = turnsNames
    for tick in xTicks {
      guard let label = tick.label else { continue }
      let middle = x(tick.value)
      if turned {
        let point = Point(x: middle + 4, y: plot.bottom + Self.tickRoom)
        canvas.text(label, .tick, at: point, anchor: .end, turned: true)
      } else {
        canvas.lines(
          xTickLines(label), .tick, x: middle, top: plot.bottom + Self.tickRoom - 2,
          anchor: .middle)
      }
    }
    canvas.lines(
      xLabelLines, .label, x: plot.x + plot.width / 2, top: plot.bottom + xLabelOffset,
      anchor: .middle)
  }

  private func drawYLabels(on canvas: inout Canvas) {
    for tick in yTicks {
      guard let label = tick.label else { continue }
      let lines = yTickLines(label)
      let height = Double(lines.count) * TextStyle.tick.lineHeight
      canvas.lines(
        lines, .tick, x: plot.x - Self.tickRoom, top: y(tick.value) - height / 2 + 1,
        anchor: .end)
    }
    let lineHeight = TextStyle.label.lineHeight
    let ticks = yTicks.isEmpty ? 0 : yTickWidth + Self.tickRoom
    for (index, line) in yLabelLines.reversed().enumerated() {
      let baseline = plot.x - ticks - 8 - Double(index) * lineHeight
      canvas.text(
        line, .label, at: Point(x: baseline, y: plot.y + plot.height / 2), anchor: .middle,
        turned: true)
    }
  }

  private func drawSideLabels(on canvas: inout Canvas) {
    let style = SideLabels.style
    let reach = SideLabels.reach(of: panel)
    // First all leaders, so that none crosses a name.
    for label in sideLabels.beside where reach > 6 {
      var path = Path()
      let start = Point(x: min(label.end.x, plot.right), y: label.end.y)
      let knee = Point(x: plot.right + 3, y: start.y)
      path.polyline([start, knee, Point(x: plot.right + reach - 3, y: label.position)])
      canvas.path(path, thin: paint(label.color))
    }
    for label in sideLabels.above where label.row > 0 || abs(label.position - label.end.x) > 1 {
      var path = Path()
      let bottom = plot.y - 3 - Double(label.row) * style.lineHeight
      let half = style.width(of: label.lines) / 2
      let nearest = min(max(label.end.x, label.position - half), label.position + half)
      path.polyline([label.end, Point(x: nearest, y: bottom)])
      canvas.path(path, thin: paint(label.color))
    }
    for label in sideLabels.beside {
      let height = Double(label.lines.count) * style.lineHeight
      canvas.lines(
        label.lines, style, x: plot.right + reach, top: label.position - height / 2 + 1,
        color: paint(label.textColor))
    }
    for label in sideLabels.above {
      let top = plot.y - 3 - Double(label.row + 1) * style.lineHeight
      canvas.lines(
        label.lines, style, x: label.position, top: top, anchor: .middle,
        color: paint(label.textColor))
    }
  }
}

extension ColorBar {
  func draw(at origin: Point, for use: ColorMap.Use, on canvas: inout Canvas) {
    canvas.open(["class": "f-colorbar"])
    let levels = ColorMap.levels
    let step = height / Double(levels)
    for level in 0..<levels {
      let paint = scale.map.paint(level: level, for: use)
      // Strips reach under the next one, so that no ground shines through between them.
      let overlap = level == 0 ? 0 : step * 0.5
      let strip = Rectangle(
        x: origin.x, y: origin.y + height - Double(level + 1) * step, width: ColorBar.thickness,
        height: step + overlap)
      canvas.rectangle(strip, fill: paint)
    }
    var path = Path()
    path.rectangle(
      Rectangle(x: origin.x, y: origin.y, width: ColorBar.thickness, height: height))
    let right = origin.x + ColorBar.thickness
    for tick in ticks {
      let point = Point(x: right, y: origin.y + limits(tick.value))
      path.line(from: point, dx: tick.label == nil ? 2.5 : 4, dy: 0)
    }
    canvas.path(path, thin: .frame)
    for tick in ticks {
      guard let label = tick.label else { continue }
      let baseline = origin.y + limits(tick.value) + 4
      canvas.text(
        label, .tick, at: Point(x: right + Composition.Cell.tickRoom, y: baseline))
    }
    for (index, line) in labelLines.enumerated() {
      let baseline = origin.x + labelOffset + 12 + Double(index) * TextStyle.label.lineHeight
      canvas.text(
        line, .label, at: Point(x: baseline, y: origin.y + height / 2), anchor: .middle,
        turned: true)
    }
    canvas.close()
  }
}

extension LegendBlock {
  func draw(at origin: Point, on canvas: inout Canvas) {
    canvas.open(["class": "f-legend"])
    for item in items {
      let place = Point(x: origin.x + item.origin.x, y: origin.y + item.origin.y)
      item.entry.drawSample(at: place, on: &canvas)
      canvas.lines(item.lines, .legend, x: place.x + LegendBlock.textOffset, top: place.y)
    }
    canvas.close()
  }
}

extension LegendEntry {
  fileprivate func drawSample(at place: Point, on canvas: inout Canvas) {
    let middle = Point(
      x: place.x + LegendBlock.sampleWidth / 2, y: place.y + TextStyle.legend.lineHeight / 2)
    switch sample {
    case .line(let dash, let width, let marker, let isBanded):
      if isBanded {
        let band = Rectangle(
          x: place.x, y: middle.y - 5, width: LegendBlock.sampleWidth, height: 10)
        canvas.rectangle(band, fill: paint, opacity: 0.2)
      }
      var path = Path()
      path.line(
        from: Point(x: place.x + 1, y: middle.y), dx: LegendBlock.sampleWidth - 2, dy: 0)
      canvas.path(path, dash: dash, width: width, paint: paint)
      if let marker { canvas.markers([middle], marker, size: 6, paint: paint) }
    case .points(_, let character?):
      canvas.characters(character, at: [middle], size: 11, paint: paint)
    case .points(let marker, nil):
      canvas.markers([middle], marker, size: 7, paint: paint)
    case .bars:
      let box = Rectangle(x: middle.x - 6, y: middle.y - 6, width: 12, height: 12)
      canvas.rectangle(box, fill: paint)
    }
  }
}
