import Storage

extension NumericArray {
  /// The elements as float64, which holds every element type but large integers exactly.
  ///
  /// - Throws: An error for the first integer that float64 cannot hold exactly.
  public func doubles() throws(FormatError) -> [Double] {
    if case .float64(let values) = elements { return values }
    try AvailableMemory.require(8 * elements.count, to: "holding the array in float64")
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

  /// The elements as float32, none of them infinite, not a number, or outside the range of float32.
  ///
  /// - Throws: An error that names the array and the place of the first that is: `x[12, 3] is nan`.
  func finiteFloats(_ name: String) throws(FormatError) -> [Float] {
    switch elements {
    case .float32(let values):
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw Self.notFinite(Double(values[index]), name, at: index, of: shape)
      }
      return values
    case .float64(let values):
      let rounded = values.map { Float($0) }
      if let index = rounded.firstIndex(where: { !$0.isFinite }) {
        throw Self.notFinite(values[index], name, at: index, of: shape)
      }
      return rounded
    default:
      do throws(FormatError) { return try floats() } catch { throw error.inside(name) }
    }
  }

  /// The error of a value that no network can take.
  static func notFinite(
    _ value: Double, _ name: String, at index: Int, of shape: [Int]
  ) -> FormatError {
    let found = "\(Self.place(name, index, of: shape)) is \(value)"
    return FormatError(
      value.isFinite
        ? "\(found), which lies beyond float32, whose largest value is \(Float.greatestFiniteMagnitude)"
        : "\(found); every value should be finite")
  }

  /// An element as Python names it: `x[12, 3]`, for the element that comes at `index` in an array of this shape.
  static func place(_ name: String, _ index: Int, of shape: [Int]) -> String {
    var (rest, indices) = (index, [Int]())
    for size in shape.reversed() {
      indices.append(rest % max(1, size))
      rest /= max(1, size)
    }
    return shape.isEmpty
      ? name : "\(name)[\(indices.reversed().map(String.init).joined(separator: ", "))]"
  }

  /// The elements as integers, of an array that messages call `name`.
  ///
  /// - Throws: An error that names the place of the first element that is no whole number in the range of `Int`.
  public func integers(_ name: String = "array") throws(FormatError) -> [Int] {
    func whole(_ value: Double, at index: Int) throws(FormatError) -> Int {
      guard let integer = Int(exactly: value) else {
        throw FormatError(
          "\(Self.place(name, index, of: shape)) is \(value); it should be a whole number")
      }
      return integer
    }
    func wholes(_ values: some Collection<Double>) throws(FormatError) -> [Int] {
      var integers: [Int] = []
      integers.reserveCapacity(values.count)
      for value in values { integers.append(try whole(value, at: integers.count)) }
      return integers
    }
    switch elements {
    case .float64(let values): return try wholes(values)
    case .float32(let values): return try wholes(values.lazy.map { Double($0) })
    case .int64(let values): return values.map { Int($0) }
    case .int32(let values): return values.map { Int($0) }
    case .uint8(let values): return values.map { Int($0) }
    case .bool(let values): return values.map { $0 ? 1 : 0 }
    }
  }
}
