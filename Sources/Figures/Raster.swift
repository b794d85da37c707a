/// A picture as pixels, on the light ground.
///
/// Every shape is filled by how much of each pixel it covers, exactly: the signed areas that its edges cut off are
/// summed along the rows (Raph Levien's font-rs). Strokes are filled shapes, too.
struct Raster {
  /// The number of pixels from left to right.
  let width: Int
  /// The number of pixels from top to bottom.
  let height: Int
  /// Red, green and blue of each pixel, row by row.
  private(set) var pixels: [UInt8]
  /// Pixels for each unit of the shapes.
  private let scale: Double
  private var clip: (left: Int, top: Int, right: Int, bottom: Int)
  /// How much more each pixel is covered than its left neighbour; zero between two fills.
  private var changes: [Float]
  /// The columns of each row in which something changes.
  private var touched: [(first: Int, last: Int)]

  /// Draws shapes.
  ///
  /// - Parameters:
  ///   - shapes: From back to front; the first one fills the ground.
  ///   - width: The picture's width in the units of the shapes.
  ///   - height: Its height.
  ///   - scale: Pixels for each unit.
  init(_ shapes: [Shape], width: Double, height: Double, scale: Double) {
    self.width = max(1, Int((width * scale).rounded(.up)))
    self.height = max(1, Int((height * scale).rounded(.up)))
    self.scale = scale
    let ground = Paint.ground.light.bytes
    pixels = []
    pixels.reserveCapacity(3 * self.width * self.height)
    for _ in 0..<self.width * self.height { pixels += ground }
    clip = (0, 0, self.width, self.height)
    changes = [Float](repeating: 0, count: (self.width + 2) * self.height)
    touched = [(first: Int, last: Int)](repeating: (.max, -1), count: self.height)
    for shape in shapes { draw(shape) }
  }

  private mutating func draw(_ shape: Shape) {
    switch shape {
    case .fill(let parts, let paint, let opacity):
      for part in parts { cover(part.points, oriented: false) }
      paintCovered(paint.light, opacity: opacity)
    case .cells(let rectangles, let paint):
      for rectangle in rectangles { fillCells(rectangle, paint.light.bytes) }
    case .stroke(let parts, let paint, let width, let dash, let ends):
      stroke(parts, width: width, dash: dash, ends: ends)
      paintCovered(paint.light, opacity: 1)
    case .text(let lettering, let paint, let hasHalo):
      let strokes = lettering.strokes
      if hasHalo {
        stroke(strokes, width: lettering.weight + 3, dash: [], ends: .round)
        paintCovered(Paint.ground.light, opacity: 1)
      }
      stroke(strokes, width: lettering.weight, dash: [], ends: .round)
      paintCovered(paint.light, opacity: 1)
    case .clip(let rectangle):
      func pixel(_ value: Double, _ limit: Int) -> Int {
        Int(min(max((value * scale).rounded(), 0), Double(limit)))
      }
      clip = (
        pixel(rectangle.x, width), pixel(rectangle.y, height), pixel(rectangle.right, width),
        pixel(rectangle.bottom, height)
      )
    case .unclip: clip = (0, 0, width, height)
    }
  }

  private mutating func stroke(
    _ parts: [Path.Part], width: Double, dash: [Double], ends: Shape.Ends
  ) {
    for part in parts {
      for piece in Stroke(part, width: width, dash: dash, ends: ends).pieces {
        cover(piece, oriented: true)
      }
    }
  }

  /// Fills whole pixels, so that neighbours meet without a seam.
  private mutating func fillCells(_ rectangle: Rectangle, _ color: [UInt8]) {
    func pixel(_ value: Double, _ low: Int, _ high: Int) -> Int {
      Int(min(max((value * scale).rounded(), Double(low)), Double(high)))
    }
    let columns =
      pixel(rectangle.x, clip.left, clip.right)..<pixel(rectangle.right, clip.left, clip.right)
    for row in pixel(
      rectangle.y, clip.top, clip.bottom)..<pixel(rectangle.bottom, clip.top, clip.bottom)
    {
      for column in columns {
        for part in 0..<3 { pixels[3 * (row * width + column) + part] = color[part] }
      }
    }
  }

  // MARK: Covering

  /// Adds what a polygon covers.
  ///
  /// - Parameters:
  ///   - points: Its corners.
  ///   - oriented: Whether it counts as covered whichever way its corners go round.
  private mutating func cover(_ points: [Point], oriented: Bool) {
    guard points.count > 2, clip.left < clip.right, clip.top < clip.bottom else { return }
    var corners = points.map { Point(x: $0.x * scale, y: $0.y * scale) }
    if oriented {
      var area = 0.0
      for (one, next) in zip(corners, corners.dropFirst() + corners.prefix(1)) {
        area += one.x * next.y - next.x * one.y
      }
      if area < 0 { corners.reverse() }
    }
    var last = corners[corners.count - 1]
    for corner in corners {
      edge(from: last, to: corner)
      last = corner
    }
  }

