// Tensors are printed as NumPy 2 prints arrays of single precision: `array2string` with its defaults, a precision of eight
// digits, lines of 75 characters, and three elements from either end of an axis where there are more than 1000 in all.

extension Tensor: CustomStringConvertible {
  /// The elements in nested brackets and aligned columns, as NumPy prints them; a scalar as a number.
  ///
  ///     [[ 1.    2.5 ]
  ///      [-3.    0.25]]
  ///
  /// Each has the fewest digits that tell it apart, at most eight behind the point. If the magnitudes go below 0.0001, reach
  /// 1,000,000 or differ by more than a factor of 1000, all are in scientific notation. Of more than 1000 elements only the
  /// first and last three along each axis are shown.
  public var description: String {
    if rank == 0 { return ElementFormat.scalar(scalar) }
    if count == 0 { return "[]" }
    return withUnsafeElements { elements in
      let printer = ArrayPrinter(shape: shape, elements: elements)
      return printer.text(axis: 0, start: 0)
    }
  }
}

/// Lays the elements of a tensor out in lines and brackets.
private struct ArrayPrinter {
  private static let lineWidth = 75
  private static let edge = 3
  private static let threshold = 1000

  private let shape: Shape
  private let elements: UnsafeBufferPointer<Float>
  private let strides: SIMD4<Int>
  private var format: ElementFormat

  init(shape: Shape, elements: UnsafeBufferPointer<Float>) {
    self.shape = shape
    self.elements = elements
    strides = shape.contiguousStrides
    format = ElementFormat([])
    var shown: [Float] = []
    visit(axis: 0, start: 0) { shown.append($0) }
    format = ElementFormat(shown)
  }

  /// The indices that are shown along an axis, nil where others are left out.
  private func indices(along axis: Int) -> [Int?] {
    let (extent, edge) = (shape[axis], Self.edge)
    guard elements.count > Self.threshold && extent > 2 * edge else {
      return (0..<extent).map { Optional($0) }
    }
    return (0..<edge).map { Optional($0) } + [nil] + (extent - edge..<extent).map { Optional($0) }
  }

  private func stride(of axis: Int) -> Int { strides[4 - shape.rank + axis] }

  private func visit(axis: Int, start: Int, _ body: (Float) -> Void) {
    if axis == shape.rank { return body(elements[start]) }
    for case let index? in indices(along: axis) {
      visit(axis: axis + 1, start: start + index * stride(of: axis), body)
    }
  }

  /// The part that begins at the element `start`, with all axes from `axis` on.
  func text(axis: Int, start: Int) -> String {
    let indent = String(repeating: " ", count: axis + 1)
    guard axis == shape.rank - 1 else {
      let parts = indices(along: axis).map { index in
        index.map { text(axis: axis + 1, start: start + $0 * stride(of: axis)) } ?? "..."
      }
      let separator = String(repeating: "\n", count: shape.rank - 1 - axis) + indent
      return "[" + parts.joined(separator: separator) + "]"
    }
    // A row; one column is left for each bracket that may close behind it.
    let width = Self.lineWidth - shape.rank
    var (row, line) = (Array("[".utf8), axis + 1)
    for (position, index) in indices(along: axis).enumerated() {
      let word = index.map { format.text(elements[start + $0]) } ?? "..."
      if position > 0 {
        // The space that separates elements, or a new line in its place.
        if line + 1 + word.utf8.count > width {
          while row.last == UInt8(ascii: " ") { row.removeLast() }
          row += "\n".utf8
          row += indent.utf8
          line = axis + 1
        } else {
          row.append(UInt8(ascii: " "))
          line += 1
        }
      }
      row += word.utf8
      line += word.utf8.count
    }
    row.append(UInt8(ascii: "]"))
    return String(decoding: row, as: UTF8.self)
  }
}

/// How the elements of one tensor are written, so that their points lie below each other.
private struct ElementFormat {
  private static let precision = 8

  private var isScientific = false
  /// Digits behind the point: how many all have in scientific notation, and at most in the other.
  private var fraction = 0
  /// The characters in front of the point, and those from the point on.
  private var (left, right) = (0, 0)

  init(_ elements: [Float]) {
    let finite = elements.filter { $0.isFinite }
    let magnitudes = finite.map { $0.magnitude }.filter { $0 > 0 }
    if let largest = magnitudes.max(), let smallest = magnitudes.min() {
      isScientific = largest >= 1e6 || smallest < 0.0001 || largest / smallest > 1000
    }
    if isScientific {
      fraction = finite.map { Decimal(shortest: $0).digits.count - 1 }.max() ?? 0
      left = finite.contains { $0.sign == .minus } ? 2 : 1
      right = 1 + fraction + 4
    } else {
      for element in finite {
        let parts = Self.positional(element)
        left = Swift.max(left, parts.whole.utf8.count)
        fraction = Swift.max(fraction, parts.fraction.utf8.count)
      }
      right = 1 + fraction
    }
    if finite.count < elements.count {
      let longest = elements.contains(-.infinity) ? 4 : 3
      left = Swift.max(left, longest - right)
    }
  }

  func text(_ element: Float) -> String {
    guard element.isFinite else { return padded(Self.nonFinite(element), to: left + right) }
    if isScientific {
      return padded(Self.scientific(element, fraction: fraction), to: left + right)
    }
    let parts = Self.positional(element)
    let trailing = String(repeating: " ", count: fraction - parts.fraction.utf8.count)
    return padded(parts.whole, to: left) + "." + parts.fraction + trailing
  }

