/// The stream of NumPy's legacy generator `numpy.random.RandomState`, bit for bit.
///
/// `numpy.random.seed(42)` and `RandomState(42)` are `NumPyRandomState(seed: 42)`; then every
/// method here returns what NumPy's method of that name returns and uses as much of the stream.
/// NumPy has frozen this stream (NEP 19), and the MNIST-1D dataset is made from it.
///
/// ```swift
/// var random = NumPyRandomState(seed: 42)
/// random.randomSample()      // 0.3745401188473625
/// random.permutation(40)     // numpy.random.permutation(40)
/// ```
///
/// The normal variates take one natural logarithm per pair, which NumPy takes from the C library. Here it is rounded
/// correctly, and so the same everywhere; NumPy's differs in the last place of about one in a thousand.
public struct NumPyRandomState: Hashable, Sendable {
  private var engine: MersenneTwister
  private var cachedNormal: Double?

  /// Creates the generator that `numpy.random.RandomState(seed)` is.
  ///
  /// NumPy, too, refuses seeds that do not fit into 32 bits.
  public init(seed: UInt32) {
    engine = MersenneTwister(seed: seed)
  }

  /// Creates the generator that a saved state describes.
  ///
  /// - Throws: ``GeneratorStateError`` when the state cannot have come from a generator.
  public init(state: GeneratorState) throws(GeneratorStateError) {
    engine = try MersenneTwister(state: state)
    cachedNormal = state.cachedNormal
  }

  /// The state from which ``init(state:)`` goes on with the same bits.
  public var state: GeneratorState {
    var state = engine.state
    state.cachedNormal = cachedNormal
    return state
  }
}

// MARK: Continuous distributions

extension NumPyRandomState {
  /// Returns a number uniform in `0 ..< 1` with 53 random bits: `random_sample()`, `rand()`.
  public mutating func randomSample() -> Double {
    let upper = engine.nextWord() >> 5
    let lower = engine.nextWord() >> 6
    return (Double(upper) * 67_108_864 + Double(lower)) / 9_007_199_254_740_992
  }

  /// Returns a number uniform in `lower ..< upper`: `uniform(lower, upper)`.
  public mutating func uniform(from lower: Double, to upper: Double) -> Double {
    lower + (upper - lower) * randomSample()
  }

  /// Returns a standard normal variate: `standard_normal()`, `randn()`.
  ///
  /// Variates come in pairs; the second of a pair is kept for the next call, however many other
  /// numbers are drawn in between.
  ///
  /// Source: G. Marsaglia's polar method, as in `legacy_gauss`.
  public mutating func standardNormal() -> Double {
    if let cached = cachedNormal {
      cachedNormal = nil
      return cached
    }
    let (first, second) = normalPair()
    cachedNormal = second
    return first
  }

  /// Returns a normal variate: `normal(mean, standardDeviation)`.
  public mutating func normal(mean: Double, standardDeviation: Double) -> Double {
    mean + standardDeviation * standardNormal()
  }

  /// Fills a buffer with standard normal variates: `standard_normal(buffer.count)`.
  public mutating func fillStandardNormal(_ buffer: UnsafeMutableBufferPointer<Double>) {
    var index = 0
    if let cached = cachedNormal, !buffer.isEmpty {
      cachedNormal = nil
      buffer[0] = cached
      index = 1
    }
    let end = buffer.count - (buffer.count - index) % 2
    fillNormalPairs(UnsafeMutableBufferPointer(rebasing: buffer[index..<end]))
    if end < buffer.count { buffer[end] = standardNormal() }
  }

