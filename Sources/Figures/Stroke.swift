/// A line of a width as convex polygons that cover it, none of them twice where it is smooth.
struct Stroke {
  /// The polygons, each as its corners.
  private(set) var pieces: [[Point]] = []
  private let radius: Double

  /// The parts of a pattern of strokes and gaps along a path, or the whole of it.
  init(_ part: Path.Part, width: Double, dash: [Double], ends: Shape.Ends) {
    radius = width / 2
    let points = part.points + (part.isClosed ? Array(part.points.prefix(1)) : [])
    if dash.isEmpty {
      add(points, isClosed: part.isClosed, ends: ends)
    } else {
      for dash in Stroke.dashes(of: points, dash) { add(dash, isClosed: false, ends: ends) }
    }
  }

  private mutating func add(_ points: [Point], isClosed: Bool, ends: Shape.Ends) {
    var segments: [(start: Point, end: Point, normal: Point)] = []
    for (one, next) in zip(points, points.dropFirst()) {
      let (dx, dy) = (next.x - one.x, next.y - one.y)
      let length = (dx * dx + dy * dy).squareRoot()
      guard length > 1e-9 else { continue }
      segments.append((one, next, Point(x: -dy / length, y: dx / length)))
    }
    guard let first = segments.first, let last = segments.last else {
      // A point is a disc.
      if ends == .round, let point = points.first {
        let up = Point(x: 0, y: 1)
        pieces.append(
          arc(at: point, from: up, to: up.opposite) + arc(at: point, from: up.opposite, to: up))
      }
      return
    }
    for segment in segments {
      let n = segment.normal
      pieces.append([
        segment.start.moved(along: n, by: radius), segment.end.moved(along: n, by: radius),
        segment.end.moved(along: n, by: -radius), segment.start.moved(along: n, by: -radius),
      ])
    }
    for (one, next) in zip(segments, segments.dropFirst()) {
      join(at: next.start, one.normal, next.normal)
    }
    if isClosed {
      join(at: first.start, last.normal, first.normal)
    } else if ends == .round {
      pieces.append(arc(at: first.start, from: first.normal, to: first.normal.opposite))
      pieces.append(arc(at: last.end, from: last.normal.opposite, to: last.normal))
    }
  }

  /// Fills the gap at the outer side of a bend with a round wedge.
  private mutating func join(at point: Point, _ one: Point, _ next: Point) {
    let turn = one.x * next.y - one.y * next.x
    guard abs(turn) > 1e-6 || one.x * next.x + one.y * next.y < 0 else { return }
    pieces.append(
      [point]
        + (turn < 0
          ? arc(at: point, from: next, to: one)
          : arc(at: point, from: next.opposite, to: one.opposite)))
  }

  /// Points on the circle around a point from one direction to another, at most half a turn against the clock of a
  /// page whose vertical axis runs down.
  private func arc(at center: Point, from start: Point, to end: Point) -> [Point] {
    var directions = [start, end]
    // As many halvings as make the corners of so small a circle invisible.
    for _ in 0..<(radius < 1 ? 3 : radius < 4 ? 4 : 5) {
      var finer: [Point] = []
      for (one, next) in zip(directions, directions.dropFirst()) {
        finer.append(one)
        finer.append(Stroke.between(one, next))
      }
      directions = finer + directions.suffix(1)
    }
    return directions.map { center.moved(along: $0, by: radius) }
  }

  /// The direction in the middle of two, by arithmetic alone: the same bits everywhere.
  private static func between(_ one: Point, _ next: Point) -> Point {
    let sum = Point(x: one.x + next.x, y: one.y + next.y)
    let length = (sum.x * sum.x + sum.y * sum.y).squareRoot()
    // Half a turn goes through the direction a quarter ahead.
    guard length > 1e-6 else { return Point(x: -one.y, y: one.x) }
    return Point(x: sum.x / length, y: sum.y / length)
  }

  /// The strokes of a pattern along a line.
  private static func dashes(of points: [Point], _ pattern: [Double]) -> [[Point]] {
    var dashes: [[Point]] = []
    var (index, rest) = (0, pattern[0])
    var current: [Point] = points.prefix(1).map { $0 }
    for (one, next) in zip(points, points.dropFirst()) {
      let (dx, dy) = (next.x - one.x, next.y - one.y)
      let length = (dx * dx + dy * dy).squareRoot()
      guard length > 0 else { continue }
      var along = 0.0
      while length - along > rest {
        along += rest
        let point = Point(x: one.x + dx * along / length, y: one.y + dy * along / length)
        if index.isMultiple(of: 2) {
          dashes.append(current + [point])
          current = []
        } else {
          current = [point]
        }
        index = (index + 1) % pattern.count
        rest = pattern[index]
      }
      rest -= length - along
      if index.isMultiple(of: 2) { current.append(next) }
    }
    if index.isMultiple(of: 2), !current.isEmpty { dashes.append(current) }
    return dashes
  }
}

extension Point {
  fileprivate var opposite: Point { Point(x: -x, y: -y) }

  fileprivate func moved(along direction: Point, by distance: Double) -> Point {
    Point(x: x + direction.x * distance, y: y + direction.y * distance)
  }
}
