import Foundation
import Storage

/// A run in a list of runs: what it is about, how far it is, and how much room it takes.
package struct RunListing: Sendable {
  /// How far a run is.
  package enum State: Sendable, Equatable {
    /// Its findings are written.
    case finished
    /// Some of its trials are stored.
    case unfinished(trials: Int)
    /// A process is at work on it.
    case running(trials: Int)
    /// It holds something that is no run's.
    case unreadable(String)
  }

  /// The folder.
  package let directory: RunDirectory
  /// The study.
  package let study: String
  /// How far it is.
  package private(set) var state: State
  /// When its findings were made, or when it was last written to, as ISO 8601 writes it.
  package private(set) var date: String
  /// The settings that differ from the study's own.
  package private(set) var changed: [RunSummary.ChangedSetting] = []
  /// How many of its claims hold, and of how many that were tested; nil as long as there are none.
  package private(set) var claims: (held: Int, tested: Int)?
  /// What all its files take, in bytes.
  package let size: Int

  /// Looks at a run.
  ///
  /// - Parameters:
  ///   - directory: Its folder.
  ///   - changes: What differs from the study's own settings in a stored configuration; nil where the study is not
  ///     known.
  package init(
    of directory: RunDirectory,
    changes: (_ study: String, _ configuration: JSON) -> [RunSummary.ChangedSetting]?
  ) {
    self.directory = directory
    study = directory.url.deletingLastPathComponent().lastPathComponent
    (size, date) = Self.contents(of: directory.url)
    do throws(RunError) {
      let identity = try RunIdentity(reading: directory)
      changed = changes(identity.study, identity.configuration) ?? []
      if InputFile.exists(directory.summary.path) {
        let summary = try RunSummary(readingAlone: directory)
        changed = summary.changed
        let tally = Tally(summary.findings.claims)
        if !summary.findings.claims.isEmpty { claims = (tally.held, tally.held + tally.failed) }
        date = summary.provenance?.date ?? date
        state = .finished
      } else {
        let trials = try StoreContents(reading: [directory], of: identity).trials.count
        let isRunning = directory.stores().contains(where: FileLock.isHeld)
        state = isRunning ? .running(trials: trials) : .unfinished(trials: trials)
      }
    } catch {
      state = .unreadable("\(error)")
    }
  }

  /// The sizes of all files in a folder, and when the latest was written; links are not followed.
  private static func contents(of folder: URL) -> (size: Int, date: String) {
    let keys: [URLResourceKey] = [.fileSizeKey, .contentModificationDateKey, .isRegularFileKey]
    var (size, date) = (0, Date(timeIntervalSince1970: 0))
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: keys)
    while let file = files?.nextObject() as? URL {
      guard let values = try? file.resourceValues(forKeys: Set(keys)),
        values.isRegularFile ?? false
      else { continue }
      size += values.fileSize ?? 0
      date = max(date, values.contentModificationDate ?? date)
    }
    return (size, date.iso8601)
  }

  /// The run's place among all, such as `lottery/0a1b2c3d`.
  package var name: String {
    let hash = directory.url.lastPathComponent
    return "\(study)/\(hash.count == 16 ? String(hash.prefix(8)) : hash)"
  }

  /// What a person reads of its state and its claims.
  package var standing: String {
    switch state {
    case .finished:
      claims.map { $0.tested == 0 ? "none tested" : "\($0.held) of \($0.tested)" } ?? "no claims"
    case .unfinished(let trials): "unfinished: \(trials) \(trials == 1 ? "trial" : "trials")"
    case .running(let trials): "running: \(trials) \(trials == 1 ? "trial" : "trials")"
    case .unreadable: "unreadable"
    }
  }

  /// The run for a program.
  package var json: JSON {
    let state: String
    switch self.state {
    case .finished: state = "finished"
    case .unfinished: state = "unfinished"
    case .running: state = "running"
    case .unreadable: state = "unreadable"
    }
    var json: JSON = [
      "study": .text(study), "run": .text(directory.url.lastPathComponent),
      "folder": .text(directory.url.path), "report": .text(directory.report.path),
      "date": .text(date), "state": .text(state),
      "changed": .object(
        changed.map { JSON.Member(Setting.underscored($0.key), .text($0.value)) }),
      "claims_held": claims.map { .integer($0.held) } ?? nil,
      "claims_tested": claims.map { .integer($0.tested) } ?? nil,
      "bytes": .integer(size),
    ]
    if case .unreadable(let reason) = self.state { json["reason"] = .text(reason) }
    return json
  }

  /// Runs as a table for a terminal.
  package static func table(of runs: [RunListing]) -> Table {
    Table(
      "runs", title: "Runs",
      columns: ["run", "date", "settings that differ", "claims held", "size"],
      rows: runs.map { run in
        let settings = run.changed.isEmpty ? "none" : RunSummary.list(run.changed)
        return [
          .text(run.name), .text(String(run.date.prefix { $0 != "T" })), .text(settings),
          .text(run.standing),
          // No line ends between a number and its unit.
          .text("\(ByteCount(run.size))".replacing(" ", with: "\u{A0}")),
        ]
      })
  }
}

