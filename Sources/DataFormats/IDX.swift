import Storage

/// The arrays of bytes as which MNIST is published, in LeCun, Cortes and Burges' IDX format.
///
/// Two zeros, the number 8 for unsigned bytes, the number of axes, their sizes as big-endian integers of 32 bits, and
/// the elements.
package enum IDX {
  /// What a file should hold.
  package enum Content {
    /// [count, height, width].
    case images
    /// [count].
    case labels

    var rank: Int {
      switch self {
      case .images: 3
      case .labels: 1
      }
    }

    var name: String {
      switch self {
      case .images: "an IDX file of images"
      case .labels: "an IDX file of labels"
      }
    }
  }

  /// Decodes a file, as it is or compressed by gzip.
  ///
  /// - Returns: the sizes of the axes, and the elements.
  /// - Throws: An error for another file, and one whose size is not what its header says.
  package static func decode(
    _ file: [UInt8], as content: Content
  ) throws(FormatError) -> (sizes: [Int], elements: ArraySlice<UInt8>) {
    var bytes = file
    if GZip.isStart(file[...]) {
      bytes = try GZip.decode(file) { start throws(FormatError) in
        do throws(FormatError) {
          return try Header(start, of: content).fileSize
        } catch {
          throw error.inside("unpacked")
        }
      }
    }
    let header = try Header(bytes[...], of: content)
    guard bytes.count == header.fileSize else {
      throw FormatError(
        "its header says \(header.description), which takes \(header.fileSize) bytes, "
          + "and \(bytes.count) are there")
    }
    return (header.sizes, bytes[header.size...])
  }

  /// Refuses the first bytes of a file that cannot be one.
  static func accept(_ start: ArraySlice<UInt8>, as content: Content) throws(FormatError) {
    guard !GZip.isStart(start) else { return }
    _ = try Header(start, of: content)
  }

  /// What stands before the elements.
  private struct Header {
    let sizes: [Int]
    /// The number of bytes of the header, and of the whole file.
    let size: Int
    let fileSize: Int

    init(_ bytes: ArraySlice<UInt8>, of content: Content) throws(FormatError) {
      let magic: [UInt8] = [0, 0, 8, UInt8(content.rank)]
      guard bytes.starts(with: magic) else { throw Self.mistaken(bytes, for: content) }
      var reader = ByteReader(bytes.dropFirst(magic.count))
      var sizes: [Int] = []
      for _ in 0..<content.rank { sizes.append(Int(try reader.bigEndian(UInt32.self))) }
      self.sizes = sizes
      size = bytes.count - reader.rest.count
      let count = try NumericArray.byteCount(shape: sizes, type: .uint8)
      let (total, overflow) = size.addingReportingOverflow(count)
      guard !overflow else { throw FormatError("no file can hold \(sizes) bytes") }
      fileSize = total
    }

    var description: String {
      sizes.count == 1
        ? "\(sizes[0]) labels" : "\(sizes[0]) images of \(sizes[1])×\(sizes[2]) pixels"
    }

    private static func mistaken(
      _ bytes: ArraySlice<UInt8>, for content: Content
    ) -> FormatError {
      let start = Array(bytes.prefix(4))
      guard start.count == 4, start[..<2] == [0, 0], start[3] > 0 else {
        if let kind = FileKind(startingWith: bytes) { return kind.mistaken(for: .idx(content)) }
        return FormatError("this is no IDX file, and should be \(content.name)")
      }
      let axes = start[3] == 1 ? "1 axis" : "\(start[3]) axes"
      return switch elementNames[start[2]] {
      case nil: FormatError("this is no IDX file, and should be \(content.name)")
      case let name?:
        FormatError(
          "this is an IDX file with \(axes) of \(name), and should have \(content.rank) of unsigned bytes, as \(content.name) has"
        )
      }
    }

    private static let elementNames: [UInt8: String] = [
      0x08: "unsigned bytes", 0x09: "signed bytes", 0x0B: "integers of 16 bits",
      0x0C: "integers of 32 bits", 0x0D: "floats of 32 bits", 0x0E: "floats of 64 bits",
    ]
  }
}
