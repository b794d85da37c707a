/// The data of an SVG path.
struct Path {
  private(set) var data = ""

  mutating func move(to point: Point) {
    data += "M" + Path.text(point)
  }

  /// Moves to the first point and draws lines to the others.
  mutating func polyline(_ points: [Point]) {
    for (index, point) in points.enumerated() {
      data += (index == 0 ? "M" : " ") + Path.text(point)
    }
  }

  mutating func polygon(_ points: [Point]) {
    polyline(points)
    data += "Z"
  }

  mutating func line(from point: Point, dx: Double, dy: Double) {
    move(to: point)
    if dy == 0 {
      data += "h" + Numeral.coordinate(dx)
    } else if dx == 0 {
      data += "v" + Numeral.coordinate(dy)
    } else {
      data += "l" + Numeral.coordinate(dx) + " " + Numeral.coordinate(dy)
    }
  }

  mutating func rectangle(_ rectangle: Rectangle) {
    move(to: Point(x: rectangle.x, y: rectangle.y))
    data += "h" + Numeral.coordinate(rectangle.width) + "v" + Numeral.coordinate(rectangle.height)
    data += "h" + Numeral.coordinate(-rectangle.width) + "Z"
  }

  private static func text(_ point: Point) -> String {
    Numeral.coordinate(point.x) + " " + Numeral.coordinate(point.y)
  }
}

extension Canvas {
  /// Draws a path, unless it is empty.
  mutating func path(_ path: Path, _ attributes: KeyValuePairs<String, String>) {
    guard !path.data.isEmpty else { return }
    element("path", [("d", path.data)] + attributes.map { ($0.key, $0.value) })
  }

  /// Draws a path as a data line with round ends.
  mutating func path(_ path: Path, dash: Dash, width: Double, paint: Paint) {
    guard !path.data.isEmpty else { return }
    var attributes = [
      ("d", path.data), ("class", stroke(paint) + " f-line"),
      ("stroke-width", Numeral.coordinate(width)),
    ]
    switch dash {
    case .solid: break
    case .dashed: attributes.append(("stroke-dasharray", "5 5"))
    case .dotted: attributes.append(("stroke-dasharray", "0.1 4"))
    case .dashDotted: attributes.append(("stroke-dasharray", "7 4.5 0.1 4.5"))
    }
    element("path", attributes)
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
    case .square, .triangle, .diamond: self.path(path, ["class": fill(paint)])
    }
  }
}
