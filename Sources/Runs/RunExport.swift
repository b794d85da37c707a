import Storage
import Figures
import Foundation

/// What a run has measured, in forms that other programs read: read from its folder alone, whatever the study.
package struct RunExport: Sendable {
  /// The curves of all trials.
  package let curves: [Curve]
  /// Lists of numbers that are no curves.
  let lists: [Curve]
  /// When the run was measured, in seconds since 1970.
  package let time: Double
  /// What is wrong with the stores, and how many trials are missing for it, one sentence each.
  package let warnings: [String]
  /// Whether trials are missing that the run once had, or may have had.
  package let isDamaged: Bool
  private let trials: [StoredTrial]

  /// Reads the stores of a run, which need not have ended.
  ///
  /// - Parameters:
  ///   - directory: The folder of the run.
  ///   - names: What a study calls its curves, ``Study/curveNames``.
  /// - Throws: ``RunError/missingFile(_:remedy:)``, ``RunError/unreadable(file:reason:)`` and what a store gives.
  package init(
    reading directory: RunDirectory, naming names: (String) -> [String: String?] = { _ in [:] }
  ) throws(RunError) {
    let identity = try RunIdentity(reading: directory)
    let stores = directory.stores()
    let known = try StoreContents(reading: [directory], of: identity)
    let complaint = try known.shortfall(in: directory, of: identity)
    isDamaged = complaint != nil
    warnings = known.warnings + [complaint].compactMap(\.self)
    // Trials are stored as they end; in the order of their keys every export is the same.
    trials = known.trials.values.sorted {
      $0.key.canonical.compare($1.key.canonical, options: .numeric) == .orderedAscending
    }
    let declared = names(identity.study)
    let measured = trials.compactMap { trial in
      trial.measurement.map { MeasuredLists(in: $0, of: trial.key.json, naming: declared) }
    }
    curves = measured.flatMap(\.curves)
    lists = measured.flatMap(\.others)
    time =
      stores.compactMap { store in
        let attributes = try? FileManager.default.attributesOfItem(atPath: store.path)
        return (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970
      }.max() ?? 0
  }

  /// Writes `trials.csv`, `curves.csv`, `curves.jsonl` and, where there are lists that are no curves, `lists.csv`.
  ///
  /// - Returns: the files.
  package func write(to folder: URL) throws(RunError) -> [URL] {
    try FileSystem.createDirectory(folder)
    var files: [URL] = []
    let others = lists.isEmpty ? [] : [("lists.csv", listsTable.csv)]
    for (name, text) in [
      ("trials.csv", trialsTable.csv), ("curves.csv", curvesTable.csv),
      ("curves.jsonl", curveLines),
    ] + others {
      let file = folder.appendingPathComponent(name)
      try FileSystem.replace(file, with: text.utf8)
      files.append(file)
    }
    return files
  }

  /// One row per trial: its key, how it ended, the single numbers and words that it measured, and of each curve the
  /// final and, where it is known what is good, the best value.
  var trialsTable: Table {
    let keys = names(of: trials.map(\.key.json))
    let scalars = trials.map { trial in
      (trial.measurement?.members ?? []).filter {
        $0.value.elements == nil && $0.value.members == nil
      }
    }
    let measured = scalars.joined().reduce(into: [String]()) { names, member in
      if !names.contains(member.key) { names.append(member.key) }
    }
    let ends = curves.reduce(into: [(name: String, hasBest: Bool)]()) { ends, curve in
      guard !ends.contains(where: { $0.name == curve.name }) else { return }
      ends.append((curve.name, curve.best != nil))
    }
    let own = Dictionary(grouping: curves, by: \.trial.canonical)
    var table = Table(
      "trials", title: "Trials",
      columns: keys.map(Setting.underscored) + ["status", "reason", "seconds"]
        + measured.map(Setting.underscored)
        + ends.flatMap { ["final_\($0.name)"] + ($0.hasBest ? ["best_\($0.name)"] : []) })
    for (trial, scalars) in zip(trials, scalars) {
      let (status, reason): (String, String) =
        switch trial.outcome {
        case .completed: ("completed", "")
        case .failed(let reason): ("failed", reason)
        }
      table.append(
        cells(of: trial.key.json, keys)
          + [.text(status), .text(reason), .number(trial.seconds)]
          + measured.map { name in
            scalars.first { $0.key == name }.map { Cell(value: $0.value) } ?? .empty
          }
          + ends.flatMap { name, hasBest in
            let curve = own[trial.key.canonical]?.first { $0.name == name }
            return [Cell(curve?.last)] + (hasBest ? [Cell(curve?.best)] : [])
          })
    }
    return table
  }

  /// One row per point of a curve.
  var curvesTable: Table { table("curves", title: "Curves", of: curves, ["curve", "step"]) }

  /// One row per element of a list.
  private var listsTable: Table { table("lists", title: "Lists", of: lists, ["list", "index"]) }

  private func table(
    _ name: String, title: String, of curves: [Curve], _ columns: [String]
  ) -> Table {
    let keys = names(of: trials.map(\.key.json))
    var table = Table(
      name, title: title, columns: keys.map(Setting.underscored) + columns + ["value"])
    for curve in curves {
      let key = cells(of: curve.trial, keys)
      for (step, value) in zip(curve.steps, curve.values) {
        table.append(key + [.text(curve.name), .integer(step), .number(value)])
      }
    }
    return table
  }

  /// One object per curve.
  var curveLines: String {
    curves.map { curve in
      let line: JSON = [
        "trial": curve.trial.underscored, "curve": .text(curve.name),
        "steps": .array(curve.steps.map { .integer($0) }),
        "values": .array(curve.values.map { .number($0) }),
      ]
      return line.canonical + "\n"
    }.joined()
  }

  /// The columns for keys: their members where these are plain, and `trial` otherwise.
  private func names(of keys: [JSON]) -> [String] {
    let plain = keys.allSatisfy { key in
      key.members?.allSatisfy { $0.value.members == nil && $0.value.elements == nil } ?? false
    }
    guard plain, let first = keys.first?.members else { return ["trial"] }
    return first.map(\.key)
  }

  private func cells(of key: JSON, _ names: [String]) -> [Cell] {
    names == ["trial"] && key["trial"] == nil
      ? [.text(TrialKey(json: key).label)]
      : names.map { key[$0].map { Cell(value: $0) } ?? .empty }
  }
}

extension Cell {
  fileprivate init(value: JSON) {
    switch value {
    case .null: self = .empty
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    default: self = .text(value.spelling)
    }
  }
}

extension StoreContents {
  /// How many trials a run is short of: those that its summary counts and its stores do not hold, or, as long as there
  /// is no summary, the lines that are left out; nil if it is short of none.
  func shortfall(
    in directory: RunDirectory, of run: RunIdentity
  ) throws(RunError) -> String? {
    let folder = directory.url.path.printable(within: 400)
    guard let summary = try directory.recordedTrials(of: run) else {
      guard leftOut > 0 else { return nil }
      return "\(folder): \(count) \(count == 1 ? "trial is" : "trials are") taken, and \(leftOut) "
        + (leftOut == 1 ? "line is not" : "lines are not")
    }
    guard count < summary else { return nil }
    return "\(folder) holds \(count) of the \(summary) trials that its summary counts: "
      + "the command that made the run does the others again"
  }
}

extension RunDirectory {
  /// How many trials `summary.json` counts; nil if there is none.
  fileprivate func recordedTrials(of run: RunIdentity) throws(RunError) -> Int? {
    guard let data = try FileSystem.read(summary) else { return nil }
    guard let json = try? JSON(reading: data), let trials = json["trials"]?.integer else {
      return nil
    }
    try RunSummary.check(json, in: self, of: run)
    return trials
  }
}

extension RunIdentity {
  /// The identity that `config.json` holds.
  ///
  /// - Throws: ``RunError/unreadable(file:reason:)`` if the folder's name says that the settings were others.
  init(reading directory: RunDirectory) throws(RunError) {
    let file = directory.configuration
    guard let data = try FileSystem.read(file) else {
      throw .missingFile(file.path, remedy: "name the folder of a run")
    }
    do {
      let json = try JSON(reading: data)
      guard let study = json["study"]?.text, let revision = json["revision"]?.integer,
        let configuration = json["configuration"]
      else {
        throw RunError.unreadable(
          file: file.path, reason: "it lacks the study, its revision or its configuration")
      }
      self.init(study: study, revision: revision, configuration: configuration)
      let name = directory.url.resolvingSymlinksInPath().lastPathComponent
      if let digits = name.wholeMatch(of: /([0-9a-f]{16})(-old-[0-9]+)?/)?.output.1, digits != hash
      {
        throw RunError.unreadable(
          file: file.path,
          reason:
            "its settings are those of the run \(hash), and the folder is that of \(digits); reproduce with the "
            + "run's own settings writes it anew")
      }
    } catch let error as RunError {
      throw error
    } catch {
      throw .unreadable(file: file.path, reason: "\(error)")
    }
  }
}
