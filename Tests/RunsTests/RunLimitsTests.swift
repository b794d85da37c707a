import Storage
import Foundation
import Runs
import Testing

@Suite("A run beyond all reason")
struct RunLimitsTests {
  private func refusal(_ change: (inout Toy.Configuration) -> Void) -> RunError? {
    var configuration = Toy.Configuration()
    change(&configuration)
    do {
      _ = try Run(Toy.self, configuration: configuration, output: URL(fileURLWithPath: "/nowhere"))
      return nil
    } catch {
      return error
    }
  }

  @Test("is refused in one sentence, by the number that is too large")
  func numbers() {
    let steps = refusal { $0.steps = 1_000_000_000_000_000_000 }
    #expect(
      steps?.description
        == "the settings do not fit together: steps is 1000000000000000000; it must be at most 1000000000"
    )
    #expect(steps?.exitStatus == .usage)
    let sizes = refusal { $0.sizes = [1, .max] }
    #expect(sizes?.description.contains("sizes holds 9223372036854775807; it must be") == true)
    #expect(refusal { $0.seeds = [.max] } == nil)
  }

  @Test("is refused before its trials take the memory of the machine")
  func lists() {
    for (sizes, seeds) in [(2000, 1000), (100_000, 100_000)] {
      let error = refusal {
        $0.sizes = Array(1...sizes)
        $0.seeds = Array(1...seeds)
      }
      #expect(error == .tooManyTrials(study: "toy"))
    }
    #expect(refusal { $0.seeds = Array(1...1000) } == nil)
  }

  @Test("has more shards than trials, of which the first ones take them all")
  func shards() throws {
    let count = Int.max
    let first = try #require(Shard(number: 1, count: count))
    let last = try #require(Shard(number: count, count: count))
    #expect(first.indices(costs: [1, 2, 3]) == [2])
    #expect(last.indices(costs: [1, 2, 3]) == [])
  }
}
