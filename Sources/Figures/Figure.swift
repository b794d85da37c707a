/// A titled grid of panels that can be written as one SVG picture.
///
/// A figure is a plain value: it holds data and wishes, no pixels. ``svg()`` decides the layout.
/// The same figure gives the same bytes on every machine, so pictures can be compared by digest.
///
///     let figure = Figure(
///       title: "The ticket keeps its advantage",
///       panels: [
///         Panel(
///           x: Axis("training step"), y: Axis("test accuracy (%)"),
///           marks: [.line(Line("lottery", x: steps, y: accuracy))])
///       ])
///     let picture = figure.svg()
public struct Figure: Sendable, Equatable {
  /// Where the names of the series stand; never over the data.
  public enum Legend: Sendable, Equatable {
    /// One legend for the whole figure, right of the panels.
    case right
    /// One legend for the whole figure, in rows below the panels.
    case below
    /// A legend of its own under each panel, for panels that show different series.
    case belowEachPanel
    /// No legend.
    case hidden
  }

  /// Which axes have the same limits in all panels, and are labelled only at the grid's edge.
  public enum Sharing: Sendable, Equatable {
    /// Each panel has its own limits.
    case none
    /// All panels have the same horizontal limits.
    case x
    /// All panels have the same vertical limits.
    case y
    /// All panels have the same limits in both directions.
    case both
    /// Axes of the same label and scale have the same limits; each panel is labelled.
    case alike
  }

  /// What the figure shows, as one line of text; wrapped where it is long.
  public var title: String

  /// A second, quieter line under the title.
  public var subtitle: String?

  /// An explanation under the figure, wrapped.
  public var caption: String?

  /// A warning about the data, framed under the title, such as "reduced scale: --quick".
  public var notice: String?

  /// A description for readers who cannot see; made from titles, axes and series where `nil`.
  public var summary: String?

  /// The panels, row by row.
  public var panels: [Panel]

  /// The number of panels in a row.
  public var columns: Int

  /// Headings above the rows of panels, from the first row on.
  public var rowTitles: [String]

  /// The axes that the panels share.
  public var sharing: Sharing

  /// The legend's place.
  public var legend: Legend

  /// The picture's width in pixels; the height follows from the content.
  public var width: Double

  /// The height of every plotting area, in units of its width.
  public var aspect: Double

  /// Creates a figure.
  ///
  /// - Precondition: at least one column, a width of at least 160 and a positive aspect.
  public init(
    title: String, subtitle: String? = nil, caption: String? = nil, notice: String? = nil,
    summary: String? = nil, panels: [Panel], columns: Int = 1, rowTitles: [String] = [],
    sharing: Sharing = .none, legend: Legend = .right, width: Double = 720, aspect: Double = 0.6
  ) {
    precondition(columns >= 1, "A figure needs at least 1 column, not \(columns)")
    precondition(
      width >= 160 && width <= 10_000, "A figure is 160 to 10,000 pixels wide, not \(width)")
    precondition(
      aspect > 0 && aspect <= 100, "A plot's aspect lies between 0 and 100, not \(aspect)")
    self.title = title
    self.subtitle = subtitle
    self.caption = caption
    self.notice = notice
    self.summary = summary
    self.panels = panels
    self.columns = columns
    self.rowTitles = rowTitles
    self.sharing = sharing
    self.legend = legend
    self.width = width
    self.aspect = aspect
  }
}

extension Figure {
  /// The figure as it is best laid out in a narrower place, such as a phone: fewer panels in a row,
  /// the legend below them, the text as large as before.
  ///
  /// - Parameter width: The picture's width in pixels; a figure that is no wider stays as it is.
  /// - Returns: A figure with the same data.
  /// - Precondition: a width of at least 160.
  public func fitted(to width: Double) -> Figure {
    guard width < self.width else { return self }
    precondition(width >= 160, "A figure is at least 160 pixels wide, not \(width)")
    var figure = self
    figure.width = width
    let fitting = max(1, Int((Double(columns) * width / self.width).rounded()))
    // A row with a heading becomes whole rows, of which the first has it.
    figure.columns =
      rowTitles.isEmpty ? fitting : (1...fitting).last { columns.isMultiple(of: $0) } ?? 1
    let rest = [String](repeating: "", count: columns / figure.columns - 1)
    figure.rowTitles = rowTitles.flatMap { [$0] + rest }
    if legend == .right { figure.legend = .below }
    // What spanned a page would be flat where it spans a phone.
    if figure.columns == 1 { figure.aspect = max(aspect, 0.5) }
    return figure
  }
}
