import Figures
import Foundation
import Storage

/// The study and the settings that a run carries out, apart from their types.
package struct RunIdentity: Sendable, Equatable {
  let study: String
  let revision: Int
  package let configuration: JSON
  /// The first sixteen digits of the SHA-256 of the canonical form of ``json``.
  package let hash: String

  package init(study: String, revision: Int, configuration: JSON) {
    self.study = study
    self.revision = revision
    self.configuration = configuration
    let json: JSON = [
      "study": .text(study), "revision": .integer(revision), "configuration": configuration,
    ]
    hash = String(SHA256.hexadecimal(json.canonical.utf8).prefix(16))
  }

  /// What `config.json` holds.
  var json: JSON {
    [
      "study": .text(study), "revision": .integer(revision), "configuration": configuration,
    ]
  }

  /// The place in the output directory.
  package var path: String { "\(study)/\(hash)" }

  /// The first line of a store.
  var header: JSON {
    [
      "configuration": .text(hash), "format": "trials", "study": .text(study),
      "version": .integer(TrialStore.version),
    ]
  }
}

/// The folder of one run, `<output>/<study>/<hash of the resolved configuration>/`.
///
/// It holds `config.json`, the stores (`trials.jsonl`, and one for each shard), and, when all trials
/// are done, `summary.json`, `tables/*.csv`, `figures/*.svg`, `.png` and `.pdf` with their captions
/// (and `figures/page/*.svg` and `figures/narrow/*.svg`, as they stand on a page and on a phone's), `report.html` and whatever
/// a study attaches as `files/*`; while long trials run, also `checkpoints/`.
public struct RunDirectory: Sendable, Equatable {
  /// Where the folder is.
  public let url: URL

  /// Names a folder, which need not be there.
  public init(_ url: URL) {
    self.url = url
  }

  /// Makes the folder and those that it lies in; it may be there already.
  ///
  /// - Throws: ``RunError/file(_:)``.
  package func create() throws(RunError) { try FileSystem.createDirectory(url) }

  var configuration: URL { url.appendingPathComponent("config.json") }
  var summary: URL { url.appendingPathComponent("summary.json") }
  /// The page about this run.
  public var report: URL { url.appendingPathComponent("report.html") }

  func table(_ name: String) -> URL { url.appendingPathComponent("tables/\(name).csv") }
  func figure(_ name: String, as format: PictureFormat = .svg) -> URL {
    url.appendingPathComponent("figures/\(name).\(format.rawValue)")
  }
  func pageFigure(_ name: String) -> URL { url.appendingPathComponent("figures/page/\(name).svg") }
  func narrowFigure(_ name: String) -> URL {
    url.appendingPathComponent("figures/narrow/\(name).svg")
  }
  func attachment(_ fileName: String) -> URL { url.appendingPathComponent("files/\(fileName)") }

  var checkpoints: URL { url.appendingPathComponent("checkpoints") }

  func checkpoint(of key: TrialKey) -> URL {
    let name = SHA256.hexadecimal(key.canonical.utf8).prefix(16)
    return checkpoints.appendingPathComponent(String(name))
  }

  /// Removes what killed processes have left half-written.
  func removeLeftovers() {
    for folder in [
      "", "tables", "figures", "figures/narrow", "figures/page", "files", "slurm",
      checkpoints.lastPathComponent,
    ] {
      OutputFile.removeLeftovers(in: url.appendingPathComponent(folder).path)
    }
  }

  /// The store of a whole run, or of one shard.
  func store(of shard: Shard?) -> URL {
    let part = shard.map { ".shard-\($0.number)-of-\($0.count)" } ?? ""
    return url.appendingPathComponent("trials\(part).jsonl")
  }

  /// The stores that are there, that of the whole run first.
  func stores() -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.filter { $0.hasPrefix("trials.") && $0.hasSuffix(".jsonl") }
      .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
      .map { url.appendingPathComponent($0) }
  }

  /// The directories of all runs in an output directory that have a summary, by study.
  public static func finished(in output: URL) -> [RunDirectory] {
    let files = FileManager.default
    let studies = ((try? files.contentsOfDirectory(atPath: output.path)) ?? []).sorted()
    return studies.flatMap { study in
      let folder = output.appendingPathComponent(study)
      let runs = ((try? files.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
      return runs.filter { !$0.contains("-") }
        .map { RunDirectory(folder.appendingPathComponent($0)) }
        .filter { files.fileExists(atPath: $0.summary.path) }
    }
  }

  /// Moves the folder to `<its name>-old-<the next free number>`.
  ///
  /// - Returns: where it is now; nil if there was none.
  func moveAside() throws(RunError) -> URL? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    // Nobody may be writing there.
    let locks = try stores().map { store throws(RunError) in try FileSystem.lock(store) }
    defer { withExtendedLifetime(locks) {} }
    var number = 1
    var target = url
    repeat {
      target = url.deletingLastPathComponent()
        .appendingPathComponent("\(url.lastPathComponent)-old-\(number)")
      number += 1
    } while FileManager.default.fileExists(atPath: target.path)
    guard rename(url.path, target.path) == 0 else {
      throw .file(.unwritable(path: url.path, reason: systemReason()))
    }
    return target
  }
}
