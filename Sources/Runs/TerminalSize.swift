import Foundation

/// The size of a terminal in characters.
package struct TerminalSize: Sendable, Equatable {
  /// The length of a line.
  package let columns: Int
  /// The number of lines.
  package let rows: Int

  /// The size of the terminal behind a descriptor; 80 × 24 where there is none or it does not tell.
  package init(of descriptor: Int32) {
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
    columns = isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80
    rows = isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24
  }
}
