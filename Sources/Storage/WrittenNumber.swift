/// A number as the command line writes it, alike in every option and in every setting: decimal
/// digits with a sign, a point and an exponent (`-1`, `.5`, `1e-3`; a whole number may be `1e4`).
///
/// What is written is what is taken. A whole number that is beyond its type, or a number that single
/// precision, in which everything is computed, would turn into 0 or infinity, is refused.
package protocol WrittenNumber: Sendable {
  /// What is right, as a part of a sentence.
  static var expectation: String { get }
  /// The number; nil if the word is none, or none of this type.
  init?(written word: String)
}

extension WrittenNumber where Self: FixedWidthInteger {
  package static var expectation: String { "a whole number" }

  package init?(written word: String) {
    guard let numeral = DecimalNumeral(word), let digits = numeral.wholeDigits,
      let number = Self((numeral.isNegative ? "-" : "") + digits)
    else { return nil }
    self = number
  }
}

extension Int: WrittenNumber {}
extension UInt64: WrittenNumber {}

extension Double: WrittenNumber {
  package static var expectation: String { "a number" }

  package init?(written word: String) {
    guard let numeral = DecimalNumeral(word), let number = Double(word),
      Float(number).isFinite, Float(number) != 0 || numeral.isZero
    else { return nil }
    self = number
  }
}

/// What is right where one of these words was not, as a part of a sentence.
package func expectation<Number: WrittenNumber>(
  of type: Number.Type, insteadOf words: [String]
) -> String {
  let limits =
    switch type {
    case let type as any FixedWidthInteger.Type: "from \(type.smallest) to \(type.largest)"
    default: "from 1e-45 to 3.4e+38 in size, or 0"
    }
  let refused = words.filter { Number(written: $0) == nil }
  if refused.contains(where: { word in
    guard let numeral = DecimalNumeral(word) else { return false }
    return type is Double.Type || numeral.isWhole
  }) {
    return "\(type.expectation) \(limits)"
  }
  let isOtherwiseWritten = refused.contains { word in
    let digits = word.drop { "+-".contains($0) }
    return digits.first?.isNumber == true && digits.contains { "_xXbBoOpP".contains($0) }
  }
  return type.expectation + (isOtherwiseWritten ? " in plain decimal digits" : "")
}

extension FixedWidthInteger {
  fileprivate static var smallest: String { "\(min)" }
  fileprivate static var largest: String { "\(max)" }
}

/// The parts of a decimal number.
private struct DecimalNumeral {
  let isNegative: Bool
  /// The digits without those zeros that say nothing.
  private let digits: Substring
  /// The power of ten of the last digit.
  private let exponent: Int

  var isZero: Bool { digits.isEmpty }
  var isWhole: Bool { exponent >= 0 || isZero }

  init?(_ word: String) {
    var rest = word[...]
    isNegative = rest.first == "-"
    if let sign = rest.first, "+-".contains(sign) { rest.removeFirst() }
    let parts = rest.split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == "e" || $0 == "E" })
    var power = 0
    if parts.count == 2 {
      let unsigned = parts[1].drop { "+-".contains($0) }
      guard Self.areDigits(unsigned), !unsigned.isEmpty, parts[1].count - unsigned.count <= 1
      else { return nil }
      // Beyond this no number is near any limit.
      power = Int(unsigned).map { min($0, 1 << 40) } ?? 1 << 40
      if parts[1].first == "-" { power.negate() }
    }
    let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count <= 2, halves.allSatisfy(Self.areDigits),
      halves.contains(where: { !$0.isEmpty })
    else { return nil }
    let all = halves.joined()
    let significant = all.drop { $0 == "0" }
    let end = significant.lastIndex { $0 != "0" }
    digits = end.map { Substring(significant[...$0]) } ?? ""
    exponent =
      power - (halves.count == 2 ? halves[1].count : 0) + (significant.count - digits.count)
  }

  private static func areDigits(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// The whole number's digits; nil if it is none, or one of more than a hundred digits.
  var wholeDigits: String? {
    if isZero { return "0" }
    guard exponent >= 0, digits.count + exponent <= 100 else { return nil }
    return digits + String(repeating: "0", count: exponent)
  }
}
