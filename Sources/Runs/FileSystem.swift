import Foundation
import Storage

/// Files as a run needs them, with the errors of a run.
enum FileSystem {
  /// What a file operation gives; its error becomes that of a run.
  static func perform<Value>(
    _ operation: () throws(FileError) -> Value
  ) throws(RunError) -> Value {
    do throws(FileError) { return try operation() } catch { throw .file(error) }
  }

  /// Makes a directory and those that it lies in; it may be there already.
  static func createDirectory(_ directory: URL) throws(RunError) {
    try perform { () throws(FileError) in try OutputFile.createFolder(directory.path) }
  }

  /// Replaces a file whole; one that holds these contents already is left alone.
  static func replace(_ file: URL, with contents: some Collection<UInt8>) throws(RunError) {
    let contents = Array(contents)
    // What cannot be read may still be written, such as a device.
    if FilePlace(file.path)?.isRegularFile ?? false, try read(file) == contents { return }
    try perform { () throws(FileError) in try OutputFile.write(contents, to: file.path) }
  }

  /// Keeps other processes away from a file.
  static func lock(_ file: URL) throws(RunError) -> FileLock {
    try perform { () throws(FileError) in try FileLock(guarding: file) }
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
  static func readOwn(
    _ file: URL, upTo most: Int = 100_000_000
  ) throws(RunError) -> [UInt8]? {
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
  ///
  /// - Throws: ``RunError/unreadable(file:reason:)`` for a pipe and the like, which would be waited for, and for a file of
  ///   more than `most` bytes.
  static func readRegular(_ file: URL, upTo most: Int? = nil) throws(RunError) -> [UInt8]? {
    var status = stat()
    guard stat(file.path, &status) == 0 else { return nil }
    if status.st_mode & S_IFMT != S_IFREG, status.st_mode & S_IFMT != S_IFDIR {
      throw .unreadable(file: file.path, reason: "it is a pipe or a device, and should be a file")
    }
    if let most, status.st_size > most {
      throw .unreadable(file: file.path, reason: "it is larger than \(most / 1_000_000) MB")
    }
    return try perform { () throws(FileError) in try InputFile.read(file.path) }
  }

  /// The contents of a file of a run; nil if there is none.
  static func read(_ file: URL) throws(RunError) -> [UInt8]? { try readRegular(file) }
}