  /// Draws as many candidates at once as pairs are missing, all of which would be drawn one by one too. A candidate
  /// is written where the next pair belongs whether it is accepted or not, since no processor foresees which are.
  private mutating func fillNormalPairs(_ buffer: UnsafeMutableBufferPointer<Double>) {
    let pairs = buffer.count / 2
    var accepted = 0
    while accepted < pairs {
      for _ in accepted..<pairs {
        let x1 = 2 * randomSample() - 1
        let x2 = 2 * randomSample() - 1
        let squaredRadius = x1 * x1 + x2 * x2
        (buffer[2 * accepted], buffer[2 * accepted + 1]) = (x1, x2)
        accepted += (squaredRadius < 1 ? 1 : 0) & (squaredRadius != 0 ? 1 : 0)
      }
    }
    for index in stride(from: 0, to: 2 * pairs, by: 2) {
      let (x1, x2) = (buffer[index], buffer[index + 1])
      let factor = Self.polarFactor(x1 * x1 + x2 * x2)
      (buffer[index], buffer[index + 1]) = (factor * x2, factor * x1)
    }
  }

  private mutating func normalPair() -> (Double, Double) {
    while true {
      let x1 = 2 * randomSample() - 1
      let x2 = 2 * randomSample() - 1
      let squaredRadius = x1 * x1 + x2 * x2
      if squaredRadius < 1 && squaredRadius != 0 {
        let factor = Self.polarFactor(squaredRadius)
        return (factor * x2, factor * x1)
      }
    }
  }

  /// What makes two numbers uniform in the unit disc normal.
  private static func polarFactor(_ squaredRadius: Double) -> Double {
    (-2 * ElementaryFunctions.naturalLogarithm(squaredRadius) / squaredRadius).squareRoot()
  }
}

// MARK: Integers and order

extension NumPyRandomState {
  /// Returns an integer uniform in `0 ..< bound`: `randint(bound)`, and `choice(bound)`.
  ///
  /// Draws are masked to the bits of `bound - 1` and rejected while they exceed it, so the use of
  /// the stream depends on the bound; a bound of 1 uses none of it.
  ///
  /// - Precondition: `bound` is positive.
  public mutating func randomInteger(below bound: Int) -> Int {
    precondition(bound > 0, "An integer below \(bound) cannot be drawn; the bound is at least 1.")
    return Int(integer(upTo: UInt64(bound - 1)))
  }

  /// Returns the numbers `0 ..< count` in random order: `permutation(count)`.
  public mutating func permutation(_ count: Int) -> [Int] {
    requireCount(count)
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// Puts the elements of an array in random order: `shuffle(array)`, along the first axis.
  public mutating func shuffle<Element>(_ array: inout [Element]) {
    for index in stride(from: array.count - 1, to: 0, by: -1) {
      array.swapAt(index, Int(integer(upTo: UInt64(index))))
    }
  }

  /// Masked rejection with one word per draw, or two where the limit needs them.
  private mutating func integer(upTo limit: UInt64) -> UInt64 {
    if limit == 0 { return 0 }
    let mask = UInt64.max >> UInt64(limit.leadingZeroBitCount)
    while true {
      let draw = limit <= UInt64(UInt32.max) ? UInt64(engine.nextWord()) : engine.next()
      if draw & mask <= limit { return draw & mask }
    }
  }
}

// MARK: Random number generator

extension NumPyRandomState: FloatRandomNumberGenerator {
  /// Returns the next 64 random bits.
  public mutating func next() -> UInt64 {
    engine.next()
  }

  /// Fills a buffer with `uniform(lower, upper, buffer.count).astype(float32)`.
  public mutating func fillUniform(
    _ buffer: UnsafeMutableBufferPointer<Float>, from lower: Double, to upper: Double
  ) {
    for index in buffer.indices { buffer[index] = Float(uniform(from: lower, to: upper)) }
  }

  /// Fills a buffer with `normal(mean, standardDeviation, buffer.count).astype(float32)`.
  public mutating func fillNormal(
    _ buffer: UnsafeMutableBufferPointer<Float>, mean: Double, standardDeviation: Double
  ) {
    for index in buffer.indices {
      buffer[index] = Float(normal(mean: mean, standardDeviation: standardDeviation))
    }
  }
}
