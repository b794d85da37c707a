import CSignals
import Foundation

/// Writing files whole: at every moment, also after a signal or a power cut, a path holds the old
/// content or the new, never a part.
///
/// A hidden draft beside the file is written, flushed to the disk and renamed.
/// - A symbolic link stays, and what it points to is replaced, or made where it is not there yet.
/// - The file keeps its mode, and its owner and group where the system allows it. Access lists and
///   extended attributes go with the old content; another hard link keeps that content.
/// - A file that may not be written is not replaced. Root may write everything, so a file that
///   nobody may write counts as read-only for root, too.
/// - Devices, pipes and descriptors (`/dev/stdout`, `/dev/fd/3`) are written to directly.
public enum OutputFile {
  /// Writes a file whole, or not at all.
  ///
  /// - Throws: `.uncreatable` or `.unwritable`, with the system's reason.
  public static func write(
    _ content: some ContiguousBytes, to path: String
  ) throws(FileError) {
    let result = content.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try write(bytes, at: path) }
    }
    try result.get()
  }

  private static func write(
    _ bytes: UnsafeRawBufferPointer, at path: String
  ) throws(FileError) {
    switch try Destination(of: path) {
    case .descriptor(let number):
      let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
      guard copy >= 0 else { throw .uncreatable(path: path, reason: systemReason()) }
      defer { close(copy) }
      try fill(copy, with: bytes, at: path)
    case .device(let device):
      let descriptor = open(device, O_WRONLY | O_NOCTTY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .uncreatable(path: path, reason: systemReason()) }
      defer { close(descriptor) }
      try fill(descriptor, with: bytes, at: path)
    case .file(let target, let earlier):
      // Another process may take the draft for a leftover in the moment before it is locked.
      while try !publish(bytes, as: target, inPlaceOf: earlier, at: path) {}
    }
  }

  /// The number of the process's own descriptor that a path leads to, as `/dev/stdout` does; nil for any other path.
  static func descriptor(at path: String) -> Int32? {
    guard case .descriptor(let number)? = try? Destination(of: path) else { return nil }
    return number
  }

  /// - Returns: false if the draft was taken away.
  private static func publish(
    _ bytes: UnsafeRawBufferPointer, as target: SystemPath, inPlaceOf earlier: stat?,
    at path: String
  ) throws(FileError) -> Bool {
    let draft = target.draft
    let remembered = cs_remember_draft(draft)
    defer { cs_forget_draft(remembered) }
    // Nobody else may read a draft before it has the mode of the file.
    let mode: mode_t = earlier == nil ? 0o666 : 0o600
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      guard earlier != nil, errno == EACCES || errno == EPERM else {
        throw .uncreatable(path: path, reason: systemReason())
      }
      throw .uncreatable(
        path: path,
        reason: "its folder takes no new file, which replacing it needs (\(systemReason()))")
    }
    defer { close(descriptor) }
    // The lock says that somebody is at work here; it ends with the process.
    flock(descriptor, LOCK_EX | LOCK_NB)
    if let earlier { adopt(earlier, descriptor) }
    do throws(FileError) {
      try fill(descriptor, with: bytes, at: path)
    } catch {
      unlink(draft)
      throw error
    }
    if rename(draft, target.bytes) == 0 { return true }
    if errno == ENOENT { return false }
    let failure = FileError.uncreatable(path: path, reason: systemReason())
    unlink(draft)
    throw failure
  }

  /// Gives a draft the owner, the group and the mode of the file that it replaces.
  private static func adopt(_ earlier: stat, _ descriptor: Int32) {
    let isOwn = fchown(descriptor, earlier.st_uid, earlier.st_gid) == 0
    if !isOwn { fchown(descriptor, uid_t.max, earlier.st_gid) }
    // Whoever may run it as another user was meant to run the earlier owner's file.
    fchmod(descriptor, earlier.st_mode & (isOwn ? 0o7777 : 0o777))
  }

  /// Removes the drafts that killed processes have left in a folder.
  ///
  /// A draft that is being written, here or on another machine, is locked and stays. Where there
  /// are no locks every draft stays.
  package static func removeLeftovers(in folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.wholeMatch(of: /\.mnist1d\.[0-9]+-[0-9]+/) != nil {
      let path = folder + "/" + name
      let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  /// Writes to an open file and flushes it to the disk.
  private static func fill(
    _ descriptor: Int32, with bytes: UnsafeRawBufferPointer, at path: String
  ) throws(FileError) {
    // Pipes, terminals and some file systems cannot be flushed to a disk.
    guard writeAll(bytes, to: descriptor) == bytes.count,
      fsync(descriptor) == 0 || [EINVAL, ENOTSUP, ENOSYS].contains(errno)
    else { throw .unwritable(path: path, reason: systemReason()) }
  }

  /// Makes a folder and those that it lies in; it may be there already.
  ///
  /// - Throws: `.uncreatable`, with the system's reason.
  package static func createFolder(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) == 0 { return }
    if errno == ENOENT, !path.isEmpty, path != "/" {
      try createFolder(SystemPath(path).folder.text)
      if mkdir(path, 0o777) == 0 { return }
    }
    let reason = errno == EEXIST ? "a file of that name is there" : systemReason()
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .uncreatable(path: path, reason: reason)
    }
  }
}

/// Writes all bytes, however few the system takes at once, and waits for a slow reader.
///
/// - Returns: how many were written; if not all, `errno` says why.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
  var written = 0
  while written < bytes.count {
    let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
    if count > 0 {
      written += count
    } else if count == 0 {
      errno = EIO
      break
    } else if errno == EAGAIN {
      var output = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&output, 1, -1)
    } else if errno != EINTR {
      break
    }
  }
  return written
}

/// Writes a text as it is.
///
/// - Returns: false with `errno` set if that is impossible.
package func writeAll(_ text: String, to descriptor: Int32) -> Bool {
  var text = text
  return text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) == $0.count }
}
