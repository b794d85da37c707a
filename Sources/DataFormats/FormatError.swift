/// Bytes that are not what their format promises, or values that a format cannot hold.
public struct FormatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One sentence, without the name of the file: what was found and what would be right.
  public let description: String
  /// Whether the file may be right, and the system has not the memory that it takes.
  let lacksMemory: Bool

  init(_ description: String, lacksMemory: Bool = false) {
    self.description = description
    self.lacksMemory = lacksMemory
  }

  /// The same error, seen from the part of the file that it lies in.
  func inside(_ part: String) -> FormatError {
    FormatError("\(part): \(description)", lacksMemory: lacksMemory)
  }
}
