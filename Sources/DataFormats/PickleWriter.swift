import Storage

/// Writes values as operations of protocol 3, without a memo.
struct PickleWriter {
  private var bytes: [UInt8] = [PickleOperation.proto.rawValue, 3]

  mutating func write(_ value: PickleValue) throws(FormatError) {
    switch value {
    case .none: emit(.none)
    case .bool(let value): emit(value ? .newTrue : .newFalse)
    case .int(let value): write(value)
    case .float(let value):
      emit(.binFloat)
      bytes.append(littleEndian: value.bitPattern.byteSwapped)
    case .string(let value): try write(value)
    case .bytes(let value): try write(value)
    case .tuple(let items): try writeTuple(items)
    case .list(let items):
      emit(.emptyList)
      try writeItems(items.count, one: .append, many: .appends) { writer throws(FormatError) in
        for item in items { try writer.write(item) }
      }
    case .dictionary(let items):
      emit(.emptyDict)
      try writeItems(items.count, one: .setItem, many: .setItems) { writer throws(FormatError) in
        for (name, item) in items {
          try writer.write(name)
          try writer.write(item)
        }
      }
    case .array(let array): try write(array)
    }
  }

  consuming func finish() -> [UInt8] {
    emit(.stop)
    return bytes
  }

  private mutating func emit(_ operation: PickleOperation) {
    bytes.append(operation.rawValue)
  }

  private mutating func writeItems(
    _ count: Int, one: PickleOperation, many: PickleOperation,
    _ body: (inout PickleWriter) throws(FormatError) -> Void
  ) throws(FormatError) {
    if count > 1 { emit(.mark) }
    try body(&self)
    if count > 0 { emit(count == 1 ? one : many) }
  }

  private mutating func write(_ value: Int) {
    if let byte = UInt8(exactly: value) {
      emit(.binInt1)
      bytes.append(byte)
    } else if let short = UInt16(exactly: value) {
      emit(.binInt2)
      bytes.append(littleEndian: short)
    } else if let word = Int32(exactly: value) {
      emit(.binInt)
      bytes.append(littleEndian: word)
    } else {
      // Python drops the bytes that only repeat the sign.
      let size = (64 - max(value, ~value).leadingZeroBitCount) / 8 + 1
      emit(.long1)
      bytes.append(UInt8(size))
      for index in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }
  }

  private mutating func write(_ text: String) throws(FormatError) {
    emit(.binUnicode)
    try writeSize(text.utf8.count)
    bytes.append(text)
  }

  private mutating func write(_ content: [UInt8]) throws(FormatError) {
    if let size = UInt8(exactly: content.count) {
      emit(.shortBinBytes)
      bytes.append(size)
    } else {
      emit(.binBytes)
      try writeSize(content.count)
    }
    bytes += content
  }

  private mutating func writeSize(_ size: Int) throws(FormatError) {
    guard let size = UInt32(exactly: size) else {
      throw FormatError("a pickle of protocol 3 holds values below 4 GiB; one has \(size) bytes")
    }
    bytes.append(littleEndian: size)
  }

  private mutating func writeTuple(_ items: [PickleValue]) throws(FormatError) {
    if items.count > 3 { emit(.mark) }
    for item in items { try write(item) }
    switch items.count {
    case 0: emit(.emptyTuple)
    case 1: emit(.tuple1)
    case 2: emit(.tuple2)
    case 3: emit(.tuple3)
    default: emit(.tuple)
    }
  }

  private mutating func writeGlobal(_ module: String, _ name: String) {
    emit(.global)
    bytes.append("\(module)\n\(name)\n")
  }

  /// Writes the call and the state that NumPy's `ndarray.__reduce__` gives.
  private mutating func write(_ array: NumericArray) throws(FormatError) {
    writeGlobal("numpy.core.multiarray", "_reconstruct")
    writeGlobal("numpy", "ndarray")
    try writeTuple([.int(0)])
    try write(Array("b".utf8))
    emit(.tuple3)
    emit(.reduce)

    emit(.mark)
    write(1)
    try writeTuple(array.shape.map { .int($0) })
    writeGlobal("numpy", "dtype")
    let type = array.elements.type
    try writeTuple([.string(type.numPyCode ?? ""), .bool(false), .bool(true)])
    emit(.reduce)
    let order = type.size == 1 ? "|" : "<"
    try writeTuple([
      .int(3), .string(order), .none, .none, .none, .int(-1), .int(-1), .int(0),
    ])
    emit(.build)
    emit(.newFalse)
    try write(array.littleEndianBytes)
    emit(.tuple)
    emit(.build)
  }
}
