import Storage

/// Writing whole files: at every moment a path holds the old content or the new, never a part.
public enum OutputFile {
  /// Writes `bytes` to a new file beside `path`, flushes it to the disk and renames it to `path`.
  ///
  /// A symbolic link stays, and its target is replaced, or made. The file keeps its mode; a
  /// read-only one is not replaced. Devices and pipes, such as `/dev/stdout`, are written to directly.
  /// After a failure, or a signal, the new file is removed.
  ///
  /// - Throws: `.uncreatable` or `.unwritable`, with the system's reason.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(WritingError) in try WholeFile.write(bytes, to: path) }
    }
    guard case .failure(let error) = result else { return }
    throw FileError(error, at: path)
  }
}

extension FileError {
  init(_ error: WritingError, at path: String) {
    switch error.stage {
    case .creating: self = .uncreatable(path: path, reason: error.reason)
    case .writing: self = .unwritable(path: path, reason: error.reason)
    }
  }
}
