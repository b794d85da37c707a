import Foundation

// What can be known of a file that is to be written, before the work for it begins. The file may still become
// impossible meanwhile; then writing it says so.
extension OutputFile {
  /// How a file comes to be.
  package enum Growth: Sendable {
    /// Whole, in the place of an earlier one.
    case whole
    /// Line by line, in place.
    case stepwise
  }

  /// Refuses a path at which no file can be written.
  ///
  /// - Throws: `.uncreatable` or `.unwritable`, with the system's reason.
  package static func requireFile(at path: String, _ growth: Growth = .whole) throws(FileError) {
    guard !path.isEmpty else { throw .uncreatable(path: "\"\"", reason: "the name is empty") }
    switch try Destination(of: path) {
    case .file(let target, let earlier):
      guard earlier != nil || !target.text.hasSuffix("/") else {
        throw .uncreatable(path: path, reason: "a folder's name is no file's")
      }
      if earlier == nil || growth == .whole { try requireWritable(target.folder, for: path) }
    case .descriptor(let number):
      let flags = fcntl(number, F_GETFL)
      guard flags >= 0 else { throw .uncreatable(path: path, reason: systemReason()) }
      guard flags & O_ACCMODE != O_RDONLY else {
        throw .uncreatable(path: path, reason: "it is open for reading only")
      }
      try requireRoom(in: number, for: path)
    case .device(let device):
      // The reader of a pipe that was opened in vain would see it end.
      var status = stat()
      guard stat(device, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else {
        guard access(device, W_OK) == 0 else {
          throw .uncreatable(path: path, reason: systemReason())
        }
        return
      }
      let descriptor = open(device, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { throw .uncreatable(path: path, reason: systemReason()) }
      defer { close(descriptor) }
      try requireRoom(in: descriptor, for: path)
    }
  }

  /// Writes nothing, which a device that takes nothing refuses, as `/dev/full` does.
  private static func requireRoom(in descriptor: Int32, for path: String) throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFCHR,
      Foundation.write(descriptor, "", 0) < 0, errno != EAGAIN
    else { return }
    throw .unwritable(path: path, reason: systemReason())
  }

  /// Refuses a path at which no folder for files is, or can be made.
  ///
  /// - Throws: `.uncreatable`, with the system's reason.
  package static func requireFolder(at path: String) throws(FileError) {
    guard !path.isEmpty else { throw .uncreatable(path: "\"\"", reason: "the name is empty") }
    var status = stat()
    var ancestor = SystemPath(path)
    while stat(ancestor.bytes, &status) != 0 {
      var link = stat()
      guard errno == ENOENT, ancestor.text != "/", lstat(ancestor.bytes, &link) != 0 else {
        throw .uncreatable(path: path, reason: systemReason())
      }
      ancestor = ancestor.folder
    }
    try requireWritable(ancestor, for: path)
  }

  private static func requireWritable(
    _ folder: SystemPath, for path: String
  ) throws(FileError) {
    var status = stat()
    guard stat(folder.bytes, &status) == 0 else {
      throw .uncreatable(path: path, reason: systemReason())
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .uncreatable(path: path, reason: "\(folder.text) is no folder")
    }
    guard access(folder.bytes, W_OK | X_OK) == 0 else {
      throw .uncreatable(path: path, reason: systemReason())
    }
    // To root the system's own folders look writable.
    guard !isSystemView(status.st_dev) else {
      throw .uncreatable(path: path, reason: "\(folder.text) takes no new files")
    }
  }

  /// Whether a file system shows the state of the system: processes, devices, terminals.
  private static func isSystemView(_ found: dev_t) -> Bool {
    func device(_ path: String) -> dev_t? {
      var status = stat()
      return stat(path, &status) == 0 ? status.st_dev : nil
    }
    guard found != device("/") else { return false }
    return ["/proc", "/sys", "/dev/pts"].contains { device($0) == found && found != device("/dev") }
  }
}
