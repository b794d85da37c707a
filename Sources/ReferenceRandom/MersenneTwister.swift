/// The 32-bit Mersenne Twister, MT19937, that NumPy's `RandomState` and PyTorch's CPU generator share.
///
/// Both libraries seed it the same way and read the same words from it; they differ only in
/// how they turn words into numbers. See ``NumPyRandomState`` and ``TorchGenerator``.
///
/// Source: M. Matsumoto and T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed
/// uniform pseudo-random number generator", *ACM TOMACS* 8 (1998), with the initialisation of 2002.
public struct MersenneTwister: RandomNumberGenerator, Hashable, Sendable {
  /// The number of 32-bit words of state.
  public static let wordCount = 624

  private var words: [UInt32]
  private var position: Int

  /// Creates the generator that `init_genrand(seed)` gives.
  public init(seed: UInt32) {
    words = [UInt32](unsafeUninitializedCapacity: Self.wordCount) { words, count in
      var word = seed
      for index in 0..<Self.wordCount {
        words[index] = word
        word = 1_812_433_253 &* (word ^ (word >> 30)) &+ UInt32(index + 1)
      }
      count = Self.wordCount
    }
    position = Self.wordCount
  }

  /// Creates the generator that a saved state describes; the state's cached normal plays no part.
  ///
  /// - Throws: ``GeneratorStateError`` when the state cannot have come from a generator.
  public init(state: GeneratorState) throws(GeneratorStateError) {
    try state.validate()
    words = state.words
    position = state.position
  }

  /// The state from which ``init(state:)`` goes on with the same words.
  public var state: GeneratorState {
    GeneratorState(words: words, position: position, cachedNormal: nil)
  }

  /// Returns the next 32-bit word.
  public mutating func nextWord() -> UInt32 {
    if position == Self.wordCount { twist() }
    let word = words[position]
    position += 1
    return Self.tempered(word)
  }

  /// Fills a buffer with the next words; for many of them this is several times as fast as one by one.
  mutating func fill(_ buffer: UnsafeMutableBufferPointer<UInt32>) {
    var filled = 0
    while filled < buffer.count {
      if position == Self.wordCount { twist() }
      let count = min(buffer.count - filled, Self.wordCount - position)
      let start = position
      words.withUnsafeBufferPointer { words in
        for index in 0..<count { buffer[filled + index] = Self.tempered(words[start + index]) }
      }
      position += count
      filled += count
    }
  }

  /// The word that is handed out for one of the state.
  @inline(__always)
  private static func tempered(_ word: UInt32) -> UInt32 {
    var word = word
    word ^= word >> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    word ^= word >> 18
    return word
  }

  /// Returns two words as one, the first one in the upper half, as NumPy and PyTorch both do.
  public mutating func next() -> UInt64 {
    let upper = UInt64(nextWord())
    return upper << 32 | UInt64(nextWord())
  }

  /// Replaces the words that have all been read by the next 624.
  private mutating func twist() {
    words.withUnsafeMutableBufferPointer { words in
      let (count, shift) = (Self.wordCount, 397)
      func twisted(_ upper: UInt32, _ lower: UInt32) -> UInt32 {
        let joined = (upper & 0x8000_0000) | (lower & 0x7fff_ffff)
        return (joined >> 1) ^ ((joined & 1) &* 0x9908_b0df)
      }
      for index in 0..<(count - shift) {
        words[index] = words[index + shift] ^ twisted(words[index], words[index + 1])
      }
      for index in (count - shift)..<(count - 1) {
        words[index] = words[index + shift - count] ^ twisted(words[index], words[index + 1])
      }
      words[count - 1] = words[shift - 1] ^ twisted(words[count - 1], words[0])
    }
    position = 0
  }
}
