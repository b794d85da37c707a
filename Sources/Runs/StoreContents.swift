import Foundation

/// What a store holds, read without changing it: its owner may be writing meanwhile.
package struct StoreContents {
  /// The last word on each trial; a completed one is never displaced by a failure.
  var trials: [TrialKey: StoredTrial] = [:]
  /// What is wrong with the file, one sentence each.
  var warnings: [String] = []
  /// The bytes up to the end of the last whole line.
  package private(set) var intactLength = 0
  /// Whether the last line is whole but for its end.
  var lacksLastEnd = false

  /// An empty store.
  init() {}

  /// Reads a store; nil if there is no file.
  ///
  /// - Throws: ``RunError/unknownStoreVersion(file:found:understood:)``,
  ///   ``RunError/foreignStore(file:found:expected:)`` or ``RunError/cannotRead(_:reason:)``.
  init?(reading file: URL, of run: RunIdentity) throws(RunError) {
    guard let data = try FileSystem.read(file) else { return nil }
    try self.init(parsing: Array(data), from: file, of: run)
  }

  /// Reads the bytes of a store, of which nothing is trusted.
  ///
  /// - Throws: ``RunError/unknownStoreVersion(file:found:understood:)`` or
  ///   ``RunError/foreignStore(file:found:expected:)``.
  package init(parsing bytes: [UInt8], from file: URL, of run: RunIdentity) throws(RunError) {
    var start = 0
    var number = 0
    while start < bytes.count {
      number += 1
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      let line = bytes[start..<(end ?? bytes.count)]
      let object = TrialStore.unsealed(line)
      // Another version may seal its lines otherwise, so its name is looked for before the check.
      if number == 1 { try Self.checkHeader(object ?? (try? JSON(reading: line)), file, run) }
      if end == nil, object == nil { break }
      if let object {
        if let trial = StoredTrial(object) { add(trial) }
      } else {
        warnings.append(
          "\(file.path), line \(number) is damaged: if it held a trial, that one runs again")
      }
      lacksLastEnd = end == nil
      start = end.map { $0 + 1 } ?? bytes.count
      intactLength = start
    }
  }

  /// Adds what another store holds.
  mutating func add(_ other: StoreContents, from file: URL) {
    for trial in other.trials.values {
      if let mine = trials[trial.key]?.measurement, let theirs = trial.measurement,
        mine.canonical != theirs.canonical
      {
        warnings.append(
          "\(file.path) holds another result of the trial \(trial.key.label), which should be the "
            + "same everywhere: the first one is kept")
      }
      add(trial)
    }
    warnings += other.warnings
  }

  /// How many trials there are.
  package var count: Int { trials.count }

  /// Adds one trial: the first measurement stays, and a measurement displaces a failure.
  mutating func add(_ trial: StoredTrial) {
    if trials[trial.key]?.measurement == nil { trials[trial.key] = trial }
  }

  private static func checkHeader(
    _ object: JSON?, _ file: URL, _ run: RunIdentity
  ) throws(RunError) {
    guard let object, let version = object["version"] else { return }
    guard version == .integer(TrialStore.version) else {
      throw .unknownStoreVersion(
        file: file.path, found: version.spelling, understood: TrialStore.version)
    }
    let found = "\(object["study"]?.text ?? "?")/\(object["configuration"]?.text ?? "?")"
    guard found == run.path else {
      throw .foreignStore(file: file.path, found: found, expected: run.path)
    }
  }
}
