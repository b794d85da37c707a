import Storage
import Figures
import Foundation

extension Run {
  /// How long trials under way may take to end after an interruption, in seconds.
  private static var grace: Double { 5 }

  /// Carries out the trials that have no result yet, and writes the findings.
  ///
  /// Every trial is stored as soon as it ends. This thread alone writes and talks to the observer;
  /// the trials run on `options.jobs` others.
  ///
  /// - Throws: ``RunError``; what was stored before stays.
  public func perform(
    _ options: RunOptions = RunOptions(), interruption: Interruption = Interruption(),
    observer: some RunObserver = SilentObserver()
  ) throws(RunError) -> RunOutcome {
    var observer = observer
    defer { observer.end() }
    if options.start == .fresh { try moveAside(options, &observer) }
    try FileSystem.createDirectory(directory.url)

    let file = directory.store(of: options.shard)
    let store = try TrialStore(file, of: identity)
    // A thousand shards need not look a thousand times.
    if options.shard == nil { directory.removeLeftovers() }
    try FileSystem.replace(
      directory.configuration, with: (identity.json.pretty + "\n").utf8)
    var known = store.contents
    // A whole run knows what the shards know. A shard knows only the whole run, so that a thousand
    // shards do not read a thousand stores each.
    let others = options.shard == nil ? directory.stores() : [directory.store(of: nil)]
    for other in others where other.lastPathComponent != file.lastPathComponent {
      guard let contents = try StoreContents(reading: other, of: identity) else { continue }
      known.add(contents, from: other)
    }
    known.warnings.forEach { observer.announce($0) }

    let mine = options.shard?.indices(costs: costs) ?? Array(trials.indices)
    if options.start == .resume {
      let unknown = mine.filter { known.trials[keys[$0]] == nil }
      let (found, runs) = reusable(for: unknown)
      for trial in found {
        try store.append(trial)
        known.add(trial)
      }
      if !found.isEmpty {
        observer.announce(
          "\(found.count) of \(mine.count) trials \(found.count == 1 ? "is" : "are") taken from "
            + (runs == 1 ? "another run" : "\(runs) other runs") + " that measured the same")
      }
    }
    var session = Session(run: self, options: options, mine: mine, known: known)
    if let sentence = session.resumption { observer.announce(sentence) }
    try session.perform(into: store, interruption: interruption, observer: &observer)

    if let signal = interruption.signal, session.ended < mine.count {
      return .interrupted(signal: signal, ended: session.ended, planned: mine.count)
    }
    if let shard = options.shard {
      return .part(shard, trials: mine.count, failures: session.failures)
    }
    let summary = try summarize(session.known)
    // The lock, which goes with the store, covers the findings too.
    withExtendedLifetime(store) {}
    return .complete(summary)
  }

  private func moveAside(
    _ options: RunOptions, _ observer: inout some RunObserver
  ) throws(RunError) {
    guard options.shard == nil else { throw .freshShard }
    if let old = try directory.moveAside() {
      observer.announce("the earlier run is now \(old.path)")
    }
  }

  private func checkpoint(
    of key: TrialKey, _ monitor: TrialMonitor = TrialMonitor(), _ notes: Notes = Notes()
  ) -> Checkpoint {
    Checkpoint(
      file: directory.checkpoint(of: key), owner: "\(identity.path) \(key.canonical)",
      monitor: monitor, note: notes.add)
  }

  /// One session of work on a run.
  private struct Session {
    let run: Run
    let options: RunOptions
    let mine: [Int]
    let pending: [Int]
    let start = ContinuousClock.now
    var known: StoreContents
    var estimate: TimeEstimate
    /// The trials that have ended in this session.
    var done: Set<Int> = []
    var endedNow: Int { done.count }

    init(run: Run, options: RunOptions, mine: [Int], known: StoreContents) {
      self.run = run
      self.options = options
      self.mine = mine
      self.known = known
      pending = longestFirst(run.costs).filter { [mine = Set(mine)] index in
        guard mine.contains(index) else { return false }
        switch known.trials[run.keys[index]]?.outcome {
        case .completed: return false
        case .failed: return options.failures == .retry
        case nil: return true
        }
      }
      estimate = TimeEstimate(jobs: min(options.jobs, max(1, pending.count)))
    }

    var ended: Int { mine.count - pending.count + endedNow }

    /// The trials that have failed, in planned order.
    var failures: [RunSummary.Failure] {
      mine.compactMap { index in
        guard case .failed(let reason) = known.trials[run.keys[index]]?.outcome else { return nil }
        return RunSummary.Failure(trial: run.label(of: index), reason: reason)
      }
    }