  /// An edge, cut to the clipped rows and columns: what lies beyond a side counts on that side.
  private mutating func edge(from start: Point, to end: Point) {
    guard start.y != end.y else { return }
    let (upper, lower) = start.y < end.y ? (start, end) : (end, start)
    let (top, bottom) = (Double(clip.top), Double(clip.bottom))
    guard upper.y < bottom, lower.y > top else { return }
    let slope = (lower.x - upper.x) / (lower.y - upper.y)
    func x(at y: Double) -> Double { upper.x + (y - upper.y) * slope }
    var breaks = [max(upper.y, top), min(lower.y, bottom)]
    if slope != 0 {
      for side in [Double(clip.left), Double(clip.right)] {
        let y = upper.y + (side - upper.x) / slope
        if y > breaks[0], y < breaks[breaks.count - 1] { breaks.append(y) }
      }
      breaks.sort()
    }
    func inside(_ x: Double) -> Double { min(max(x, Double(clip.left)), Double(clip.right)) }
    for (from, to) in zip(breaks, breaks.dropFirst()) where to > from {
      let (one, other) = (inside(x(at: from)), inside(x(at: to)))
      addEdge(
        from: (Float(one), Float(from)), to: (Float(other), Float(to)),
        sign: start.y < end.y ? 1 : -1)
    }
  }

  /// An edge that goes down inside the clipped rectangle.
  private mutating func addEdge(
    from upper: (x: Float, y: Float), to lower: (x: Float, y: Float), sign: Float
  ) {
    guard lower.y > upper.y else { return }
    let slope = (lower.x - upper.x) / (lower.y - upper.y)
    let stride = width + 2
    var x = upper.x
    let rows = Int(upper.y)..<min(Int(lower.y.rounded(.up)), height)
    for row in rows {
      let dy = min(Float(row + 1), lower.y) - max(Float(row), upper.y)
      let next = min(max(x + slope * dy, 0), Float(width))
      let (left, right) = x < next ? (x, next) : (next, x)
      let first = Int(left)
      let last = max(Int(right.rounded(.up)), first + 1)
      let place = row * stride
      let d = dy * sign
      if last == first + 1 {
        let share = (left + right) / 2 - Float(first)
        changes[place + first] += d * (1 - share)
        changes[place + first + 1] += d * share
      } else {
        // The area left of the edge grows linearly in between, and quadratically at both ends.
        let step = 1 / (right - left)
        let inFirst = Float(first + 1) - left
        let inLast = right - Float(last - 1)
        let begin = step * inFirst * inFirst / 2
        let end = step * inLast * inLast / 2
        changes[place + first] += d * begin
        if last == first + 2 {
          changes[place + first + 1] += d * (1 - begin - end)
        } else {
          let second = step * (inFirst + 0.5)
          changes[place + first + 1] += d * (second - begin)
          for column in first + 2..<last - 1 { changes[place + column] += d * step }
          let before = second + Float(last - first - 3) * step
          changes[place + last - 1] += d * (1 - before - end)
        }
        changes[place + last] += d * end
      }
      touched[row].first = min(touched[row].first, first)
      touched[row].last = max(touched[row].last, last)
      x = next
    }
  }

  /// Paints what has been covered since the last time.
  private mutating func paintCovered(_ color: RGB, opacity: Double) {
    let parts = color.bytes.map(Float.init)
    let stride = width + 2
    for row in clip.top..<max(clip.top, clip.bottom) where touched[row].last >= 0 {
      let (first, last) = touched[row]
      var sum: Float = 0
      for column in first...last {
        sum += changes[row * stride + column]
        changes[row * stride + column] = 0
        // In sixteen steps, which no eye tells from more, so that few colours are needed.
        let covered = (min(abs(sum), 1) * 16).rounded() / 16
        guard column < width, covered > 0 else { continue }
        let share = covered * Float(opacity)
        let place = 3 * (row * width + column)
        for part in 0..<3 {
          let before = Float(pixels[place + part])
          pixels[place + part] = UInt8((before + (parts[part] - before) * share).rounded())
        }
      }
      touched[row] = (.max, -1)
    }
  }
}

extension RGB {
  /// Red, green and blue from 0 to 255.
  var bytes: [UInt8] { [red, green, blue].map { UInt8($0.rounded()) } }
}
