import ArgumentParser
import Foundation
import Runs

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show runs of one study side by side.",
    discussion:
      "Lists the settings that differ, what each run measured for every claim, and the results that differ."
  )

  @Argument(
    help: ArgumentHelp("Folders of two or more finished runs.", valueName: "run"),
    completion: .directory)
  var runs: [String]

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    guard runs.count > 1 else {
      throw Failure.usage("\(runs[0]) is one run; name two or more to compare")
    }
    let comparison = try RunComparison(
      of: runs.map { RunDirectory(URL(fileURLWithPath: $0)) })
    Terminal.print(json ? comparison.json.pretty : comparison.text)
  }
}
