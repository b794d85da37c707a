import Fixtures
import ReferenceRandom
import Testing

@Suite("NumPy's RandomState")
struct NumPyRandomStateTests {
  /// Streams whose values pass through a logarithm.
  static let logarithmic: Set = ["standard_normal", "normal", "mixed"]

  @Test("uniform numbers, integers and permutations equal NumPy's bits")
  func exactStreams() throws {
    var tested = 0
    for golden in try GoldenStreams.load().numpy where !Self.logarithmic.contains(golden.method) {
      var random = NumPyRandomState(seed: golden.seed)
      let digest: String
      switch golden.method {
      case "random_sample":
        digest = SHA256.digest((0..<golden.count).map { _ in random.randomSample() })
      case "uniform":
        digest = SHA256.digest(
          (0..<golden.count).map { _ in random.uniform(from: -0.3, to: 1.7) })
      case "choice":
        let bound = try #require(golden.bound)
        digest = SHA256.digest((0..<golden.count).map { _ in random.randomInteger(below: bound) })
      case "permutation_twice":
        let first = random.permutation(golden.count / 2)
        digest = SHA256.digest(first + random.permutation(golden.count / 2))
      default:
        Issue.record("no test draws \(golden)")
        continue
      }
      #expect(digest == golden.sha256, "\(golden)")
      tested += 1
    }
    #expect(tested > 100)
  }

  @Test("normal variates equal NumPy's with correctly rounded logarithms")
  func normalStreams() throws {
    for golden in try GoldenStreams.load().numpy where Self.logarithmic.contains(golden.method) {
      var random = NumPyRandomState(seed: golden.seed)
      var values: [Double]
      switch golden.method {
      case "standard_normal": values = (0..<golden.count).map { _ in random.standardNormal() }
      case "normal":
        values = (0..<golden.count).map { _ in random.normal(mean: 0.3, standardDeviation: 1.7) }
      default: values = Self.mixed(&random)
      }
      #expect(Array(values.prefix(4)) == golden.first, "\(golden)")
      #expect(SHA256.digest(values) == golden.sha256, "\(golden)")
    }
  }

  /// Draws of every kind in turn, as in `random_streams.py`.
  private static func mixed(_ random: inout NumPyRandomState) -> [Double] {
    var values: [Double] = []
    var array = Array(0..<7)
    for _ in 0..<50 {
      values += [random.standardNormal(), random.randomSample()]
      values.append(Double(random.randomInteger(below: 48)))
      for _ in 0..<3 { values.append(random.standardNormal()) }
      random.shuffle(&array)
      values += array.map(Double.init)
    }
    return values
  }

  @Test("a buffer of normal variates is what single draws give, whatever its length")
  func buffers() {
    var single = NumPyRandomState(seed: 7)
    var blocks = NumPyRandomState(seed: 7)
    for count in [1, 0, 2, 3, 5, 8, 1, 1, 4] {
      let expected = (0..<count).map { _ in single.standardNormal() }
      let values = [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
        blocks.fillStandardNormal(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initialized = count
      }
      #expect(values == expected)
      #expect(blocks == single)
    }
  }

  @Test("a bound of 1 uses none of the stream")
  func trivialBound() {
    var random = NumPyRandomState(seed: 3)
    let before = random
    #expect(random.randomInteger(below: 1) == 0)
    #expect(random == before)
  }

  @Test("single-precision numbers are NumPy's doubles, rounded")
  func singlePrecision() {
    var random = NumPyRandomState(seed: 11)
    var reference = NumPyRandomState(seed: 11)
    let uniform = random.uniform(count: 9, from: -1, to: 2)
    #expect(uniform == (0..<9).map { _ in Float(reference.uniform(from: -1, to: 2)) })
    let normal = random.normal(count: 9, mean: 1, standardDeviation: 3)
    #expect(
      normal == (0..<9).map { _ in Float(reference.normal(mean: 1, standardDeviation: 3)) })
  }
}
