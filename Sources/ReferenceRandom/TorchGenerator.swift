/// The stream of PyTorch's CPU generator, bit for bit.
///
/// `TorchGenerator(seed: s)` is the default generator after `torch.manual_seed(s)`, and
/// `torch.Generator().manual_seed(s)`. PyTorch's float32 kernels give other bits on a processor
/// without fused multiply-add; the stream here is that of the AVX2 kernels, which PyTorch runs on
/// every x86-64 processor with AVX2, those with AVX-512 included.
///
/// ```swift
/// var random = TorchGenerator(seed: 42)
/// random.uniform(count: 100, from: -0.1, to: 0.1)   // torch.empty(100).uniform_(-0.1, 0.1)
/// random.permutation(4000)                          // torch.randperm(4000)
/// ```
///
/// Sources: `CPUGeneratorImpl`, `DistributionsHelper.h` and `DistributionTemplates.h` of
/// PyTorch 2.13.
public struct TorchGenerator: Hashable, Sendable {
  private var engine: MersenneTwister
  private var cachedNormal: Double?

  /// Creates the generator that `torch.manual_seed(seed)` leaves behind.
  ///
  /// PyTorch accepts 64 bits and uses the lower 32.
  public init(seed: UInt64) {
    engine = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed))
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

// MARK: Integers and order

extension TorchGenerator {
  /// Returns an integer uniform in `range`, up to a bias: `torch.randint(low, high, ())`.
  ///
  /// As in PyTorch it is a remainder, of 32 random bits for fewer than 2²⁸ values, of 64 otherwise.
  ///
  /// - Precondition: `range` is not empty.
  public mutating func randomInteger(in range: Range<Int>) -> Int {
    precondition(!range.isEmpty, "An integer cannot be drawn from the empty range \(range).")
    // The width of the widest range does not fit into an Int.
    let width = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
    let draw = width < 1 << 28 ? UInt64(engine.nextWord()) : engine.next()
    return range.lowerBound &+ Int(truncatingIfNeeded: draw % width)
  }

  /// Returns `count` integers uniform in `range`: `torch.randint(low, high, (count,))`.
  public mutating func randomIntegers(count: Int, in range: Range<Int>) -> [Int] {
    requireCount(count)
    return (0..<count).map { _ in randomInteger(in: range) }
  }

  /// Returns the numbers `0 ..< count` in random order: `torch.randperm(count)`.
  ///
  /// - Precondition: `count` is below 214,748,364, where PyTorch takes up another algorithm.
  public mutating func permutation(_ count: Int) -> [Int] {
    precondition(
      (0..<Int(UInt32.max / 20)).contains(count),
      "\(count) numbers cannot be permuted; they may be 0 to \(UInt32.max / 20 - 1).")
    var order = Array(0..<count)
    for index in order.indices.dropLast() {
      order.swapAt(index, index + Int(engine.nextWord() % UInt32(count - index)))
    }
    return order
  }
}

// MARK: The order of a data loader

extension TorchGenerator {
  /// The generator that a shuffling `DataLoader` was given.
  public enum LoaderGenerator: Hashable, Sendable {
    /// `DataLoader(data, shuffle=True)`: the loader takes seeds from the default generator, which
    /// is this one, and shuffles with a generator of its own.
    case unspecified
    /// `DataLoader(data, shuffle=True, generator=g)`: everything comes from `g`, which is this one.
    case explicit
  }

  /// Returns the order in which a shuffling `DataLoader` visits `count` examples in its next epoch.
  ///
  /// One call is one `for batch in loader:` that runs to its end. Cut the order into batches as
  /// they come; the batch size plays no part. Seeds for worker processes are drawn, as PyTorch
  /// does with or without workers.
  public mutating func shuffledEpoch(
    count: Int, loaderGenerator: LoaderGenerator = .unspecified
  ) -> [Int] {
    _ = engine.next()  // The base seed of the workers.
    switch loaderGenerator {
    case .unspecified:
      var sampler = TorchGenerator(seed: engine.next() & UInt64(Int64.max))
      return sampler.permutation(count)
    case .explicit:
      let order = permutation(count)
      // At the end of an epoch the sampler draws another permutation and takes none of it.
      _ = permutation(count)
      return order
    }
  }
}

// MARK: Random number generator

