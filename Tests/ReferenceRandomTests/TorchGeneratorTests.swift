import Fixtures
import ReferenceRandom
import Testing

@Suite("PyTorch's generator")
struct TorchGeneratorTests {
  @Test("every stream equals PyTorch's bits")
  func streams() throws {
    for golden in try GoldenStreams.load().torch {
      var random = TorchGenerator(seed: try #require(UInt64(golden.seed)))
      let digest: String
      let count = golden.count
      switch golden.method {
      case "unit": digest = SHA256.digest(random.uniform(count: count, from: 0, to: 1))
      case "uniform": digest = SHA256.digest(random.uniform(count: count, from: -0.158, to: 0.158))
      case "standard_normal": digest = SHA256.digest(random.normal(count: count))
      case "standard_normal_by_15":
        digest = SHA256.digest((0..<count / 15).flatMap { _ in random.normal(count: 15) })
      case "normal":
        digest = SHA256.digest(random.normal(count: count, mean: 0.3, standardDeviation: 1.7))
      case "randint":
        let bound = try #require(golden.bound)
        digest = SHA256.digest(random.randomIntegers(count: count, in: -3..<(bound - 3)))
      case "randperm_twice":
        let first = random.permutation(count / 2)
        digest = SHA256.digest(first + random.permutation(count / 2))
      case "mixed": digest = SHA256.digest(Self.mixed(&random))
      case "loader_default":
        let bound = try #require(golden.bound)
        digest = SHA256.digest(Self.epochs(&random, count: bound, .unspecified))
      case "loader_generator":
        let bound = try #require(golden.bound)
        digest = SHA256.digest(Self.epochs(&random, count: bound, .explicit))
      default:
        Issue.record("no test draws \(golden)")
        continue
      }
      #expect(digest == golden.sha256, "\(golden)")
    }
  }

  @Test(
    "what is 1 with a probability is what draws of 53 bits are below, wherever the stream stands")
  func bernoulli() {
    for (skipped, count) in [(0, 1), (1, 7), (3, 300), (622, 9), (1247, 1000)] {
      for probability in [0, 1e-9, 0.3, 0.5, 0.9, 1] {
        var random = TorchGenerator(seed: 5)
        _ = random.uniform(count: skipped, from: 0, to: 1)
        var single = random
        var values = [Float](repeating: .nan, count: count)
        values.withUnsafeMutableBufferPointer {
          random.fillBernoulli($0, probability: probability, value: 2)
        }
        let expected = (0..<count).map { _ -> Float in
          Double(single.next() & (1 << 53 - 1)) * 0x1p-53 < probability ? 2 : 0
        }
        #expect(values == expected)
        #expect(random == single)
      }
    }
  }

  /// Draws of every kind in turn, as in `random_streams.py`.
  private static func mixed(_ random: inout TorchGenerator) -> [Float] {
    var values: [Float] = []
    for round in 0..<20 {
      values += random.normal(count: 3, mean: 0.1, standardDeviation: 2)
      values += random.uniform(count: 5, from: -1, to: 1)
      values += random.normal(count: 33, mean: -1, standardDeviation: 0.5)
      values += random.randomIntegers(count: 2, in: 0..<10).map(Float.init)
      values += random.normal(count: round)
      values += random.permutation(6).map(Float.init)
    }
    return values
  }

  /// Four epochs, each followed by another draw from the same stream.
  private static func epochs(
    _ random: inout TorchGenerator, count: Int, _ generator: TorchGenerator.LoaderGenerator
  ) -> [Int] {
    var order: [Int] = []
    for _ in 0..<4 {
      order += random.shuffledEpoch(count: count, loaderGenerator: generator)
      order.append(random.randomInteger(in: 0..<1000))
    }
    return order
  }

  @Test("integers cover the widest range without overflow")
  func widestRange() {
    var random = TorchGenerator(seed: 5)
    var bits = TorchGenerator(seed: 5)
    for _ in 0..<10 {
      let value = random.randomInteger(in: Int.min..<Int.max)
      #expect(UInt64(bitPattern: Int64(value)) &+ (1 << 63) == bits.next() % UInt64.max)
    }
  }

  @Test("the upper bound never occurs, not even by rounding")
  func upperBound() {
    var random = TorchGenerator(seed: 1)
    // The spacing of floats at 2²⁴ is 2, so that half of all draws would round up to the bound.
    let values = random.uniform(count: 1000, from: 16_777_216, to: 16_777_218)
    #expect(values.allSatisfy { $0 == 16_777_216 })
  }
}
