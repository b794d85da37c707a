import Foundation

/// Files as a run needs them: whole or not at all.
enum FileSystem {
  /// The reason for the last failed call, in words.
  static var reason: String { String(cString: strerror(errno)).lowercasedFirst }

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
  /// are there: a hidden draft beside it is written, flushed to the disk and renamed. A file that
  /// holds these contents already is left alone.
  static func replace(_ file: URL, with contents: Data) throws(RunError) {
    if try read(file) == contents { return }
    // Another process may take the draft for a leftover in the moment before it is locked.
    while try !publish(contents, as: file) {}
  }

  /// - Returns: false if the draft was taken away.
  private static func publish(_ contents: Data, as file: URL) throws(RunError) -> Bool {
    let directory = file.deletingLastPathComponent()
    let suffix = "\(getpid())-\(UInt32.random(in: 0 ... .max))"
    let draft = directory.appendingPathComponent(".\(file.lastPathComponent).\(suffix)").path
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .cannotCreate(file.path, reason: reason) }
    // The lock says that somebody is at work here; it ends with the process.
    defer { close(descriptor) }
    flock(descriptor, LOCK_EX | LOCK_NB)
    guard write(contents, to: descriptor), fsync(descriptor) == 0 else {
      let failure = reason
      unlink(draft)
      throw .cannotWrite(file.path, reason: failure)
    }
    if rename(draft, file.path) == 0 { return true }
    if errno == ENOENT { return false }
    let failure = reason
    unlink(draft)
    throw .cannotWrite(file.path, reason: failure)
  }

  /// Removes the drafts that killed processes have left in a directory.
  ///
  /// A draft that is being written, here or on another machine, is locked and stays. Where there
  /// are no locks every draft stays.
  static func removeLeftovers(in directory: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    for name in names where name.firstMatch(of: /^\..+\.[0-9]+-[0-9]+$/) != nil {
      let path = directory.appendingPathComponent(name).path
      let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  /// Writes all bytes, however few the system takes at once.
  static func write(_ contents: Data, to descriptor: Int32) -> Bool {
    contents.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        let count = systemWrite(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        offset += count
      }
      return true
    }
  }

  /// Makes new names in a directory survive a power cut, where the file system can.
  static func synchronize(_ directory: URL) {
    let descriptor = open(directory.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// The contents of a file; nil if there is none.
  static func read(_ file: URL) throws(RunError) -> Data? {
    guard access(file.path, F_OK) == 0 else { return nil }
    do { return try Data(contentsOf: file) } catch {
      throw .cannotRead(file.path, reason: error.localizedDescription)
    }
  }
}

// Inside `FileSystem` the name means the method.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

extension String {
  /// The text as it continues a sentence.
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
