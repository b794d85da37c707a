/// One file of a zip archive (PKWARE's APPNOTE), as far as npz files need it.
///
/// Everything is taken from the central directory and held against the local headers, so that
/// headers with zip64 sizes or with sizes after the data, as NumPy and others write, are the same
/// here.
struct ZipEntry {
  enum Method: UInt16 {
    case stored = 0
    case deflated = 8
  }

  let name: String
  let method: Method
  let checksum: UInt32
  let compressedSize: Int
  let uncompressedSize: Int
  let headerOffset: Int
}

// MARK: - Reading

extension ZipEntry {
  private static let localSignature: UInt32 = 0x0403_4B50
  private static let directorySignature: UInt32 = 0x0201_4B50
  private static let endSignature: UInt32 = 0x0605_4B50
  private static let endSize = 22

  /// The entries of an archive that fills `bytes` to the end and has no overlapping entries.
  static func directory(of bytes: [UInt8]) throws(FormatError) -> [ZipEntry] {
    let end = try endPosition(in: bytes)
    var reader = ByteReader(bytes[(end + 4)...])
    let disks = try reader.integer(UInt32.self)
    let countHere = try reader.integer(UInt16.self)
    let count = try reader.integer(UInt16.self)
    let size = try reader.integer(UInt32.self)
    let offset = try reader.integer(UInt32.self)
    guard count < .max, offset < .max else {
      throw FormatError("the archive is in the zip64 form, which files below 4 GiB do not need")
    }
    guard disks == 0, countHere == count, UInt64(offset) + UInt64(size) == UInt64(end) else {
      throw FormatError("the zip directory is damaged, or bytes were added to the archive")
    }

    var records = ByteReader(bytes[Int(offset)..<end])
    var entries: [ZipEntry] = []
    for _ in 0..<count { entries.append(try ZipEntry(record: &records)) }
    guard records.rest.isEmpty else { throw FormatError("the zip directory is damaged") }

    // Overlapping entries are how a small archive unpacks to a huge one.
    var start = 0
    for entry in entries.sorted(by: { $0.headerOffset < $1.headerOffset }) {
      let range = try entry.dataRange(in: bytes)
      guard entry.headerOffset >= start, range.upperBound <= Int(offset) else {
        throw FormatError("the entry \"\(entry.name)\" overlaps another part of the archive")
      }
      start = range.upperBound
    }
    return entries
  }

  /// Where the end record starts: the last place from which its comment reaches the end exactly.
  private static func endPosition(in bytes: [UInt8]) throws(FormatError) -> Int {
    let last = bytes.count - endSize
    for position in stride(from: last, through: max(0, last - Int(UInt16.max)), by: -1)
    where bytes[position] == UInt8(ascii: "P") {
      var reader = ByteReader(bytes[position...])
      guard try reader.integer() == endSignature else { continue }
      _ = try reader.take(endSize - 6)
      if try Int(reader.integer(UInt16.self)) == reader.rest.count { return position }
    }
    throw FormatError(
      "the file is no zip archive, is cut short, or has bytes after the archive's end")
  }

  private init(record reader: inout ByteReader) throws(FormatError) {
    guard try reader.integer() == Self.directorySignature else {
      throw FormatError("the zip directory is damaged")
    }
    _ = try reader.take(4)
    let flags = try reader.integer(UInt16.self)
    let methodNumber = try reader.integer(UInt16.self)
    _ = try reader.take(4)
    checksum = try reader.integer()
    compressedSize = Int(try reader.integer(UInt32.self))
    uncompressedSize = Int(try reader.integer(UInt32.self))
    let nameSize = try reader.integer(UInt16.self)
    let extraSize = try reader.integer(UInt16.self)
    let commentSize = try reader.integer(UInt16.self)
    _ = try reader.take(8)
    headerOffset = Int(try reader.integer(UInt32.self))
    name = try reader.text(nameSize)
    _ = try reader.take(Int(extraSize) + Int(commentSize))

    guard let method = Method(rawValue: methodNumber), flags & 1 == 0 else {
      throw FormatError(
        "the entry \"\(name)\" is encrypted or compressed by method \(methodNumber); "
          + "it should be stored or deflated")
    }
    self.method = method
    guard method == .deflated || compressedSize == uncompressedSize else {
      throw FormatError("the entry \"\(name)\" is stored with two different sizes")
    }
    // No byte of deflated data gives more than 1032.
    guard uncompressedSize / 1032 <= compressedSize else {
      throw FormatError(
        "the entry \"\(name)\" cannot unpack from \(compressedSize) to \(uncompressedSize) bytes")
    }
  }

  /// Where the data lie, after a local header that agrees with the directory.
  private func dataRange(in bytes: [UInt8]) throws(FormatError) -> Range<Int> {
    var reader = ByteReader(bytes[min(headerOffset, bytes.count)...])
    guard try reader.integer() == Self.localSignature else {
      throw FormatError("the entry \"\(name)\" has no local header")
    }
    _ = try reader.take(4)
    let localMethod = try reader.integer(UInt16.self)
    _ = try reader.take(16)
    let nameSize = try reader.integer(UInt16.self)
    let extraSize = try reader.integer(UInt16.self)
    guard try reader.text(nameSize) == name, localMethod == method.rawValue else {
      throw FormatError("the entry \"\(name)\" has another name or method in its local header")
    }
    _ = try reader.take(extraSize)
    let data = try reader.take(compressedSize)
    return data.startIndex..<data.endIndex
  }

  /// The unpacked data, with the checksum verified.
  func content(in bytes: [UInt8]) throws(FormatError) -> ArraySlice<UInt8> {
    let data = bytes[try dataRange(in: bytes)]
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
    method = .stored
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
    bytes.append(littleEndian: method.rawValue)
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

  /// The directory and the record that ends an archive.
  static func closing(_ directory: [UInt8], count: Int, at offset: Int) -> [UInt8] {
    var bytes = directory
    bytes.append(littleEndian: endSignature)
    bytes.append(littleEndian: UInt32(0))  // disk 0
    bytes.append(littleEndian: UInt16(count))
    bytes.append(littleEndian: UInt16(count))
    bytes.append(littleEndian: UInt32(directory.count))
    bytes.append(littleEndian: UInt32(offset))
    bytes.append(littleEndian: UInt16(0))  // no comment
    return bytes
  }
}
