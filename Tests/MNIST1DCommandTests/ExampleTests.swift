import Foundation
import Storage
import Testing

@Suite("The example package")
struct ExampleTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardized
  private let settings = ["noise-tolerance", "noises=0,1", "seeds=0", "steps=20"]

  private func noise(_ arguments: [String], in folder: URL) throws -> Command.Outcome {
    try Command.run(arguments, in: folder, program: "NoiseExample")
  }

  /// The folders of all runs in a folder.
  private func runs(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent("runs/noise-tolerance").path
    ).sorted().map { "runs/noise-tolerance/\($0)" }
  }

  @Test("shows the training of one's own that the README shows, in at most 40 lines")
  func training() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOf: Self.repository.appendingPathComponent(path), encoding: .utf8)
    }
    let training = try text("Examples/Sources/training/main.swift")
    #expect(try text("README.md").contains("```swift\n\(training)```"))
    #expect(training.split(separator: "\n", omittingEmptySubsequences: false).count <= 41)
  }

  @Test("is the code that the article shows, and its manifest a part of the package's")
  func article() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOf: Self.repository.appendingPathComponent(path), encoding: .utf8)
    }
    let article = try text("Sources/StudyCommands/Documentation.docc/AFirstStudyOfYourOwn.md")
    let shown = article.components(separatedBy: "```swift\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }
    func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
    let files = try ["NoiseTolerance", "NoiseCommand"].map {
      try text("Examples/Sources/noise/\($0).swift")
    }
    #expect(words(shown.dropFirst().joined()) == words(files.joined()))
    // The manifest is that of a package with this program alone.
    let manifest = words(try text("Examples/Package.swift"))
    var rest = manifest[...]
    for word in words(shown[shown.startIndex]) where word != "\"noise\"," && word != "])" {
      let place = rest.firstIndex(of: word)
      #expect(place != nil, "\(word) is not in the manifest of the examples, or not there")
      rest = rest[((place ?? rest.endIndex - 1) + 1)...]
    }
  }

  @Test("measures, tabulates, draws and has a claim, which other settings leave untested")
  func reproduce() throws {
    try Command.inFolder { folder in
      let outcome = try noise(["reproduce"] + settings + ["--json"], in: folder)
      #expect(outcome.status == 0, "\(outcome.messages)")
      let summary = try JSON(reading: Data(outcome.output.utf8))
      #expect(summary["trials"]?.integer == 4)
      #expect(summary["failures"]?.elements?.isEmpty == true)
      #expect(summary["tables"]?["accuracy"]?["rows"]?.elements?.count == 2)
      let claim = try #require(summary["claims"]?.elements?.first)
      #expect(claim["id"]?.text == "cnn-bears-noise" && claim["holds"] == .null)
      let run = folder.appendingPathComponent(try runs(in: folder)[0])
      let figure = try String(
        contentsOf: run.appendingPathComponent("figures/accuracy.svg"), encoding: .utf8)
      #expect(figure.contains("corr_noise_scale"))
    }
  }

  @Test("has the commands that gather, compare, export and merge runs, under its own name")
  func gathers() throws {
    try Command.inFolder { folder in
      let empty = try noise(["report"], in: folder)
      #expect(empty.status == 66)
      #expect(
        empty.messages
          == "noise: runs holds no finished run; start one with noise reproduce\n")
      for steps in ["steps=10", "steps=20"] {
        let outcome = try noise(["reproduce"] + settings.dropLast() + [steps], in: folder)
        #expect(outcome.status == 0, "\(outcome.messages)")
      }
      let runs = try runs(in: folder)
      let comparison = try noise(["compare"] + runs, in: folder)
      #expect(comparison.status == 0 && comparison.output.contains("cnn-bears-noise"))
      #expect(comparison.output.contains("steps"))
      #expect(try noise(["merge"] + settings, in: folder).status == 0)
      #expect(try noise(["report"], in: folder).status == 0)
      let page = try String(
        contentsOf: folder.appendingPathComponent("runs/report.html"), encoding: .utf8)
      #expect(page.contains("<h1>Studies of noise</h1>") && page.contains("id=\"run-2\""))
      let files = try noise(["export", runs[0]], in: folder).output
      #expect(files.contains("trials.csv"))
    }
  }

  @Test("is divided among the tasks of a cluster by scripts that call it")
  func slurm() throws {
    try Command.inFolder { folder in
      let outcome = try noise(["slurm"] + settings + ["--tasks", "2", "--time", "5"], in: folder)
      #expect(outcome.status == 0, "\(outcome.messages)")
      #expect(outcome.messages.contains("noise-tolerance: 4 of 4 trials in 2 tasks"))
      let script = try String(
        contentsOfFile: outcome.output.dropLast() + "/array.sh", encoding: .utf8)
      #expect(script.contains("#SBATCH --job-name=NoiseExample-noise-tolerance\n"))
      #expect(script.contains("NoiseExample reproduce noise-tolerance noises=0,1 seeds=0 steps=20"))
    }
  }

  @Test("says what is wrong, and lists its studies in its help")
  func help() throws {
    try Command.inFolder { folder in
      let unknown = try noise(["reproduce", "noise-tolerance", "colour=1"], in: folder)
      #expect(unknown.status == 64)
      #expect(unknown.messages.hasPrefix("noise: there is no setting \"colour\""))
      #expect(unknown.messages.contains("models, noises, seeds, steps"))
      let help = try Command.run(
        ["reproduce", "--help"], in: folder, environment: ["COLUMNS": "200"],
        program: "NoiseExample"
      ).output
      #expect(help.hasPrefix("OVERVIEW: Carry out a study.\n"))
      #expect(help.contains("noise-tolerance: How much accuracy"))
      #expect(help.contains("models=mlp,cnn noises=0.0,0.25,0.5,1.0 seeds=0,1,2"))
      #expect(help.contains("(values: noise-tolerance, all)"))
    }
  }
}
