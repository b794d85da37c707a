import Foundation
import Runs
import Storage
import Testing

@Suite("Differences between runs")
struct PairedComparisonTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  private func run(_ change: (inout Toy.Configuration) -> Void) throws -> Run<Toy> {
    var configuration = Toy.Configuration()
    change(&configuration)
    let run = try scratch.run(configuration)
    _ = try run.perform(RunOptions(jobs: 2))
    return run
  }

  @Test("are means of differences seed by seed, with Student's interval from three seeds on")
  func intervals() throws {
    let first = try run { $0.seeds = [1, 2, 3] }
    let second = try run { ($0.seeds, $0.steps) = ([2, 3, 1, 9], 10) }
    let comparison = try RunComparison(of: [first.directory, second.directory])
    let rows = try #require(comparison.json["differences"]?.elements)
    let score = try #require(
      rows.first { $0["condition"] == "size 2" && $0["quantity"] == "score" })
    let difference = try #require(score["runs"]?.elements?[1]["difference"])
    #expect(difference["seeds"] == 3)
    // The measurements themselves, paired by hand.
    func scores(_ run: Run<Toy>) throws -> [Int: Double] {
      let lines = try String(contentsOf: run.store, encoding: .utf8).split(separator: "\n")
      return try lines.reduce(into: [:]) { scores, line in
        let trial = try JSON(reading: String(line))
        guard trial["key"]?["size"] == 2, let seed = trial["key"]?["seed"]?.integer else { return }
        scores[seed] = trial["measurement"]?["score"]?.number
      }
    }
    let (old, new) = (try scores(first), try scores(second))
    let sample = try #require(Sample([1, 2, 3].map { new[$0]! - old[$0]! }))
    #expect(abs((difference["mean"]?.number ?? .nan) - sample.mean) < 1e-12)
    let interval = try #require(sample.interval)
    let bounds = difference["interval"]?.elements?.compactMap(\.number) ?? []
    #expect(bounds.count == 2 && abs(bounds[0] - interval.lowerBound) < 1e-12)
    #expect(bounds.count == 2 && abs(bounds[1] - interval.upperBound) < 1e-12)
    #expect(comparison.figure != nil)
  }

  @Test("stand under the settings that differ, and fit the columns that there are")
  func heads() throws {
    let first = try run { $0.seeds = [1, 2, 3] }
    let second = try run { ($0.seeds, $0.steps) = ([1, 2, 3], 10) }
    let comparison = try RunComparison(of: [first.directory, second.directory])
    #expect(comparison.heads == ["steps=20", "steps=10"])
    for columns in [40, 80, 120] {
      let lines = comparison.text(columns: columns).split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= columns })
      #expect(comparison.text(columns: columns).contains("steps=10"))
    }
  }

  @Test("of runs without a seed in common are none")
  func nothingInCommon() throws {
    let first = try run { $0.seeds = [1] }
    let second = try run { $0.seeds = [2] }
    let comparison = try RunComparison(of: [first.directory, second.directory])
    let rows = comparison.json["differences"]?.elements ?? []
    #expect(rows.allSatisfy { $0["runs"]?.elements?[1]["difference"] == nil })
  }
}