  private func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: Swift.max(width - text.utf8.count, 0)) + text
  }

  /// A number by itself, with the fewest digits that tell it apart.
  static func scalar(_ x: Float) -> String {
    guard x.isFinite else { return nonFinite(x) }
    let decimal = Decimal(shortest: x)
    if x != 0 && (x.magnitude >= 1e6 || Double(x.magnitude) < 0.0001) {
      return scientific(x, fraction: decimal.digits.count - 1, point: decimal.digits.count > 1)
    }
    let parts = positional(x, precision: .max)
    return parts.whole + "." + (parts.fraction.isEmpty ? "0" : parts.fraction)
  }

  private static func nonFinite(_ x: Float) -> String {
    x.isNaN ? "nan" : x < 0 ? "-inf" : "inf"
  }

  /// The digits before and behind the point, without zeros at the end.
  private static func positional(_ x: Float, precision: Int = precision)
    -> (whole: String, fraction: String)
  {
    var decimal = Decimal(shortest: x)
    if decimal.digits.count - decimal.point > precision {
      decimal = Decimal(exact: x).rounded(to: decimal.point.advanced(by: precision))
    }
    let whole = (0..<Swift.max(decimal.point, 0)).map { decimal[$0] }
    let fraction = (decimal.point..<Swift.max(decimal.digits.count, decimal.point)).map {
      decimal[$0]
    }
    return (
      (x.sign == .minus ? "-" : "") + (whole.isEmpty ? "0" : text(whole)), text(fraction)
    )
  }

  private static func scientific(_ x: Float, fraction: Int, point: Bool = true) -> String {
    var decimal = Decimal(shortest: x)
    if decimal.digits.count - 1 < fraction { decimal = Decimal(exact: x).rounded(to: fraction + 1) }
    let exponent = x == 0 ? 0 : decimal.point - 1
    return (x.sign == .minus ? "-" : "") + text([decimal[0]]) + (point ? "." : "")
      + text((1..<fraction + 1).map { decimal[$0] }) + (exponent < 0 ? "e-" : "e+")
      + text([UInt8(exponent.magnitude / 10), UInt8(exponent.magnitude % 10)])
  }

  private static func text(_ digits: [UInt8]) -> String {
    String(decoding: digits.map { UInt8(ascii: "0") + $0 }, as: UTF8.self)
  }
}

/// The magnitude of a number in decimal notation: 0.d₀d₁d₂… · 10 to the power of `point`.
private struct Decimal {
  /// Without zeros at either end; 0 has one digit, 0.
  private(set) var digits: [UInt8]
  private(set) var point: Int

  /// The digit at a place, 0 beyond those there are.
  subscript(place: Int) -> UInt8 { digits.indices.contains(place) ? digits[place] : 0 }

  /// The fewest digits that tell the number from its neighbours in single precision.
  init(shortest x: Float) {
    (digits, point) = ([], 0)
    var (exponent, isBehindPoint, isExponent, isNegative) = (0, false, false, false)
    for character in x.magnitude.description.utf8 {
      switch character {
      case UInt8(ascii: "."): isBehindPoint = true
      case UInt8(ascii: "e"): isExponent = true
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "+"): break
      case let digit where isExponent: exponent = 10 * exponent + Int(digit - UInt8(ascii: "0"))
      case let digit:
        digits.append(digit - UInt8(ascii: "0"))
        if !isBehindPoint { point += 1 }
      }
    }
    point += isNegative ? -exponent : exponent
    trim()
  }

  /// All digits of the number.
  init(exact x: Float) {
    // x = significand · 2^exponent = significand · 5^-exponent · 10^exponent.
    let exponent = Int(Swift.max(x.exponentBitPattern, 1)) - 150
    var significand = UInt64(x.significandBitPattern) | (x.exponentBitPattern > 0 ? 1 << 23 : 0)
    var reversed: [UInt8] = []
    while significand > 0 {
      reversed.append(UInt8(significand % 10))
      significand /= 10
    }
    let base: UInt64 = exponent < 0 ? 5 : 2
    for _ in 0..<exponent.magnitude {
      var carry: UInt64 = 0
      for place in reversed.indices {
        carry += base * UInt64(reversed[place])
        reversed[place] = UInt8(carry % 10)
        carry /= 10
      }
      if carry > 0 { reversed.append(UInt8(carry)) }
    }
    digits = reversed.reversed()
    point = reversed.count + Swift.min(exponent, 0)
    trim()
  }

  /// The nearest number of so many digits, of two the one whose last digit is even.
  func rounded(to count: Int) -> Decimal {
    guard count < digits.count else { return self }
    var result = self
    guard count >= 0 else {
      (result.digits, result.point) = ([0], 1)
      return result
    }
    result.digits.removeLast(digits.count - count)
    let isTie = digits[count] == 5 && digits.count == count + 1
    let isUp = isTie ? count > 0 && digits[count - 1] % 2 == 1 : digits[count] >= 5
    if isUp {
      var place = count - 1
      while place >= 0 && result.digits[place] == 9 {
        result.digits[place] = 0
        place -= 1
      }
      if place >= 0 {
        result.digits[place] += 1
      } else {
        result.digits.insert(1, at: 0)
        result.point += 1
      }
    }
    result.trim()
    return result
  }

  private mutating func trim() {
    while digits.last == 0 { digits.removeLast() }
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    point -= zeros
    if digits.isEmpty { (digits, point) = ([0], 1) }
  }
}
