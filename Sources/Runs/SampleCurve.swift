import Figures

/// A quantity along an axis, measured for each seed, such as the test accuracy while training.
public struct SampleCurve: Sendable, Equatable {
  /// The places on the axis.
  public let x: [Double]
  /// What was measured there, as many and in the same order.
  public let samples: [Sample]

  /// Pairs places with samples; places without values are left out.
  public init(x: [Double], _ samples: [Sample?]) {
    let points = zip(x, samples).compactMap { x, sample in sample.map { (x: x, sample: $0) } }
    self.x = points.map(\.x)
    self.samples = points.map(\.sample)
  }

  /// Takes one list of values for each seed, all at the same places, as far as every list goes; nil without a list.
  public init?(x: [Double], _ curves: [[Double]]) {
    guard let count = curves.map(\.count).min() else { return nil }
    self.init(x: x, (0..<count).map { point in Sample(curves.map { $0[point] }) })
  }

  /// The mean at each place.
  public var means: [Double] { samples.map(\.mean) }
}

extension Line {
  /// Creates a line through means, in a band of their spread.
  ///
  /// - Parameters:
  ///   - label: The name in the legend; nil keeps the line out of it.
  ///   - curve: The samples along the horizontal axis.
  ///   - spread: What the band shows on both sides of the mean.
  ///   - color: The colour of line, markers and band.
  ///   - dash: The stroke's pattern.
  ///   - marker: A shape at every point.
  ///   - endLabel: A short name at the line's end.
  public init(
    _ label: String? = nil, _ curve: SampleCurve, band spread: Spread = .deviation,
    color: Color = .series(0), dash: Dash = .solid, marker: Marker? = nil,
    endLabel: String? = nil
  ) {
    self.init(
      label, x: curve.x, y: curve.means,
      band: Band(around: curve.means, by: curve.samples.map { spread($0) }),
      color: color, dash: dash, marker: marker, endLabel: endLabel)
  }
}

extension Bars {
  /// Creates bars as high as means, with error bars of their spread.
  public init(
    _ label: String? = nil, _ samples: [Sample], errors spread: Spread = .deviation,
    color: Color = .series(0)
  ) {
    self.init(
      label, values: samples.map(\.mean), errors: samples.map { spread($0) }, color: color)
  }
}
