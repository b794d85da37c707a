// A programmer's mistake is told apart from any other crash by its message, and the message of the standard
// library's `precondition` is dropped from optimised builds. These take its place in this module.
// Each module of the core that imports no other has its own: seen through two imports, one name would mean two.

/// Stops the program with a message, in optimised builds too, unless the condition holds.
@inline(__always)
func precondition(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) {
  if !condition() { preconditionFailure(message(), file: file, line: line) }
}

/// Stops the program with a message, in optimised builds too.
func preconditionFailure(
  _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
  #if hasFeature(Embedded)
    // There, `fatalError` drops its message from optimised builds, too.
    print("\(file):\(line): \(message())")
  #endif
  fatalError(message(), file: file, line: line)
}
