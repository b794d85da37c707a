/// A letter as the middle lines of its strokes, drawn for pictures that hold no fonts: round ends, one weight, the widths
/// of Helvetica.
struct Glyph: Sendable {
  /// How far the next letter stands, in thousandths of the size.
  let advance: Double
  /// The strokes in thousandths of the size, upward from the baseline.
  let strokes: [Path.Part]

  /// The letter for a character; a box for one that there is none for.
  init(_ character: Unicode.Scalar, isBold: Bool = false) {
    let entry = Glyph.table[character]
    let width = Glyph.advance(of: character, isBold: false)
    let widened = Glyph.advance(of: character, isBold: isBold)
    advance = widened
    guard width > 0 else {
      strokes = []
      return
    }
    // A bold letter is as much wider as its place is.
    strokes = Glyph.parse(entry?.strokes ?? "M 100 0 L 100 700 L 500 700 L 500 0 Z").map { part in
      var part = part
      part.points = part.points.map { Point(x: $0.x * widened / width, y: $0.y) }
      return part
    }
  }

  /// How far the letter after a character stands, in thousandths of the size.
  static func advance(of character: Unicode.Scalar, isBold: Bool) -> Double {
    let entry = table[character]
    // A mark that combines stands on the letter before it.
    if entry == nil, (0x300...0x36F).contains(character.value) { return 0 }
    return Double(isBold ? entry?.boldWidth ?? 640 : entry?.width ?? 600)
  }

  /// Reads `M x y` (move), `L x y` (line), `C x1 y1 x2 y2 x y` (cubic curve), `O x y rx ry` (ellipse) and `Z` (close).
  private static func parse(_ text: Substring) -> [Path.Part] {
    var parts: [Path.Part] = []
    var words = text.split(separator: " ")[...]
    func number() -> Double { words.popFirst().flatMap { Double($0) } ?? 0 }
    func point() -> Point {
      let x = number()
      return Point(x: x, y: number())
    }
    while let word = words.popFirst() {
      switch word {
      case "M": parts.append(Path.Part(points: [point()]))
      case "L": parts[parts.count - 1].points.append(point())
      case "C":
        let (one, two, end) = (point(), point(), point())
        parts[parts.count - 1].append(curve: one, two, end)
      case "O":
        let center = point()
        let (rx, ry) = (number(), number())
        parts.append(ellipse(around: center, rx, ry))
      case "Z": parts[parts.count - 1].isClosed = true
      default: preconditionFailure("a glyph has M, L, C, O and Z, found \(word)")
      }
    }
    return parts
  }

  private static func ellipse(around c: Point, _ rx: Double, _ ry: Double) -> Path.Part {
    // So far do the handles of a quarter circle reach.
    let (kx, ky) = (rx * 0.5523, ry * 0.5523)
    func at(_ dx: Double, _ dy: Double) -> Point { Point(x: c.x + dx, y: c.y + dy) }
    var part = Path.Part(points: [at(rx, 0)], isClosed: true)
    part.append(curve: at(rx, ky), at(kx, ry), at(0, ry))
    part.append(curve: at(-kx, ry), at(-rx, ky), at(-rx, 0))
    part.append(curve: at(-rx, -ky), at(-kx, -ry), at(0, -ry))
    part.append(curve: at(kx, -ry), at(rx, -ky), at(rx, 0))
    part.points.removeLast()
    return part
  }
}

extension Path.Part {
  /// Appends a cubic curve as straight lines.
  fileprivate mutating func append(curve one: Point, _ two: Point, _ end: Point) {
    guard let start = points.last else { return }
    for step in 1...8 {
      let t = Double(step) / 8
      let s = 1 - t
      let (a, b, c, d) = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
      points.append(
        Point(
          x: a * start.x + b * one.x + c * two.x + d * end.x,
          y: a * start.y + b * one.y + c * two.y + d * end.y))
    }
  }
}

extension Lettering {
  /// The strokes' width in pixels.
  var weight: Double { size * (isBold ? 0.125 : 0.082) }

  /// The width of the text in Helvetica, in pixels.
  var width: Double {
    text.unicodeScalars.reduce(0) { $0 + Glyph.advance(of: $1, isBold: isBold) } * size / 1000
  }

  /// Where the text begins, on the baseline.
  var start: Point {
    let back: Double =
      switch anchor {
      case .start: 0
      case .middle: width / 2
      case .end: width
      }
    return isTurned ? Point(x: point.x, y: point.y + back) : Point(x: point.x - back, y: point.y)
  }

  /// The strokes of all letters in pixels.
  var strokes: [Path.Part] {
    var along = 0.0
    return text.unicodeScalars.flatMap { character in
      let glyph = Glyph(character, isBold: isBold)
      defer { along += glyph.advance }
      return placed(glyph, along: along)
    }
  }

  /// The strokes of a letter in pixels, so many thousandths of the size after the text's start.
  func placed(_ glyph: Glyph, along: Double) -> [Path.Part] {
    let (unit, start) = (size / 1000, start)
    return glyph.strokes.map { part in
      var part = part
      part.points = part.points.map { point in
        let (x, y) = ((along + point.x) * unit, point.y * unit)
        return isTurned
          ? Point(x: start.x - y, y: start.y - x) : Point(x: start.x + x, y: start.y - y)
      }
      return part
    }
  }
}
