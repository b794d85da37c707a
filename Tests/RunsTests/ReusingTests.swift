import Foundation
import Storage
import Testing

import Runs

/// A study whose trials depend on everything but which others there are.
private enum Kin: Study {
  typealias Configuration = Toy.Configuration
  typealias Trial = Toy.Trial
  typealias Measurement = Toy.Measurement

  static let name = "kin"
  static let question = "Who has done it already?"

  static func trials(for configuration: Configuration) -> [Trial] { Toy.trials(for: configuration) }
  static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    (settings.seeds, settings.sizes) = ([], [])
    settings.divergingSize = configuration.divergingSize == trial.size ? trial.size : nil
    return settings
  }
  static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement { try Toy.measure(trial, configuration, in: context) }
  static func findings(_ results: Results<Kin>) -> Findings {
    var table = Table("scores", title: "Scores", columns: ["seed", "score"])
    for result in results.all {
      table.append([.integer(result.trial.seed), .number(result.measurement.score, decimals: 3)])
    }
    return Findings(tables: [table])
  }
}

@Suite("A trial that another run has done")
struct ReusingTests {
  private func perform(
    _ change: (inout Toy.Configuration) -> Void, in scratch: Scratch, _ folder: String = "runs",
    _ options: RunOptions = RunOptions(jobs: 2)
  ) throws -> (summary: RunSummary?, words: [String], run: Run<Kin>) {
    var configuration = Toy.Configuration()
    change(&configuration)
    let run = try Run(
      Kin.self, configuration: configuration, output: scratch.url.appendingPathComponent(folder))
    let listener = Listener()
    let outcome = try run.perform(options, observer: listener)
    return (outcome.summary, listener.sentences, run)
  }

  @Test("is taken from it, and the findings are those of a run that did all of them, bit for bit")
  func taken() throws {
    let scratch = try Scratch()
    _ = try perform({ $0.seeds = [1, 2] }, in: scratch)
    let more = try perform({ $0.seeds = [1, 2, 3] }, in: scratch)
    #expect(more.words.contains("6 of 9 trials are taken from another run that measured the same"))
    let alone = try perform({ $0.seeds = [1, 2, 3] }, in: scratch, "elsewhere")
    #expect(!alone.words.contains { $0.contains("taken from") })
    #expect(more.summary?.digest == alone.summary?.digest)
    #expect(more.summary?.findings == alone.summary?.findings)
    // The run stands for itself: the other one may go.
    try FileManager.default.removeItem(
      at: scratch.url.appendingPathComponent("runs/kin")
        .appendingPathComponent(
          perform({ $0.seeds = [1, 2] }, in: scratch).run.directory.url.lastPathComponent))
    let again = try perform({ $0.seeds = [1, 2, 3] }, in: scratch)
    #expect(again.summary?.digest == alone.summary?.digest && again.words.isEmpty)
  }

  @Test("is taken from several runs, and by shards as well")
  func shards() throws {
    let scratch = try Scratch()
    _ = try perform({ $0.seeds = [1] }, in: scratch)
    _ = try perform({ ($0.seeds, $0.sizes) = ([2], [1]) }, in: scratch)
    let part = try perform(
      { $0.seeds = [1, 2] }, in: scratch, "runs", RunOptions(jobs: 1, shard: try Shard("1/2")))
    let whole = try perform({ $0.seeds = [1, 2] }, in: scratch)
    #expect(part.words.contains { $0.contains("taken from") })
    let alone = try perform({ $0.seeds = [1, 2] }, in: scratch, "elsewhere")
    #expect(whole.summary?.digest == alone.summary?.digest)
    let both = try perform({ ($0.seeds, $0.sizes) = ([1, 2], [1]) }, in: scratch)
    #expect(both.words.contains { $0.hasPrefix("2 of 2 trials are taken from") })
  }

  @Test("under a setting that matters to it is done again, and so it is when asked for")
  func notTaken() throws {
    let scratch = try Scratch()
    _ = try perform({ $0.seeds = [1] }, in: scratch)
    for (change, options) in [
      ({ ($0.seeds, $0.steps) = ([1, 2], 21) }, RunOptions(jobs: 1)),
      ({ $0.seeds = [1, 2] }, RunOptions(jobs: 1, start: .fresh)),
    ] as [((inout Toy.Configuration) -> Void, RunOptions)] {
      let run = try perform(change, in: scratch, "runs", options)
      #expect(!run.words.contains { $0.contains("taken from") }, "\(run.words)")
    }
    // A failure is no result, and does not stop the others from being taken.
    _ = try perform({ ($0.seeds, $0.divergingSize) = ([5], 2) }, in: scratch)
    let mended = try perform({ $0.seeds = [5, 6] }, in: scratch)
    #expect(
      mended.words.contains("2 of 6 trials are taken from another run that measured the same"))
    #expect(mended.summary?.failures == [])
  }

  @Test("is done again where its line was edited, or lies in a folder that is not its own")
  func damaged() throws {
    let scratch = try Scratch()
    let first = try perform({ $0.seeds = [1] }, in: scratch)
    let store = first.run.store
    let text = try String(contentsOf: store, encoding: .utf8)
    var lines = text.split(separator: "\n").map(String.init)
    lines[1] = lines[1].replacing("\"score\":", with: "\"score\":1")
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: store)
    let second = try perform({ $0.seeds = [1, 2] }, in: scratch)
    #expect(
      second.words.contains("2 of 6 trials are taken from another run that measured the same"))
    let alone = try perform({ $0.seeds = [1, 2] }, in: scratch, "elsewhere")
    #expect(second.summary?.digest == alone.summary?.digest)
    // A copy under another name is not believed.
    let kin = scratch.url.appendingPathComponent("elsewhere/kin")
    try FileManager.default.moveItem(
      at: alone.run.directory.url, to: kin.appendingPathComponent("0123456789abcdef"))
    let third = try perform({ $0.seeds = [1, 2, 3] }, in: scratch, "elsewhere")
    #expect(!third.words.contains { $0.contains("taken from") })
    // A pipe in the place of its store, or of its settings, is not waited for.
    for file in [third.run.store, third.run.directory.url.appendingPathComponent("config.json")] {
      try FileManager.default.removeItem(at: file)
      #expect(mkfifo(file.path, 0o600) == 0)
      let fourth = try perform(
        { $0.seeds = [1, 2, 3, 4] }, in: scratch, "elsewhere", RunOptions(jobs: 1))
      #expect(fourth.summary != nil && !fourth.words.contains { $0.contains("taken from") })
      try FileManager.default.removeItem(at: fourth.run.directory.url)
    }
  }
}
