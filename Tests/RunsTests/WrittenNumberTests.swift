import Runs
import Storage
import Testing

@Suite("A number on the command line")
struct WrittenNumberTests {
  @Test(
    "may have a sign, a point and an exponent",
    arguments: [
      ("7", 7.0), ("-7", -7), ("+7", 7), (".5", 0.5), ("5.", 5), ("-.5e1", -5), ("1e-3", 0.001),
      ("2E+2", 200), ("0", 0), ("-0.0e9", 0), ("0e-999", 0), ("1e-45", 1e-45), ("3.4e38", 3.4e38),
      ("0.1", 0.1), ("00012", 12),
    ])
  func numbers(_ word: String, _ value: Double) {
    #expect(Double(written: word) == value)
  }

  @Test(
    "is whole in every spelling of a whole number, to the last digit",
    arguments: [
      ("0", 0), ("-1", -1), ("1e4", 10_000), ("1.5e1", 15), ("5.0", 5), ("5.", 5), ("-20e-1", -2),
      ("9007199254740993", 9_007_199_254_740_993), ("9007199254740993.0", 9_007_199_254_740_993),
      ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("0e99999999999", 0),
    ])
  func wholeNumbers(_ word: String, _ value: Int) {
    #expect(Int(written: word) == value)
  }

  @Test(
    "is neither hexadecimal, grouped, surrounded by blanks, infinite, nor in other digits",
    arguments: [
      "", " 5", "5 ", "0x10", "0b1", "0o7", "1_000", "1,000", "inf", "-inf", "nan", "∞", "５", "٣",
      "1e", "e5", ".", "+", "-", "--1", "+-1", "1e+-1", "1.2.3", "1e1.5", "0x1p-3", "1f", "\n1",
      "½", "1\u{301}",
    ])
  func refused(_ word: String) {
    #expect(Double(written: word) == nil)
    #expect(Int(written: word) == nil)
    #expect(UInt64(written: word) == nil)
  }

  @Test(
    "is not one that single precision or the type turns into another one",
    arguments: ["1e-46", "-1e-46", "1e-400", "1e39", "1e400", "-1e99999999999999999999"])
  func beyondSinglePrecision(_ word: String) {
    #expect(Double(written: word) == nil)
    #expect(
      expectation(of: Double.self, insteadOf: [word])
        == "a number from 1e-45 to 3.4e+38 in size, or 0")
  }

  @Test("is within its type")
  func limits() {
    #expect(UInt64(written: "18446744073709551615") == .max)
    #expect(UInt64(written: "18446744073709551616") == nil && UInt64(written: "-1") == nil)
    #expect(Int(written: "9223372036854775808") == nil && Int(written: "1e19") == nil)
    #expect(
      expectation(of: Int.self, insteadOf: ["1e19"])
        == "a whole number from -9223372036854775808 to 9223372036854775807")
    #expect(expectation(of: Int.self, insteadOf: ["1.5"]) == "a whole number")
    #expect(
      expectation(of: Int.self, insteadOf: ["0x10"]) == "a whole number in plain decimal digits")
    #expect(expectation(of: Int.self, insteadOf: ["many"]) == "a whole number")
  }

  @Test("is read alike in settings, which say what would be right")
  func settings() throws {
    struct Configuration: Codable, Equatable {
      var steps = 1
      var rate = 1.0
      var rates = [1.0]
      var seeds = [1]
      var padding = 36...60
      var limit: Double?
    }
    func apply(_ argument: String) throws -> Configuration {
      try Overrides([argument]).applied(to: Configuration())
    }
    #expect(try apply("steps=1.5e1").steps == 15)
    #expect(try apply("rate=-.5").rate == -0.5)
    #expect(try apply("padding=-3..1e1").padding == -3...10)
    #expect(try apply("padding=36,60").padding == 36...60)
    #expect(try apply("seeds=-2..1,1e1").seeds == [-2, -1, 0, 1, 10])
    for (argument, sentence) in [
      ("rate=1e-46", "rate takes a number from 1e-45 to 3.4e+38 in size, or 0"),
      ("limit=1e-46", "limit takes a number from 1e-45 to 3.4e+38 in size, or 0, or null"),
      ("steps=0x10", "steps takes a whole number in plain decimal digits"),
      ("steps=1_000", "steps takes a whole number in plain decimal digits"),
      (
        "rates=1,1e39",
        "rates takes numbers such as 0.1,0.5 or linspace(0,1,9), each a number from 1e-45 to 3.4e+38 in size, or 0"
      ),
      ("padding=0...5", "padding takes a range of whole numbers such as 36..60 or 36,60"),
    ] {
      let error = #expect(throws: RunError.self) { try apply(argument) }
      #expect(error?.description == "\(argument) cannot be understood: \(sentence)")
    }
  }
}
