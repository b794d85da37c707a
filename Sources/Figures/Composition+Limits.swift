extension Composition {
  /// The panels with their limits, those of shared axes and colour scales united.
  static func resolve(_ figure: Figure) -> [Cell] {
    var horizontal = figure.panels.map { $0.extent(of: .horizontal) }
    var vertical = figure.panels.map { $0.extent(of: .vertical) }
    switch figure.sharing {
    case .none: break
    case .x: horizontal = united(horizontal)
    case .y: vertical = united(vertical)
    case .both:
      horizontal = united(horizontal)
      vertical = united(vertical)
    case .alike:
      horizontal = united(horizontal, alike: figure.panels.map(\.x))
      vertical = united(vertical, alike: figure.panels.map(\.y))
    }
    return figure.panels.indices.map { index in
      let panel = figure.panels[index]
      let sharesX = figure.sharing == .x || figure.sharing == .both
      let sharesY = figure.sharing == .y || figure.sharing == .both
      let peers = figure.panels.filter { $0.usesColors && $0.colors == panel.colors }
      var colors = Extent(scale: panel.colors.axis.scale)
      for peer in peers { colors.include(peer.colorExtent) }
      return Cell(
        panel: panel, x: horizontal[index].projection(for: panel.x),
        y: vertical[index].projection(for: panel.y),
        colors: panel.usesColors ? colors.projection(for: panel.colors.axis) : nil,
        labelsX: !sharesX || index + figure.columns >= figure.panels.count,
        labelsY: !sharesY || index.isMultiple(of: figure.columns))
    }
  }

  private static func united(_ extents: [Extent]) -> [Extent] {
    guard var all = extents.first else { return [] }
    for extent in extents.dropFirst() { all.include(extent) }
    return [Extent](repeating: all, count: extents.count)
  }
}

extension Composition {
  /// The extents with those united whose axes have the same label and scale.
  private static func united(_ extents: [Extent], alike axes: [Axis]) -> [Extent] {
    extents.indices.map { index in
      let axis = axes[index]
      guard axis.label != nil else { return extents[index] }
      let alike = extents.indices.filter {
        axes[$0].label == axis.label && axes[$0].scale == axis.scale
      }
      return united(alike.map { extents[$0] })[0]
    }
  }
}

extension Panel {
  enum Dimension {
    case horizontal
    case vertical
  }

  /// The values that an axis has to cover.
  func extent(of dimension: Dimension) -> Extent {
    let axis = dimension == .horizontal ? x : y
    var extent = Extent(scale: axis.scale)
    if case .names(let names) = axis.ticks, !names.isEmpty {
      extent.includeEdges(-0.5, Double(names.count) - 0.5)
      for case .bars(let bars) in marks where dimension == .horizontal {
        precondition(
          bars.values.count == names.count,
          "Bars \"\(bars.label ?? "")\": \(bars.values.count) values but \(names.count) categories")
      }
    }
    for mark in marks {
      switch dimension {
      case .horizontal: mark.includeX(in: &extent)
      case .vertical: mark.includeY(in: &extent)
      }
    }
    return extent
  }

  /// Whether something in the panel is coloured by value.
  var usesColors: Bool {
    marks.contains { mark in
      switch mark {
      case .heatMap: true
      case .line(let line): line.color.isValue
      case .points(let points): points.color.isValue
      case .bars(let bars): bars.color.isValue
      case .rule(let rule): rule.color.isValue
      case .note(let note): note.color.isValue
      }
    }
  }

  /// What the colours stand for: cells, or strokes that have to stand out from the ground.
  var colorUse: ColorMap.Use {
    marks.contains { if case .heatMap = $0 { true } else { false } } ? .cells : .strokes
  }

  /// The values that the colour scale has to cover.
  var colorExtent: Extent {
    var extent = Extent(scale: colors.axis.scale)
    func include(_ color: Color) {
      if case .value(let value) = color { extent.includeEdges(value, value) }
    }
    for mark in marks {
      switch mark {
      case .heatMap(let map): for value in map.values { extent.includeEdges(value, value) }
      case .line(let line): include(line.color)
      case .points(let points): include(points.color)
      case .bars(let bars): include(bars.color)
      case .rule(let rule): include(rule.color)
      case .note(let note): include(note.color)
      }
    }
    return extent
  }
}

extension Color {
  var isValue: Bool {
    if case .value = self { true } else { false }
  }
}

extension Mark {
  fileprivate func includeX(in extent: inout Extent) {
    switch self {
    case .line(let line): extent.include(line.x)
    case .points(let points): extent.include(points.x)
    case .bars(let bars): extent.includeEdges(-0.5, Double(bars.values.count) - 0.5)
    case .heatMap(let map): extent.includeEdges(-0.5, Double(map.columns) - 0.5)
    case .rule(let rule):
      if case .vertical(let value) = rule.position { extent.include([value]) }
    case .note(let note): extent.include([note.x])
    }
  }

  fileprivate func includeY(in extent: inout Extent) {
    switch self {
    case .line(let line):
      extent.include(line.y)
      if let band = line.band {
        extent.include(band.lower)
        extent.include(band.upper)
      }
    case .points(let points):
      extent.include(points.y)
      extent.include(ends: points.y, points.errors)
    case .bars(let bars):
      extent.include([0])
      extent.include(bars.values)
      // The error of what is never negative does not take the axis below zero.
      extent.include(
        ends: bars.values, bars.errors, isPositive: !bars.values.contains { $0 < 0 })
    case .heatMap(let map): extent.includeEdges(-0.5, Double(map.rows) - 0.5)
    case .rule(let rule):
      if case .horizontal(let value) = rule.position { extent.include([value]) }
    case .note(let note): extent.include([note.y])
    }
  }
}

extension Extent {
  fileprivate mutating func include(
    ends values: [Double], _ errors: [Double]?, isPositive: Bool = false
  ) {
    guard let errors else { return }
    include(zip(values, errors).map { isPositive ? max(0, $0 - $1) : $0 - $1 })
    include(zip(values, errors).map { $0 + $1 })
  }
}
