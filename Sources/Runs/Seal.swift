import Storage

/// The end of a store's line, `,"check":"…"}`, which says that the line is whole, and whose it is.
///
/// Its sixteen digits are the first eight of the SHA-256 of the bytes before it, and the first eight of that of the
/// run's path (the study, and the hash of the study, its revision and all its settings), a line feed and all digits of
/// the former. So a line that was damaged or edited is told apart from a whole one that was copied from another run.
package enum Seal {
  /// What a line turned out to be.
  enum Verdict: Equatable {
    /// Whole, and of this run.
    case intact(JSON)
    /// Whole, and of another run.
    case foreign(JSON)
    /// Not as it was written.
    case broken
  }

  /// The line of an object with its end.
  package static func line(of object: JSON, in run: RunIdentity) -> String {
    let text = object.canonical.dropLast()
    return "\(text)\(end(of: text.utf8, in: run))\n"
  }

  /// The end of a line that begins with these bytes.
  package static func end(of body: some Sequence<UInt8>, in run: RunIdentity) -> String {
    let digest = SHA256.hexadecimal(body)
    let owner = SHA256.hexadecimal("\(run.path)\n\(digest)".utf8)
    return #","check":"\#(digest.prefix(8))\#(owner.prefix(8))"}"#
  }

  /// Judges a line without its end.
  static func verdict(on line: some BidirectionalCollection<UInt8>, in run: RunIdentity) -> Verdict
  {
    let length = #","check":"0000000000000000"}"#.utf8.count
    let (body, found) = (line.dropLast(length), line.suffix(length))
    guard !body.isEmpty else { return .broken }
    let right = end(of: body, in: run).utf8
    // All but the eight digits of the owner and what closes the line.
    guard found.dropLast(10).elementsEqual(right.dropLast(10)),
      let object = try? JSON(reading: Array(body) + [UInt8(ascii: "}")])
    else { return .broken }
    return found.elementsEqual(right) ? .intact(object) : .foreign(object)
  }
}
