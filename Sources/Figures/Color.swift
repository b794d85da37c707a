/// What a colour means; the picture decides what it looks like on light and on dark ground.
public enum Color: Sendable, Equatable {
  /// The colour of the `i`-th series: ten colours that readers with any common colour vision tell
  /// apart, then the same ones again.
  case series(Int)
  /// The colour of text.
  case ink
  /// A quiet colour, for references and context.
  case muted
  /// The colour of a value on the panel's ``ColorScale``.
  case value(Double)
}

/// How a panel's values become colours.
public struct ColorScale: Sendable, Equatable {
  /// Whether the scale is explained beside the panel.
  public enum Bar: Sendable, Equatable {
    /// A colour bar stands right of the panel, or once for all panels with the same scale.
    case shown
    /// There is no colour bar.
    case hidden
  }

  /// The values' label, scale and limits.
  public var axis: Axis
  /// The colours.
  public var map: ColorMap
  /// Whether the scale is explained beside the panel.
  public var bar: Bar

  /// Creates a colour scale.
  public init(_ axis: Axis = Axis(), map: ColorMap = .viridis, bar: Bar = .shown) {
    self.axis = axis
    self.map = map
    self.bar = bar
  }
}

/// A sequence of colours for increasing values.
public enum ColorMap: Sendable, Equatable {
  /// From dark violet over green to yellow; evenly spaced for the eye, also without colour vision.
  /// Follows matplotlib's map of that name.
  case viridis
  /// From blue over a neutral middle to red, for values on both sides of one in the middle.
  case diverging
  /// From the ground to the colour of text, for masks and densities.
  case ink
}

/// A colour by its red, green and blue parts.
package struct RGB: Sendable, Hashable {
  package let red: Double
  package let green: Double
  package let blue: Double

  /// Creates a colour from `0xRRGGBB`.
  package init(_ hex: Int) {
    red = Double(hex >> 16 & 255)
    green = Double(hex >> 8 & 255)
    blue = Double(hex & 255)
  }

  private init(red: Double, green: Double, blue: Double) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// The colour as `#rrggbb`.
  package var hex: String {
    "#"
      + [red, green, blue].map { part in
        let digits = String(Int(part.rounded()), radix: 16)
        return digits.count < 2 ? "0" + digits : digits
      }.joined()
  }

  /// The colour at a fraction from 0 to 1 of the way along evenly spaced stops.
  static func along(_ stops: [RGB], at fraction: Double) -> RGB {
    let position = min(max(fraction, 0), 1) * Double(stops.count - 1)
    let index = min(Int(position), stops.count - 2)
    let weight = position - Double(index)
    let (from, to) = (stops[index], stops[index + 1])
    return RGB(
      red: from.red + (to.red - from.red) * weight,
      green: from.green + (to.green - from.green) * weight,
      blue: from.blue + (to.blue - from.blue) * weight)
  }
}

/// A colour as it looks on light and on dark ground.
package struct Paint: Sendable, Hashable {
  package let light: RGB
  package let dark: RGB

  package init(_ light: Int, dark: Int) {
    self.init(light: RGB(light), dark: RGB(dark))
  }

  init(light: RGB, dark: RGB) {
    self.light = light
    self.dark = dark
  }
}

extension Paint {
  package static let ground = Paint(0xffffff, dark: 0x16181d)
  package static let ink = Paint(0x1b1e23, dark: 0xe8e9ec)
  package static let muted = Paint(0x5b616b, dark: 0xa3a9b3)
  static let frame = Paint(0x8a9099, dark: 0x727984)
  static let grid = Paint(0xe7e9ec, dark: 0x2b2f37)
  static let warning = Paint(0x9a4a00, dark: 0xf2b04a)

  /// The colours of series.
  ///
  /// Found by search for the largest least distance in CIE Lab between any two, as seen with normal
  /// vision, protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009), at a
  /// contrast of 2 or more on white and 4.5 or more on the dark ground.
  package static let series = [
    Paint(0x2f6fd0, dark: 0x3c88bd), Paint(0xed8a00, dark: 0xef9f20),
    Paint(0xa81921, dark: 0xdc564e), Paint(0x31b18c, dark: 0x53e4bd),
    Paint(0x7b4094, dark: 0xc79dfb), Paint(0x9b6f57, dark: 0xc89e84),
    Paint(0xd068ac, dark: 0xcc6389), Paint(0x86af55, dark: 0xbed96e),
    Paint(0x515f68, dark: 0x98a8bd), Paint(0x87bbe5, dark: 0x9dd6f9),
  ]
}

extension ColorMap {
  /// What is coloured: cells touch each other, while strokes must stand out from the ground.
  package enum Use: Sendable {
    case cells
    case strokes
  }

  private static let viridisStops = [
    0x440154, 0x482475, 0x414487, 0x355f8d, 0x2a788e, 0x21918c, 0x22a884, 0x44bf70, 0x7ad151,
    0xbddf26, 0xfde725,
  ].map(RGB.init(_:))

  /// The number of different colours that a map is drawn with.
  package static let levels = 64

  /// The level nearest to a fraction, at the ends for fractions beyond them; `nil` for NaN.
  static func level(of fraction: Double) -> Int? {
    fraction.isNaN ? nil : Int((min(max(fraction, 0), 1) * Double(levels - 1)).rounded())
  }

  /// The colour of a level.
  package func paint(level: Int, for use: Use) -> Paint {
    let t = Double(level) / Double(ColorMap.levels - 1)
    switch (self, use) {
    case (.viridis, .cells):
      let color = RGB.along(ColorMap.viridisStops, at: t)
      return Paint(light: color, dark: color)
    case (.viridis, .strokes):
      return Paint(
        light: RGB.along(ColorMap.viridisStops, at: t * 0.86),
        dark: RGB.along(ColorMap.viridisStops, at: 0.28 + t * 0.72))
    case (.diverging, _):
      return Paint(
        light: RGB.along(
          [0x1f4e96, 0x7fa8d9, 0xf0f0f0, 0xe59a72, 0x9c2a1a].map(RGB.init(_:)), at: t),
        dark: RGB.along(
          [0x7db4ff, 0x3c69a8, 0x3a3d44, 0xa8532f, 0xff9d75].map(RGB.init(_:)), at: t))
    case (.ink, .cells):
      return Paint(
        light: RGB.along([Paint.ground.light, Paint.ink.light], at: t),
        dark: RGB.along([Paint.ground.dark, Paint.ink.dark], at: t))
    case (.ink, .strokes):
      return Paint(
        light: RGB.along([Paint.ground.light, Paint.ink.light], at: 0.25 + t * 0.75),
        dark: RGB.along([Paint.ground.dark, Paint.ink.dark], at: 0.25 + t * 0.75))
    }
  }
}
