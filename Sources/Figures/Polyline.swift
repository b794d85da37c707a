/// A position in pixels.
package struct Point: Sendable, Equatable {
  package var x: Double
  package var y: Double

  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  var isFinite: Bool { x.isFinite && y.isFinite }
}

/// A rectangle in pixels.
package struct Rectangle: Sendable, Equatable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var right: Double { x + width }
  package var bottom: Double { y + height }
}

/// Points joined by straight lines, made no denser than an eye can see.
package enum Polyline {
  /// Splits points into runs without gaps, at every point that is not finite.
  package static func runs(of points: [Point]) -> [[Point]] {
    points.split { !$0.isFinite }.map(Array.init)
  }

  /// Leaves out points whose absence moves the line by less than a fifth of a pixel.
  ///
  /// First, of points that follow each other within one pixel column, only the first, the lowest,
  /// the highest and the last stay; then Ramer, Douglas and Peucker's method drops what lies on the
  /// way between others.
  package static func thinned(_ points: [Point]) -> [Point] {
    simplified(columnwise(points), tolerance: 0.2)
  }

  private static func columnwise(_ points: [Point]) -> [Point] {
    var kept: [Point] = []
    var start = 0
    while start < points.count {
      let column = points[start].x.rounded(.down)
      var end = start + 1
      while end < points.count && points[end].x.rounded(.down) == column { end += 1 }
      var lowest = start
      var highest = start
      for index in start..<end {
        if points[index].y < points[lowest].y { lowest = index }
        if points[index].y > points[highest].y { highest = index }
      }
      var previous = -1
      for index in [start, min(lowest, highest), max(lowest, highest), end - 1]
      where index != previous {
        kept.append(points[index])
        previous = index
      }
      start = end
    }
    return kept
  }

  private static func simplified(_ points: [Point], tolerance: Double) -> [Point] {
    guard points.count > 2 else { return points }
    var keeps = [Bool](repeating: false, count: points.count)
    keeps[0] = true
    keeps[points.count - 1] = true
    var spans = [(0, points.count - 1)]
    while let (first, last) = spans.popLast() {
      var farthest = first
      var distance = tolerance * tolerance
      for index in first + 1..<max(last, first + 1) {
        let candidate = squaredDistance(points[index], points[first], points[last])
        if candidate > distance { (farthest, distance) = (index, candidate) }
      }
      guard farthest > first else { continue }
      keeps[farthest] = true
      spans.append((first, farthest))
      spans.append((farthest, last))
    }
    return points.indices.filter { keeps[$0] }.map { points[$0] }
  }

  /// The squared distance of a point from the stretch between two others.
  private static func squaredDistance(_ point: Point, _ start: Point, _ end: Point) -> Double {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = dx * dx + dy * dy
    let along = length == 0 ? 0 : ((point.x - start.x) * dx + (point.y - start.y) * dy) / length
    let t = min(max(along, 0), 1)
    let (ex, ey) = (point.x - start.x - t * dx, point.y - start.y - t * dy)
    return ex * ex + ey * ey
  }
}
