/// A part of a picture, in pixels: what every format draws.
enum Shape: Sendable, Equatable {
  /// How a stroke ends.
  enum Ends: Sendable, Equatable {
    case flat
    case round
  }

  /// A region inside closed lines.
  case fill([Path.Part], Paint, opacity: Double)
  /// Cells of one colour that touch others, without a seam between them.
  case cells([Rectangle], Paint)
  /// Lines of a width.
  case stroke([Path.Part], Paint, width: Double, dash: [Double], ends: Ends)
  /// A line of text, perhaps on a halo of the ground's colour.
  case text(Lettering, Paint, hasHalo: Bool)
  /// What follows shows only inside the rectangle.
  case clip(Rectangle)
  /// What follows shows everywhere again.
  case unclip
}

/// A line of text with its place.
struct Lettering: Sendable, Equatable {
  let text: String
  /// The size in pixels.
  let size: Double
  let isBold: Bool
  /// The point on the baseline that the anchor names.
  let point: Point
  let anchor: Note.Anchor
  /// Whether it runs upward.
  let isTurned: Bool

  init(
    _ text: String, size: Double, isBold: Bool = false, at point: Point, _ anchor: Note.Anchor,
    isTurned: Bool = false
  ) {
    self.text = text
    self.size = size
    self.isBold = isBold
    self.point = point
    self.anchor = anchor
    self.isTurned = isTurned
  }
}
