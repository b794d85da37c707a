/// The map from an axis's values to pixels.
package struct Projection: Sendable, Equatable {
  /// Linear or logarithmic.
  package let scale: Axis.Scale
  /// The lower limit: a value, or its decimal logarithm.
  package let lower: Double
  /// The upper limit, above the lower one.
  package let upper: Double
  /// The pixel of the lower limit.
  package let start: Double
  /// The pixel of the upper limit.
  package let end: Double

  /// The same limits between other pixels.
  package func between(_ start: Double, _ end: Double) -> Projection {
    Projection(scale: scale, lower: lower, upper: upper, start: start, end: end)
  }

  /// The pixel of a value, or NaN for a value that has no place on the axis.
  package func callAsFunction(_ value: Double) -> Double {
    guard Projection.isDrawable(value, scale: scale) else { return .nan }
    return start + (Projection.coordinate(of: value, scale: scale) - lower) / (upper - lower)
      * (end - start)
  }

  /// Whether the axis shows the value, up to a rounding error.
  package func contains(_ value: Double) -> Bool {
    let pixel = self(value)
    return pixel >= min(start, end) - 0.01 && pixel <= max(start, end) + 0.01
  }

  /// The value at a position of the scale: the inverse of ``coordinate(of:scale:)``.
  package static func value(at coordinate: Double, scale: Axis.Scale) -> Double {
    scale == .linear ? coordinate : Numeral.powerOfTen(coordinate)
  }

  /// A value, or its decimal logarithm.
  package static func coordinate(of value: Double, scale: Axis.Scale) -> Double {
    scale == .linear ? value : Numeral.log10(value)
  }

  /// Whether a value has a place on an axis: finite, and positive where the axis is logarithmic.
  package static func isDrawable(_ value: Double, scale: Axis.Scale) -> Bool {
    value.magnitude <= Numeral.largest && (scale == .linear || value >= 1 / Numeral.largest)
  }
}

/// The range of values that marks need, from which an axis takes its limits.
package struct Extent: Sendable, Equatable {
  /// The scale that decides which values count.
  package let scale: Axis.Scale
  private var loose: ClosedRange<Double>?
  private var tight: ClosedRange<Double>?

  /// Creates an extent without values.
  package init(scale: Axis.Scale) {
    self.scale = scale
  }

  /// Includes values that need a small margin around them; undrawable ones do not count.
  package mutating func include(_ values: some Sequence<Double>) {
    for value in values where Projection.isDrawable(value, scale: scale) {
      let coordinate = Projection.coordinate(of: value, scale: scale)
      loose = Extent.union(loose, coordinate...coordinate)
    }
  }

  /// Includes the edges of something that fills the plot, such as the cells of a heat map.
  package mutating func includeEdges(_ lower: Double, _ upper: Double) {
    for edge in [lower, upper] where Projection.isDrawable(edge, scale: scale) {
      let coordinate = Projection.coordinate(of: edge, scale: scale)
      tight = Extent.union(tight, coordinate...coordinate)
    }
  }

  /// Includes what another extent of the same scale includes.
  package mutating func include(_ other: Extent) {
    precondition(scale == other.scale, "Panels that share an axis need the same scale on it")
    if let range = other.loose { loose = Extent.union(loose, range) }
    if let range = other.tight { tight = Extent.union(tight, range) }
  }

  /// The limits: the data with a margin of 4 %, except across zero, or as the axis demands.
  package func projection(for axis: Axis) -> Projection {
    var (lower, upper) = fitted()
    if let minimum = axis.minimum {
      lower = Projection.coordinate(of: minimum, scale: scale)
    }
    if let maximum = axis.maximum {
      upper = Projection.coordinate(of: maximum, scale: scale)
    }
    // One given limit may lie beyond all data.
    let least = max(lower.magnitude, upper.magnitude, 1e-290) * 1e-10
    if upper - lower < least {
      let room = max(lower.magnitude * 0.1, scale == .linear ? least : 1)
      if axis.minimum == nil { lower = upper - room } else { upper = lower + room }
    }
    return Projection(scale: scale, lower: lower, upper: upper, start: 0, end: 1)
  }

  private func fitted() -> (lower: Double, upper: Double) {
    guard var range = loose ?? tight else { return (0, 1) }
    if let loose {
      let span = loose.upperBound - loose.lowerBound
      let size = max(loose.upperBound.magnitude, loose.lowerBound.magnitude)
      // Constant data gets a window in proportion to its size.
      let constant = span <= size * 1e-10
      let window = scale == .logarithmic ? 0.5 : size == 0 ? 1 : size * 0.1
      let margin = constant ? window : span * 0.04
      var (lower, upper) = (loose.lowerBound - margin, loose.upperBound + margin)
      if scale == .linear && !(constant && size == 0) {
        // What is never negative should not seem to be.
        if loose.lowerBound >= 0 { lower = max(lower, 0) }
        if loose.upperBound <= 0 { upper = min(upper, 0) }
      }
      range = lower...upper
    }
    if let tight { range = Extent.union(range, tight) }
    return (range.lowerBound, range.upperBound)
  }

  private static func union(
    _ first: ClosedRange<Double>?, _ second: ClosedRange<Double>
  ) -> ClosedRange<Double> {
    guard let first else { return second }
    return min(first.lowerBound, second.lowerBound)...max(first.upperBound, second.upperBound)
  }
}
