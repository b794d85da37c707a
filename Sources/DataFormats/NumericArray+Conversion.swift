extension NumericArray {
  /// The elements as float64, which holds every element type but large integers exactly.
  ///
  /// - Throws: An error for the first integer that float64 cannot hold exactly.
  public func doubles() throws(FormatError) -> [Double] {
    switch elements {
    case .float64(let values): return values
    case .float32(let values): return values.map { Double($0) }
    case .int64(let values):
      return try values.map { value throws(FormatError) in
        guard let exact = Double(exactly: value) else {
          throw FormatError("the integer \(value) has no exact float64")
        }
        return exact
      }
    case .int32(let values): return values.map { Double($0) }
    case .uint8(let values): return values.map { Double($0) }
    case .bool(let values): return values.map { $0 ? 1 : 0 }
    }
  }

  /// The elements as float32, each rounded to the nearest.
  ///
  /// - Throws: An error for the first finite element that lies outside the range of float32, or
  ///   that float64 cannot hold exactly.
  public func floats() throws(FormatError) -> [Float] {
    if case .float32(let values) = elements { return values }
    return try doubles().map { value throws(FormatError) in
      let rounded = Float(value)
      guard rounded.isFinite || !value.isFinite else {
        throw FormatError("the value \(value) does not fit in float32")
      }
      return rounded
    }
  }

  /// The elements as integers.
  ///
  /// - Throws: An error for the first element that is no whole number in the range of `Int`.
  public func integers() throws(FormatError) -> [Int] {
    switch elements {
    case .float64(let values): try values.map(Self.whole)
    case .float32(let values):
      try values.map { value throws(FormatError) in
        try Self.whole(Double(value))
      }
    case .int64(let values): values.map { Int($0) }
    case .int32(let values): values.map { Int($0) }
    case .uint8(let values): values.map { Int($0) }
    case .bool(let values): values.map { $0 ? 1 : 0 }
    }
  }

  private static func whole(_ value: Double) throws(FormatError) -> Int {
    guard let integer = Int(exactly: value) else {
      throw FormatError("the value \(value) should be a whole number")
    }
    return integer
  }
}
