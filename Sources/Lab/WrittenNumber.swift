/// Reads a number without a C library, exactly: `0.25`, `-1e-3`, or `5404319552844595p-54` for 5404319552844595 · 2⁻⁵⁴, as
/// the page writes what has too many digits.
///
/// - Returns: nil for anything else, or for a decimal number with more than 15 digits or beyond 10²², which takes more than
///   one correctly rounded operation.
func decimal(_ text: String) -> Double? {
  var digits = text.utf8[...]
  let isNegative = digits.first == UInt8(ascii: "-")
  if isNegative { digits = digits.dropFirst() }
  var mantissa: Int64 = 0
  var (places, count) = (0, 0)
  var isBehindPoint = false
  while let byte = digits.first {
    if byte == UInt8(ascii: "."), !isBehindPoint {
      isBehindPoint = true
    } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      guard mantissa < 1 << 53 else { return nil }
      mantissa = mantissa * 10 + Int64(byte - UInt8(ascii: "0"))
      if isBehindPoint { places += 1 }
      count += 1
    } else {
      break
    }
    digits = digits.dropFirst()
  }
  guard count > 0, mantissa <= 1 << 53 else { return nil }
  let magnitude: Double
  switch digits.first {
  case nil: magnitude = scaled(mantissa, -places) ?? .nan
  case UInt8(ascii: "e"), UInt8(ascii: "E"):
    guard let exponent = Int(Substring(digits.dropFirst())), abs(exponent) < 1000,
      let value = scaled(mantissa, exponent - places)
    else { return nil }
    magnitude = value
  case UInt8(ascii: "p"):
    guard places == 0, let exponent = Int(Substring(digits.dropFirst())), abs(exponent) < 1200
    else { return nil }
    magnitude = Double(sign: .plus, exponent: exponent, significand: Double(mantissa))
  default: return nil
  }
  guard magnitude.isFinite else { return nil }
  return isNegative ? -magnitude : magnitude
}

/// mantissa · 10^exponent, where one operation gives it.
private func scaled(_ mantissa: Int64, _ exponent: Int) -> Double? {
  guard mantissa != 0 else { return 0 }
  guard (-22...22).contains(exponent) else { return nil }
  // Powers of ten up to 10²² are exact.
  let power = (0..<abs(exponent)).reduce(1.0) { power, _ in power * 10 }
  return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
}
