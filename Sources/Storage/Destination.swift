import Foundation

/// A path as the system takes it: bytes, which need not be UTF-8, with a zero at the end.
struct SystemPath {
  let bytes: [CChar]

  init(_ path: String) { bytes = Array(path.utf8CString) }
  private init(_ path: some Sequence<CChar>) { bytes = Array(path) + [0] }

  /// What is before the last name, with the slash behind it.
  private var folder: ArraySlice<CChar> {
    let slash = bytes.lastIndex(of: CChar(bitPattern: UInt8(ascii: "/")))
    return slash.map { bytes[...$0] } ?? []
  }

  /// A new hidden name in the same folder, which no name can be too long for.
  var draft: [CChar] {
    let name = ".mnist1d.\(getpid())-\(UInt32.random(in: 0 ... .max))"
    return Array(folder) + Array(name.utf8CString)
  }

  /// Where a symbolic link points to; nil if this is none.
  var target: SystemPath? {
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlink(bytes, &target, target.count)
    guard count > 0 else { return nil }
    let isAbsolute = UInt8(bitPattern: target[0]) == UInt8(ascii: "/")
    return SystemPath((isAbsolute ? [] : Array(folder)) + target[..<count])
  }

  /// The number of the process's own descriptor that this path names; links are not followed.
  var descriptor: Int32? {
    let path = String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    for folder in ["/proc/self/fd/", "/dev/fd/"] where path.hasPrefix(folder) {
      return Int32(path.dropFirst(folder.count))
    }
    return nil
  }
}

/// What writing to a path leads to.
enum Destination {
  /// One of the descriptors that the process was started with.
  case descriptor(Int32)
  /// A device or a pipe.
  case device([CChar])
  /// A regular file, with what is there now.
  case file(SystemPath, stat?)

  /// Follows symbolic links to the end, and refuses what cannot be written.
  init(of path: String) throws(WritingError) {
    var path = SystemPath(path)
    var links = 0
    while path.descriptor == nil, let target = path.target {
      path = target
      links += 1
      guard links <= 40 else {
        errno = ELOOP
        throw WritingError(.creating)
      }
    }
    if let number = path.descriptor {
      self = .descriptor(number)
      return
    }
    var status = stat()
    guard stat(path.bytes, &status) == 0 else {
      guard errno == ENOENT else { throw WritingError(.creating) }
      self = .file(path, nil)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      guard status.st_mode & 0o222 != 0 else { throw WritingError(.creating, "it is read-only") }
      guard faccessat(AT_FDCWD, path.bytes, W_OK, AT_EACCESS) == 0 else {
        throw WritingError(.creating)
      }
      self = .file(path, status)
    case S_IFDIR:
      errno = EISDIR
      throw WritingError(.creating)
    default: self = .device(path.bytes)
    }
  }
}

extension WholeFile {
  /// The number of the process's own descriptor that a path leads to, as `/dev/stdout` does; nil for any other path.
  package static func descriptor(at path: String) -> Int32? {
    guard case .descriptor(let number)? = try? Destination(of: path) else { return nil }
    return number
  }

  /// Why nothing can be written to a path that leads to a device or an open descriptor; nil where
  /// nothing speaks against it, and for files and pipes.
  package static func obstacle(at path: String) -> WritingError? {
    do throws(WritingError) {
      switch try Destination(of: path) {
      case .file: return nil
      case .descriptor(let number):
        let flags = fcntl(number, F_GETFL)
        guard flags >= 0 else { return WritingError(.creating) }
        guard flags & O_ACCMODE != O_RDONLY else {
          return WritingError(.creating, "it is open for reading only")
        }
        return obstacle(in: number)
      case .device(let path):
        // The reader of a pipe that was opened in vain would see it end.
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return nil }
        let descriptor = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return WritingError(.creating) }
        defer { close(descriptor) }
        return obstacle(in: descriptor)
      }
    } catch { return error }
  }

  /// Writes nothing, which a device that takes nothing refuses, as `/dev/full` does.
  private static func obstacle(in descriptor: Int32) -> WritingError? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFCHR,
      Foundation.write(descriptor, "", 0) < 0, errno != EAGAIN
    else { return nil }
    return WritingError(.writing)
  }
}
