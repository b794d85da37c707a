/// What a person pressed.
package enum QuizKey: Sendable, Equatable {
  case digit(Int)
  /// Backspace: take the last answer back.
  case back
  /// `q`, Ctrl-D or the end of input: stop here and show the result.
  case stop
  /// Ctrl-C: leave at once.
  case interrupt
  /// Enter, space or Ctrl-L: show the example again.
  case again
  /// `t`: show the templates of the ten digits.
  case templates
  /// Any other key.
  case unknown

  /// The keys in what was read at once: from a terminal without line editing, from a file or a pipe.
  ///
  /// The bytes of an arrow or a function key are one unknown key, as are those of a character beyond
  /// ASCII.
  package static func keys(in bytes: some Collection<UInt8>) -> [QuizKey] {
    var keys: [QuizKey] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): keys.append(.digit(Int(byte - 48)))
      case 0x08, 0x7F: keys.append(.back)
      case 0x03: keys.append(.interrupt)
      case 0x04, UInt8(ascii: "q"), UInt8(ascii: "Q"): keys.append(.stop)
      case UInt8(ascii: "t"), UInt8(ascii: "T"): keys.append(.templates)
      case 0x09, 0x0A, 0x0C, 0x0D, 0x20: keys.append(.again)
      case 0x1B:
        skipEscape(&rest)
        keys.append(.unknown)
      default:
        // A character beyond ASCII goes on with bytes that begin with 10.
        while let next = rest.first, byte >= 0xC0, next & 0xC0 == 0x80 { rest.removeFirst() }
        keys.append(.unknown)
      }
    }
    return keys
  }

  /// `ESC [ … letter` (ECMA-48), `ESC O letter`, or the escape key alone.
  private static func skipEscape<Bytes: Collection<UInt8>>(_ rest: inout Bytes)
  where Bytes.SubSequence == Bytes {
    guard let kind = rest.first, kind == UInt8(ascii: "[") || kind == UInt8(ascii: "O") else {
      return
    }
    rest.removeFirst()
    while let byte = rest.popFirst(), !(0x40...0x7E).contains(byte) {}
  }
}
