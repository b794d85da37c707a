/// Numbers as text, and the two functions of a logarithmic axis, written here so that the same
/// figure gives the same bytes on every machine: neither a locale nor a C library has a say.
package enum Numeral {
  /// Beyond this magnitude a value counts as infinite, so that no difference overflows.
  package static let largest = 1e300

  /// A pixel coordinate with at most two decimals; clamped to a million pixels.
  package static func coordinate(_ value: Double) -> String {
    fixed(min(max(value, -1e6), 1e6), decimals: 2)
  }

  /// A number with at most so many decimals and no trailing zeros, as SVG writes it.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    var digits = Int((value * powerOfTen(decimals)).rounded())
    var places = decimals
    while places > 0 && digits.isMultiple(of: 10) {
      digits /= 10
      places -= 1
    }
    var text = String(digits.magnitude)
    if places > 0 {
      text = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
      text.insert(".", at: text.index(text.endIndex, offsetBy: -places))
    }
    return digits < 0 ? "-" + text : text
  }

  /// The number `digits · 10^exponent`, exactly, as "−1,234.50": thousands are grouped, and the
  /// decimals are those that the exponent asks for.
  package static func decimal(_ digits: Int, exponent: Int) -> String {
    var text = String(digits.magnitude)
    if digits != 0 && exponent > 0 { text += String(repeating: "0", count: exponent) }
    var decimals = ""
    if exponent < 0 {
      let missing = 1 - exponent - text.count
      if missing > 0 { text = String(repeating: "0", count: missing) + text }
      decimals = "." + text.suffix(-exponent)
      text = String(text.dropLast(-exponent))
    }
    var grouped = ""
    for (index, digit) in text.enumerated() {
      if index > 0 && (text.count - index).isMultiple(of: 3) { grouped += "," }
      grouped.append(digit)
    }
    return (digits < 0 ? "−" : "") + grouped + decimals
  }

  /// The number `digits · 10^exponent` as "1.5×10⁷", with `power` as the power of ten.
  package static func scientific(_ digits: Int, exponent: Int, power: Int) -> String {
    if digits == 0 { return "0" }
    let factor = decimal(digits, exponent: exponent - power)
    let base = "10" + superscript(power)
    switch factor {
    case "1": return base
    case "−1": return "−" + base
    default: return factor + "×" + base
    }
  }

  /// A value with at most six significant digits, for ticks that the caller has chosen.
  package static func general(_ value: Double) -> String {
    guard value.isFinite && value != 0 else { return value == 0 ? "0" : "\(value)" }
    let power = Int(log10(value.magnitude).rounded(.down))
    var exponent = max(power - 5, -300)
    var digits = Int(scaled(value, by: -exponent).rounded())
    while digits.isMultiple(of: 10) && digits != 0 {
      digits /= 10
      exponent += 1
    }
    if exponent > 0 && power < 7 {
      digits *= Int(powerOfTen(exponent))
      exponent = 0
    }
    return (-5..<7).contains(power)
      ? decimal(digits, exponent: exponent)
      : scientific(digits, exponent: exponent, power: power)
  }

  private static func superscript(_ number: Int) -> String {
    let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    let text = String(number.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] }
    return (number < 0 ? "⁻" : "") + String(text)
  }
}

extension Numeral {
  /// The power `10^exponent`, exact up to 10²².
  package static func powerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent.magnitude { power *= 10 }
    return exponent < 0 ? 1 / power : power
  }

  /// The value `10^exponent` for any exponent, by the exponential series.
  package static func powerOfTen(_ exponent: Double) -> Double {
    let whole = exponent.rounded()
    let rest = (exponent - whole) * 2.302_585_092_994_046
    var term = 1.0
    var sum = 1.0
    for index in 1...20 {
      term *= rest / Double(index)
      sum += term
    }
    return scaled(sum, by: Int(whole))
  }

  /// The product `value · 10^exponent`, dividing where that is the exact way.
  package static func scaled(_ value: Double, by exponent: Int) -> Double {
    exponent < 0 ? value / powerOfTen(-exponent) : value * powerOfTen(exponent)
  }

  /// The decimal logarithm of a positive finite number, within a few units in the last place.
  ///
  /// With x = m · 2^e and m in [√½, √2), ln m is 2 · artanh((m − 1)/(m + 1)).
  package static func log10(_ value: Double) -> Double {
    var exponent = Double(value.exponent)
    var fraction = value.significand
    if fraction > 1.414_213_562_373_095 {
      fraction /= 2
      exponent += 1
    }
    let s = (fraction - 1) / (fraction + 1)
    var power = s
    var sum = 0.0
    for odd in stride(from: 1.0, through: 23, by: 2) {
      sum += power / odd
      power *= s * s
    }
    return exponent * 0.301_029_995_663_981_2 + 2 * sum * 0.434_294_481_903_251_8
  }
}
