import Storage
import Foundation

/// Trials under way on a fixed number of threads.
///
/// A worker is one thread for its whole life, since the numeric code keeps a pool of memory for
/// each thread. Workers only measure: whoever owns the queue collects what they finish and is the
/// only one to write it down. Where the system refuses threads, those that it grants do the work; if it grants none,
/// whoever collects does a trial with every call.
final class TrialQueue: @unchecked Sendable {
  /// A trial that has ended.
  struct Ended {
    enum Outcome {
      case completed(JSON)
      case failed(String)
      case cancelled
      /// The run cannot go on: not the trial failed, but what it needs from the run.
      case impossible(RunError)
    }

    let index: Int
    let outcome: Outcome
    /// What it took, in earlier sessions too.
    let seconds: Double
    /// The part of the trial that was seen to be done, and the seconds that it took: less than all of them if the
    /// trial went on from a checkpoint.
    let observed: (part: Double, seconds: Double)
  }

  /// A trial that has not ended.
  struct Running {
    let index: Int
    let start: ContinuousClock.Instant
    let monitor: TrialMonitor
  }

  private let condition = TimedCondition()
  private var waiting: ArraySlice<Int>
  private var running: [Int: Running] = [:]
  private var ended: [Ended] = []
  private var workers = 0
  private let measure: @Sendable (Int, TrialMonitor) throws -> JSON

  /// How many threads were granted, and how many were asked for.
  private(set) var threads: (granted: Int, wanted: Int)

  /// Starts `jobs` threads on the trials `indices`, in that order.
  ///
  /// `measure` must be safe to call on several threads at once.
  init(
    _ indices: [Int], jobs: Int, measure: @escaping @Sendable (Int, TrialMonitor) throws -> JSON
  ) {
    waiting = indices[...]
    self.measure = measure
    threads = (0, min(jobs, indices.count))
    while threads.granted < threads.wanted {
      condition.withLock { workers += 1 }
      guard WorkerThread.start({ [self] in work() }) else {
        condition.withLock { workers -= 1 }
        break
      }
      threads.granted += 1
    }
  }

  /// What to tell whoever asked for more threads than the system grants.
  var shortage: String? {
    guard threads.granted < threads.wanted else { return nil }
    return threads.granted == 0
      ? "the system grants no thread for the trials: they are done one after another on the main one"
      : "the system grants \(threads.granted) of \(threads.wanted) threads: the trials go on with those"
  }

  /// What ended since the last call, after waiting for something to end, at most `seconds`; nil
  /// when all threads have ended and all they did was collected.
  func collect(within seconds: Double) -> [Ended]? {
    if threads.granted == 0, let trial = next() { perform(trial) }
    return condition.withLock {
      if ended.isEmpty, workers > 0 { condition.wait(atMost: seconds) }
      defer { ended = [] }
      return ended.isEmpty && workers == 0 ? nil : ended
    }
  }

  /// The trials that are under way, and those that still wait.
  var state: (running: [Running], waiting: [Int]) {
    condition.withLock { (Array(running.values), Array(waiting)) }
  }

  /// Starts no further trial, and asks those under way to end.
  func stop() {
    condition.withLock {
      waiting = []
      for trial in running.values { trial.monitor.cancel() }
    }
  }

  private func work() {
    while let trial = next() { perform(trial) }
    condition.withLock {
      workers -= 1
      condition.signal()
    }
  }

  private func perform(_ trial: Running) {
    let outcome: Ended.Outcome
    do {
      outcome = .completed(try measure(trial.index, trial.monitor))
    } catch is TrialCancelled {
      outcome = .cancelled
    } catch let error as RunError {
      outcome = .impossible(error)
    } catch {
      outcome = .failed("\(error)")
    }
    let seconds = trial.monitor.seconds
    let observed = trial.monitor.observed
    condition.withLock {
      running[trial.index] = nil
      ended.append(
        Ended(
          index: trial.index, outcome: outcome, seconds: seconds,
          observed: (1 - observed.from, observed.seconds)))
      condition.signal()
    }
  }

  private func next() -> Running? {
    condition.withLock {
      guard let index = waiting.popFirst() else { return nil }
      let trial = Running(index: index, start: .now, monitor: TrialMonitor())
      running[index] = trial
      return trial
    }
  }
}
