import Foundation

/// Where a path leads: two spellings of one file, by links or by dots, are the same place.
///
/// What is not there yet is told apart by the folder in which it would be made, and by its name.
package struct FilePlace: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  /// What is missing below the file or folder that is there.
  private let missing: [String]
  /// Whether nothing is there yet.
  package var isMissing: Bool { !missing.isEmpty }
  /// Whether bytes that are written there are kept apart from others by nobody: a terminal, `/dev/null`.
  package let isCharacterDevice: Bool
  /// Whether a file is there that can be read again.
  package let isRegularFile: Bool

  /// Finds the place of a path; nil where it leads nowhere, as in a circle of links.
  package init?(_ path: String) {
    var (path, missing, hops) = (SystemPath(path.isEmpty ? "." : path), [String](), 0)
    var status = stat()
    while stat(path.bytes, &status) != 0 {
      hops += 1
      guard errno == ENOENT, hops < 64 else { return nil }
      if let target = path.target {
        path = target
      } else {
        if path.name != "." { missing.insert(path.name, at: 0) }
        path = path.folder
      }
    }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    self.missing = missing
    isCharacterDevice = missing.isEmpty && status.st_mode & S_IFMT == S_IFCHR
    isRegularFile = missing.isEmpty && status.st_mode & S_IFMT == S_IFREG
  }
}