extension Study {
  /// The settings that differ from the study's own in a configuration as it is stored; nil for one that it cannot read.
  package static func changedSettings(stored json: JSON) -> [RunSummary.ChangedSetting]? {
    (try? json.decode(Configuration.self)).map { changedSettings(in: $0) }
  }
}

extension RunDirectory {
  /// All runs in the folder of all results, finished or not, by study and name; links are passed over.
  package static func all(in output: URL) -> [RunDirectory] {
    func folders(in folder: URL) -> [URL] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.sorted().map { folder.appendingPathComponent($0) }.filter(\.isRealFolder)
    }
    return folders(in: output).filter { $0.lastPathComponent != trashName }
      .flatMap { study in folders(in: study) }.map { RunDirectory($0) }.filter(\.isNamedAsRun)
  }

  /// Whether the folder's name is that of a run, or of one that was moved aside.
  private var isNamedAsRun: Bool {
    url.lastPathComponent.wholeMatch(of: /[0-9a-f]{16}(-old-[0-9]+)?/) != nil
  }

  /// The folder, among all results, of what was removed.
  package static let trashName = "trash"

  /// Moves the run into the folder `trash` of its results, from which it can be moved back.
  ///
  /// Nothing but a run in its place is moved: no link, no folder of another kind, and none at which a process is at work.
  ///
  /// - Returns: where it is now.
  /// - Throws: ``RunError/unreadable(file:reason:)`` for what is no run, ``RunError/file(_:)`` for one in use.
  package func moveToTrash() throws(RunError) -> URL {
    let study = url.deletingLastPathComponent()
    guard isNamedAsRun, url.isRealFolder, study.isRealFolder else {
      throw .unreadable(
        file: url.path, reason: "it is no run in a folder of results, so it is left alone")
    }
    guard FilePlace(configuration.path)?.isRegularFile ?? false,
      try RunIdentity(reading: self).study == study.lastPathComponent
    else {
      throw .unreadable(file: url.path, reason: "it holds no run, so it is left alone")
    }
    let trash = study.deletingLastPathComponent().appendingPathComponent(Self.trashName)
    let place = trash.appendingPathComponent(study.lastPathComponent)
    try FileSystem.createDirectory(place)
    guard trash.isRealFolder, place.isRealFolder else {
      throw .unreadable(file: trash.path, reason: "it is a link, and should be a folder")
    }
    // Nobody may be writing there.
    let locks = try stores().map { store throws(RunError) in try FileSystem.lock(store) }
    defer { withExtendedLifetime(locks) {} }
    var (number, target) = (1, place.appendingPathComponent(url.lastPathComponent))
    while FilePlace(target.path)?.isMissing == false {
      number += 1
      target = place.appendingPathComponent("\(url.lastPathComponent)-\(number)")
    }
    guard rename(url.path, target.path) == 0 else {
      throw .file(.unwritable(path: url.path, reason: systemReason()))
    }
    return target
  }
}

extension URL {
  /// Whether a folder is here, and not a link to one.
  fileprivate var isRealFolder: Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
