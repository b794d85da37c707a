import Foundation
import Storage

/// Where results and messages go. Nothing that comes from a file or an argument can command the terminal.
enum Terminal {
  /// The most characters of one message.
  static let longestMessage = 1000

  /// A result, on standard output; one that cannot be written ends the program.
  static func print(_ text: String) {
    if writeAll(text.printableLines + "\n", to: STDOUT_FILENO) { return }
    if errno == EPIPE {
      // The reader has enough, as in `| head -1`.
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    note("mnist1d: standard output cannot be written: \(systemReason())")
    exit(ExitStatus.inputOutput.rawValue)
  }

  /// A message, on standard error; one that cannot be written is lost, and nothing else.
  static func note(_ text: String) {
    _ = writeAll(text.printable(within: longestMessage) + "\n", to: STDERR_FILENO)
  }
}
