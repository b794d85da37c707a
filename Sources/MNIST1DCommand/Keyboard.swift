import CSignals
import Foundation
import Storage
import StudyCommands

/// Keys as they are pressed, where standard input is a terminal; its bytes as they come, elsewhere.
///
/// While it lives, a terminal neither waits for a line nor echoes; it is as before after
/// ``restore()``, and after a signal that ends the program.
final class Keyboard {
  /// Whether somebody presses keys and sees pages.
  let isInteractive = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1

  init() {
    guard isInteractive, tcgetattr(STDIN_FILENO, &originalTerminal) == 0 else { return }
    cs_before_end { restoreTerminal() }
    // Ignored by default, which would interrupt nothing.
    signal(SIGWINCH) { _ in }
    var raw = originalTerminal
    // Ctrl-C comes as a key, so that the quiz can say that the answers are saved.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
    guard tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 else { return }
    terminalIsChanged = true
    _ = writeAll("\u{1B}[?1049h", to: STDERR_FILENO)
  }

  /// The bytes of the next keys; none when the terminal has another size now, and nil at the end of input.
  func read() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 256)
    while true {
      // Unlike a read, this ends at a signal whatever the signal's handler says.
      var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      if poll(&input, 1, -1) < 0, errno == EINTR { return [] }
      let count = Foundation.read(STDIN_FILENO, &bytes, bytes.count)
      if count > 0 { return Array(bytes.prefix(count)) }
      if count < 0, errno == EINTR { continue }
      return nil
    }
  }

  /// Shows a page: alone on a terminal, below what was there elsewhere.
  ///
  /// - Throws: `Failure` if nobody can see it.
  func show(_ page: String) throws {
    let text = terminalIsChanged ? "\u{1B}[H\u{1B}[2J" + page : page + "\n\n"
    guard writeAll(text, to: STDERR_FILENO) else {
      throw Failure(
        sentence: "standard error, where the quiz is shown, cannot be written: \(systemReason())",
        status: .inputOutput)
    }
  }

  /// Gives the terminal back as it was.
  func restore() { restoreTerminal() }
}

// A handler of signals can reach nothing else. Written before the handlers are set, and by one thread.
nonisolated(unsafe) private var originalTerminal = termios()
nonisolated(unsafe) private var terminalIsChanged = false

/// Restores the terminal's mode and its former screen, with calls that a signal handler may make.
private func restoreTerminal() {
  guard terminalIsChanged else { return }
  terminalIsChanged = false
  tcsetattr(STDIN_FILENO, TCSANOW, &originalTerminal)
  // ESC [ ? 1 0 4 9 l: back from the alternate screen.
  let leave: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (
    0x1B, 0x5B, 0x3F, 0x31, 0x30, 0x34, 0x39, 0x6C
  )
  _ = withUnsafeBytes(of: leave) { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
