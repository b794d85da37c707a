import Foundation
import Runs

/// Runs as the command line names them: by their folders, by their hashes, or by the beginning of one that no other run has.
enum RunReference {
  /// The run of a name such as `runs/lottery/0a1b2c3d4e5f6071`, `lottery/0a1b` or `0a1b`.
  ///
  /// - Parameters:
  ///   - word: A path, which counts first, or the beginning of a hash, perhaps behind the name of a study.
  ///   - output: The folder of all results.
  /// - Returns: its folder, which need not be there if the name is a path.
  /// - Throws: a `Failure` for a beginning that several runs have, or none.
  static func directory(_ word: String, in output: String) throws -> RunDirectory {
    let path = RunDirectory(URL(fileURLWithPath: word))
    guard !FileManager.default.fileExists(atPath: word),
      let (_, study, start) = word.wholeMatch(
        of: /(?:([a-z0-9-]+)\/)?([0-9a-f]{1,16}(?:-old-[0-9]+)?)/)?.output
    else { return path }
    let begun = RunDirectory.all(in: URL(fileURLWithPath: output)).filter { run in
      run.url.lastPathComponent.hasPrefix(start)
        && (study == nil || run.url.deletingLastPathComponent().lastPathComponent == study ?? "")
    }
    // A whole name counts before what was moved aside and begins with it.
    let whole = begun.filter { $0.url.lastPathComponent == start }
    let runs = whole.isEmpty ? begun : whole
    guard runs.count < 2 else {
      let names = runs.prefix(4).map { run in
        "\(run.url.deletingLastPathComponent().lastPathComponent)/\(run.url.lastPathComponent)"
      }
      throw Failure.usage(
        "\(word) begins the names of \(runs.count) runs in \(output), such as "
          + names.joined(separator: ", ") + ": give more of it")
    }
    guard let run = runs.first else {
      throw Failure(
        sentence:
          "\(word) is no folder, and begins no run's name in \(output): see what runs lists",
        status: .missingFile)
    }
    return run
  }
}
