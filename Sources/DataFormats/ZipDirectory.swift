import Storage

/// The directory at the end of a zip archive.
///
/// As Python's `zipfile` does, this takes an archive that has bytes before or behind it, and one in the zip64 form,
/// which has room for files above 4 GiB and may be used for smaller ones.
struct ZipDirectory {
  /// The entries, in the order of the directory.
  private(set) var entries: [ZipEntry] = []
  /// Where the directory starts, behind the data of all entries.
  private let start: Int

  private static let endSignature: UInt32 = 0x0605_4B50
  private static let endSize = 22
  private static let (largeLocatorSignature, largeLocatorSize) = (UInt32(0x0706_4B50), 20)
  private static let largeEndSignature: UInt32 = 0x0606_4B50
  /// How many bytes behind the end are looked over for it.
  private static let searchedSize = 1 << 20

  /// Where an end record says that the directory lies.
  private struct End {
    var count: Int
    var size: Int
    var offset: Int
    /// Where the directory ends.
    var limit: Int
  }

  init(of bytes: [UInt8]) throws(FormatError) {
    guard let end = try Self.end(of: bytes) else {
      throw FormatError(
        "the file is no zip archive, or is cut short: its directory is not at its end")
    }
    start = end.limit - end.size
    // Offsets count from the start of the archive, which may lie behind other bytes.
    let origin = start - end.offset
    var records = ByteReader(bytes[start..<end.limit])
    for _ in 0..<end.count {
      entries.append(try ZipEntry(record: &records, origin: origin))
    }
    guard records.rest.isEmpty else { throw FormatError("the zip directory is damaged") }
  }

  /// Refuses entries that share their bytes, which is how a small archive unpacks to a huge one.
  func requireSeparate(_ entries: [ZipEntry], in bytes: [UInt8]) throws(FormatError) {
    var position = 0
    for entry in entries.sorted(by: { $0.headerOffset < $1.headerOffset }) {
      do throws(FormatError) {
        _ = try entry.knownMethod()
        let range = try entry.dataRange(in: bytes)
        guard entry.headerOffset >= position, range.upperBound <= start else {
          throw FormatError("it overlaps another part of the archive")
        }
        position = range.upperBound
      } catch {
        throw error.inside("the entry \"\(entry.name)\"")
      }
    }
  }

  /// The last end record that a directory lies before.
  private static func end(of bytes: [UInt8]) throws(FormatError) -> End? {
    let last = bytes.count - endSize
    for position in stride(from: last, through: max(0, last - searchedSize), by: -1)
    where bytes[position] == UInt8(ascii: "P") {
      var reader = ByteReader(bytes[position...])
      guard try reader.integer() == endSignature else { continue }
      let disks = try reader.integer(UInt32.self)
      let countHere = try reader.integer(UInt16.self)
      let count = try reader.integer(UInt16.self)
      let size = try reader.integer(UInt32.self)
      let offset = try reader.integer(UInt32.self)
      let isFull = count == .max || size == .max || offset == .max
      if let end = largeEnd(of: bytes, before: position) { return end }
      let end = End(count: Int(count), size: Int(size), offset: Int(offset), limit: position)
      if !isFull, disks == 0, countHere == count, end.offset <= end.limit - end.size { return end }
    }
    return nil
  }

  /// The end record of a directory in the zip64 form, which a locator before the end proper points at.
  private static func largeEnd(of bytes: [UInt8], before position: Int) -> End? {
    guard position >= largeLocatorSize else { return nil }
    var locator = ByteReader(bytes[(position - largeLocatorSize)..<position])
    guard let signature = try? locator.integer(UInt32.self), signature == largeLocatorSignature
    else { return nil }
    // With bytes before the archive the locator is wrong, so the record is looked for where it lies without extras.
    let place = position - largeLocatorSize - 56
    guard place >= 0 else { return nil }
    var record = ByteReader(bytes[place..<(position - largeLocatorSize)])
    guard let fields = try? LargeEnd(&record), fields.signature == largeEndSignature,
      let count = Int(exactly: fields.count), let size = Int(exactly: fields.size),
      let offset = Int(exactly: fields.offset), size <= place, offset <= place - size
    else { return nil }
    return End(count: count, size: size, offset: offset, limit: place)
  }

  private struct LargeEnd {
    let signature: UInt32
    let count, size, offset: UInt64

    init(_ reader: inout ByteReader) throws(FormatError) {
      signature = try reader.integer()
      _ = try reader.take(28)
      count = try reader.integer()
      size = try reader.integer()
      offset = try reader.integer()
    }
  }
}

/// The sizes and offsets of an entry that need more than 32 bits.
struct Zip64Fields {
  private var rest: ByteReader

  /// Finds the fields among the extra ones of a record; where there are none, none can be asked for.
  init(extra: ArraySlice<UInt8>) {
    var reader = ByteReader(extra)
    rest = ByteReader([])
    while let kind = try? reader.integer(UInt16.self), let size = try? reader.integer(UInt16.self),
      let content = try? reader.take(size)
    {
      if kind == 1 { rest = ByteReader(content) }
    }
  }

  /// The value of a field of 32 bits, or the next of the large ones where it is full.
  mutating func value(_ small: UInt32, plus origin: Int = 0) throws(FormatError) -> Int {
    let value = small == .max && !rest.rest.isEmpty ? try rest.integer() : UInt64(small)
    guard let value = Int(exactly: value), value <= 1 << 48 else {
      throw FormatError("the zip directory is damaged: it names a size of \(value) bytes")
    }
    return value + origin
  }
}

// MARK: - Writing

extension ZipDirectory {
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
