import Storage

/// Files that gzip has compressed (RFC 1952).
package enum GZip {
  private static let signature: [UInt8] = [0x1F, 0x8B]
  /// The most that a file may unpack to: 1 GiB.
  package static let largestUnpackedSize = 1 << 30
  /// How many unpacked bytes tell how many there should be.
  private static let beginningSize = 1 << 12

  /// Whether a file starts as gzip's do.
  static func isStart(_ start: ArraySlice<UInt8>) -> Bool { start.starts(with: signature) }

  /// Unpacks a file whose beginning says how large the whole is.
  ///
  /// The file may have several members, one after the other, as `cat a.gz b.gz` makes it.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - size: Gives the number of all unpacked bytes, from some thousand of them or all.
  /// - Returns: the unpacked bytes of all members.
  /// - Throws: An error for damage, a checksum or a size that is another, for bytes behind the last member, and where
  ///   more or fewer bytes come out than `size` says. No memory is taken for what cannot be in the file.
  package static func decode(
    _ bytes: [UInt8], size: (ArraySlice<UInt8>) throws(FormatError) -> Int
  ) throws(FormatError) -> [UInt8] {
    let size = try size(unpack(bytes, limit: .max, until: beginningSize)[...])
    guard size <= largestUnpackedSize else {
      throw FormatError(
        "it would unpack to \(ByteCount(size)); \(ByteCount(largestUnpackedSize)) are the most")
    }
    guard size / Inflate.largestRatio <= bytes.count else {
      throw FormatError(
        "its \(ByteCount(bytes.count)) cannot unpack to \(ByteCount(size)), as the beginning says")
    }
    try AvailableMemory.require(3 * size, to: "unpacking it")
    let content = try unpack(bytes, limit: size, until: .max)
    guard content.count == size else {
      throw FormatError(
        "it unpacks to \(content.count) bytes, and should to \(size), as the beginning says")
    }
    return content
  }

  /// Unpacks the members until `wanted` bytes are there, and perhaps some more, or all.
  private static func unpack(
    _ bytes: [UInt8], limit: Int, until wanted: Int
  ) throws(FormatError) -> [UInt8] {
    var reader = ByteReader(bytes[...])
    var output: [UInt8] = []
    repeat {
      try skipHeader(&reader)
      let (content, rest) = try Inflate.decode(
        startOf: reader.rest, limit: limit - output.count, first: wanted - output.count)
      // Mostly there is one member, which need not be copied.
      if output.isEmpty { output = content } else { output += content }
      guard output.count < wanted else { break }
      reader = ByteReader(rest)
      guard try reader.integer() == CRC32.zip.checksum(content) else {
        throw FormatError("the unpacked data do not match their checksum")
      }
      guard try reader.integer() == UInt32(truncatingIfNeeded: content.count) else {
        throw FormatError("the unpacked data have another size than the end of the file says")
      }
    } while !reader.rest.isEmpty
    return output
  }

  /// What the flags of a header say, by their bits.
  private enum Flag {
    static let (headerChecksum, extra, name, comment): (UInt8, UInt8, UInt8, UInt8) = (2, 4, 8, 16)
    static let unknown: UInt8 = 0xE0
  }

  private static func skipHeader(_ reader: inout ByteReader) throws(FormatError) {
    let start = reader.rest
    guard isStart(start) else {
      throw FormatError("\(start.count) bytes follow the end of the compressed data")
    }
    _ = try reader.take(2)
    let (method, flags) = (try reader.byte(), try reader.byte())
    guard method == 8, flags & Flag.unknown == 0 else {
      throw FormatError("the header of gzip is damaged")
    }
    _ = try reader.take(6)
    if flags & Flag.extra != 0 { _ = try reader.take(reader.integer(UInt16.self)) }
    if flags & Flag.name != 0 { _ = try reader.bytes(before: 0) }
    if flags & Flag.comment != 0 { _ = try reader.bytes(before: 0) }
    guard flags & Flag.headerChecksum != 0 else { return }
    let checksum = CRC32.zip.checksum(start[..<reader.rest.startIndex])
    guard try reader.integer() == UInt16(truncatingIfNeeded: checksum) else {
      throw FormatError("the header of gzip does not match its checksum")
    }
  }
}
