import Foundation

/// What a run has measured, in forms that other programs read: read from its folder alone, whatever the study.
public struct RunExport: Sendable {
  /// The curves of all trials.
  public let curves: [Curve]
  /// When the run was measured, in seconds since 1970.
  public let time: Double
  private let trials: [StoredTrial]

  /// Reads the stores of a run, which need not have ended.
  ///
  /// - Throws: ``RunError/missingFile(_:remedy:)``, ``RunError/unreadable(file:reason:)`` and what a store gives.
  public init(reading directory: RunDirectory) throws(RunError) {
    let identity = try RunIdentity(reading: directory)
    let stores = directory.stores()
    var known = StoreContents()
    for store in stores {
      guard let contents = try StoreContents(reading: store, of: identity) else { continue }
      known.add(contents, from: store)
    }
    // Trials are stored as they end; in the order of their keys every export is the same.
    trials = known.trials.values.sorted {
      $0.key.canonical.compare($1.key.canonical, options: .numeric) == .orderedAscending
    }
    curves = trials.flatMap { trial in
      trial.measurement.map { Curve.all(in: $0, of: trial.key.json) } ?? []
    }
    time =
      stores.compactMap { store in
        let attributes = try? FileManager.default.attributesOfItem(atPath: store.path)
        return (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970
      }.max() ?? 0
  }

  /// Writes `trials.csv`, `curves.csv` and `curves.jsonl`.
  ///
  /// - Returns: the files.
  public func write(to folder: URL) throws(RunError) -> [URL] {
    try FileSystem.createDirectory(folder)
    var files: [URL] = []
    for (name, text) in [
      ("trials.csv", trialsTable.csv), ("curves.csv", curvesTable.csv),
      ("curves.jsonl", curveLines),
    ] {
      let file = folder.appendingPathComponent(name)
      try FileSystem.replace(file, with: Data(text.utf8))
      files.append(file)
    }
    return files
  }

  /// One row per trial: its key, how it ended, and the single numbers and words that it measured.
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
    var table = Table(
      "trials", title: "Trials", columns: keys + ["status", "reason", "seconds"] + measured)
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
          })
    }
    return table
  }

  /// One row per point of a curve.
  var curvesTable: Table {
    let keys = names(of: trials.map(\.key.json))
    var table = Table(
      "curves", title: "Curves", columns: keys + ["curve", "step", "value"])
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
        "trial": curve.trial, "curve": .text(curve.name),
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

extension RunIdentity {
  /// The identity that `config.json` holds.
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
    } catch let error as RunError {
      throw error
    } catch {
      throw .unreadable(file: file.path, reason: "\(error)")
    }
  }
}
