import Fixtures
import ReferenceRandom
import Testing

@Suite("Elementary functions")
struct ElementaryFunctionsTests {
  /// The golden file, as `elementary_functions.py` writes it.
  struct Golden: Decodable {
    var hard: [String: [[String]]]
    var streams: [Stream]

    struct Stream: Decodable, CustomStringConvertible {
      var function: String
      var seed: UInt32
      var count: Int
      var sha256: String

      var description: String { "\(function), seed \(seed), count \(count)" }
    }

    static func load() throws -> Golden {
      try Fixture.json("elementary_functions.json", as: Golden.self)
    }
  }

  static func value(_ function: String, _ x: Double) throws -> Double {
    switch function {
    case "log": ElementaryFunctions.naturalLogarithm(x)
    case "exp": ElementaryFunctions.exponential(x)
    case "sin": ElementaryFunctions.sineAndCosine(x).sine
    case "cos": ElementaryFunctions.sineAndCosine(x).cosine
    default: try #require(nil, "no test computes \(function)")
    }
  }

  static func number(_ bits: String) throws -> Double {
    bits == "nan" ? .nan : Double(bitPattern: try #require(UInt64(bits, radix: 16)))
  }

  @Test(
    "values next to the midpoint of two doubles and at the ends of the range are rounded correctly")
  func hardCases() throws {
    let golden = try Golden.load()
    #expect(golden.hard.count == 4)
    for (function, cases) in golden.hard {
      #expect(cases.count > 60)
      for pair in cases {
        let (x, expected) = try (Self.number(pair[0]), Self.number(pair[1]))
        let value = try Self.value(function, x)
        #expect(
          value.bitPattern == expected.bitPattern || value.isNaN && expected.isNaN,
          "\(function) \(x) = \(expected), not \(value)")
      }
    }
  }

  @Test("values at arguments of every magnitude are rounded correctly")
  func streams() throws {
    #if DEBUG
      let most = 2_000
    #else
      let most = 40_000
    #endif
    var tested = 0
    for golden in try Golden.load().streams where golden.count <= most {
      var random = NumPyRandomState(seed: golden.seed)
      let values = try (0..<golden.count).flatMap { _ in
        let (u, v) = (random.randomSample(), random.randomSample())
        return try Self.arguments(golden.function, u, v).map { try Self.value(golden.function, $0) }
      }
      #expect(SHA256.digest(values) == golden.sha256, "\(golden)")
      tested += 1
    }
    #expect(tested >= 4)
  }

  /// The arguments that `elementary_functions.py` makes of two uniform numbers.
  static func arguments(_ function: String, _ u: Double, _ v: Double) -> [Double] {
    let scale = Double(sign: .plus, exponent: -Int(v * 60), significand: 1)
    switch function {
    case "log":
      // In two steps, so that subnormal numbers are rounded once.
      let exponent = Int(v * 2096) - 1073
      let half = Double(sign: .plus, exponent: exponent / 2, significand: 0.5 + u / 2)
      let wide = half * Double(sign: .plus, exponent: exponent - exponent / 2, significand: 1)
      return [u, 1 + (u - 0.5) * scale, wide]
    case "exp": return [-40 * u, 1460 * u - 747, (u - 0.5) * scale]
    default: return [2 * Double.pi * u, 2 * Double.pi * u * scale]
    }
  }

  @Test("the logarithm of 0 is −∞, that of a negative number none, and that of 1 is 0")
  func limits() {
    #expect(ElementaryFunctions.naturalLogarithm(0) == -.infinity)
    #expect(ElementaryFunctions.naturalLogarithm(-1e-300).isNaN)
    #expect(ElementaryFunctions.naturalLogarithm(.nan).isNaN)
    #expect(ElementaryFunctions.naturalLogarithm(.infinity) == .infinity)
    #expect(ElementaryFunctions.naturalLogarithm(1).bitPattern == 0)
  }

  @Test("exponential and logarithm undo each other")
  func inverses() {
    var random = NumPyRandomState(seed: 8)
    for _ in 0..<300 {
      let x = random.uniform(from: 0.5, to: 700)
      let back = ElementaryFunctions.naturalLogarithm(ElementaryFunctions.exponential(x))
      #expect(abs(back - x) <= 2 * x.ulp)
    }
  }
}
