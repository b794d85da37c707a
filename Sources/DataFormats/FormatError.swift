/// Bytes that are not what their format promises, or values that a format cannot hold.
public struct FormatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One sentence, without the name of the file: what was found and what would be right.
  public let description: String

  init(_ description: String) {
    self.description = description
  }

  /// The same error, seen from the part of the file that it lies in.
  func inside(_ part: String) -> FormatError {
    FormatError("\(part): \(description)")
  }
}
