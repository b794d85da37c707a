extension Composition.Cell {
  /// The length of a tick and its distance from the label.
  static let tickRoom = 8.0

  private static let bandMargin = 6.0

  // MARK: Ticks

  /// Chooses ticks for a plotting area of the given size.
  mutating func chooseTicks(width: Double, height: Double) {
    x = x.between(direction: panel.x.direction, from: 0, to: width)
    y = y.between(direction: panel.y.direction, from: height, to: 0)
    xTicks = Self.ticks(for: x, panel.x.ticks, preferred: 44) { first, second in
      (TextStyle.tick.width(of: first) + TextStyle.tick.width(of: second)) / 2 + 10
    }
    yTicks = Self.ticks(for: y, panel.y.ticks, preferred: 30) { _, _ in 16 }
  }

  /// The ticks that an axis shows.
  ///
  /// - Parameters:
  ///   - projection: The axis's limits and pixels.
  ///   - wish: Which ticks are wanted.
  ///   - preferred: The distance between two labels that pleases the eye; given up where it would
  ///     leave fewer than three.
  ///   - spacing: The distance that two labels need so as not to touch.
  /// - Returns: Ticks inside the limits.
  package static func ticks(
    for projection: Projection, _ wish: Axis.Ticks, preferred: Double,
    spacing: (String, String) -> Double
  ) -> [Tick] {
    func isFar(_ first: Tick, _ second: Tick, _ least: Double) -> Bool {
      guard let one = first.label, let other = second.label else { return true }
      let distance = abs(projection(first.value) - projection(second.value))
      return distance >= max(spacing(one, other), least)
    }
    func automatic(_ least: Double) -> [Tick] {
      Tick.automatic(for: projection) { ticks in
        zip(ticks, ticks.dropFirst()).allSatisfy { isFar($0, $1, least) }
      }
    }
    switch wish {
    case .hidden: return []
    case .names(let names):
      return names.enumerated().map { Tick(value: Double($0.offset), label: $0.element) }
        .filter { projection.contains($0.value) }
    case .automatic:
      let ticks = automatic(preferred)
      return ticks.count { $0.label != nil } >= 3 ? ticks : automatic(0)
    case .at(let values):
      var labelled: [Tick] = []
      return values.sorted().filter { projection.contains($0) }.map { value in
        let tick = Tick(value: value, label: Numeral.general(value))
        if let last = labelled.last, !isFar(last, tick, 0) { return Tick(value: value, label: nil) }
        labelled.append(tick)
        return tick
      }
    }
  }

  /// A horizontal tick's label, broken into lines where it is a category's name.
  func xTickLines(_ label: String) -> [String] {
    guard case .names = panel.x.ticks else { return [label] }
    return TextStyle.tick.lines(of: label, width: categoryWidth)
  }

  /// The horizontal room of one category.
  var categoryWidth: Double {
    abs(x(1) - x(0)) - Self.bandMargin
  }

  /// Whether the names of categories stand upright because a word is wider than its category.
  var turnsNames: Bool {
    guard case .names(let names) = panel.x.ticks else { return false }
    return names.contains { name in
      name.split(separator: " ").contains { TextStyle.tick.width(of: String($0)) > categoryWidth }
    }
  }

  /// A vertical tick's label, broken into lines where it is a category's name.
  func yTickLines(_ label: String) -> [String] {
    guard case .names = panel.y.ticks else { return [label] }
    return TextStyle.tick.lines(of: label, width: 140)
  }

  // MARK: Room around the plotting area

  var yLabelLines: [String] {
    guard labelsY, let label = panel.y.heading, panel.frame == .axes else { return [] }
    return TextStyle.label.lines(of: label, width: max(abs(y.end - y.start), 60))
  }

  var xLabelLines: [String] {
    guard labelsX, let label = panel.x.heading, panel.frame == .axes else { return [] }
    return TextStyle.label.lines(of: label, width: max(abs(x.end - x.start), 60))
  }

  var yTickWidth: Double {
    yTicks.compactMap(\.label).map { TextStyle.tick.width(of: yTickLines($0)) }.max() ?? 0
  }

  var leftGutter: Double {
    guard panel.frame == .axes else {
      return panel.y.label.map { TextStyle.heading.width(of: $0) + 8 } ?? 0
    }
    let overhang = xOverhang(at: min(x.start, x.end))
    guard labelsY else { return max(4, overhang) }
    let ticks = yTicks.isEmpty ? 0 : yTickWidth + Self.tickRoom
    let label = Double(yLabelLines.count) * TextStyle.label.lineHeight
    return max(ticks + label + (label > 0 ? 6 : 0), overhang)
  }

  func rightGutter(withBar: Bool) -> Double {
    var gutter = panel.frame == .axes ? xOverhang(at: max(x.start, x.end)) : 0
    gutter = max(gutter, SideLabels.width(of: panel))
    if withBar && showsBar {
      gutter = max(gutter, SideLabels.width(of: panel) + ColorBar.gap)
      gutter += barWidth(height: abs(y.end - y.start))
    }
    return gutter
  }

  /// How far the tick labels reach beyond one end of the horizontal axis.
  private func xOverhang(at end: Double) -> Double {
    guard labelsX, !turnsNames else { return 0 }
    return xTicks.map { tick in
      let half = TextStyle.tick.width(of: xTickLines(tick.label ?? "")) / 2
      return half - abs(x(tick.value) - end)
    }.max().map { max($0, 0) } ?? 0
  }

  var topGutter: Double {
    let title = Double(heading.count) * TextStyle.heading.lineHeight
    let rules = Double(sideLabels.rows) * TextStyle.tick.lineHeight
    return title + rules + (title + rules > 0 ? 6 : 0)
  }

  /// Where the axis label's first line begins, below the plotting area.
  var xLabelOffset: Double {
    guard labelsX, panel.frame == .axes, !xTicks.isEmpty else { return 4 }
    let labels = xTicks.compactMap(\.label)
    if turnsNames {
      return Self.tickRoom + (labels.map { TextStyle.tick.width(of: $0) }.max() ?? 0) + 4
    }
    let lines = labels.map { xTickLines($0).count }.max() ?? 0
    return Self.tickRoom + Double(lines) * TextStyle.tick.lineHeight + 2
  }

  // MARK: Placing

  /// Settles everything that depends on the plotting area's size.
  mutating func fit(width: Double, height: Double, in figure: Figure) {
    chooseTicks(width: width, height: height)
    heading = TextStyle.heading.lines(of: panel.title ?? "", width: width + 12)
    sideLabels = SideLabels(of: panel, x: x, y: y)
    bottomGutter = 0
    if panel.frame == .axes {
      bottomGutter =
        xLabelOffset + Double(xLabelLines.count) * TextStyle.label.lineHeight
    }
    if figure.legend == .belowEachPanel {
      legend = LegendEntry.entries(of: [self])
      let block = LegendBlock(rows: legend, width: width)
      if !legend.isEmpty { bottomGutter += 8 + block.height }
    }
  }

  /// Moves the panel to its place.
  mutating func place(_ rectangle: Rectangle) {
    plot = rectangle
    x = x.between(direction: panel.x.direction, from: plot.x, to: plot.right)
    y = y.between(direction: panel.y.direction, from: plot.bottom, to: plot.y)
    sideLabels = SideLabels(of: panel, x: x, y: y)
  }

  // MARK: Colours

  /// Whether a colour bar belongs to the panel.
  var showsBar: Bool {
    colors != nil && panel.colors.bar == .shown
  }

  /// The width of the panel's colour bar with its labels.
  func barWidth(height: Double) -> Double {
    guard let colors else { return 0 }
    return ColorBar(panel.colors, limits: colors, height: height).width
  }

  /// What a colour looks like in this panel.
  func paint(_ color: Color) -> Paint {
    switch color {
    case .series(let index):
      let count = Paint.series.count
      return Paint.series[((index % count) + count) % count]
    case .ink: return .ink
    case .muted: return .muted
    case .value(let value):
      guard let colors, let level = ColorMap.level(of: colors.between(0, 1)(value)) else {
        return .muted
      }
      return panel.colors.map.paint(level: level, for: panel.colorUse)
    }
  }
}

extension Projection {
  fileprivate func between(
    direction: Axis.Direction, from start: Double, to end: Double
  ) -> Projection {
    direction == .forward ? between(start, end) : between(end, start)
  }
}
