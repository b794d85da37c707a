/// NumPy's file of several named arrays (`.npz`): a zip archive with one `.npy` file for each.
public enum NPZ {
  /// The most that the arrays of a compressed file may take: 1 GiB.
  public static let largestUncompressedSize = 1 << 30

  /// Decodes what `numpy.savez` or `numpy.savez_compressed` wrote.
  ///
  /// - Throws: An error for anything but arrays of numbers or truth values under unique names, and
  ///   for arrays that together take more than `largestUncompressedSize`.
  public static func decode(_ bytes: [UInt8]) throws(FormatError) -> NamedArrays {
    try decode(bytes, limit: largestUncompressedSize)
  }

  package static func decode(_ bytes: [UInt8], limit: Int) throws(FormatError) -> NamedArrays {
    var arrays = NamedArrays()
    var left = limit
    for entry in try ZipEntry.directory(of: bytes) {
      do throws(FormatError) {
        guard entry.name.hasSuffix(".npy") else {
          throw FormatError("every file in an npz archive should be an npy file")
        }
        guard entry.uncompressedSize <= left else {
          throw FormatError("the archive unpacks to more than \(limit) bytes")
        }
        left -= entry.uncompressedSize
        let array = try NPY.decode(entry.content(in: bytes))
        guard arrays.append(array, named: String(entry.name.dropLast(4))) else {
          throw FormatError("the name is there twice")
        }
      } catch {
        throw error.inside("the entry \"\(entry.name)\"")
      }
    }
    return arrays
  }

  /// Encodes arrays in their order, uncompressed, with a fixed time stamp: equal arrays give equal
  /// bytes.
  ///
  /// - Throws: An error where the file would pass 4 GiB, or has too many or too long names.
  public static func encode(_ arrays: NamedArrays) throws(FormatError) -> [UInt8] {
    try encode(arrays, largestSize: Int(UInt32.max))
  }

  package static func encode(
    _ arrays: NamedArrays, largestSize: Int
  ) throws(FormatError) -> [UInt8] {
    // A little more than the headers of one entry take.
    let size = arrays.reduce(0) { $0 + $1.value.byteCount + 2 * $1.name.utf8.count + 1024 }
    guard size <= largestSize, arrays.count < UInt16.max else {
      throw FormatError(
        "an npz file holds at most 65534 arrays and 4 GiB; "
          + "this would be \(arrays.count) arrays and \(size) bytes")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    var directory: [UInt8] = []
    for (name, array) in arrays {
      guard name.utf8.count <= 60_000 else {
        throw FormatError("the name of an array is longer than 60000 bytes")
      }
      let content = NPY.encode(array)
      let entry = ZipEntry(storing: content, as: name + ".npy", at: bytes.count)
      bytes += entry.localHeader
      bytes += content
      directory += entry.directoryRecord
    }
    return bytes + ZipEntry.closing(directory, count: arrays.count, at: bytes.count)
  }
}
