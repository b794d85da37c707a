/// The complete state of a generator, to be written to a checkpoint and read back.
///
/// A generator restored from it goes on with the same bits. The fields are plain numbers, so that
/// any file format can hold them; write ``cachedNormal`` as its bit pattern.
public struct GeneratorState: Hashable, Sendable {
  /// The 624 words of the Mersenne Twister.
  public var words: [UInt32]

  /// How many of the words have been read, 0 … 624.
  public var position: Int

  /// The second half of the last pair of normal variates, where it has not been handed out yet.
  public var cachedNormal: Double?

  /// Creates a state from numbers that may have come from anywhere; generators check them.
  public init(words: [UInt32], position: Int, cachedNormal: Double?) {
    self.words = words
    self.position = position
    self.cachedNormal = cachedNormal
  }

  func validate() throws(GeneratorStateError) {
    guard words.count == MersenneTwister.wordCount else { throw .wordCount(words.count) }
    guard (0...MersenneTwister.wordCount).contains(position) else { throw .position(position) }
    // The twist never reads the lower 31 bits of the first word: without any other bit set, the
    // stream would be zeros for ever.
    guard words[0] >> 31 != 0 || words.dropFirst().contains(where: { $0 != 0 }) else {
      throw .zeroWords
    }
    if let cachedNormal, !cachedNormal.isFinite { throw .cachedNormal(cachedNormal) }
  }
}

/// The reason why a ``GeneratorState`` cannot have come from a generator.
public enum GeneratorStateError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The state has this number of words instead of 624.
  case wordCount(Int)
  /// The position is this one, outside 0 … 624.
  case position(Int)
  /// Every word is zero.
  case zeroWords
  /// The cached normal variate is infinite or not a number.
  case cachedNormal(Double)

  /// One sentence that says what was found and what would be right.
  public var description: String {
    switch self {
    case .wordCount(let count):
      "A generator's state has 624 words, but this one has \(count)."
    case .position(let position):
      "The position in a generator's state lies in 0 ... 624, but this one is \(position)."
    case .zeroWords:
      "The words of a generator's state are all zero, which no seed leads to."
    case .cachedNormal(let value):
      "The cached normal variate in a generator's state must be finite, but this one is \(value)."
    }
  }
}
