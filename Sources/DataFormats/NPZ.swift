import Storage

/// NumPy's file of several named arrays (`.npz`): a zip archive with one `.npy` file for each.
public enum NPZ {
  /// The most that the arrays of a compressed file may take: 1 GiB.
  public static let largestUncompressedSize = 1 << 30
  /// Beyond this size no array unpacks to more than `largestRatio` times its packed size: signals do not.
  private static let (unpackedFreely, largestRatio) = (1 << 28, 64)
  private static let ending = ".npy"

  /// Decodes the arrays of numbers and truth values that `numpy.savez` or `numpy.savez_compressed` wrote.
  ///
  /// What else an archive holds is left alone, however large it would be: arrays of texts, objects, dates, complex
  /// numbers or records, and files that are no arrays.
  ///
  /// Where `names` are given, only these are decoded, and each must hold numbers. A name stands for `folder/name`, too,
  /// where that is the only one, with whichever slash.
  ///
  /// - Throws: An error for damage, names that are there twice, and arrays that together unpack to more than
  ///   `largestUncompressedSize`.
  public static func decode(
    _ bytes: [UInt8], names: [String]? = nil
  ) throws(FormatError) -> NamedArrays {
    try decode(bytes, names: names, limit: largestUncompressedSize)
  }

  package static func decode(
    _ bytes: [UInt8], names: [String]? = nil, limit: Int
  ) throws(FormatError) -> NamedArrays {
    let directory = try ZipDirectory(of: bytes)
    let chosen = choose(names, among: directory.entries)
    try directory.requireSeparate(chosen.map { $0.entry }, in: bytes)
    var arrays = NamedArrays()
    var left = limit
    for (name, entry) in chosen {
      do throws(FormatError) {
        guard
          let array = try array(in: entry, of: bytes, isWanted: names != nil, left: &left, limit)
        else { continue }
        guard arrays.append(array, named: name) else {
          throw FormatError("the name is there twice")
        }
      } catch {
        throw error.inside("the entry \"\(entry.name)\"")
      }
    }
    return arrays
  }

  /// The names of all arrays of a file, of numbers or not.
  static func names(in bytes: [UInt8]) throws(FormatError) -> [String] {
    try ZipDirectory(of: bytes).entries.compactMap(arrayName)
  }

  /// The name of the array that an entry holds; nil for folders, files of another kind, and what macOS adds.
  private static func arrayName(_ entry: ZipEntry) -> String? {
    let parts = entry.name.split { $0 == "/" || $0 == "\\" }
    guard entry.name.hasSuffix(ending), !parts.contains("__MACOSX"),
      parts.last?.hasPrefix("._") == false
    else { return nil }
    return String(entry.name.dropLast(ending.utf8.count))
  }

  private static func choose(
    _ names: [String]?, among entries: [ZipEntry]
  ) -> [(name: String, entry: ZipEntry)] {
    let all = entries.compactMap { entry in arrayName(entry).map { (name: $0, entry: entry) } }
    guard let names else { return all }
    return names.flatMap { name in
      let exact = all.filter { $0.name == name }
      if !exact.isEmpty { return exact }
      let inFolders = all.filter { $0.name.hasSuffix("/" + name) || $0.name.hasSuffix("\\" + name) }
      return inFolders.count == 1 ? [(name, inFolders[0].entry)] : []
    }
  }

  /// The array of an entry; nil where it holds no numbers and need not.
  private static func array(
    in entry: ZipEntry, of bytes: [UInt8], isWanted: Bool, left: inout Int, _ limit: Int
  ) throws(FormatError) -> NumericArray? {
    // The header alone says how large the array should be, before anything is unpacked.
    let end = try NPY.headerEnd(entry.beginning(NPY.prefixSize, in: bytes))
    let start = try entry.beginning(end, in: bytes)
    var reader = ByteReader(start)
    let header = try NPY.header(from: &reader)
    guard isWanted || header.isNumeric else { return nil }
    let headerSize = start.count - reader.rest.count
    let size = try NumericArray.byteCount(shape: header.shape, type: header.type.element)
    guard entry.uncompressedSize - headerSize == size else {
      throw FormatError(
        "an array of shape \(header.shape) should take \(size) bytes, and "
          + "\(entry.uncompressedSize - headerSize) are there")
    }
    if entry.method == ZipEntry.Method.deflated.rawValue {
      guard entry.uncompressedSize <= left else {
        throw FormatError("the archive unpacks to more than \(limit) bytes")
      }
      guard
        entry.uncompressedSize <= unpackedFreely
          || entry.uncompressedSize / largestRatio <= entry.compressedSize
      else {
        throw FormatError(
          "it would unpack from \(ByteCount(entry.compressedSize)) to "
            + "\(ByteCount(entry.uncompressedSize)), which no signals do")
      }
      left -= entry.uncompressedSize
    }
    try AvailableMemory.require(2 * entry.uncompressedSize, to: "unpacking it")
    return try NPY.decode(entry.content(in: bytes))
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
      let entry = ZipEntry(storing: content, as: name + ending, at: bytes.count)
      bytes += entry.localHeader
      bytes += content
      directory += entry.directoryRecord
    }
    return bytes + ZipDirectory.closing(directory, count: arrays.count, at: bytes.count)
  }
}
