/// A strip of colours with an axis beside it.
struct ColorBar {
  static let gap = 12.0
  static let thickness = 12.0

  let scale: ColorScale
  let limits: Projection
  let ticks: [Tick]
  let labelLines: [String]
  let height: Double

  init(_ scale: ColorScale, limits: Projection, height: Double) {
    self.scale = scale
    self.limits = limits.between(height, 0)
    self.height = height
    ticks = Composition.Cell.ticks(for: self.limits, scale.axis.ticks, preferred: 26) { _, _ in 16 }
    labelLines = TextStyle.label.lines(of: scale.axis.heading ?? "", width: max(height, 60))
  }

  /// Where the axis label's middle line stands, right of the strip.
  var labelOffset: Double {
    let widest = ticks.compactMap(\.label).map { TextStyle.tick.width(of: $0) }.max() ?? 0
    return ColorBar.thickness + Composition.Cell.tickRoom + widest + 4
  }

  /// The width of strip, ticks and label, with the gap before the strip.
  var width: Double {
    let label = Double(labelLines.count) * TextStyle.label.lineHeight
    return ColorBar.gap + labelOffset + label
  }
}
