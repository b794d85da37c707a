import Figures
import Fixtures
import Testing

@Suite("Colours")
struct ColorTests {
  private func parts(_ color: RGB) -> [Double] { [color.red, color.green, color.blue] }

  private func contrast(_ one: RGB, _ other: RGB) -> Double {
    let (a, b) = (
      Vision.luminance(Vision.linear(parts(one))), Vision.luminance(Vision.linear(parts(other)))
    )
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  @Test(
    "of any two series are told apart with every common vision",
    arguments: Vision.allCases.filter { $0 != .grey })
  func distances(vision: Vision) {
    for theme in [\Paint.light, \Paint.dark] {
      let colors = Paint.series.map { parts($0[keyPath: theme]) }
      for (i, one) in colors.enumerated() {
        for (j, other) in colors[..<i].enumerated() {
          #expect(vision.distance(one, other) > 16, "series \(j) and \(i)")
        }
      }
    }
  }

  @Test("stand out from the ground, and text more so")
  func contrasts() {
    for paint in Paint.series {
      #expect(contrast(paint.light, Paint.ground.light) >= 1.99)
      #expect(contrast(paint.dark, Paint.ground.dark) >= 4.5)
    }
    for paint in [Paint.ink, .muted] {
      #expect(contrast(paint.light, Paint.ground.light) >= 4.5)
      #expect(contrast(paint.dark, Paint.ground.dark) >= 4.5)
    }
  }

  @Test("of viridis grow lighter with the value, for every vision", arguments: Vision.allCases)
  func viridis(vision: Vision) {
    let lightness = (0..<ColorMap.levels).map { level in
      vision.lab(parts(ColorMap.viridis.paint(level: level, for: .cells).light))[0]
    }
    for (one, next) in zip(lightness, lightness.dropFirst()) { #expect(one < next) }
    #expect(ColorMap.viridis.paint(level: 0, for: .cells).light == RGB(0x440154))
    #expect(ColorMap.viridis.paint(level: 63, for: .cells).light == RGB(0xfde725))
  }

  @Test("of strokes by value stay visible on their ground at both ends")
  func strokes() {
    for level in 0..<ColorMap.levels {
      let paint = ColorMap.viridis.paint(level: level, for: .strokes)
      #expect(contrast(paint.light, Paint.ground.light) >= 1.5)
      #expect(contrast(paint.dark, Paint.ground.dark) >= 1.5)
    }
  }
}
