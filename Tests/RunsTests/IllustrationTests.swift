import Figures
import Foundation
import Runs
import Testing

/// A study that draws.
private enum Sketch: Study {
  static let source: String? = "the paper"

  struct Configuration: StudyConfiguration {
    var sizes = [1, 2]
    var seed = 42
    var steps = 20

    static var quick: Configuration {
      var quick = Configuration()
      quick.steps = 2
      return quick
    }
  }

  static let name = "sketch"
  static let question = "Is there a dot?"

  struct Trial: Codable, Hashable, Sendable {
    var size: Int
  }

  static func trials(for configuration: Configuration) -> [Trial] {
    configuration.sizes.map { Trial(size: $0) }
  }

  static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) -> Trial { trial }

  static func findings(_ results: Results<Sketch>) -> Findings {
    let panel = Panel(marks: [.points(Points(x: [1], y: [2]))])
    return Findings(illustrations: [
      Illustration("dot", caption: "A dot.", figure: Figure(title: "A dot", panels: [panel]))
    ])
  }
}

@Suite("An illustration")
struct IllustrationTests {
  private static let own: Sketch.Configuration = {
    var own = Sketch.Configuration()
    (own.sizes, own.seed, own.steps) = (Array(1...20), 7, 10)
    return own
  }()

  @Test(
    "says that its settings are not the paper's",
    arguments: [0, 1, 2])
  func stamp(index: Int) throws {
    let cases: [(Sketch.Configuration, String?)] = [
      (Sketch.Configuration(), nil), (.quick, "Reduced scale: made with --quick"),
      (Self.own, "Not the paper’s settings: sizes, seed=7, steps=10"),
    ]
    let (configuration, notice) = cases[index]
    let scratch = try Scratch()
    let run = try Run(Sketch.self, configuration: configuration, output: scratch.url)
    let summary = try #require(try run.perform(RunOptions(jobs: 1)).summary)
    #expect(summary.notice == notice)
    for file in ["figures/dot.svg", "figures/narrow/dot.svg"] {
      let svg = try String(
        contentsOf: run.directory.url.appendingPathComponent(file), encoding: .utf8)
      #expect(svg.contains("<text class=\"f-notice\"") == (notice != nil), "\(file)")
    }
    if let notice { #expect(summary.findings.illustrations[0].svg.contains(">\(notice)</text>")) }
    #expect(try RunSummary(reading: run.directory) == summary)
    #expect(summary.text.contains("--quick") == (index == 1))
  }

  @Test("is on the page twice, for a desk and for a phone")
  func narrow() throws {
    let scratch = try Scratch()
    let run = try Run(Sketch.self, output: scratch.url)
    let summary = try #require(try run.perform(RunOptions(jobs: 1)).summary)
    let html = Report(runs: [summary]).html
    #expect(html.contains(#"class="drawing scroll wide""#))
    #expect(html.contains(#"class="drawing narrow""#))
    #expect(html.components(separatedBy: "<img src=\"data:image/svg+xml;base64,").count == 3)
  }
}
