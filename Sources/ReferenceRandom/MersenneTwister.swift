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

  /// Fills a buffer with the next words; many of them take a third of the time that they take one by one.
  mutating func fill(_ buffer: UnsafeMutableBufferPointer<UInt32>) {
    var filled = 0
    while filled < buffer.count {
      if position == Self.wordCount { twist() }
      let count = min(buffer.count - filled, Self.wordCount - position)
      words.withUnsafeBufferPointer { words in
        let (from, to) = (words.baseAddress! + position, buffer.baseAddress! + filled)
        let whole = count / 8 * 8
        for index in stride(from: 0, to: whole, by: 8) {
          store(Self.tempered(load(from + index)), to + index)
        }
        for index in whole..<count { to[index] = Self.tempered(from[index]) }
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

  /// The same for eight of them.
  @inline(__always)
  private static func tempered(_ words: SIMD8<UInt32>) -> SIMD8<UInt32> {
    var words = words
    words ^= words &>> 11
    words ^= (words &<< 7) & 0x9d2c_5680
    words ^= (words &<< 15) & 0xefc6_0000
    words ^= words &>> 18
    return words
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
      let start = words.baseAddress!
      func twisted(_ upper: UInt32, _ lower: UInt32) -> UInt32 {
        let joined = (upper & 0x8000_0000) | (lower & 0x7fff_ffff)
        return (joined >> 1) ^ ((joined & 1) &* 0x9908_b0df)
      }
      // A word depends on the one after it and on one that lies farther off than eight words, before or behind.
      func twist(_ range: Range<Int>, _ other: Int) {
        let whole = range.lowerBound + range.count / 8 * 8
        for index in stride(from: range.lowerBound, to: whole, by: 8) {
          let (upper, lower) = (load(start + index), load(start + index + 1))
          let joined = (upper & 0x8000_0000) | (lower & 0x7fff_ffff)
          let odd = SIMD8<UInt32>(repeating: 0) &- (joined & 1)
          store(load(start + index + other) ^ (joined &>> 1) ^ (odd & 0x9908_b0df), start + index)
        }
        for index in whole..<range.upperBound {
          start[index] = start[index + other] ^ twisted(start[index], start[index + 1])
        }
      }
      twist(0..<count - shift, shift)
      twist(count - shift..<count - 1, shift - count)
      start[count - 1] = start[shift - 1] ^ twisted(start[count - 1], start[0])
    }
    position = 0
  }
}

@inline(__always)
private func load(_ words: UnsafePointer<UInt32>) -> SIMD8<UInt32> {
  UnsafeRawPointer(words).loadUnaligned(as: SIMD8<UInt32>.self)
}

@inline(__always)
private func store(_ words: SIMD8<UInt32>, _ to: UnsafeMutablePointer<UInt32>) {
  UnsafeMutableRawPointer(to).storeBytes(of: words, as: SIMD8<UInt32>.self)
}
