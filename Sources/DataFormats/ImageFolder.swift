import Foundation
import Storage

/// A folder in which the files of a published dataset are looked for.
struct ImageFolder {
  /// The folder that the user names.
  private let root: String
  /// Where in it the files may be, as paths from there; empty for the folder itself.
  private let places: [String]

  /// Looks whether there is a folder.
  ///
  /// - Throws: `FileError` that says what it should hold, unless there is.
  init(_ root: String, places: [String], holding contents: String) throws(FileError) {
    self.root = root
    self.places = places
    switch try Self.kind(of: root) {
    case .folder: return
    case .file, .other:
      throw .incomplete(
        path: root, reason: "this is a file, and should be a folder with \(contents)")
    case nil:
      throw .incomplete(path: root, reason: "there is no such folder; it should hold \(contents)")
    }
  }

  /// Finds files, each by the first of its names that is there, in the first of the places that has any of them.
  ///
  /// - Returns: the paths of those that are there, and the names of the others.
  func files(_ wanted: [[String]]) throws(FileError) -> (found: [String], missing: [[String]]) {
    for place in places {
      var (found, missing): ([String], [[String]]) = ([], [])
      for names in wanted {
        if let path = try file(named: names, in: place) {
          found.append(path)
        } else {
          missing.append(names)
        }
      }
      guard found.isEmpty else { return (found, missing) }
    }
    return ([], wanted)
  }

  /// The path in one of the places at which the first of the names is a file.
  ///
  /// - Throws: `FileError` where the system refuses to look, and where only something else has one of the names: a
  ///   folder, or a pipe, which would be waited for.
  func file(named names: [String], in place: String) throws(FileError) -> String? {
    var other: FileError?
    for name in names {
      let path = [root, place, name].filter { !$0.isEmpty }.joined(separator: "/")
      switch try Self.kind(of: path) {
      case .file: return path
      case .folder:
        other = other ?? .incomplete(path: path, reason: "this is a folder, and should be a file")
      case .other:
        other = other ?? .incomplete(path: path, reason: "this is no regular file, and should be")
      case nil: continue
      }
    }
    if let other { throw other }
    return nil
  }

  private enum Kind {
    case file, folder, other
  }

  /// What is at a path; nil for nothing.
  private static func kind(of path: String) throws(FileError) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .unreadable(path: path, reason: systemReason())
    }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }
}

extension [String] {
  /// The texts as a sentence lists them: `a, b and c`.
  var listed: String {
    count < 2 ? first ?? "" : "\(dropLast().joined(separator: ", ")) and \(self[count - 1])"
  }
}