extension TorchGenerator: FloatRandomNumberGenerator {
  /// Returns the next 64 random bits.
  public mutating func next() -> UInt64 {
    engine.next()
  }

  /// Fills a buffer as `tensor.uniform_(lower, upper)` fills a float32 tensor.
  public mutating func fillUniform(
    _ buffer: UnsafeMutableBufferPointer<Float>, from lower: Double, to upper: Double
  ) {
    let (lower, upper) = (Float(lower), Float(upper))
    for index in buffer.indices {
      buffer[index] = Self.scaled(unit(), from: lower, to: upper)
    }
  }

  /// Fills a buffer as `tensor.normal_(mean, standardDeviation)` fills a float32 tensor.
  ///
  /// Below 16 elements, variates are made one by one in double precision, and the second of each
  /// pair is kept for the next such call. From 16 elements on they are made in blocks of 16 in
  /// single precision; where the count is no multiple of 16, the last 16 are drawn again.
  public mutating func fillNormal(
    _ buffer: UnsafeMutableBufferPointer<Float>, mean: Double, standardDeviation: Double
  ) {
    guard buffer.count >= TorchNormalBlock.count else {
      for index in buffer.indices {
        buffer[index] = Float(mean.addingExactProduct(standardNormal(), standardDeviation))
      }
      return
    }
    let block = TorchNormalBlock(mean: Float(mean), standardDeviation: Float(standardDeviation))
    for index in buffer.indices { buffer[index] = unit() }
    let remainder = buffer.count % TorchNormalBlock.count
    for start in stride(from: 0, to: buffer.count - remainder, by: TorchNormalBlock.count) {
      block.transform(buffer, from: start)
    }
    if remainder > 0 {
      let start = buffer.count - TorchNormalBlock.count
      for index in start..<buffer.count { buffer[index] = unit() }
      block.transform(buffer, from: start)
    }
  }

  /// Fills a buffer with `value` where `tensor.bernoulli_(probability)` fills one with 1, and with 0 elsewhere.
  ///
  /// As PyTorch's own kernel draws, from 53 bits each. PyTorch on an Intel processor calls the generators of the Math
  /// Kernel Library instead.
  public mutating func fillBernoulli(
    _ buffer: UnsafeMutableBufferPointer<Float>, probability: Double, value: Float = 1
  ) {
    precondition((0...1).contains(probability), "A probability is 0 to 1, found \(probability).")
    // As the draws are whole numbers, those below the limit are those below the next whole number.
    let limit = UInt64((probability * 0x1p53).rounded(.up))
    let upperLimit = SIMD8(repeating: UInt32(limit >> 32))
    let lowerLimit = SIMD8(repeating: UInt32(truncatingIfNeeded: limit))
    let most = 256
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * most) { words in
      for start in stride(from: 0, to: buffer.count, by: most) {
        let count = min(most, buffer.count - start)
        engine.fill(UnsafeMutableBufferPointer(rebasing: words[..<(2 * count)]))
        for first in stride(from: 0, to: count, by: 8) {
          // Words behind the last draw are left over from before, or anything.
          let draws = UnsafeRawPointer(words.baseAddress! + 2 * first)
            .loadUnaligned(as: SIMD16<UInt32>.self)
          let (upper, lower) = (draws.evenHalf & 0x1f_ffff, draws.oddHalf)
          let isKept =
            (upper .< upperLimit) .| ((upper .== upperLimit) .& (lower .< lowerLimit))
          let values = SIMD8<Float>.zero.replacing(with: value, where: isKept)
          if count - first >= 8 {
            UnsafeMutableRawPointer(buffer.baseAddress! + start + first)
              .storeBytes(of: values, as: SIMD8<Float>.self)
          } else {
            for lane in 0..<count - first { buffer[start + first + lane] = values[lane] }
          }
        }
      }
    }
  }

  /// 24 random bits as a number in `0 ..< 1`.
  private mutating func unit() -> Float {
    Float(engine.nextWord() & 0xff_ffff) * 0x1p-24
  }

  private mutating func standardNormal() -> Double {
    if let cached = cachedNormal {
      cachedNormal = nil
      return cached
    }
    let u1 = Double(engine.next() & (1 << 53 - 1)) * 0x1p-53
    let u2 = Double(engine.next() & (1 << 53 - 1)) * 0x1p-53
    let (first, second) = boxMullerPair(u1, u2)
    cachedNormal = second
    return first
  }
}
