import Storage
import Figures
import Foundation
import Runs

/// A study that takes microseconds and yet has all that a study can have.
enum Toy: Study {
  struct Configuration: StudyConfiguration {
    var sizes = [1, 2, 3]
    var seeds = [42, 43]
    var steps = 20
    /// Trials of this size diverge.
    var divergingSize: Int?
    /// How long a step takes, in microseconds.
    var pause = 0
    /// A step at which a trial stops forever unless it is cancelled.
    var stallsAt: Int?

    static var quick: Configuration {
      var configuration = Configuration()
      configuration.seeds = [42]
      return configuration
    }

    func validate() throws {
      if steps < 1 { throw Diverged(reason: "steps must be positive") }
    }
  }

  struct Trial: Codable, Hashable, Sendable, SeededTrial {
    var size: Int
    var seed: Int
  }

  struct Measurement: Codable, Sendable, Equatable {
    var score: Double
    var curve: [Float]
    var lowest: Double
  }

  struct Diverged: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
  }

  static let name = "toy"
  static let question = "Do <b>stored</b> results & fresh ones agree?"

  static func trials(for configuration: Configuration) -> [Trial] {
    configuration.sizes.flatMap { size in
      configuration.seeds.map { Trial(size: size, seed: $0) }
    }
  }

  static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    Double(trial.size)
  }

  static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    if trial.size == configuration.divergingSize { throw Diverged(reason: "the loss is nan") }
    var state = UInt64(trial.seed) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(trial.size)
    var first = 0
    var curve: [Float] = []
    if let saved = context.checkpoint.load(),
      let resumed = try? JSON(reading: saved).decode(Saved.self)
    {
      (first, state, curve) = (resumed.step, UInt64(resumed.state) ?? 0, resumed.curve)
    }
    for step in first..<configuration.steps {
      while step == configuration.stallsAt, !context.isCancelled { usleep(1000) }
      try context.checkCancellation()
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      curve.append(Float(state >> 40) / 0x1p24 - 0.5)
      if configuration.pause > 0 { usleep(UInt32(configuration.pause)) }
      if step % 5 == 4 {
        let saved = Saved(step: step + 1, state: String(state), curve: curve)
        try context.checkpoint.save(Data(JSON(encoding: saved).canonical.utf8))
      }
      context.report(Double(step + 1) / Double(configuration.steps), "step \(step)")
    }
    let score = curve.reduce(0.0) { $0 + Double($1) } / 3
    return Measurement(score: score, curve: curve, lowest: trial.seed == 43 ? .nan : -0.0)
  }

  struct Saved: Codable {
    var step: Int
    var state: String
    var curve: [Float]
  }

  static let source: String? = "the paper"

  static func findings(_ results: Results<Toy>) -> Findings {
    var table = Table("scores", title: "Scores", columns: ["size", "score", "last"])
    for size in results.configuration.sizes {
      let curves = results.measurements { $0.size == size }.map(\.curve)
      table.append([
        .integer(size), Cell(results.sample(where: { $0.size == size }, \.score), decimals: 3),
        .number(Double(curves.last?.last ?? .nan), decimals: 2),
      ])
    }
    let order = results.all.map { "\($0.trial.size)/\($0.trial.seed)" }.joined(separator: " ")
    return Findings(
      claims: [
        Claim("order", "Results come as planned.", measured: .text(order), verdict: .holds),
        Claim(
          "score", "The score is <high>.", reported: 94, measured: 93.25, spread: 0.8,
          verdict: .fails),
        Claim("human", "People agree.", reported: "≈ 30", verdict: .untested),
      ],
      tables: [table],
      illustrations: [
        Illustration(
          "figure-1", caption: "A dot & its <frame>.",
          figure: Figure(
            title: "A dot", panels: [Panel(marks: [.points(Points(x: [1], y: [1]))])]))
      ],
      notes: ["A toy."])
  }
}

/// A folder for one test, gone when the test is.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("RunsTests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func run(_ configuration: Toy.Configuration = .init(), in folder: String = "runs") throws -> Run<
    Toy
  > {
    try Run(Toy.self, configuration: configuration, output: url.appendingPathComponent(folder))
  }
}

/// An observer that remembers; a class, so that the test sees what the run told its copy.
final class Listener: RunObserver {
  var sentences: [String] = []
  var latest: RunProgress?
  var updates = 0
  var hasEnded = false

  func update(_ progress: RunProgress) {
    latest = progress
    updates += 1
  }
  func announce(_ sentence: String) { sentences.append(sentence) }
  func end() { hasEnded = true }
}

extension RunOutcome {
  /// The summary of a run that is complete.
  var summary: RunSummary? {
    if case .complete(let summary) = self { summary } else { nil }
  }
}

extension Run {
  /// The store of the whole run.
  var store: URL { directory.url.appendingPathComponent("trials.jsonl") }

  /// All that must not depend on how a run came about: what it wrote, but for the times.
  func bits() throws -> String {
    var summary = try JSON(
      reading: Data(contentsOf: directory.url.appendingPathComponent("summary.json")))
    summary["seconds"] = nil
    let others = ["config.json", "tables/scores.csv", "figures/figure-1.svg"].map {
      (try? String(contentsOf: directory.url.appendingPathComponent($0), encoding: .utf8)) ?? ""
    }
    return summary.canonical + others.joined()
  }
}
