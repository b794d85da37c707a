/// PyTorch's block of 16 normal variates in single precision, made from 16 uniform numbers in place.
///
/// The first eight numbers give the radii of eight points, the others their angles, by the method
/// of Box and Muller. Logarithm, sine and cosine are the Cephes library's polynomials, which
/// PyTorch evaluates eight at a time with AVX2. Its compiler fuses most products with the sums
/// that follow; each fused operation is named here, so that the bits are the same everywhere.
struct TorchNormalBlock {
  static let count = 16

  let mean: Float
  let standardDeviation: Float

  /// Turns `buffer[start ..< start + 16]` from uniform numbers into normal variates.
  func transform(_ buffer: UnsafeMutableBufferPointer<Float>, from start: Int) {
    for index in start..<(start + Self.count / 2) {
      let radius = (-2 * Self.logarithm(1 - buffer[index])).squareRoot()
      let (sine, cosine) = Self.sineAndCosine(6.283_185_5 * buffer[index + Self.count / 2])
      buffer[index] = mean.addingProduct(radius * cosine, standardDeviation)
      buffer[index + Self.count / 2] = mean.addingProduct(radius * sine, standardDeviation)
    }
  }

  /// The natural logarithm of a normal positive number (Cephes' `logf`).
  private static func logarithm(_ value: Float) -> Float {
    // value = 2^exponent · (1 + x) with 1 + x in √½ ..< √2.
    let fraction = Float(bitPattern: value.bitPattern & 0x007f_ffff | 0x3f00_0000)
    var exponent = Float(Int32(value.bitPattern >> 23) - 126)
    var x = fraction - 1
    if fraction < 0.707_106_77 {
      exponent -= 1
      x += fraction
    }
    let square = x * x
    var polynomial: Float = 7.037_683_629_2e-2
    polynomial = Float(-1.151_461_031_0e-1).addingProduct(polynomial, x)
    polynomial = Float(1.167_699_874_0e-1).addingProduct(polynomial, x)
    polynomial = Float(-1.242_014_084_6e-1).addingProduct(polynomial, x)
    polynomial = Float(1.424_932_278_7e-1).addingProduct(polynomial, x)
    polynomial = Float(-1.666_805_766_5e-1).addingProduct(polynomial, x)
    polynomial = Float(2.000_071_476_5e-1).addingProduct(polynomial, x)
    polynomial = Float(-2.499_999_399_3e-1).addingProduct(polynomial, x)
    polynomial = Float(3.333_333_117_4e-1).addingProduct(polynomial, x)
    // ln 2 = 0.693359375 - 2.12194440e-4: the first part has few bits, so its multiples are exact.
    var tail = (exponent * -2.121_944_40e-4).addingProduct(polynomial * x, square)
    tail = tail.addingProduct(-square, 0.5)
    return (x + tail).addingProduct(exponent, 0.693_359_375)
  }

  /// Sine and cosine of an angle in `0 ..< 2π` (Cephes' `sinf` and `cosf`).
  private static func sineAndCosine(_ angle: Float) -> (sine: Float, cosine: Float) {
    // The even multiple of π/4 next to the angle, and what is left; π/4 comes in three parts, the
    // first two with few bits.
    let octant = (Int32(angle * 1.273_239_544_735_16) + 1) & ~1
    let multiple = Float(octant)
    let rest =
      angle
      .addingProduct(multiple, -0.785_156_25)
      .addingProduct(multiple, -2.418_756_484_985_351_562_5e-4)
      .addingProduct(multiple, -3.774_894_977_445_941_08e-8)
    let square = rest * rest

    var cosine: Float = 2.443_315_711_809_948e-5
    cosine = Float(-1.388_731_625_493_765e-3).addingProduct(cosine, square)
    cosine = Float(4.166_664_568_298_827e-2).addingProduct(cosine, square)
    cosine = (-(square * 0.5)).addingProduct(cosine * square, square) + 1

    var sine: Float = -1.951_529_589_1e-4
    sine = Float(8.332_160_873_6e-3).addingProduct(sine, square)
    sine = Float(-1.666_665_461_1e-1).addingProduct(sine, square)
    sine = rest.addingProduct(rest, square * sine)

    switch octant & 7 {
    case 0: return (sine, cosine)
    case 2: return (cosine, -sine)
    case 4: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }
}
