import Foundation

/// A lock that keeps a second process away from a file, and that ends with its process, however
/// that ends.
///
/// It lies in a hidden file beside the guarded one, because that one may be replaced. A file system
/// without locks is used without one.
package final class FileLock {
  private let descriptor: Int32

  /// Whether a process holds the lock; looking leaves nothing behind.
  package static func isHeld(guarding file: URL) -> Bool {
    let folder = file.deletingLastPathComponent()
    let path = folder.appendingPathComponent(".\(file.lastPathComponent).lock").path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Takes the lock.
  ///
  /// - Throws: `.inUse` with the folder if another holds it, `.uncreatable` where no file can be made beside it.
  package init(guarding file: URL) throws(FileError) {
    let directory = file.deletingLastPathComponent()
    let path = directory.appendingPathComponent(".\(file.lastPathComponent).lock").path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .uncreatable(path: path, reason: systemReason()) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      // The lock is complete by now, so its deinit closes the file.
      throw .inUse(path: directory.path, owner: Self.owner(in: descriptor))
    }
    ftruncate(descriptor, 0)
    _ = writeAll("process \(getpid()) on \(Self.host)", to: descriptor)
  }

  deinit {
    // Said aloud: a process that is being started elsewhere in this one may still share the file.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// The name of this machine; Foundation's would ask the network for it.
  private static var host: String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let isKnown = bytes.withUnsafeMutableBytes { buffer in
      gethostname(buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count - 1) == 0
    }
    return isKnown ? String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) : "this machine"
  }

  private static func owner(in descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return "another process" }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
