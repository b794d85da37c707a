import Foundation

/// A file that grows by whole lines while work goes on.
///
/// Lines are handed to the system together, once a second and whenever ``flush()`` asks for it, so that a reader, or
/// somebody who ends the process, finds whole lines. Devices and pipes are written to as they are; a file stays
/// locked against other processes that would write to it in this way.
package final class LineFile {
  /// What a file holds at one moment, so that a later process can go on from there.
  package struct Extent: Hashable, Sendable {
    /// How many bytes there are.
    package var bytes = 0
    private var digest = FNV1a()
    /// Their 64-bit FNV-1a hash.
    package var hash: UInt64 { digest.hash }

    /// Nothing yet.
    package init() {}

    /// Names the bytes of an earlier process.
    package init(bytes: Int, hash: UInt64) {
      self.bytes = bytes
      digest = FNV1a(hash)
    }

    mutating func add(_ content: some Collection<UInt8>) {
      bytes += content.count
      digest.update(content)
    }
  }

  /// What the file holds, lines among it that the system does not have yet.
  package private(set) var extent = Extent()
  private let path: String
  private let descriptor: Int32
  private let isRegular: Bool
  private var buffer: [UInt8] = []
  private var lastFlush = ContinuousClock.now
  /// How much memory lines take before they are handed on.
  private static let bufferSize = 1 << 16

  private init(opening path: String) throws(FileError) {
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    if let inherited = OutputFile.descriptor(at: path) {
      // Opened anew, a redirected stream would be written over from its beginning.
      descriptor = dup(inherited)
      isRegular = false
    } else {
      isRegular = !exists || status.st_mode & S_IFMT == S_IFREG
      descriptor = open(path, (isRegular ? O_RDWR | O_CREAT : O_WRONLY) | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .uncreatable(path: path, reason: systemReason()) }
    if isRegular, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw .uncreatable(path: path, reason: "another process is writing to it")
    }
  }

  /// Starts a file; an earlier one is emptied.
  ///
  /// - Throws: `.uncreatable`, with the system's reason.
  package convenience init(at path: String) throws(FileError) {
    try self.init(opening: path)
    if isRegular, ftruncate(descriptor, 0) != 0 {
      throw .uncreatable(path: path, reason: systemReason())
    }
  }

  /// Goes on with a file from what it held at an earlier moment; what came behind that is cut off.
  ///
  /// - Returns: nil, and nothing is changed, where the file holds anything else, or is none.
  /// - Throws: `.uncreatable`, with the system's reason.
  package convenience init?(at path: String, from extent: Extent) throws(FileError) {
    guard FilePlace(path)?.isRegularFile ?? false else { return nil }
    try self.init(opening: path)
    guard isRegular else { return nil }
    var found = Extent()
    try read(extent.bytes) { chunk throws(FileError) in found.add(chunk) }
    guard found == extent else { return nil }
    guard ftruncate(descriptor, off_t(extent.bytes)) == 0,
      lseek(descriptor, 0, SEEK_END) == extent.bytes
    else { throw .uncreatable(path: path, reason: systemReason()) }
    self.extent = extent
  }

  /// Starts a file with what another one holds.
  ///
  /// - Throws: ``FileError`` if one cannot be read or the other not be written.
  package convenience init(at path: String, copying other: LineFile) throws(FileError) {
    try self.init(at: path)
    try other.flush()
    try other.read(other.extent.bytes) { chunk throws(FileError) in
      buffer += chunk
      extent.add(chunk)
      try flush()
    }
  }

  deinit {
    close(descriptor)
  }

  /// Adds a line, without its end.
  ///
  /// - Throws: `.unwritable`; the file then ends with a whole line.
  package func append(_ line: String) throws(FileError) {
    let start = buffer.count
    buffer += line.utf8
    buffer.append(UInt8(ascii: "\n"))
    extent.add(buffer[start...])
    if buffer.count >= Self.bufferSize || lastFlush.duration(to: .now) > .seconds(1) { try flush() }
  }

  /// Hands what was added to the system.
  ///
  /// - Throws: `.unwritable`; the file then ends with a whole line.
  package func flush() throws(FileError) {
    lastFlush = .now
    let written = buffer.withUnsafeBytes { writeAll($0, to: descriptor) }
    guard written == buffer.count else {
      let reason = systemReason()
      if isRegular {
        let before = off_t(extent.bytes - buffer.count)
        let whole = buffer[..<written].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        ftruncate(descriptor, before + off_t(whole))
      }
      throw .unwritable(path: path, reason: reason)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Waits until the disk has every line.
  ///
  /// - Throws: `.unwritable`, with the system's reason.
  package func synchronize() throws(FileError) {
    try flush()
    guard isRegular else { return }
    guard fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: systemReason()) }
  }

  /// Reads the first bytes of the file piece by piece, as many of them as there are.
  private func read(
    _ count: Int, _ take: (ArraySlice<UInt8>) throws(FileError) -> Void
  ) throws(FileError) {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var position = 0
    while position < count {
      let size = pread(descriptor, &chunk, min(chunk.count, count - position), off_t(position))
      if size < 0, errno == EINTR { continue }
      guard size >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
      if size == 0 { return }
      try take(chunk[..<size])
      position += size
    }
  }
}
