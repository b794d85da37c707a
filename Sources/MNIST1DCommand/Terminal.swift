import Foundation
import Storage

/// Where results and messages go. Nothing that comes from a file or an argument can command the terminal.
enum Terminal {
  /// The most characters of one message.
  static let longestMessage = 1000

  /// A result, on standard output; one that cannot be written ends the program.
  static func print(_ text: String) {
    if write(text.printableLines + "\n", to: STDOUT_FILENO) { return }
    if errno == EPIPE {
      // The reader has enough, as in `| head -1`.
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    note("mnist1d: standard output cannot be written: \(systemReason())")
    exit(74)
  }

  /// A message, on standard error; one that cannot be written is lost, and nothing else.
  static func note(_ text: String) {
    _ = write(text.printable(within: longestMessage) + "\n", to: STDERR_FILENO)
  }

  /// Writes text as it is.
  ///
  /// - Returns: false with `errno` set if that is impossible.
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
  }
}
