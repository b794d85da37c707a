import Storage
import Foundation

/// A study with settings and a folder: what `mnist1d reproduce` carries out.
///
///     let run = try Run(Baselines.self, configuration: .quick, output: URL(fileURLWithPath: "runs"))
///     let outcome = try run.perform(RunOptions(jobs: 4), observer: ProgressDisplay.standardError())
///
/// The folder's name is a hash of the settings, so the same command again goes on where it was, and
/// other settings never meet these results.
public struct Run<S: Study>: Sendable {
  /// The resolved settings.
  public let configuration: S.Configuration
  /// The folder.
  public let directory: RunDirectory
  /// What is said of the program and the machine beside the findings; nil for nothing.
  public var provenance: Provenance?
  package let identity: RunIdentity
  let trials: [S.Trial]
  let keys: [TrialKey]
  let costs: [Double]

  /// Plans a run; nothing is written yet, and nothing read but files that the settings name.
  ///
  /// - Throws: ``RunError/invalidSettings(_:)``, ``RunError/tooManyTrials(study:)``,
  ///   ``RunError/repeatedTrial(_:)`` or ``RunError/noTrials(study:)``; ``RunError/file(_:)`` for files that settings name
  ///   and that cannot be read.
  public init(
    _ study: S.Type = S.self, configuration: S.Configuration = S.Configuration(), output: URL
  ) throws(RunError) {
    var configuration = configuration
    do {
      try RunLimits.check(JSON(encoding: configuration), of: S.name)
      try configuration.resolve()
      let settings = try JSON(encoding: configuration)
      try configuration.validate()
      identity = RunIdentity(study: S.name, revision: S.revision, configuration: settings)
      trials = S.trials(for: configuration)
      guard trials.count <= RunLimits.trials else { throw RunError.tooManyTrials(study: S.name) }
      keys = try trials.map { TrialKey(json: try JSON(encoding: $0)) }
    } catch let error as RunError {
      throw error
    } catch let error as FileError {
      throw .file(error)
    } catch {
      throw .invalidSettings("\(error)")
    }
    guard !trials.isEmpty else { throw .noTrials(study: S.name) }
    self.configuration = configuration
    var seen: Set<TrialKey> = []
    for (trial, key) in zip(trials, keys) where !seen.insert(key).inserted {
      throw .repeatedTrial((trial as? any CustomStringConvertible)?.description ?? key.label)
    }
    costs = trials.map { S.cost(of: $0, configuration) }
    directory = RunDirectory(output.appendingPathComponent(identity.path))
  }

  /// The trial's name in messages.
  func label(of index: Int) -> String {
    (trials[index] as? any CustomStringConvertible)?.description ?? keys[index].label
  }
}

/// How a run is carried out; none of it changes a result.
public struct RunOptions: Sendable, Equatable {
  /// What becomes of an earlier run with the same settings.
  public enum Start: Sendable, Equatable {
    /// It is continued.
    case resume
    /// Its folder is moved to `<hash>-old-1`, or the next free number; nothing is deleted.
    case fresh
  }

  /// What becomes of trials that failed in an earlier session.
  public enum Failures: Sendable, Equatable {
    /// They are final: the same key gives the same bits.
    case keep
    /// They run again.
    case retry
  }

  /// Trials at once.
  public var jobs: Int
  /// Threads inside a trial.
  public var threads: Int
  /// The part to carry out; nil for all trials.
  public var shard: Shard?
  /// What becomes of an earlier run.
  public var start: Start
  /// What becomes of failed trials.
  public var failures: Failures

  /// By default a trial for each core, and what cores they leave free for threads inside them.
  ///
  /// - Precondition: `jobs` and `threads` are positive.
  public init(
    jobs: Int? = nil, threads: Int? = nil, shard: Shard? = nil, start: Start = .resume,
    failures: Failures = .keep
  ) {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    self.jobs = jobs ?? cores
    self.threads = threads ?? max(1, cores / self.jobs)
    self.shard = shard
    self.start = start
    self.failures = failures
    precondition(
      self.jobs > 0 && self.threads > 0,
      "a run has 1 job or more of 1 thread or more, found \(self.jobs) of \(self.threads)")
  }
}

/// How a run ended.
public enum RunOutcome: Sendable {
  /// All trials have ended; the findings are written.
  case complete(RunSummary)
  /// The trials of one shard have ended; `merge` makes the findings when all shards have.
  case part(Shard, trials: Int, failures: [RunSummary.Failure])
  /// A signal came first.
  case interrupted(signal: Int32, ended: Int, planned: Int)

  /// The status with which a command ends: 0, 1 if trials failed, or 128 + the signal's number.
  public var exitStatus: Int32 {
    switch self {
    case .interrupted(let signal, _, _): 128 + signal
    case .part(_, _, let failures): failures.isEmpty ? 0 : ExitStatus.failedTrials.rawValue
    case .complete(let summary): summary.exitStatus
    }
  }

  /// What to tell the user about an end that has no findings, or in which trials failed; nil if all is well.
  public var message: String? {
    switch self {
    case .complete(let summary): summary.failureMessage
    case .part(let shard, let trials, let failures):
      (RunSummary.sentence(about: failures, of: trials).map { $0 + "; " } ?? "")
        + "shard \(shard) has its \(trials) trials; merge the shards when all are done"
    case .interrupted(_, let ended, let planned):
      "interrupted with \(ended) of \(planned) trials done; the same command goes on from there"
    }
  }
}
