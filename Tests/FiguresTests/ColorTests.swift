import Figures
import Foundation
import Testing

@Suite("Colours")
struct ColorTests {
  /// What readers see, as matrices on linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
  enum Vision: CaseIterable {
    case normal
    case protanopia
    case deuteranopia
    case tritanopia

    var matrix: [[Double]] {
      switch self {
      case .normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      case .protanopia:
        [
          [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
          [-0.003882, -0.048116, 1.051998],
        ]
      case .deuteranopia:
        [
          [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
          [-0.011820, 0.042940, 0.968881],
        ]
      case .tritanopia:
        [
          [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
          [0.004733, 0.691367, 0.303900],
        ]
      }
    }
  }

  private func linear(_ color: RGB) -> [Double] {
    [color.red, color.green, color.blue].map { part in
      let c = part / 255
      return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
    }
  }

  private func luminance(_ rgb: [Double]) -> Double {
    0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
  }

  /// CIE L*a*b* of a colour as a reader sees it.
  private func lab(_ color: RGB, _ vision: Vision) -> [Double] {
    let rgb = linear(color)
    let seen = vision.matrix.map { row in min(max(zip(row, rgb).map(*).reduce(0, +), 0), 1) }
    let x = (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505
    let z = (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089
    func f(_ t: Double) -> Double { t > 0.008856 ? cbrt(t) : 7.787 * t + 16 / 116 }
    let (fx, fy, fz) = (f(x), f(luminance(seen)), f(z))
    return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
  }

  private func contrast(_ one: RGB, _ other: RGB) -> Double {
    let (a, b) = (luminance(linear(one)), luminance(linear(other)))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  @Test("of any two series are told apart with every common vision", arguments: Vision.allCases)
  func distances(vision: Vision) {
    for theme in [\Paint.light, \Paint.dark] {
      let colors = Paint.series.map { lab($0[keyPath: theme], vision) }
      for (i, one) in colors.enumerated() {
        for (j, other) in colors[..<i].enumerated() {
          let distance = zip(one, other).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
          #expect(distance > 16, "series \(j) and \(i)")
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
      lab(ColorMap.viridis.paint(level: level, for: .cells).light, vision)[0]
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
