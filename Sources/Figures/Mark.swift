/// Something drawn in a panel.
public enum Mark: Sendable, Equatable {
  /// A curve, perhaps with a band around it.
  case line(Line)
  /// Separate points, perhaps with error bars.
  case points(Points)
  /// One bar for each category; several such marks in a panel stand side by side.
  case bars(Bars)
  /// A matrix of coloured cells.
  case heatMap(HeatMap)
  /// A line across the whole panel at one value.
  case rule(Rule)
  /// A few words at a point.
  case note(Note)
}

/// The pattern of a stroke.
public enum Dash: Sendable, Equatable, CaseIterable {
  /// Without gaps.
  case solid
  /// Long dashes.
  case dashed
  /// Dots.
  case dotted
  /// Dashes and dots in turn.
  case dashDotted
}

/// The shape of a data point.
public enum Marker: Sendable, Equatable, CaseIterable {
  /// A disc.
  case circle
  /// A square.
  case square
  /// A triangle with its tip up.
  case triangle
  /// A square on its corner.
  case diamond
  /// A diagonal cross.
  case cross
}

/// A curve through points, in the order given.
///
/// A value that is not finite, or has no place on a logarithmic axis, leaves a gap. A line without
/// points appears in the legend alone, which explains a dash or a colour that many lines share.
public struct Line: Sendable, Equatable {
  /// The name in the legend; `nil` keeps the line out of it.
  public var label: String?
  /// A short name right of the plotting area, where the line ends, for lines that colour alone does not
  /// tell apart.
  public var endLabel: String?
  /// The horizontal positions.
  public var x: [Double]
  /// The vertical positions, as many as `x`.
  public var y: [Double]
  /// A shaded region around the line.
  public var band: Band?
  /// The colour of line, markers and band.
  public var color: Color
  /// The stroke's pattern.
  public var dash: Dash
  /// A shape at every point, where the points themselves matter.
  public var marker: Marker?
  /// The stroke's width in pixels.
  public var width: Double

  /// Creates a line.
  ///
  /// - Precondition: as many `y` as `x`, and as many band limits.
  public init(
    _ label: String? = nil, x: [Double], y: [Double], band: Band? = nil,
    color: Color = .series(0), dash: Dash = .solid, marker: Marker? = nil, width: Double = 1.75,
    endLabel: String? = nil
  ) {
    precondition(
      x.count == y.count, "Line \"\(label ?? "")\": \(x.count) x values but \(y.count) y values")
    if let band {
      precondition(
        band.lower.count == x.count,
        "Line \"\(label ?? "")\": \(x.count) points but a band over \(band.lower.count)")
    }
    self.label = label
    self.endLabel = endLabel
    self.x = x
    self.y = y
    self.band = band
    self.color = color
    self.dash = dash
    self.marker = marker
    self.width = width
  }
}

/// A shaded region between two curves, such as the spread over seeds.
public struct Band: Sendable, Equatable {
  /// The lower edge, one value for each point of the line.
  public let lower: [Double]
  /// The upper edge, one value for each point of the line.
  public let upper: [Double]

  /// Creates a band from its edges.
  ///
  /// - Precondition: both edges have the same number of values.
  public init(lower: [Double], upper: [Double]) {
    precondition(
      lower.count == upper.count,
      "Band: \(lower.count) lower values but \(upper.count) upper values")
    self.lower = lower
    self.upper = upper
  }

  /// Creates the band `center ± spread`.
  ///
  /// - Precondition: as many spreads as centres.
  public init(around center: [Double], by spread: [Double]) {
    precondition(
      center.count == spread.count, "Band: \(center.count) centres but \(spread.count) spreads")
    self.init(
      lower: zip(center, spread).map { $0 - $1 }, upper: zip(center, spread).map { $0 + $1 })
  }

  /// Whether there is nothing of it to see, as of the spread over a single seed.
  var isEmpty: Bool { !zip(lower, upper).contains { $0 < $1 } }
}

/// Separate points, as in a scatter plot.
public struct Points: Sendable, Equatable {
  /// The name in the legend; `nil` keeps the points out of it.
  public var label: String?
  /// The horizontal positions.
  public var x: [Double]
  /// The vertical positions, as many as `x`.
  public var y: [Double]
  /// Half the length of each point's vertical error bar.
  public var errors: [Double]?
  /// The colour.
  public var color: Color
  /// The shape.
  public var marker: Marker
  /// A character in place of the shape, such as the digit of a class.
  public var character: Character?
  /// The shape's diameter, or the character's height, in pixels.
  public var size: Double

