// A programmer's mistake is told apart from any other crash by its message, and the message of the standard
// library's `precondition` is dropped from optimised builds. These take its place in this module.
// It has its own, like `ReferenceRandom` and `Tensors`: seen through two imports, one name would mean two functions.

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
