/// Straight lines on the way into a picture: the data of an SVG path, and the same as points.
struct Path {
  /// Points joined by straight lines, perhaps back to the first one.
  struct Part: Sendable, Equatable {
    var points: [Point]
    var isClosed = false
  }

  private(set) var data = ""
  private(set) var parts: [Part] = []

  /// Moves to the first point and draws lines to the others.
  mutating func polyline(_ points: [Point]) {
    for (index, point) in points.enumerated() {
      data += (index == 0 ? "M" : " ") + Path.text(point)
    }
    parts.append(Part(points: points))
  }

  mutating func polygon(_ points: [Point]) {
    polyline(points)
    data += "Z"
    parts[parts.count - 1].isClosed = true
  }

  mutating func line(from point: Point, dx: Double, dy: Double) {
    data += "M" + Path.text(point)
    if dy == 0 {
      data += "h" + Numeral.coordinate(dx)
    } else if dx == 0 {
      data += "v" + Numeral.coordinate(dy)
    } else {
      data += "l" + Numeral.coordinate(dx) + " " + Numeral.coordinate(dy)
    }
    parts.append(Part(points: [point, Point(x: point.x + dx, y: point.y + dy)]))
  }

  mutating func rectangle(_ rectangle: Rectangle) {
    data += "M" + Path.text(Point(x: rectangle.x, y: rectangle.y))
    data += "h" + Numeral.coordinate(rectangle.width) + "v" + Numeral.coordinate(rectangle.height)
    data += "h" + Numeral.coordinate(-rectangle.width) + "Z"
    parts.append(Part(points: rectangle.corners, isClosed: true))
  }

  private static func text(_ point: Point) -> String {
    Numeral.coordinate(point.x) + " " + Numeral.coordinate(point.y)
  }
}

extension Rectangle {
  /// The corners, clockwise from the upper left.
  var corners: [Point] {
    [
      Point(x: x, y: y), Point(x: right, y: y), Point(x: right, y: bottom), Point(x: x, y: bottom),
    ]
  }
}

extension Dash {
  /// The lengths of strokes and gaps in turn, in pixels; empty for a stroke without gaps.
  var pattern: [Double] {
    switch self {
    case .solid: []
    case .dashed: [5, 5]
    case .dotted: [0.1, 4]
    case .dashDotted: [7, 4.5, 0.1, 4.5]
    }
  }
}

extension Canvas {
  /// Fills a path, unless it is empty.
  mutating func path(_ path: Path, fill paint: Paint, opacity: Double = 1) {
    guard !path.data.isEmpty else { return }
    var attributes = [("d", path.data), ("class", fill(paint))]
    if opacity < 1 { attributes.append(("fill-opacity", Numeral.coordinate(opacity))) }
    element("path", attributes)
    add(.fill(path.parts, paint, opacity: opacity))
  }

  /// Draws a path as a thin line: an axis, a grid, an error bar.
  mutating func path(_ path: Path, thin paint: Paint) {
    guard !path.data.isEmpty else { return }
    element("path", [("d", path.data), ("class", stroke(paint) + " f-thin")])
    add(.stroke(path.parts, paint, width: 1, dash: [], ends: .flat))
  }

  /// Draws a path as a data line with round ends.
  mutating func path(_ path: Path, dash: Dash, width: Double, paint: Paint) {
    guard !path.data.isEmpty else { return }
    var attributes = [
      ("d", path.data), ("class", stroke(paint) + " f-line"),
      ("stroke-width", Numeral.coordinate(width)),
    ]
    let pattern = dash.pattern
    if !pattern.isEmpty {
      attributes.append(
        ("stroke-dasharray", pattern.map(Numeral.coordinate).joined(separator: " ")))
    }
    element("path", attributes)
    add(.stroke(path.parts, paint, width: width, dash: pattern, ends: .round))
  }

  /// Draws one shape at every point, as a single path.
  mutating func markers(_ points: [Point], _ marker: Marker, size: Double, paint: Paint) {
    var path = Path()
    let r = size / 2
    for point in points {
      switch marker {
      case .circle:
        // A stroke of no length with round ends is a disc, in few bytes.
        path.line(from: point, dx: 0, dy: 0)
      case .square:
        path.rectangle(
          Rectangle(x: point.x - r * 0.9, y: point.y - r * 0.9, width: r * 1.8, height: r * 1.8))
      case .triangle:
        path.polygon([
          Point(x: point.x, y: point.y - r * 1.2),
          Point(x: point.x + r * 1.1, y: point.y + r * 0.8),
          Point(x: point.x - r * 1.1, y: point.y + r * 0.8),
        ])
      case .diamond:
        path.polygon([
          Point(x: point.x, y: point.y - r * 1.2), Point(x: point.x + r * 1.2, y: point.y),
          Point(x: point.x, y: point.y + r * 1.2), Point(x: point.x - r * 1.2, y: point.y),
        ])
      case .cross:
        path.line(from: Point(x: point.x - r, y: point.y - r), dx: size, dy: size)
        path.line(from: Point(x: point.x - r, y: point.y + r), dx: size, dy: -size)
      }
    }
    switch marker {
    case .circle: self.path(path, dash: .solid, width: size, paint: paint)
    case .cross: self.path(path, dash: .solid, width: max(1, size / 4), paint: paint)
    case .square, .triangle, .diamond: self.path(path, fill: paint)
    }
  }
}
