import Foundation

/// Where results and messages go.
enum Terminal {
  /// A result, on standard output; one that cannot be written ends the program.
  static func print(_ text: String) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    } catch {
      note("mnist1d: standard output cannot be written: \(String(cString: strerror(errno)))")
      exit(74)
    }
  }

  /// A message, on standard error; one that cannot be written is lost, and nothing else.
  static func note(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }
}
