import CSignals
import Foundation

/// The wish that a run should end early, from a signal or from the program itself.
///
///     let interruption = Interruption()
///     interruption.listen()
///     let outcome = try run.perform(options, interruption: interruption)
public final class Interruption: @unchecked Sendable {
  private let lock = NSLock()
  private var received: Int32?
  private var signals: [Int32] = []

  /// An interruption that nobody has asked for yet.
  public init() {}

  /// The signal that asked for the end; nil as long as none did.
  public var signal: Int32? {
    lock.withLock {
      if received == nil, !signals.isEmpty, cs_noted() != 0 { received = cs_noted() }
      return received
    }
  }

  /// Asks for the end, as if this signal had come.
  public func request(_ signal: Int32 = SIGINT) {
    lock.withLock { received = received ?? signal }
  }

  /// The signals with which people, systems and queues (SIGUSR1 and SIGUSR2) ask a program to end,
  /// and the one that says that processor time is used up.
  public static let usualSignals = [
    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, SIGUSR1, SIGUSR2,
  ]

  /// Takes these signals as requests from now on; the second one ends the process at once, which
  /// loses no finished trial either.
  ///
  /// A hang-up that the program was told to ignore, as `nohup` does, stays ignored.
  public func listen(for signals: [Int32] = Interruption.usualSignals) {
    lock.withLock { self.signals += signals }
    for number in signals { cs_listen(number) }
  }

  deinit {
    for number in signals { cs_stop_listening(number) }
  }
}
