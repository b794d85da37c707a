import Foundation
import MNIST1D
import Tensors

/// What becomes of the command where the system refuses memory: one sentence and the status 71 of `sysexits.h`.
enum OutOfMemory {
  static let status: Int32 = 71

  /// Sees to it that the command ends so wherever it asks for memory.
  ///
  /// Swift's runtime and Foundation end a process whose memory does not suffice by a trap, after `malloc` has said why:
  /// its ENOMEM tells that trap apart from any other, which stays what it is.
  static func prepare() {
    Kernels.onOutOfMemory { sentence in OutOfMemory.end(sentence) }
    for number in traps {
      var action = sigaction()
      // Raised again by the handler itself, for the one that was there before.
      action.sa_flags = Int32(bitPattern: UInt32(truncatingIfNeeded: SA_NODEFER)) | SA_ONSTACK
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = { OutOfMemory.take($0) }
      #else
        action.__sigaction_handler.sa_handler = { OutOfMemory.take($0) }
      #endif
      sigaction(number, &action, &earlier[Int(number)])
    }
  }

  /// Refuses what needs more memory than the system grants, before any of it is made.
  static func require(_ bytes: Double, for purpose: String) throws {
    guard bytes < Double(Int.max) else { throw refusal(bytes, purpose) }
    let length = max(Int(bytes), 1)
    let room = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard room != MAP_FAILED else { throw refusal(bytes, purpose) }
    munmap(room, length)
  }

  private static func refusal(_ bytes: Double, _ purpose: String) -> Failure {
    Failure(
      sentence:
        "\(purpose) needs about \(Int((bytes / 1e6).rounded(.up))) MB of memory, more than the system grants",
      status: status)
  }

  private static let traps = [SIGABRT, SIGILL, SIGTRAP]

  /// What traps did before, by their numbers; changed before any other thread is there, and read by handlers.
  private nonisolated(unsafe) static let earlier: UnsafeMutablePointer<sigaction> = {
    let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 32)
    actions.initialize(repeating: sigaction(), count: 32)
    return actions
  }()

  private static func take(_ number: Int32) {
    if errno == ENOMEM { end(nil) }
    sigaction(number, &earlier[Int(number)], nil)
    // An instruction that traps does so again on return; `abort` would not.
    if number == SIGABRT { raise(number) }
  }

  /// Neither allocates nor returns.
  private static func end(_ sentence: UnsafePointer<CChar>?) -> Never {
    say("mnist1d: ")
    if let sentence {
      write(STDERR_FILENO, sentence, strlen(sentence))
    } else {
      say("Out of memory: the system grants no more.")
    }
    say("\n")
    _exit(status)
  }

  private static func say(_ text: StaticString) {
    write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }
}

extension Configuration {
  /// Refuses a dataset that the memory cannot hold: every value is there twice while the examples are shuffled, as well
  /// as the labels and the order.
  func requireMemory() throws {
    try validate()
    try OutOfMemory.require(
      Double(numSamples) * (Double(finalSeqLength) * (shuffleSeq ? 24 : 16) + 32),
      for: "a dataset of \(numSamples) examples of \(finalSeqLength) points")
  }
}

/// Says that the system has refused threads to kernels, where it has; no result depends on how many there were.
func noteMissingThreads() {
  let missing = Kernels.missingThreads
  if missing > 0 {
    Terminal.note(
      "mnist1d: the system refused \(missing) of the threads inside a trial: it went on with the others"
    )
  }
}
