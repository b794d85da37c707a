import Foundation
import Storage

// What can be known of a file that is to be written, before the work for it begins. The file may still become
// impossible meanwhile; then writing it says so.
extension OutputFile {
  /// How a file comes to be.
  public enum Growth: Sendable {
    /// Whole, in the place of an earlier one.
    case whole
    /// Line by line, in place.
    case stepwise
  }

  /// Refuses a path at which no file can be written.
  ///
  /// - Throws: `.uncreatable`, with the system's reason.
  public static func requireFile(at path: String, _ growth: Growth = .whole) throws(FileError) {
    guard !path.isEmpty else { throw .uncreatable(path: "\"\"", reason: "the name is empty") }
    var status = stat()
    var target = path
    var hops = 0
    while stat(target, &status) != 0 {
      guard errno == ENOENT else { throw .uncreatable(path: path, reason: systemReason()) }
      guard target.last != "/" else {
        throw .uncreatable(path: path, reason: "a folder's name is no file's")
      }
      hops += 1
      guard hops < 40, let link = try? FileManager.default.destinationOfSymbolicLink(atPath: target)
      else {
        if let obstacle = WholeFile.obstacle(at: path) { throw FileError(obstacle, at: path) }
        try requireWritable(folder(of: target), for: path)
        return
      }
      // The link leads to a file that is still to be made.
      target = link.hasPrefix("/") ? link : folder(of: target) + "/" + link
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw .uncreatable(path: path, reason: "it is a folder")
    }
    // What root may do to a file that nobody may write, `write(_:to:)` does not.
    guard status.st_mode & S_IFMT != S_IFREG || status.st_mode & 0o222 != 0 else {
      throw .uncreatable(path: path, reason: "it is read-only")
    }
    guard access(target, W_OK) == 0 else {
      throw .uncreatable(path: path, reason: systemReason())
    }
    if let obstacle = WholeFile.obstacle(at: path) { throw FileError(obstacle, at: path) }
    if status.st_mode & S_IFMT == S_IFREG, growth == .whole {
      let place = realpath(target, nil).map { pointer in
        defer { free(pointer) }
        return String(cString: pointer)
      }
      try requireWritable(folder(of: place ?? target), for: path)
    }
  }

  /// Refuses a path at which no folder for files is, or can be made.
  ///
  /// - Throws: `.uncreatable`, with the system's reason.
  public static func requireFolder(at path: String) throws(FileError) {
    guard !path.isEmpty else { throw .uncreatable(path: "\"\"", reason: "the name is empty") }
    var status = stat()
    var ancestor = path
    while stat(ancestor, &status) != 0 {
      var link = stat()
      guard errno == ENOENT, ancestor != "/", lstat(ancestor, &link) != 0 else {
        throw .uncreatable(path: path, reason: systemReason())
      }
      ancestor = folder(of: ancestor)
    }
    try requireWritable(ancestor, for: path)
  }

  private static func requireWritable(_ folder: String, for path: String) throws(FileError) {
    var status = stat()
    guard stat(folder, &status) == 0 else {
      throw .uncreatable(path: path, reason: systemReason())
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .uncreatable(path: path, reason: "\(folder) is no folder")
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw .uncreatable(path: path, reason: systemReason())
    }
    // To root the system's own folders look writable.
    guard !isSystemView(folder) else {
      throw .uncreatable(path: path, reason: "\(folder) takes no new files")
    }
  }

  /// Whether a folder shows the state of the system: processes, devices, terminals.
  private static func isSystemView(_ folder: String) -> Bool {
    func device(_ path: String) -> dev_t? {
      var status = stat()
      return stat(path, &status) == 0 ? status.st_dev : nil
    }
    guard let found = device(folder), found != device("/") else { return false }
    return ["/proc", "/sys", "/dev/pts"].contains { device($0) == found && found != device("/dev") }
  }

  /// The folder in which a path's last name is looked up.
  static func folder(of path: String) -> String {
    var bytes = Array(path.utf8)
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
  }
}
