import Foundation

/// Reading whole files, with errors that name the path and the system's reason.
///
/// A pipe or `/dev/stdin` is read like a file. Before a file is read its size is looked at, and after its first bytes
/// what it is, so that a mistaken name costs neither time nor memory.
public enum InputFile {
  /// The most bytes that are read: 4 GiB, far above any file of this kind.
  static let largestSize = 1 << 32
  /// How many times its size a file may take in memory while it is decoded.
  private static let decodingFactor = 3
  private static let chunkSize = 1 << 18
  /// How many bytes tell what a file is.
  private static let acceptedSize = 1 << 12

  /// Reads a file whole.
  ///
  /// - Throws: `.missing` where there is no file, `.unreadable` with the system's reason, `.invalid` for a file that
  ///   is larger than 4 GiB or than the memory there is.
  public static func read(_ path: String) throws(FileError) -> [UInt8] {
    try read(path, accepting: { _ in })
  }

  /// Reads a file and decodes it: `try InputFile.read("weights.safetensors", SafeTensors.decode)`.
  ///
  /// - Throws: What `read(_:)` throws, or `.invalid` with what the decoder found.
  public static func read<Value>(
    _ path: String, _ decode: ([UInt8]) throws(FormatError) -> Value
  ) throws(FileError) -> Value {
    try read(path, accepting: { _ in }, decode)
  }

  /// Reads a file whose first bytes are accepted, and decodes it.
  package static func read<Value>(
    _ path: String, accepting: (ArraySlice<UInt8>) throws(FormatError) -> Void,
    _ decode: ([UInt8]) throws(FormatError) -> Value
  ) throws(FileError) -> Value {
    let bytes = try read(path, accepting: accepting)
    do {
      return try decode(bytes)
    } catch {
      throw .invalid(path: path, error)
    }
  }

  /// Reads a file whole, unless its first bytes are refused.
  private static func read(
    _ path: String, accepting: (ArraySlice<UInt8>) throws(FormatError) -> Void
  ) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .missing(path: path) }
      throw .unreadable(path: path, reason: systemReason())
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: chunkSize)
    var (isAccepted, isEnd) = (false, false)
    while !isEnd {
      let count = Foundation.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
      isEnd = count == 0
      do throws(FormatError) {
        try makeRoom(for: count, in: &bytes)
        bytes.append(contentsOf: chunk[..<count])
        // A pipe may give its bytes one by one.
        if !isAccepted, isEnd || bytes.count >= acceptedSize {
          try accepting(bytes[...])
          isAccepted = true
          bytes.reserveCapacity(try size(of: descriptor))
        }
      } catch {
        throw .invalid(path: path, error)
      }
    }
    return bytes
  }

  /// Whether there is a file at the path.
  package static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  /// Whether what is at the path has no name to tell its format by: a pipe, a device, or a file that the shell opened.
  package static func hasUnnamedContent(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
      || path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
  }

  /// The size of a file that has one, refused where it is too large to be read.
  private static func size(of descriptor: Int32) throws(FormatError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
    let size = Int(status.st_size)
    guard size <= largestSize else { throw tooLarge(ByteCount(size).description) }
    try AvailableMemory.require(decodingFactor * size, to: "reading its \(ByteCount(size))")
    return size
  }

  /// Grows `bytes` by a factor, for as long as there is memory.
  private static func makeRoom(for count: Int, in bytes: inout [UInt8]) throws(FormatError) {
    let needed = bytes.count + count
    guard needed > bytes.capacity else { return }
    guard needed <= largestSize else { throw tooLarge("more") }
    let room = max(needed, 2 * bytes.capacity)
    try AvailableMemory.require(
      decodingFactor * room, to: "reading more than \(ByteCount(bytes.count))")
    bytes.reserveCapacity(room)
  }

  private static func tooLarge(_ size: String) -> FormatError {
    FormatError("the file has \(size); files of up to \(ByteCount(largestSize)) are read")
  }
}
