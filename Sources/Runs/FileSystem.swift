import Foundation
import Storage

/// Files as a run needs them: whole or not at all.
enum FileSystem {
  /// The reason for the last failed call, in words.
  static var reason: String { systemReason().lowercasedFirst }

  /// Makes a directory and those that it lies in; it may be there already.
  static func createDirectory(_ directory: URL) throws(RunError) {
    let path = directory.path
    if mkdir(path, 0o777) == 0 { return }
    if errno == ENOENT, path != "/" {
      try createDirectory(directory.deletingLastPathComponent())
      if mkdir(path, 0o777) == 0 { return }
    }
    let failure = errno == EEXIST ? "a file of that name is there" : reason
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    guard exists, isDirectory.boolValue else { throw .cannotCreate(path, reason: failure) }
  }

  /// Writes a file so that at any moment, and after a power cut, either the old or the new contents
  /// are there; see `WholeFile`. A file that holds these contents already is left alone.
  static func replace(_ file: URL, with contents: Data) throws(RunError) {
    if try read(file) == contents { return }
    let result = contents.withUnsafeBytes { bytes in
      Result { () throws(WritingError) in try WholeFile.write(bytes, to: file.path) }
    }
    guard case .failure(let error) = result else { return }
    let reason = error.reason.lowercasedFirst
    switch error.stage {
    case .creating: throw .cannotCreate(file.path, reason: reason)
    case .writing: throw .cannotWrite(file.path, reason: reason)
    }
  }

  /// Writes all bytes, however few the system takes at once.
  static func write(_ contents: Data, to descriptor: Int32) -> Bool {
    contents.withUnsafeBytes { writeAll($0, to: descriptor) }
  }

  /// Makes new names in a directory survive a power cut, where the file system can.
  static func synchronize(_ directory: URL) {
    let descriptor = open(directory.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// The contents of a file that goes into a page for others; nil if there is none.
  ///
  /// - Throws: ``RunError/unreadable(file:reason:)`` for a link, which could lead to anything that its owner can read,
  ///   for what is no file, and for one larger than `most` bytes.
  static func readOwn(_ file: URL, upTo most: Int = 100_000_000) throws(RunError) -> Data? {
    var status = stat()
    guard lstat(file.path, &status) == 0 else { return nil }
    let reason: String? =
      switch status.st_mode & S_IFMT {
      case S_IFREG where status.st_size > most: "it is larger than \(most / 1_000_000) MB"
      case S_IFREG: nil
      case S_IFLNK: "it is a link, and should be a file"
      case S_IFDIR: "it is a folder, and should be a file"
      default: "it is no file"
      }
    if let reason { throw .unreadable(file: file.path, reason: reason) }
    return try read(file)
  }

  /// The contents of a file; nil if there is none.
  static func read(_ file: URL) throws(RunError) -> Data? {
    guard access(file.path, F_OK) == 0 else { return nil }
    do { return try Data(contentsOf: file) } catch {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
      throw .cannotRead(
        file.path, reason: isFolder.boolValue ? "it is a folder" : error.localizedDescription)
    }
  }
}

extension String {
  /// The text as it continues a sentence.
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
