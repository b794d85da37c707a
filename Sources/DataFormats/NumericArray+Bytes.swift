import Storage

extension NumericArray {
  /// Decodes elements that a file holds as raw bytes.
  ///
  /// The number of bytes is checked against the shape before anything is allocated, so a header
  /// that promises more than the file has costs nothing.
  init(
    shape: [Int], type: ElementType, byteOrder: ByteOrder = .little,
    elementOrder: ElementOrder = .rowMajor, bytes: ArraySlice<UInt8>
  ) throws(FormatError) {
    let expected = try Self.byteCount(shape: shape, type: type)
    guard bytes.count == expected else {
      throw FormatError(
        "an array of shape \(shape) should take \(expected) bytes, and \(bytes.count) are there")
    }
    let ordered =
      elementOrder == .columnMajor && shape.count > 1
      ? Self.rowMajor(bytes, shape: shape, size: type.size)[...] : bytes
    self.shape = shape
    elements = try Elements(decoding: ordered, as: type, byteOrder)
  }

  /// The number of bytes that a shape takes, with every step checked for overflow.
  ///
  /// The rank is limited to NumPy's 64.
  static func byteCount(shape: [Int], type: ElementType) throws(FormatError) -> Int {
    guard shape.count <= 64 else {
      throw FormatError("the array has \(shape.count) axes; 64 are the most that can be")
    }
    var total = type.size
    for size in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else {
        throw FormatError("no array can have the shape \(shape)")
      }
      total = product
    }
    return total
  }

  /// Rearranges column-major elements of `size` bytes; `bytes` fills `shape`.
  private static func rowMajor(
    _ bytes: ArraySlice<UInt8>, shape: [Int], size: Int
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var strides = [size]
    for length in shape.dropLast() { strides.append(strides[strides.count - 1] * length) }
    var index = [Int](repeating: 0, count: shape.count)
    var offset = bytes.startIndex
    while result.count < bytes.count {
      result.append(contentsOf: bytes[offset..<offset + size])
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < shape[axis] { break }
        offset -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return result
  }

  /// The elements as little-endian bytes in row-major order.
  package var littleEndianBytes: [UInt8] {
    switch elements {
    case .float64(let values): Self.bytes(of: values.map { $0.bitPattern.littleEndian })
    case .float32(let values): Self.bytes(of: values.map { $0.bitPattern.littleEndian })
    case .int64(let values): Self.bytes(of: values.map { $0.littleEndian })
    case .int32(let values): Self.bytes(of: values.map { $0.littleEndian })
    case .uint8(let values): values
    case .bool(let values): values.map { $0 ? 1 : 0 }
    }
  }

  /// The number of bytes in `littleEndianBytes`.
  var byteCount: Int {
    elements.count * elements.type.size
  }

  private static func bytes<Word: FixedWidthInteger>(of words: [Word]) -> [UInt8] {
    words.withUnsafeBytes { Array($0) }
  }
}

extension NumericArray.Elements {
  /// Decodes `bytes`, whose count is a multiple of the element's size.
  fileprivate init(
    decoding bytes: ArraySlice<UInt8>, as type: ElementType, _ order: ByteOrder
  ) throws(FormatError) {
    /// The elements as they are, copied once.
    func copied<Element: BitwiseCopyable>(_: Element.Type) -> [Element] {
      let size = MemoryLayout<Element>.size
      return [Element](unsafeUninitializedCapacity: bytes.count / size) { buffer, initialized in
        let target = UnsafeMutableRawBufferPointer(buffer)
        bytes.withUnsafeBytes { target.copyMemory(from: $0) }
        if (order == .little) != (1.littleEndian == 1) {
          for start in stride(from: 0, to: target.count, by: size) {
            for offset in 0..<size / 2 {
              target.swapAt(start + offset, start + size - 1 - offset)
            }
          }
        }
        initialized = bytes.count / size
      }
    }
    switch type {
    case .float64: self = .float64(copied(Double.self))
    case .float32: self = .float32(copied(Float.self))
    case .float16: self = .float32(copied(UInt16.self).map { Float(halfBits: $0) })
    case .bfloat16:
      self = .float32(copied(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
    case .int64: self = .int64(copied(Int64.self))
    case .int32: self = .int32(copied(Int32.self))
    case .int16: self = .int32(copied(Int16.self).map { Int32($0) })
    case .int8: self = .int32(copied(Int8.self).map { Int32($0) })
    case .uint64:
      self = .int64(
        try copied(UInt64.self).map { value throws(FormatError) in
          guard let signed = Int64(exactly: value) else {
            throw FormatError("the integer \(value) does not fit in int64")
          }
          return signed
        })
    case .uint32: self = .int64(copied(UInt32.self).map { Int64($0) })
    case .uint16: self = .int32(copied(UInt16.self).map { Int32($0) })
    case .uint8: self = .uint8(Array(bytes))
    case .bool:
      self = .bool(
        try bytes.map { byte throws(FormatError) in
          guard byte <= 1 else {
            throw FormatError("a truth value should be 0 or 1, and one is \(byte)")
          }
          return byte == 1
        })
    }
  }
}

extension Float {
  /// The value of an IEEE 754 binary16, which not every platform's Swift has as a type.
  fileprivate init(halfBits bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0: self.init(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
    case 0x1F: self.init(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
