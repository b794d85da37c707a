import Foundation

/// What a trial may ask of the run that it is part of; nothing here changes a result.
public struct TrialContext: Sendable {
  /// How many threads the trial may use, its own among them.
  public let threads: Int
  /// A place for the state of a trial that takes minutes.
  public let checkpoint: Checkpoint
  let monitor: TrialMonitor
  let shared: SharedValues

  /// A context outside any run: nobody listens, nothing is kept.
  public init(threads: Int = 1) {
    self.init(
      threads: threads, checkpoint: Checkpoint(), monitor: TrialMonitor(), shared: SharedValues())
  }

  /// A context outside any run whose checkpoint is this file.
  package init(threads: Int = 1, checkpoint file: URL) {
    self.init(
      threads: threads, checkpoint: Checkpoint(file: file), monitor: TrialMonitor(),
      shared: SharedValues())
  }

  init(threads: Int, checkpoint: Checkpoint, monitor: TrialMonitor, shared: SharedValues) {
    self.threads = threads
    self.checkpoint = checkpoint
    self.monitor = monitor
    self.shared = shared
  }

  /// Says that `fraction` (0 … 1) of the trial is done.
  ///
  /// This costs a lock, no input or output, so it may be called at every step.
  public func report(_ fraction: Double, _ message: String? = nil) {
    monitor.report(fraction, message)
  }

  /// Whether the trial had better end, because the run was interrupted.
  public var isCancelled: Bool { monitor.isCancelled }

  /// Ends the trial if the run was interrupted; it is taken up again when the run is.
  ///
  /// - Throws: ``TrialCancelled``.
  public func checkCancellation() throws {
    if isCancelled { throw TrialCancelled() }
  }

  /// A value that several trials use, such as a dataset, made by the first that asks for it.
  ///
  /// The value must depend on the key alone. Others that ask meanwhile wait for it.
  ///
  ///     let dataset = try context.shared(configuration.dataset) { try Dataset($0) }
  public func shared<Key: Hashable & Sendable, Value: Sendable>(
    _ key: Key, make: (Key) throws -> Value
  ) throws -> Value {
    try shared.value(for: key, make: make)
  }
}

/// The error with which an interrupted trial ends.
public struct TrialCancelled: Error, CustomStringConvertible {
  /// A trial that ends before its time.
  public init() {}

  /// The reason, for a log.
  public var description: String { "the run was interrupted" }
}

/// Where a trial says how far it is, and learns that it should end.
final class TrialMonitor: @unchecked Sendable {
  private let lock = NSLock()
  private let start = ContinuousClock.now
  private var progress = (fraction: 0.0, message: String?.none)
  private var first: (fraction: Double, moment: ContinuousClock.Instant)?
  private var cancelled = false
  private var earlier = 0.0

  /// The seconds that the trial has taken, those of earlier sessions among them whose work it goes on from.
  var seconds: Double { lock.withLock { earlier + start.duration(to: .now) / .seconds(1) } }

  /// Counts the seconds of earlier sessions.
  func resume(after seconds: Double) { lock.withLock { earlier = seconds } }

  /// How far the trial was when it said so for the first time, 0 unless it goes on from a checkpoint, and the seconds
  /// since then. What came before tells nothing about its pace.
  var observed: (from: Double, seconds: Double) {
    lock.withLock {
      (first?.fraction ?? 0, (first?.moment ?? start).duration(to: .now) / .seconds(1))
    }
  }

  /// The trial as an estimate of the time left sees it.
  func timing(ofCost cost: Double) -> TimeEstimate.Trial {
    let (start, seconds) = observed
    return TimeEstimate.Trial(cost: cost, seconds: seconds, fraction: fraction, start: start)
  }

  var fraction: Double { lock.withLock { progress.fraction } }
  var message: String? { lock.withLock { progress.message } }
  var isCancelled: Bool { lock.withLock { cancelled } }

  func report(_ fraction: Double, _ message: String?) {
    lock.withLock {
      progress = (min(max(fraction, 0), 1), message ?? progress.message)
      if first == nil { first = (progress.fraction, .now) }
    }
  }

  func cancel() {
    lock.withLock { cancelled = true }
  }
}

/// Values made once for all trials of a run.
final class SharedValues: @unchecked Sendable {
  private final class Slot: @unchecked Sendable {
    let lock = NSLock()
    var value: (any Sendable)?
  }

  private struct Key: Hashable {
    let type: ObjectIdentifier
    let key: AnyHashable
  }

  private let lock = NSLock()
  private var slots: [Key: Slot] = [:]

  func value<K: Hashable & Sendable, Value: Sendable>(
    for key: K, make: (K) throws -> Value
  ) throws -> Value {
    let name = Key(type: ObjectIdentifier(Value.self), key: AnyHashable(key))
    let slot = lock.withLock {
      let slot = slots[name] ?? Slot()
      slots[name] = slot
      return slot
    }
    return try slot.lock.withLock {
      if let value = slot.value as? Value { return value }
      let value = try make(key)
      slot.value = value
      return value
    }
  }
}
