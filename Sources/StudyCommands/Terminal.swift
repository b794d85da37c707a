import CSignals
import Foundation
import Storage

/// Where results and messages go. Nothing that comes from a file or an argument can command the terminal.
package enum Terminal {
  /// The most characters of one message.
  static let longestMessage = 1000

  /// A result, on standard output; one that cannot be written ends the program.
  package static func print(_ text: String) {
    if writeAll(text.printableLines + "\n", to: STDOUT_FILENO) { return }
    if errno == EPIPE {
      // The reader has enough, as in `| head -1`.
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    warn("standard output cannot be written: \(systemReason())")
    exit(ExitStatus.inputOutput.rawValue)
  }

  /// A message that says what is wrong, and who says so.
  package static func warn(_ sentence: String) {
    let program = cs_program().map { String(cString: $0) } ?? ProcessInfo.processInfo.processName
    note("\(program): \(sentence)")
  }

  /// A message, on standard error; one that cannot be written is lost, and nothing else.
  package static func note(_ text: String) {
    _ = writeAll(text.printable(within: longestMessage) + "\n", to: STDERR_FILENO)
  }
}
