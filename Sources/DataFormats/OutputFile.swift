import Foundation

/// Writing whole files: at every moment a path holds the old content or the new, never a part.
public enum OutputFile {
  /// Writes `bytes` to a new file beside `path`, flushes it to the disk and renames it to `path`.
  ///
  /// A symbolic link keeps pointing to its target, which is replaced. Devices and pipes, such as
  /// `/dev/stdout`, are written to directly. After a failure the new file is removed.
  ///
  /// - Throws: `.uncreatable` or `.unwritable`, with the system's reason.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let target = resolved(path)
    var status = stat()
    let exists = stat(target, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists, kind != S_IFREG, kind != S_IFDIR {
      try write(bytes, into: open(target, O_WRONLY | O_CLOEXEC), of: path)
      return
    }
    let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
    let temporary = "\(folder).\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    do throws(FileError) {
      try write(bytes, into: open(temporary, flags, 0o666), of: path)
      guard rename(temporary, target) == 0 else {
        throw FileError.uncreatable(path: path, reason: systemReason())
      }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Writes to an open file, flushes and closes it.
  private static func write(
    _ bytes: [UInt8], into descriptor: Int32, of path: String
  ) throws(FileError) {
    guard descriptor >= 0 else { throw .uncreatable(path: path, reason: systemReason()) }
    var failure: FileError?
    var rest = bytes[...]
    while !rest.isEmpty, failure == nil {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        failure = .unwritable(path: path, reason: systemReason())
      }
    }
    // A pipe or a terminal cannot be flushed to a disk, and says EINVAL.
    if failure == nil, fsync(descriptor) != 0, errno != EINVAL {
      failure = .unwritable(path: path, reason: systemReason())
    }
    if close(descriptor) != 0, failure == nil {
      failure = .unwritable(path: path, reason: systemReason())
    }
    if let failure { throw failure }
  }

  /// The path with symbolic links followed, or as it is where nothing is there yet.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
