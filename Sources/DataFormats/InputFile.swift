import Foundation

/// Reading whole files, with errors that name the path and the system's reason.
public enum InputFile {
  /// The most bytes that are read: 4 GiB, far above any file of this kind.
  static let largestSize = 1 << 32

  /// Reads a file whole.
  ///
  /// - Throws: `.missing` where there is no file, `.unreadable` with the system's reason else.
  public static func read(_ path: String) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .missing(path: path) }
      throw .unreadable(path: path, reason: systemReason())
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_size > 0, Int(status.st_size) <= largestSize {
      bytes.reserveCapacity(Int(status.st_size))
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Foundation.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unreadable(path: path, reason: systemReason()) }
      guard bytes.count + count <= largestSize else {
        throw .unreadable(path: path, reason: "it is larger than 4 GiB")
      }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// Reads a file and decodes it: `try InputFile.read("weights.safetensors", SafeTensors.decode)`.
  ///
  /// - Throws: What `read(_:)` throws, or `.invalid` with what the decoder found.
  public static func read<Value>(
    _ path: String, _ decode: ([UInt8]) throws(FormatError) -> Value
  ) throws(FileError) -> Value {
    let bytes = try read(path)
    do {
      return try decode(bytes)
    } catch {
      throw .invalid(path: path, error)
    }
  }
}

/// The text of `errno`, as in "No space left on device".
func systemReason() -> String {
  String(cString: strerror(errno))
}
