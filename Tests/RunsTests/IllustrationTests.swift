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

  static let comparableSettings: [ComparableSetting] = [.anyValue("seed")]

  static func findings(_ results: Results<Sketch>) -> Findings {
    let panel = Panel(marks: [.points(Points(x: [1], y: [2]))])
    return Findings(
      claims: [
        Claim("there", "There is a dot.", holds: true),
        Claim("round", "It is round.", holds: results.configuration.seed == 42),
      ],
      illustrations: [
        Illustration(
          "dot", caption: "A dot of one seed.",
          figure: Figure(title: "Is there a round dot?", panels: [panel]),
          finding: Illustration.Finding("There is a round dot", ifHold: "there", "round"))
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
      (Self.own, "Not the paper’s settings: sizes, steps=10, seed=7"),
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

  @Test(
    "has the finding as its title where the claims hold that it rests on, and the question elsewhere",
    arguments: [
      (seed: 42, steps: 20, title: "There is a round dot"),
      (seed: 7, steps: 20, title: "Is there a round dot?"),
      (seed: 42, steps: 10, title: "Is there a round dot?"),
    ])
  func finding(seed: Int, steps: Int, title: String) throws {
    var configuration = Sketch.Configuration()
    (configuration.seed, configuration.steps) = (seed, steps)
    let scratch = try Scratch()
    let run = try Run(Sketch.self, configuration: configuration, output: scratch.url)
    let summary = try #require(try run.perform(RunOptions(jobs: 1)).summary)
    #expect(summary.findings.illustrations[0].svg.contains(">\(title)</text>"))
  }

  @Test("carries its caption in files of its own, in three formats, and not on the page")
  func captions() throws {
    let scratch = try Scratch()
    let run = try Run(Sketch.self, output: scratch.url)
    let summary = try #require(try run.perform(RunOptions(jobs: 1)).summary)
    func file(_ name: String) throws -> Data {
      try Data(contentsOf: run.directory.url.appendingPathComponent("figures/\(name)"))
    }
    func text(_ name: String) throws -> String { String(decoding: try file(name), as: UTF8.self) }
    #expect(try text("dot.svg").contains(">A dot of one seed.</text>"))
    for name in ["page/dot.svg", "narrow/dot.svg"] {
      #expect(try !text(name).contains(">A dot of one seed.</text>"), "\(name)")
    }
    #expect(try file("dot.png").prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    #expect(try file("dot.pdf").prefix(5) == Data("%PDF-".utf8))
    #expect(summary.findings.illustrations[0].svg == (try text("page/dot.svg")))
    let captioned = try RunSummary(reading: run.directory, captions: .inPictures)
    #expect(captioned.findings.illustrations[0].svg == (try text("dot.svg")))
  }

  @Test("is read from folders of earlier versions, which had one drawing for page and file")
  func earlier() throws {
    let scratch = try Scratch()
    let run = try Run(Sketch.self, output: scratch.url)
    _ = try run.perform(RunOptions(jobs: 1))
    let figures = run.directory.url.appendingPathComponent("figures")
    try FileManager.default.removeItem(at: figures.appendingPathComponent("page"))
    let svg = try String(contentsOf: figures.appendingPathComponent("dot.svg"), encoding: .utf8)
    #expect(try RunSummary(reading: run.directory).findings.illustrations[0].svg == svg)
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
