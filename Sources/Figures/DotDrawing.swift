/// A drawing for a terminal: dots, two by four in each character, written as braille.
///
/// ```swift
/// var drawing = DotDrawing(columns: 20, rows: 10)   // 40 × 40 dots
/// drawing.draw(x: [0, 39], y: [0, 39])
/// print(drawing.lines.joined(separator: "\n"))
/// ```
package struct DotDrawing: Sendable, Equatable {
  /// The number of characters in a line.
  package let columns: Int
  /// The number of lines.
  package let rows: Int
  private var cells: [UInt8]

  /// Creates an empty drawing.
  ///
  /// - Precondition: neither size is negative.
  package init(columns: Int, rows: Int) {
    precondition(columns >= 0 && rows >= 0, "A drawing cannot have \(columns) × \(rows) characters")
    self.columns = columns
    self.rows = rows
    cells = [UInt8](repeating: 0, count: columns * rows)
  }

  /// The number of dots from left to right.
  package var width: Int { 2 * columns }
  /// The number of dots from top to bottom.
  package var height: Int { 4 * rows }

  /// Sets a dot, counted from the upper left; one outside the drawing is left out.
  package mutating func set(x: Int, y: Int) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    // Braille counts its first six dots down the columns, and added the lowest row later.
    let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    cells[y / 4 * columns + x / 2] |= bits[x % 2][y % 4]
  }

  /// Draws a curve through points in the order given; a point that is not finite leaves a gap.
  ///
  /// - Precondition: as many `y` as `x`.
  package mutating func draw(x: [Double], y: [Double]) {
    precondition(x.count == y.count, "\(x.count) x values but \(y.count) y values")
    var last: (x: Double, y: Double)?
    for (x, y) in zip(x, y) {
      guard x.isFinite && y.isFinite else {
        last = nil
        continue
      }
      // What lies far outside is not walked to.
      let point = (x: min(max(x, -1e4), 1e4), y: min(max(y, -1e4), 1e4))
      let from = last ?? point
      let steps = max(abs(point.x - from.x), abs(point.y - from.y)).rounded(.up)
      for step in 0...Int(steps) {
        let fraction = steps > 0 ? Double(step) / steps : 0
        set(
          x: Int((from.x + (point.x - from.x) * fraction).rounded()),
          y: Int((from.y + (point.y - from.y) * fraction).rounded()))
      }
      last = point
    }
  }

  /// The drawing line by line; a character without dots is a space.
  package var lines: [String] {
    (0..<rows).map { row in
      String(
        String.UnicodeScalarView(
          cells[(row * columns)..<((row + 1) * columns)].map { dots in
            dots == 0 ? " " : Unicode.Scalar(0x2800 + UInt32(dots))!
          }))
    }
  }
}
