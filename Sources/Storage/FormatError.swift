/// Bytes that are not what their format promises, or values that a format cannot hold.
public struct FormatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One sentence, without the name of the file: what was found and what would be right.
  public let description: String
  /// Whether the file may be right, and the system has not the memory that it takes.
  let lacksMemory: Bool

  package init(_ description: String, lacksMemory: Bool = false) {
    self.description = description
    self.lacksMemory = lacksMemory
  }

  /// The same error, seen from the part of the file that it lies in.
  package func inside(_ part: String) -> FormatError {
    FormatError("\(part): \(description)", lacksMemory: lacksMemory)
  }
}

extension String {
  /// Decodes UTF-8 without repairing it.
  package init(strictUTF8 bytes: ArraySlice<UInt8>) throws(FormatError) {
    self.init(decoding: bytes, as: UTF8.self)
    guard utf8.elementsEqual(bytes) else {
      throw FormatError("a text in the file is not UTF-8")
    }
  }
}
