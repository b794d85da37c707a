/// One direction of a panel: its label, its scale, its limits and its ticks.
public struct Axis: Sendable, Equatable {
  /// How values become positions.
  public enum Scale: Sendable, Equatable {
    /// Equal differences are equally long.
    case linear
    /// Equal ratios are equally long; values that are not positive have no place and are left out.
    case logarithmic
  }

  /// Where larger values lie.
  public enum Direction: Sendable, Equatable {
    /// To the right, or upward.
    case forward
    /// To the left, or downward: rows of a matrix, time steps of an upright signal.
    case backward
  }

  /// Which values are marked.
  public enum Ticks: Sendable, Equatable {
    /// As many round values as there is room for.
    case automatic
    /// These values; a label that would run into the one before it is left out.
    case at([Double])
    /// Categories: the names stand at 0, 1, 2 …, and the axis spans all of them.
    case names([String])
    /// None.
    case hidden
  }

  /// What is measured, with its unit: "test accuracy (%)".
  public var label: String?

  /// How values become positions.
  public var scale: Scale

  /// The lower limit, or `nil` to fit the data.
  public var minimum: Double?

  /// The upper limit, or `nil` to fit the data.
  public var maximum: Double?

  /// Which values are marked.
  public var ticks: Ticks

  /// Where larger values lie.
  public var direction: Direction

  /// Creates an axis.
  ///
  /// - Precondition: limits are finite and in order; those of a logarithmic axis are positive.
  public init(
    _ label: String? = nil, scale: Scale = .linear, from minimum: Double? = nil,
    to maximum: Double? = nil, ticks: Ticks = .automatic, direction: Direction = .forward
  ) {
    for limit in [minimum, maximum] {
      guard let limit else { continue }
      precondition(
        Projection.isDrawable(limit, scale: scale),
        "An axis cannot end at \(limit)\(scale == .logarithmic ? " on a logarithmic scale" : "")")
    }
    if let minimum, let maximum {
      precondition(minimum < maximum, "An axis cannot run from \(minimum) to \(maximum)")
    }
    self.label = label
    self.scale = scale
    self.minimum = minimum
    self.maximum = maximum
    self.ticks = ticks
    self.direction = direction
  }

  /// The label as it is shown: a logarithmic axis says so, as in "error (%, log scale)".
  package var heading: String? {
    guard scale == .logarithmic else { return label }
    guard let label, !label.isEmpty else { return "log scale" }
    return label.hasSuffix(")") ? label.dropLast() + ", log scale)" : label + " (log scale)"
  }
}
