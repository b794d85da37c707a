import CSignals
import Foundation
import Figures
import Runs
import Storage

/// Where results and messages go. Nothing that comes from a file or an argument can command the terminal.
package enum Terminal {
  /// The most characters of one message.
  static let longestMessage = 1000

  /// How many columns results have: a terminal's, or what COLUMNS says; nil for a file or a pipe, which have any number.
  package static var columns: Int? {
    if isatty(STDOUT_FILENO) == 1 { return max(40, TerminalSize(of: STDOUT_FILENO).columns) }
    return Surroundings.columns
  }

  /// Whether verdicts may have colours: on a terminal that has some, unless NO_COLOR (no-color.org) forbids it.
  private static var isColored: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
      && environment["TERM"] != "dumb"
  }

  /// A text that holds nothing which steers, with the marks of verdicts in green, red and grey.
  package static func colored(_ text: String) -> String {
    text.replacing("✓", with: "\u{1B}[32m✓\u{1B}[0m").replacing("✗", with: "\u{1B}[31m✗\u{1B}[0m")
      .replacing(#/(^|\n|  )–(?=\s)/#) { "\($0.output.1)\u{1B}[90m–\u{1B}[0m" }
  }

  /// A summary for a person; how many claims hold, and where the report is, come last.
  static func print(_ summary: RunSummary, in directory: RunDirectory?) {
    print(summary.text(columns: columns))
    if let tally = summary.tally {
      print(tally.wrapped(to: columns ?? 80).joined(separator: "\n"))
    }
    if let directory { note("the report is \(directory.report.path)") }
  }

  /// A result, on standard output; one that cannot be written ends the program.
  package static func print(_ text: String) {
    let shown = text.printableLines
    if writeAll((isColored ? colored(shown) : shown) + "\n", to: STDOUT_FILENO) { return }
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
