/// One plotting area with its axes and what is drawn in it.
public struct Panel: Sendable, Equatable {
  /// What surrounds the plotting area.
  public enum Frame: Sendable, Equatable {
    /// Axes with ticks, labels and a light grid.
    case axes
    /// Nothing but an upright label left of it, where the vertical axis has one: the curves speak for
    /// themselves, as in small multiples of signals.
    case bare
  }

  /// A heading above the plotting area.
  public var title: String?

  /// The horizontal axis.
  public var x: Axis

  /// The vertical axis.
  public var y: Axis

  /// What is drawn, from back to front (bands and heat maps always lie behind).
  public var marks: [Mark]

  /// What surrounds the plotting area.
  public var frame: Frame

  /// How values become colours, for heat maps and for marks coloured by ``Color/value(_:)``.
  public var colors: ColorScale

  /// Creates a panel.
  public init(
    title: String? = nil, x: Axis = Axis(), y: Axis = Axis(), marks: [Mark] = [],
    frame: Frame = .axes, colors: ColorScale = ColorScale()
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.marks = marks
    self.frame = frame
    self.colors = colors
  }
}

extension Panel {
  /// How a signal is drawn.
  public enum Orientation: Sendable, Equatable {
    /// Positions run down and values to the right, as the MNIST-1D paper draws its digits.
    case upright
    /// Positions run to the right and values up.
    case lying
  }

  /// A panel that shows signals as curves without axes.
  ///
  /// - Parameters:
  ///   - signals: Curves over the positions 0, 1, 2 …, the first one in front.
  ///   - title: A heading.
  ///   - orientation: Upright, as in the paper, or lying.
  ///   - range: The values that fill the panel, so that several panels can share a scale; fitted
  ///     to the data where `nil`.
  ///   - colors: One colour for each signal; the first palette colour and quiet ones by default.
  /// - Returns: A panel without a frame.
  /// - Precondition: as many colours as signals, where colours are given.
  public static func signals(
    _ signals: [[Double]], title: String? = nil, orientation: Orientation = .upright,
    range: ClosedRange<Double>? = nil, colors: [Color]? = nil
  ) -> Panel {
    let colors = colors ?? signals.indices.map { $0 == 0 ? .series(0) : .muted }
    precondition(
      colors.count == signals.count, "\(signals.count) signals but \(colors.count) colours")
    let lines = signals.indices.reversed().map { index in
      let values = signals[index]
      let positions = values.indices.map(Double.init)
      return Mark.line(
        Line(
          x: orientation == .upright ? values : positions,
          y: orientation == .upright ? positions : values,
          color: colors[index], width: index == 0 ? 2 : 1))
    }
    let values = Axis(from: range?.lowerBound, to: range?.upperBound, ticks: .hidden)
    let positions = Axis(
      ticks: .hidden, direction: orientation == .upright ? .backward : .forward)
    return Panel(
      title: title, x: orientation == .upright ? values : positions,
      y: orientation == .upright ? positions : values, marks: lines, frame: .bare)
  }

  /// A panel that shows a matrix as a picture, its first row at the top.
  ///
  /// - Parameters:
  ///   - map: The matrix.
  ///   - title: A heading.
  ///   - columnLabel: What the columns are.
  ///   - rowLabel: What the rows are.
  ///   - colors: How values become colours.
  /// - Returns: A panel whose vertical axis runs down.
  public static func heatMap(
    _ map: HeatMap, title: String? = nil, columnLabel: String? = nil, rowLabel: String? = nil,
    colors: ColorScale = ColorScale()
  ) -> Panel {
    Panel(
      title: title, x: Axis(columnLabel), y: Axis(rowLabel, direction: .backward),
      marks: [.heatMap(map)], colors: colors)
  }
}
