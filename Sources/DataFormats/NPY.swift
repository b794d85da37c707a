import Storage

/// NumPy's file of one array (`.npy`), versions 1, 2 and 3.
///
/// The layout is NumPy's NEP 1: a magic string, a version, and a header that is the literal of a
/// Python dictionary, padded so that the elements start at a multiple of 64 bytes. Written files
/// equal those of `numpy.save` byte for byte.
package enum NPY {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let alignment = 64

  /// Decodes a file.
  ///
  /// - Throws: An error for anything but one array of numbers or truth values, trailing bytes
  ///   included.
  package static func decode(_ bytes: [UInt8]) throws(FormatError) -> NumericArray {
    try decode(bytes[...])
  }

  static func decode(_ bytes: ArraySlice<UInt8>) throws(FormatError) -> NumericArray {
    var reader = ByteReader(bytes)
    let header = try header(from: &reader)
    let type = try header.type
    return try NumericArray(
      shape: header.shape, type: type.element, byteOrder: type.byteOrder,
      elementOrder: header.elementOrder, bytes: reader.rest)
  }

  /// What comes before the elements.
  static func header(from reader: inout ByteReader) throws(FormatError) -> NPYHeader {
    let size = try headerSize(from: &reader)
    return try NPYHeader(parsing: reader.take(size))
  }

  /// How many bytes at the start of a file are enough to know where its header ends.
  static let prefixSize = 12

  /// Where the header ends, from the first bytes of a file.
  static func headerEnd(_ prefix: ArraySlice<UInt8>) throws(FormatError) -> Int {
    var reader = ByteReader(prefix)
    let size = try headerSize(from: &reader)
    return prefix.count - reader.rest.count + size
  }

  private static func headerSize(from reader: inout ByteReader) throws(FormatError) -> Int {
    guard try reader.take(magic.count).elementsEqual(magic) else {
      throw FormatError("this is no npy file: it does not start with \\x93NUMPY")
    }
    let major = try reader.byte()
    let minor = try reader.byte()
    switch (major, minor) {
    case (1, 0): return Int(try reader.integer(UInt16.self))
    case (2, 0), (3, 0): return Int(try reader.integer(UInt32.self))
    default:
      throw FormatError("npy version \(major).\(minor) is unknown; 1.0, 2.0 and 3.0 are read")
    }
  }

  /// Encodes an array as version 1.0, little-endian and row-major.
  package static func encode(_ array: NumericArray) -> [UInt8] {
    let type = array.elements.type
    let order = type.size == 1 ? "|" : "<"
    let sizes = array.shape.map(String.init)
    let shape = sizes.count == 1 ? "(\(sizes[0]),)" : "(\(sizes.joined(separator: ", ")))"
    var header =
      "{'descr': '\(order)\(type.numPyCode ?? "")', 'fortran_order': False, 'shape': \(shape), }"
    // NumPy leaves room for the first axis to grow in place, up to 21 digits.
    if let first = sizes.first { header += String(repeating: " ", count: 21 - first.count) }
    let prefix = magic.count + 4
    let unpadded = prefix + header.utf8.count + 1
    header += String(repeating: " ", count: (alignment - unpadded % alignment) % alignment) + "\n"

    var bytes = magic + [1, 0]
    bytes.reserveCapacity(prefix + header.utf8.count + array.byteCount)
    bytes.append(littleEndian: UInt16(header.utf8.count))
    bytes.append(header)
    bytes.append(contentsOf: array.littleEndianBytes)
    return bytes
  }
}
