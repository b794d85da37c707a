import Foundation

/// Why a file could not be read or written, in one sentence that names it.
public enum FileError: Error, Equatable, Sendable {
  /// The extension of the path names none of the known formats.
  case unknownExtension(path: String, known: [String])
  /// There is no file at the path.
  case missing(path: String)
  /// The file is there, and the system refuses to read it.
  case unreadable(path: String, reason: String)
  /// The folder is not there, or not what it should hold.
  case incomplete(path: String, reason: String)
  /// The bytes of the file, or the values meant for it, are not what the format can hold.
  case invalid(path: String, FormatError)
  /// The file cannot be created or replaced.
  case uncreatable(path: String, reason: String)
  /// Writing began and failed; nothing of it was left behind.
  case unwritable(path: String, reason: String)
  /// Another process works there.
  case inUse(path: String, owner: String)

  /// The status with which a command that meets this error ends.
  public var exitStatus: ExitStatus {
    switch self {
    case .unknownExtension: .usage
    case .invalid(_, let error): error.lacksMemory ? .refused : .badData
    case .missing, .unreadable, .incomplete: .missingFile
    case .uncreatable, .inUse: .cannotCreate
    case .unwritable: .inputOutput
    }
  }
}

/// The text of `errno`, as in "No space left on device".
package func systemReason() -> String {
  String(cString: strerror(errno))
}

extension FileError: CustomStringConvertible {
  /// One sentence that names the file, what was found and, where it helps, what would be right.
  public var description: String {
    switch self {
    case .unknownExtension(let path, let known):
      "\(path): the name should end in \(known.dropLast().joined(separator: ", ")) "
        + "or \(known.last ?? "")"
    case .missing(let path): "\(path): there is no such file"
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .incomplete(let path, let reason): "\(path): \(reason)"
    case .invalid(let path, let error): "\(path): \(error)"
    case .uncreatable(let path, let reason): "\(path): cannot be created: \(reason)"
    case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
    case .inUse(let path, let owner):
      "\(path) is in use by \(owner.printable(within: 200)): wait for it to end, or give another --output"
    }
  }
}
