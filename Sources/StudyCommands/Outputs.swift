import Storage

/// Where a command is going to write, looked at before its work, and not after it.
package struct Outputs {
  /// What is written.
  package enum Kind {
    /// A file, whole.
    case file
    /// A file that grows during the work.
    case growingFile
    /// A file that is read again.
    case state
    /// Files in a folder.
    case folder
  }

  private struct Output {
    let option: String
    let path: String
    let kind: Kind
    let place: FilePlace?
  }

  private var outputs: [Output] = []

  /// No outputs yet.
  package init() {}

  /// Refuses an output that cannot be written, or that is one of those before.
  package mutating func add(_ option: String, _ path: String?, _ kind: Kind = .file) throws {
    guard let path else { return }
    switch kind {
    case .file, .state: try OutputFile.requireFile(at: path)
    case .growingFile: try OutputFile.requireFile(at: path, .stepwise)
    case .folder: try OutputFile.requireFolder(at: path)
    }
    let output = Output(option: option, path: path, kind: kind, place: FilePlace(path))
    if kind == .state, let place = output.place, !place.isMissing, !place.isRegularFile {
      throw Failure.usage(
        "\(option) is \(path), which is no file that can be read again; name a file or a new one")
    }
    if let other = outputs.first(where: { Self.clash($0.place, output.place) }) {
      throw Failure.usage(
        "\(other.option) is \(other.path) and \(option) is \(path), which are the same file; "
          + "name one for each")
    }
    outputs.append(output)
  }

  /// Refuses outputs, but one that may, that would replace what is read.
  package func require(
    apartFrom inputs: [(option: String, path: String?)], except allowed: String? = nil
  ) throws {
    for (option, path) in inputs {
      guard let path, let place = FilePlace(path),
        let output = outputs.first(where: {
          $0.option != allowed && Self.clash($0.place, place)
        })
      else { continue }
      throw Failure.usage(
        "\(output.option) is \(output.path), the file that \(option) reads; name another one to write"
      )
    }
  }

  private static func clash(_ first: FilePlace?, _ second: FilePlace?) -> Bool {
    guard let first, let second, !first.isCharacterDevice else { return false }
    return first == second
  }

  /// Refuses a single output that cannot be written.
  package static func require(_ option: String, _ path: String?, _ kind: Kind = .file) throws {
    var outputs = Outputs()
    try outputs.add(option, path, kind)
  }
}
