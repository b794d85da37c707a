import Dispatch
import Foundation

/// The wish that a run should end early, from a signal or from the program itself.
///
///     let interruption = Interruption()
///     interruption.listen()
///     let outcome = try run.perform(options, interruption: interruption)
public final class Interruption: @unchecked Sendable {
  private let lock = NSLock()
  private var received: Int32?
  private var sources: [any DispatchSourceSignal] = []

  /// An interruption that nobody has asked for yet.
  public init() {}

  /// The signal that asked for the end; nil as long as none did.
  public var signal: Int32? { lock.withLock { received } }

  /// Asks for the end, as if this signal had come.
  public func request(_ signal: Int32 = SIGINT) {
    lock.withLock { received = received ?? signal }
  }

  /// Takes these signals as requests from now on; the second one ends the process at once, which
  /// loses no finished trial either.
  ///
  /// A hang-up that the program was told to ignore, as `nohup` does, stays ignored.
  public func listen(for signals: [Int32] = [SIGINT, SIGTERM, SIGHUP]) {
    for number in signals {
      // Dispatch sees a signal only if its default action does not come first.
      let earlier = Foundation.signal(number, SIG_IGN)
      let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
      if number == SIGHUP, unsafeBitCast(earlier, to: Int.self) == ignored { continue }
      let source = DispatchSource.makeSignalSource(
        signal: number, queue: DispatchQueue(label: "signal \(number)"))
      source.setEventHandler { [weak self] in
        guard let self, self.signal == nil else {
          Foundation.signal(number, SIG_DFL)
          raise(number)
          return
        }
        request(number)
      }
      source.resume()
      lock.withLock { sources.append(source) }
    }
  }

  deinit {
    for source in sources { source.cancel() }
  }
}
