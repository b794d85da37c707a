import Storage

/// A cursor over bytes of which nothing is trusted: it never reads past the end.
struct ByteReader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  /// The next `count` bytes, for a count of any width and sign that may come from the file.
  mutating func take(_ count: some BinaryInteger) throws(FormatError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= rest.count else {
      throw FormatError(
        "the file is cut short or damaged: \(count) more bytes should follow, "
          + "and \(rest.count) are there")
    }
    let taken = rest.prefix(Int(count))
    rest = rest.dropFirst(Int(count))
    return taken
  }

  mutating func byte() throws(FormatError) -> UInt8 {
    let one = try take(1)
    return one[one.startIndex]
  }

  /// The next integer, little-endian.
  mutating func integer<Value: FixedWidthInteger>(
    _: Value.Type = Value.self
  ) throws(FormatError) -> Value {
    var value: Value = 0
    for byte in try take(Value.bitWidth / 8).reversed() {
      value = value << 8 | Value(truncatingIfNeeded: byte)
    }
    return value
  }

  /// The next integer, its highest byte first.
  mutating func bigEndian<Value: FixedWidthInteger>(
    _: Value.Type = Value.self
  ) throws(FormatError) -> Value {
    try integer(Value.self).byteSwapped
  }

  /// The next `count` bytes as UTF-8.
  mutating func text(_ count: some BinaryInteger) throws(FormatError) -> String {
    try String(strictUTF8: take(count))
  }

  /// The bytes up to the next newline, which is dropped.
  mutating func lineBytes() throws(FormatError) -> ArraySlice<UInt8> {
    try bytes(before: UInt8(ascii: "\n"))
  }

  /// The bytes up to the next that is `end`, which is dropped.
  mutating func bytes(before end: UInt8) throws(FormatError) -> ArraySlice<UInt8> {
    guard let index = rest.firstIndex(of: end) else {
      throw FormatError("the file is cut short or damaged: a text has no end")
    }
    let line = rest[..<index]
    rest = rest[(index + 1)...]
    return line
  }

  /// The text up to the next newline, which is dropped.
  mutating func line() throws(FormatError) -> String {
    try String(strictUTF8: lineBytes())
  }
}

extension [UInt8] {
  /// Appends an integer, little-endian.
  mutating func append(littleEndian value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  mutating func append(_ text: String) {
    append(contentsOf: text.utf8)
  }
}
