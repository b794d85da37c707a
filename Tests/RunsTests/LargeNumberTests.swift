import Storage
import Runs
import Testing

@Suite("A whole number above the largest Int")
struct LargeNumberTests {
  private struct Settings: Codable, Equatable {
    var seed: UInt64 = 1
    var seeds: [UInt64] = []
    var count = 0
    var counts: [Int] = []
  }

  @Test(
    "is written, read and decoded as itself",
    arguments: [UInt64(Int.max), UInt64(Int.max) + 1, .max])
  func roundTrip(_ value: UInt64) throws {
    let json = JSON.whole(value)
    #expect(json.canonical == "\(value)" && json.pretty == "\(value)")
    #expect(try JSON(reading: "\(value)") == json)
    #expect(json.number == Double(value))
    let settings = Settings(seed: value, seeds: [0, value])
    let encoded = try JSON(encoding: settings)
    #expect(encoded["seed"] == json && encoded.canonical.contains("[0,\(value)]"))
    #expect(try JSON(reading: encoded.canonical).decode(Settings.self) == settings)
  }

  @Test("is understood on the command line where the setting can hold it, and refused where not")
  func overrides() throws {
    let large = "18446744073709551615"
    let changed = try Overrides(["seed=\(large)", "seeds=7,\(large)"]).applied(to: Settings())
    #expect(changed == Settings(seed: .max, seeds: [7, .max]))
    for setting in ["count=\(large)", "counts=1,\(large)"] {
      let failure = #expect(throws: RunError.self) {
        try Overrides([setting]).applied(to: Settings())
      }
      #expect("\(failure!)".contains("up to \(Int.max)") && "\(failure!)".contains(large))
    }
    #expect(throws: RunError.self) {
      try Overrides(["seed=18446744073709551616"]).applied(to: Settings())
    }
  }
}
