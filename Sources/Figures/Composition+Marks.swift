extension Composition.Cell {
  /// Draws the panel's marks: heat maps and bands first, then the others in order.
  func drawMarks(on canvas: inout Canvas) {
    guard !panel.marks.isEmpty else { return }
    // Strokes on the limits stay whole.
    canvas.openClip(
      Rectangle(
        x: plot.x - 1.5, y: plot.y - 1.5, width: plot.width + 3, height: plot.height + 3))
    for case .heatMap(let map) in panel.marks { draw(map, on: &canvas) }
    for case .line(let line) in panel.marks {
      if let band = line.band, !band.isEmpty { draw(band, along: line, on: &canvas) }
    }
    let groups = panel.marks.reduce(0) { if case .bars = $1 { $0 + 1 } else { $0 } }
    var group = 0
    for mark in panel.marks {
      switch mark {
      case .line(let line): draw(line, on: &canvas)
      case .bars(let bars):
        draw(bars, group: group, of: groups, on: &canvas)
        group += 1
      case .rule(let rule): draw(rule, on: &canvas)
      case .points(let points): drawErrors(of: points, on: &canvas)
      case .heatMap, .note: break
      }
    }
    canvas.closeClip()

    // Whole shapes and words: inside or left out, never cut.
    for mark in panel.marks {
      switch mark {
      case .line(let line):
        if let marker = line.marker {
          let points = visible(self.points(line.x, line.y))
          canvas.markers(points, marker, size: 6, paint: paint(line.color))
        }
      case .points(let points):
        let visible = distinct(visible(self.points(points.x, points.y)))
        if let character = points.character {
          canvas.characters(character, at: visible, size: points.size, paint: paint(points.color))
        } else {
          canvas.markers(visible, points.marker, size: points.size, paint: paint(points.color))
        }
      case .note(let note): draw(note, on: &canvas)
      case .bars, .heatMap, .rule: break
      }
    }
  }

  private func points(_ xs: [Double], _ ys: [Double]) -> [Point] {
    zip(xs, ys).map { Point(x: x($0), y: y($1)) }
  }

  private func visible(_ points: [Point]) -> [Point] {
    points.filter { point in
      point.x >= plot.x - 0.01 && point.x <= plot.right + 0.01 && point.y >= plot.y - 0.01
        && point.y <= plot.bottom + 0.01
    }
  }

  /// One of all points that lie within the same half pixel.
  private func distinct(_ points: [Point]) -> [Point] {
    struct Place: Hashable {
      let column: Int
      let row: Int
    }
    var seen: Set<Place> = []
    return points.filter { point in
      seen.insert(Place(column: Int(point.x * 2), row: Int(point.y * 2))).inserted
    }
  }

  // MARK: Lines and bands

  private func draw(_ line: Line, on canvas: inout Canvas) {
    var path = Path()
    var isolated: [Point] = []
    for run in Polyline.runs(of: points(line.x, line.y)) {
      if run.count == 1 && line.marker == nil { isolated.append(run[0]) }
      if run.count > 1 { path.polyline(Polyline.thinned(run)) }
    }
    let paint = paint(line.color)
    canvas.path(path, dash: line.dash, width: line.width, paint: paint)
    canvas.markers(isolated, .circle, size: line.width * 2.5, paint: paint)
  }

  private func draw(_ band: Band, along line: Line, on canvas: inout Canvas) {
    // Where a spread reaches down to zero, a logarithmic axis shows it down to the axis's end.
    let lower = band.lower.map { value in
      panel.y.scale == .logarithmic && value.isFinite && y(value).isNaN ? y.start : y(value)
    }
    let edges = line.x.indices.map { index in
      (x: x(line.x[index]), lower: lower[index], upper: y(band.upper[index]))
    }
    var path = Path()
    for run in edges.split(whereSeparator: { !($0.x + $0.lower + $0.upper).isFinite }) {
      // A band over a single point is as wide as the point's disc.
      let half = run.count == 1 ? line.width * 1.25 : 0
      var upper = run.map { Point(x: $0.x - half, y: $0.upper) }
      var lower = run.map { Point(x: $0.x - half, y: $0.lower) }
      if half > 0 {
        upper.append(Point(x: upper[0].x + 2 * half, y: upper[0].y))
        lower.append(Point(x: lower[0].x + 2 * half, y: lower[0].y))
      }
      path.polygon(Polyline.thinned(upper) + Polyline.thinned(lower).reversed())
    }
    canvas.path(path, fill: paint(line.color), opacity: 0.2)
  }

  // MARK: Bars and errors

  private static let leastBar = 2.5

  private func draw(_ bars: Bars, group: Int, of groups: Int, on canvas: inout Canvas) {
    let category = abs(x(1) - x(0))
    let width = category * 0.8 / Double(groups)
    let base = panel.y.scale == .linear ? y(0) : y.start
    let offset = (Double(group) - Double(groups - 1) / 2) * width
    var path = Path()
    var errors: [(Point, lower: Double, upper: Double)] = []
    for (index, value) in bars.values.enumerated() {
      let middle = Point(x: x(Double(index)) + offset, y: y(value))
      guard middle.isFinite else { continue }
      // A bar of zero is seen to be there.
      let height = max(abs(middle.y - base), Self.leastBar)
      let top = middle.y > base ? base : base - height
      path.rectangle(
        Rectangle(x: middle.x - width * 0.46, y: top, width: width * 0.92, height: height))
      if let error = bars.errors?[index], error != 0 {
        errors.append((middle, y(value - error), y(value + error)))
      }
    }
    canvas.path(path, fill: paint(bars.color))
    drawErrorBars(errors, cap: min(4, width * 0.25), paint: .ink, on: &canvas)
  }

  private func drawErrors(of points: Points, on canvas: inout Canvas) {
    guard let errors = points.errors else { return }
    let middles = self.points(points.x, points.y)
    let bars = middles.indices.map { index in
      (
        middles[index], lower: y(points.y[index] - errors[index]),
        upper: y(points.y[index] + errors[index])
      )
    }
    drawErrorBars(bars, cap: points.size / 2, paint: paint(points.color), on: &canvas)
  }

  private func drawErrorBars(
    _ bars: [(Point, lower: Double, upper: Double)], cap: Double, paint: Paint,
    on canvas: inout Canvas
  ) {
    var path = Path()
    for (middle, lower, upper) in bars where middle.isFinite && upper.isFinite {
      // On a logarithmic axis a bar down to zero ends where the axis does, without a cap.
      let bottom = lower.isFinite ? lower : y.start
      path.line(from: Point(x: middle.x, y: upper), dx: 0, dy: bottom - upper)
      path.line(from: Point(x: middle.x - cap, y: upper), dx: 2 * cap, dy: 0)
      if lower.isFinite {
        path.line(from: Point(x: middle.x - cap, y: lower), dx: 2 * cap, dy: 0)
      }
    }
    canvas.path(path, thin: paint)
  }

  // MARK: Heat maps, rules and notes

  private func draw(_ map: HeatMap, on canvas: inout Canvas) {
    precondition(
      panel.x.scale == .linear && panel.y.scale == .linear, "A heat map needs linear axes")
    guard !map.values.isEmpty else { return }
    // Each row's cells of one level are strokes of one unit's width, in units of cells: a mask of
    // twenty thousand cells takes a few kilobytes.
    let levels = map.values.map { value in
      colors.flatMap { ColorMap.level(of: $0.between(0, 1)(value)) }
    }
    var paths = [String](repeating: "", count: ColorMap.levels)
    var rectangles = [[Rectangle]](repeating: [], count: ColorMap.levels)
    for row in 0..<map.rows {
      let cells = levels[row * map.columns..<(row + 1) * map.columns]
      var ends = [Int?](repeating: nil, count: ColorMap.levels)
      var start = 0
      while start < map.columns {
        let level = cells[cells.startIndex + start]
        let next = cells[(cells.startIndex + start)...].firstIndex { $0 != level }
        let end = (next ?? cells.endIndex) - cells.startIndex
        if let level {
          paths[level] += ends[level].map { "m\(start - $0) 0" } ?? "M\(start) \(row)"
          paths[level] += "h\(end - start)"
          ends[level] = end
          let (left, right) = (x(Double(start) - 0.5), x(Double(end) - 0.5))
          let (top, bottom) = (y(Double(row) - 0.5), y(Double(row) + 0.5))
          rectangles[level].append(
            Rectangle(
              x: min(left, right), y: min(top, bottom), width: abs(right - left),
              height: abs(bottom - top)))
        }
        start = end
      }
    }
    let origin = Point(x: x(-0.5), y: y(0))
    let numbers = [x(0.5) - origin.x, 0, 0, y(1) - origin.y, origin.x, origin.y]
      .map { Numeral.fixed($0, decimals: 6) }
    canvas.open([
      "class": "f-cells",
      "transform": "matrix(\(numbers.joined(separator: " ")))", "shape-rendering": "crispEdges",
    ])
    for (level, path) in paths.enumerated() where !path.isEmpty {
      let paint = panel.colors.map.paint(level: level, for: .cells)
      guard paint != .ground else { continue }
      canvas.element("path", [("class", canvas.stroke(paint)), ("d", path)])
      canvas.add(.cells(rectangles[level], paint))
    }
    canvas.close()
  }

  private func draw(_ rule: Rule, on canvas: inout Canvas) {
    var path = Path()
    switch rule.position {
    case .horizontal(let value) where y.contains(value):
      path.line(from: Point(x: plot.x, y: y(value)), dx: plot.width, dy: 0)
    case .vertical(let value) where x.contains(value):
      path.line(from: Point(x: x(value), y: plot.y), dx: 0, dy: plot.height)
    default: break
    }
    canvas.path(path, dash: rule.dash, width: 1.25, paint: paint(rule.color))
  }

  private func draw(_ note: Note, on canvas: inout Canvas) {
    guard let point = visible(points([note.x], [note.y])).first else { return }
    canvas.text(
      note.text, .tick, at: Point(x: point.x, y: point.y + 4), anchor: note.anchor,
      color: paint(note.color), halo: true)
  }
}