  /// Creates points.
  ///
  /// - Precondition: as many `y` as `x`, and as many errors where they are given.
  public init(
    _ label: String? = nil, x: [Double], y: [Double], errors: [Double]? = nil,
    color: Color = .series(0), marker: Marker = .circle, character: Character? = nil,
    size: Double = 6
  ) {
    precondition(
      x.count == y.count, "Points \"\(label ?? "")\": \(x.count) x values but \(y.count) y values")
    if let errors {
      precondition(
        errors.count == x.count,
        "Points \"\(label ?? "")\": \(x.count) points but \(errors.count) errors")
    }
    self.label = label
    self.x = x
    self.y = y
    self.errors = errors
    self.color = color
    self.marker = marker
    self.character = character
    self.size = size
  }
}

/// One bar from zero for each category of the horizontal axis; a bar of zero is a line.
public struct Bars: Sendable, Equatable {
  /// The name in the legend; `nil` keeps the bars out of it.
  public var label: String?
  /// The heights; bar `i` stands at the axis's category `i`.
  ///
  /// A value that is not finite has no bar.
  public var values: [Double]
  /// Half the length of each bar's error bar.
  public var errors: [Double]?
  /// The colour.
  public var color: Color

  /// Creates bars.
  ///
  /// - Precondition: as many errors as values, where errors are given.
  public init(
    _ label: String? = nil, values: [Double], errors: [Double]? = nil, color: Color = .series(0)
  ) {
    if let errors {
      precondition(
        errors.count == values.count,
        "Bars \"\(label ?? "")\": \(values.count) values but \(errors.count) errors")
    }
    self.label = label
    self.values = values
    self.errors = errors
    self.color = color
  }
}

/// A matrix of cells, coloured by the panel's ``ColorScale``.
///
/// Cell (row `r`, column `c`) is centred at x = `c`, y = `r`. Cells that are not finite stay empty.
public struct HeatMap: Sendable, Equatable {
  /// The cells, row by row.
  public let values: [Double]
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int

  /// Creates a heat map from its cells, row by row.
  ///
  /// - Precondition: `values.count == rows * columns`.
  public init(_ values: [Double], rows: Int, columns: Int) {
    precondition(
      rows >= 0 && columns >= 0 && values.count == rows * columns,
      "Heat map: \(values.count) values do not fill \(rows) × \(columns) cells")
    self.values = values
    self.rows = rows
    self.columns = columns
  }
}

/// A line across the whole panel: a threshold, a baseline, a level to compare with.
///
/// Its label stands outside the plotting area: right of a horizontal rule, above a vertical one.
public struct Rule: Sendable, Equatable {
  /// The value that the rule marks.
  public enum Position: Sendable, Equatable {
    /// A value of the vertical axis.
    case horizontal(Double)
    /// A value of the horizontal axis.
    case vertical(Double)
  }

  /// The value that the rule marks.
  public var position: Position
  /// A few words beside the rule.
  public var label: String?
  /// The colour.
  public var color: Color
  /// The stroke's pattern.
  public var dash: Dash

  /// Creates a rule.
  public init(
    _ position: Position, label: String? = nil, color: Color = .muted, dash: Dash = .dashed
  ) {
    self.position = position
    self.label = label
    self.color = color
    self.dash = dash
  }
}

/// A few words inside the plotting area.
public struct Note: Sendable, Equatable {
  /// Which part of the text stands at the point.
  public enum Anchor: Sendable, Equatable {
    /// The text starts at the point.
    case start
    /// The text is centred at the point.
    case middle
    /// The text ends at the point.
    case end
  }

  /// The words, on one line.
  public var text: String
  /// The horizontal position, in the axis's units.
  public var x: Double
  /// The vertical position, in the axis's units.
  public var y: Double
  /// Which part of the text stands at the point.
  public var anchor: Anchor
  /// The colour.
  public var color: Color

  /// Creates a note.
  public init(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, color: Color = .ink
  ) {
    self.text = text
    self.x = x
    self.y = y
    self.anchor = anchor
    self.color = color
  }
}
