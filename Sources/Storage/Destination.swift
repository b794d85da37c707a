import Foundation

/// What writing to a path leads to.
enum Destination {
  /// One of the descriptors that the process was started with.
  case descriptor(Int32)
  /// A device or a pipe.
  case device([CChar])
  /// A regular file, with what is there now.
  case file(SystemPath, stat?)

  /// Follows symbolic links to the end, and refuses what cannot be written.
  ///
  /// - Throws: `.uncreatable`, with the system's reason.
  init(of name: String) throws(FileError) {
    var path = SystemPath(name)
    var links = 0
    while path.descriptor == nil, let target = path.target {
      path = target
      links += 1
      guard links <= 40 else {
        errno = ELOOP
        throw .uncreatable(path: name, reason: systemReason())
      }
    }
    if let number = path.descriptor {
      self = .descriptor(number)
      return
    }
    var status = stat()
    guard stat(path.bytes, &status) == 0 else {
      guard errno == ENOENT else { throw .uncreatable(path: name, reason: systemReason()) }
      self = .file(path, nil)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      // What root may do to a file that nobody may write is not done.
      guard status.st_mode & 0o222 != 0 else {
        throw .uncreatable(path: name, reason: "it is read-only")
      }
      guard faccessat(AT_FDCWD, path.bytes, W_OK, AT_EACCESS) == 0 else {
        throw .uncreatable(path: name, reason: systemReason())
      }
      self = .file(path, status)
    case S_IFDIR:
      errno = EISDIR
      throw .uncreatable(path: name, reason: systemReason())
    default: self = .device(path.bytes)
    }
  }
}