    var resumption: String? {
      guard pending.count < mine.count, !pending.isEmpty else { return nil }
      return "going on with \(pending.count) of \(mine.count) trials; the others are done"
    }

    mutating func perform(
      into store: TrialStore, interruption: Interruption, observer: inout some RunObserver
    ) throws(RunError) {
      let notes = Notes()
      let queue = TrialQueue(pending, jobs: options.jobs, measure: measurement(notes))
      // Ends the threads when an error ends the run.
      defer { queue.stop() }
      if let shortage = queue.shortage {
        observer.announce(shortage)
        estimate.jobs = max(1, queue.threads.granted)
      }
      var deadline: ContinuousClock.Instant?
      var nextUpdate = start
      while let trials = queue.collect(within: 0.1) {
        notes.take().forEach { observer.announce($0) }
        for trial in trials { try take(trial, into: store, &observer) }
        // The progress looks at every trial, which is too much to do after each.
        if nextUpdate <= .now || queue.state.running.isEmpty {
          observer.update(progress(queue, interruption))
          nextUpdate = .now + .seconds(0.1)
        }
        if let deadline, deadline < .now { break }
        if deadline == nil, interruption.signal != nil {
          queue.stop()
          deadline = .now + .seconds(Run.grace)
          observer.announce("interrupted: the trials under way end or are given up")
        }
      }
      // What is done when it ends is what is shown last.
      observer.update(progress(queue, interruption))
      try store.flush()
    }

    /// What a worker does for a trial; it must not refer to this session, which changes meanwhile.
    private func measurement(
      _ notes: Notes
    ) -> @Sendable (Int, TrialMonitor) throws -> JSON {
      let shared = SharedValues()
      return { [run, threads = options.threads] index, monitor in
        let context = TrialContext(
          threads: threads, checkpoint: run.checkpoint(of: run.keys[index], monitor, notes),
          monitor: monitor, shared: shared)
        let measurement = try S.measure(run.trials[index], run.configuration, in: context)
        return try JSON(encoding: measurement)
      }
    }

    private mutating func take(
      _ trial: TrialQueue.Ended, into store: TrialStore, _ observer: inout some RunObserver
    ) throws(RunError) {
      let key = run.keys[trial.index]
      let outcome: StoredTrial.Outcome
      switch trial.outcome {
      case .completed(let measurement): outcome = .completed(measurement)
      case .failed(let reason):
        outcome = .failed(reason)
        let label = run.label(of: trial.index).printable(within: 200)
        observer.announce("the trial \(label) failed: \(reason.printable(within: 400))")
      case .cancelled: return
      case .impossible(let error): throw error
      }
      let stored = StoredTrial(key: key, outcome: outcome, seconds: trial.seconds)
      try store.append(stored)
      run.checkpoint(of: key).remove()
      known.add(stored)
      done.insert(trial.index)
      estimate.ended.cost += run.costs[trial.index] * trial.observed.part
      estimate.ended.seconds += trial.observed.seconds
    }

    private func progress(_ queue: TrialQueue, _ interruption: Interruption) -> RunProgress {
      let (running, waiting) = queue.state
      var estimate = estimate
      estimate.running = running.map { $0.monitor.timing(ofCost: run.costs[$0.index]) }
      estimate.waiting = waiting.map { run.costs[$0] }
      let all = mine.reduce(0) { $0 + run.costs[$1] }
      // Trials that an interruption has taken from the queue are not done for that.
      let ahead =
        pending.reduce(0) { done.contains($1) ? $0 : $0 + run.costs[$1] }
        - estimate.running.reduce(0) { $0 + $1.cost * $1.fraction }
      let elapsed = start.duration(to: .now) / .seconds(1)
      // Of the trials under way, the one that takes longest is the one to watch.
      let watched = running.min { ($0.start, $0.index) < ($1.start, $1.index) }
      var progress = RunProgress(
        study: S.name, planned: mine.count, ended: ended,
        failed: mine.count {
          if case .failed = known.trials[run.keys[$0]]?.outcome { true } else { false }
        },
        fraction: all > 0 ? 1 - ahead / all : 1,
        elapsed: elapsed,
        rate: endedNow > 0 ? Double(endedNow) / elapsed : nil,
        secondsLeft: estimate.secondsLeft,
        message: watched.map { trial in
          [run.label(of: trial.index), trial.monitor.message].compactMap(\.self)
            .joined(separator: ": ")
        })
      progress.isInterrupted = interruption.signal != nil
      return progress
    }
  }
}
