import Storage
import ArgumentParser
import Figures
import Foundation
import Runs

package struct CompareCommand<Program: StudyProgram>: ParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "compare",
      abstract: "Show runs of one study side by side.",
      discussion: """
        Lists the settings that differ, by how much the others differ from the first run, seed by seed and with 95 % \
        confidence, what each run measured for every claim, and the results that differ. The exit status is 65 if a run \
        lacks trials that it once had.
        """)
  }

  package init() {}

  @Argument(
    help: ArgumentHelp(
      "Two or more finished runs: folders, or the beginnings of their names.", valueName: "run"),
    completion: .directory)
  var runs: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder of all results, where names are looked for.", valueName: "folder"),
    completion: .directory)
  var output = "runs"

  @Option(
    help: ArgumentHelp(
      "Draw the differences here, as SVG, PNG or PDF by the name's ending.", valueName: "file"),
    completion: .file(extensions: ["svg", "png", "pdf"]))
  var figure: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  package func run() throws {
    guard runs.count > 1 else {
      throw Failure.usage("\(runs[0]) is one run; name two or more to compare")
    }
    let format = try figure.map { try PictureFormat(for: "--figure", $0) }
    try Outputs.require("--figure", figure)
    let directories = try runs.map { try RunReference.directory($0, in: output) }
    let comparison = try RunComparison(of: directories) { study in
      Program.allStudies.first { $0.name == study }?.curveNames ?? [:]
    }
    var status: Int32 = 0
    for directory in directories { status = max(status, try warnOfDamage(of: directory)) }
    if json {
      Program.print(json: comparison.json)
    } else {
      Terminal.print(comparison.text(columns: Terminal.columns))
    }
    if let figure, let format {
      guard let picture = comparison.figure else {
        throw Failure.badData(
          "the runs have no trials in common, so there are no differences to draw")
      }
      try OutputFile.write(picture.file(as: format), to: figure)
    }
    if status != 0 { throw ExitCode(status) }
  }
}
