import CSignals
import Foundation

/// Why a file was not written; nothing of it was left behind.
package struct WritingError: Error {
  /// How far it came.
  package enum Stage { case creating, writing }

  package let stage: Stage
  /// The system's reason, as in "No space left on device".
  package let reason: String

  init(_ stage: Stage, _ reason: String = systemReason()) {
    self.stage = stage
    self.reason = reason
  }
}

/// The text of `errno`, as in "No space left on device".
package func systemReason() -> String {
  String(cString: strerror(errno))
}

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
package enum WholeFile {
  package static func write(
    _ bytes: UnsafeRawBufferPointer, to path: String
  ) throws(WritingError) {
    switch try Destination(of: path) {
    case .descriptor(let number):
      let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
      guard copy >= 0 else { throw WritingError(.creating) }
      try fill(copy, with: bytes)
    case .device(let path):
      let descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
      guard descriptor >= 0 else { throw WritingError(.creating) }
      try fill(descriptor, with: bytes)
    case .file(let path, let earlier):
      // Another process may take the draft for a leftover in the moment before it is locked.
      while try !publish(bytes, as: path, inPlaceOf: earlier) {}
    }
  }

  /// - Returns: false if the draft was taken away.
  private static func publish(
    _ bytes: UnsafeRawBufferPointer, as path: SystemPath, inPlaceOf earlier: stat?
  ) throws(WritingError) -> Bool {
    let draft = path.draft
    let remembered = cs_remember_draft(draft)
    defer { cs_forget_draft(remembered) }
    // Nobody else may read a draft before it has the mode of the file.
    let mode: mode_t = earlier == nil ? 0o666 : 0o600
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      guard earlier != nil, errno == EACCES || errno == EPERM else {
        throw WritingError(.creating)
      }
      throw WritingError(
        .creating, "its folder takes no new file, which replacing it needs (\(systemReason()))")
    }
    // The lock says that somebody is at work here; it ends with the process.
    flock(descriptor, LOCK_EX | LOCK_NB)
    do throws(WritingError) {
      if let earlier { adopt(earlier, descriptor) }
      try fill(descriptor, with: bytes, keepingOpen: true)
    } catch {
      unlink(draft)
      close(descriptor)
      throw error
    }
    defer { close(descriptor) }
    if rename(draft, path.bytes) == 0 { return true }
    if errno == ENOENT { return false }
    let failure = WritingError(.creating)
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

  /// Writes to an open file, flushes it to the disk and closes it.
  private static func fill(
    _ descriptor: Int32, with bytes: UnsafeRawBufferPointer, keepingOpen: Bool = false
  ) throws(WritingError) {
    var failure: WritingError?
    if !writeAll(bytes, to: descriptor) { failure = WritingError(.writing) }
    // Pipes, terminals and some file systems cannot be flushed to a disk.
    if failure == nil, fsync(descriptor) != 0, ![EINVAL, ENOTSUP, ENOSYS].contains(errno) {
      failure = WritingError(.writing)
    }
    if !keepingOpen, close(descriptor) != 0, failure == nil { failure = WritingError(.writing) }
    if let failure { throw failure }
  }
}

/// Writes all bytes, however few the system takes at once, and waits for a slow reader.
///
/// - Returns: false with `errno` set if that is impossible.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = write(descriptor, rest.baseAddress, rest.count)
    if count > 0 {
      rest = rest.dropFirst(count)
    } else if count == 0 {
      errno = EIO
      return false
    } else if errno == EAGAIN {
      var output = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&output, 1, -1)
    } else if errno != EINTR {
      return false
    }
  }
  return true
}

extension Slice where Base == UnsafeRawBufferPointer {
  fileprivate var baseAddress: UnsafeRawPointer? {
    UnsafeRawBufferPointer(rebasing: self).baseAddress
  }
}
