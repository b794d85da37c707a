import Foundation

/// What readers see of a colour.
package enum Vision: CaseIterable, Sendable {
  case normal
  case protanopia
  case deuteranopia
  case tritanopia
  /// Lightness alone: a printer without colours, or a reader without any.
  case grey

  /// The colour vision deficiencies as matrices on linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
  private var matrix: [[Double]] {
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
    case .grey: Array(repeating: [0.2126, 0.7152, 0.0722], count: 3)
    }
  }

  /// Linear RGB of a colour whose parts go from 0 to 255.
  package static func linear(_ color: [Double]) -> [Double] {
    color.map { part in
      let c = part / 255
      return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
    }
  }

  /// The luminance of linear RGB.
  package static func luminance(_ rgb: [Double]) -> Double {
    0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
  }

  /// CIE L*a*b* of a colour as a reader sees it.
  package func lab(_ color: [Double]) -> [Double] {
    let rgb = Vision.linear(color)
    let seen = matrix.map { row in min(max(zip(row, rgb).map(*).reduce(0, +), 0), 1) }
    let x = (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505
    let z = (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089
    func f(_ t: Double) -> Double { t > 0.008856 ? cbrt(t) : 7.787 * t + 16 / 116 }
    let (fx, fy, fz) = (f(x), f(Vision.luminance(seen)), f(z))
    return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
  }

  /// How far apart two colours seem: their distance in CIE L*a*b*.
  package func distance(_ one: [Double], _ other: [Double]) -> Double {
    zip(lab(one), lab(other)).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
  }
}
