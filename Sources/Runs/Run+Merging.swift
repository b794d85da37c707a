import Storage
import Foundation

extension Run {
  /// Merges the stores of all shards, and those of other folders with the same settings, into
  /// `trials.jsonl`, and writes the findings.
  ///
  /// The stores that were merged stay where they are. What they hold is merged even if trials are
  /// missing.
  ///
  /// - Throws: ``RunError/missingTrials(directory:missing:planned:first:)`` if trials are missing;
  ///   other ``RunError``s if a store cannot be read or written.
  public func merge(
    from others: [RunDirectory] = [], observer: some RunObserver = SilentObserver()
  ) throws(RunError) -> RunSummary {
    for directory in others + [directory] {
      guard FileManager.default.fileExists(atPath: directory.url.path) else {
        throw .missingFile(
          directory.url.path, remedy: "run the shards with the same settings first")
      }
    }
    for directory in others where directory.stores().isEmpty {
      throw .missingFile(
        directory.store(of: nil).path,
        remedy: "name the folder of a run, <output>/<study>/<its hash>")
    }
    let lock = try FileSystem.lock(directory.store(of: nil))
    let summary = try summarize(merge(with: others, observer: observer))
    withExtendedLifetime(lock) {}
    return summary
  }

  /// Writes to `trials.jsonl` what shards have stored, however many there were, so that a division into others finds
  /// it. Without shards there is nothing to do.
  ///
  /// - Throws: ``RunError`` if a store cannot be read or written.
  package func mergeShards(observer: some RunObserver = SilentObserver()) throws(RunError) {
    let whole = directory.store(of: nil).lastPathComponent
    guard directory.stores().contains(where: { $0.lastPathComponent != whole }) else { return }
    let lock = try FileSystem.lock(directory.store(of: nil))
    _ = try merge(with: [], observer: observer)
    withExtendedLifetime(lock) {}
  }

  /// The caller holds the lock of `trials.jsonl`.
  private func merge(
    with others: [RunDirectory], observer: some RunObserver
  ) throws(RunError) -> StoreContents {
    var observer = observer
    defer { observer.end() }
    directory.removeLeftovers()
    let known = try StoreContents(reading: [directory] + others, of: identity)
    known.warnings.forEach { observer.announce($0) }
    let planned = Set(keys)
    let unplanned = known.trials.keys.filter { !planned.contains($0) }
      .sorted { $0.canonical < $1.canonical }
    try TrialStore.write(
      (keys + unplanned).compactMap { known.trials[$0] }, to: directory.store(of: nil),
      of: identity)
    return known
  }

  /// The findings from what the stores of the folder hold, written anew.
  ///
  /// - Throws: ``RunError/missingTrials(directory:missing:planned:first:)`` if trials are missing;
  ///   other ``RunError``s if a store cannot be read or the findings cannot be written.
  package func summarize() throws(RunError) -> RunSummary {
    try summarize(StoreContents(reading: [directory], of: identity))
  }

  /// Hands the results to the study in planned order, whatever the order in which they came, and
  /// writes what it finds.
  func summarize(_ known: StoreContents) throws(RunError) -> RunSummary {
    let missing = keys.filter { known.trials[$0] == nil }
    if let first = missing.first {
      throw .missingTrials(
        directory: directory.url.path, missing: missing.count, planned: keys.count,
        first: first.label)
    }
    var results: [TrialResult<S>] = []
    var failures: [RunSummary.Failure] = []
    var digest = SHA256()
    var seconds = 0.0
    for (index, key) in keys.enumerated() {
      guard let stored = known.trials[key] else { continue }
      seconds += stored.seconds
      switch stored.outcome {
      case .failed(let reason):
        failures.append(RunSummary.Failure(trial: label(of: index), reason: reason))
      case .completed(let json):
        digest.update("\(key.canonical)\t\(json.canonical)\n".utf8)
        do {
          // Always the stored form, so that a resumed run sees what an undisturbed one sees.
          let measurement = try json.decode(S.Measurement.self)
          results.append(
            TrialResult(trial: trials[index], measurement: measurement, seconds: stored.seconds))
        } catch {
          throw .outdatedMeasurement(
            file: directory.url.path, trial: label(of: index), reason: "\(error)")
        }
      }
    }
    guard !results.isEmpty else {
      throw .noResults(study: S.name, reason: failures.first?.reason ?? "no reason")
    }
    let settings = RunSummary.Settings(configuration)
    let changed = S.changedSettings(in: configuration)
    var findings = S.judgedFindings(Results(configuration, results))
    // Here, so that no study can forget to say that its figures show something else than the paper's.
    let notice = RunSummary.notice(settings, changed, S.source)
    findings.illustrations = findings.illustrations.map {
      $0.drawn(under: notice, judgedBy: findings.claims)
    }
    var summary = RunSummary(
      study: S.name, title: S.title, question: S.question, source: S.source,
      configuration: identity.configuration.underscored,
      settings: settings, changed: changed, trials: keys.count, failures: failures,
      seconds: seconds, digest: digest.hexadecimal, provenance: provenance, findings: findings)
    // The same findings, made again by the same program, keep the date on which they were made.
    if let earlier = try? RunSummary(reading: directory) {
      let date = earlier.provenance?.date
      if let date { summary.provenance?.date = date }
      if earlier.json != summary.json { summary.provenance = provenance }
    }
    try summary.write(to: directory)
    // No trial needs its state any more; earlier, another shard might be about to write there.
    if access(directory.checkpoints.path, F_OK) == 0 {
      for key in keys { unlink(directory.checkpoint(of: key).path) }
      rmdir(directory.checkpoints.path)
    }
    return summary
  }
}

extension RunSummary.Settings {
  fileprivate init<Configuration: StudyConfiguration>(_ configuration: Configuration) {
    self =
      configuration == Configuration()
      ? .paper : configuration == Configuration.quick ? .quick : .own
  }
}
