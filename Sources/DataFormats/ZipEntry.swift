import Storage

/// One file of a zip archive (PKWARE's APPNOTE), as far as npz files need it.
///
/// Everything is taken from the central directory and held against the local headers, so that
/// headers with zip64 sizes or with sizes after the data, as NumPy and others write, are the same
/// here. What a file is compressed by and whether its data are intact matters only when it is
/// read: an archive may hold anything beside the arrays.
struct ZipEntry {
  enum Method: UInt16 {
    case stored = 0
    case deflated = 8
  }

  let name: String
  /// The number of the method, and whether the data are encrypted.
  let method: UInt16
  let isEncrypted: Bool
  let checksum: UInt32
  let compressedSize: Int
  let uncompressedSize: Int
  let headerOffset: Int
}

// MARK: - Reading

extension ZipEntry {
  private static let localSignature: UInt32 = 0x0403_4B50
  private static let directorySignature: UInt32 = 0x0201_4B50

  /// Reads a record of the central directory of an archive that starts at `origin`.
  init(record reader: inout ByteReader, origin: Int) throws(FormatError) {
    guard try reader.integer() == Self.directorySignature else {
      throw FormatError("the zip directory is damaged")
    }
    _ = try reader.take(4)
    isEncrypted = try reader.integer(UInt16.self) & 1 == 1
    method = try reader.integer()
    _ = try reader.take(4)
    checksum = try reader.integer()
    let compressed = try reader.integer(UInt32.self)
    let uncompressed = try reader.integer(UInt32.self)
    let nameSize = try reader.integer(UInt16.self)
    let extraSize = try reader.integer(UInt16.self)
    let commentSize = try reader.integer(UInt16.self)
    _ = try reader.take(8)
    let offset = try reader.integer(UInt32.self)
    name = String(decoding: try reader.take(nameSize), as: UTF8.self)
    var large = try Zip64Fields(extra: reader.take(extraSize))
    _ = try reader.take(commentSize)
    // The fields of zip64 follow in this order, each only where the field proper is full.
    uncompressedSize = try large.value(uncompressed)
    compressedSize = try large.value(compressed)
    headerOffset = try large.value(offset, plus: origin)
  }

  /// Where the data lie, after a local header that agrees with the directory.
  func dataRange(in bytes: [UInt8]) throws(FormatError) -> Range<Int> {
    var reader = ByteReader(bytes[min(headerOffset, bytes.count)...])
    guard try reader.integer() == Self.localSignature else {
      throw FormatError("it has no local header")
    }
    _ = try reader.take(4)
    let localMethod = try reader.integer(UInt16.self)
    _ = try reader.take(16)
    let nameSize = try reader.integer(UInt16.self)
    let extraSize = try reader.integer(UInt16.self)
    guard String(decoding: try reader.take(nameSize), as: UTF8.self) == name, localMethod == method
    else { throw FormatError("it has another name or method in its local header") }
    _ = try reader.take(extraSize)
    let data = try reader.take(compressedSize)
    return data.startIndex..<data.endIndex
  }

  /// The data and how they are compressed, with sizes that can be.
  private func data(in bytes: [UInt8]) throws(FormatError) -> (ArraySlice<UInt8>, Method) {
    let known = try knownMethod()
    guard known == .deflated || compressedSize == uncompressedSize else {
      throw FormatError("it is stored with two different sizes")
    }
    guard uncompressedSize / Inflate.largestRatio <= compressedSize else {
      throw FormatError("it cannot unpack from \(compressedSize) to \(uncompressedSize) bytes")
    }
    return (bytes[try dataRange(in: bytes)], known)
  }

  /// The method, where the data can be unpacked.
  func knownMethod() throws(FormatError) -> Method {
    guard let known = Method(rawValue: method), !isEncrypted else {
      throw FormatError(
        "it is \(isEncrypted ? "encrypted" : "compressed by \(Self.methodName(method))"); "
          + "it should be stored or deflated")
    }
    return known
  }

  private static func methodName(_ method: UInt16) -> String {
    switch method {
    case 9: "Deflate64"
    case 12: "bzip2"
    case 14: "LZMA"
    case 93: "zstd"
    default: "method \(method)"
    }
  }

  /// The first `count` bytes of the unpacked data, or all where there are fewer.
  func beginning(_ count: Int, in bytes: [UInt8]) throws(FormatError) -> ArraySlice<UInt8> {
    let (data, method) = try data(in: bytes)
    switch method {
    case .stored: return data.prefix(count)
    case .deflated:
      return try Inflate.decode(data, size: uncompressedSize, first: count).prefix(count)
    }
  }

  /// The unpacked data, with the checksum verified.
  func content(in bytes: [UInt8]) throws(FormatError) -> ArraySlice<UInt8> {
    let (data, method) = try data(in: bytes)
    let content =
      switch method {
      case .stored: data
      case .deflated: try Inflate.decode(data, size: uncompressedSize)[...]
      }
    guard CRC32.zip.checksum(content) == checksum else {
      throw FormatError("the data do not match their checksum")
    }
    return content
  }
}

// MARK: - Writing

extension ZipEntry {
  /// Describes content that lies uncompressed behind a header at `offset`.
  init(storing content: [UInt8], as name: String, at offset: Int) {
    self.name = name
    method = Method.stored.rawValue
    isEncrypted = false
    checksum = CRC32.zip.checksum(content[...])
    compressedSize = content.count
    uncompressedSize = content.count
    headerOffset = offset
  }

  /// The fields that the local header and the directory share.
  private var sharedFields: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt16(20))  // version 2.0 is enough to unpack it
    let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
    bytes.append(littleEndian: UInt16(isASCII ? 0 : 1 << 11))  // flags: UTF-8 name
    bytes.append(littleEndian: method)
    bytes.append(littleEndian: UInt16(0))  // 00:00:00
    bytes.append(littleEndian: UInt16(1 << 5 | 1))  // 1 January 1980
    bytes.append(littleEndian: checksum)
    bytes.append(littleEndian: UInt32(compressedSize))
    bytes.append(littleEndian: UInt32(uncompressedSize))
    bytes.append(littleEndian: UInt16(name.utf8.count))
    bytes.append(littleEndian: UInt16(0))  // no extra fields
    return bytes
  }

  var localHeader: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Self.localSignature)
    bytes += sharedFields
    bytes.append(name)
    return bytes
  }

  var directoryRecord: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Self.directorySignature)
    bytes.append(littleEndian: UInt16(3 << 8 | 20))  // made on Unix, version 2.0
    bytes += sharedFields
    bytes.append(littleEndian: UInt16(0))  // no comment
    bytes.append(littleEndian: UInt16(0))  // disk 0
    bytes.append(littleEndian: UInt16(0))  // no internal attributes
    bytes.append(littleEndian: UInt32(0o100644) << 16)  // an ordinary file, rw-r--r--
    bytes.append(littleEndian: UInt32(headerOffset))
    bytes.append(name)
    return bytes
  }
}
