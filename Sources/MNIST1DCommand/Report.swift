import ArgumentParser
import Foundation
import Runs
import Studies

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Gather runs into one page.",
    discussion: "The page needs no network and can be sent as it is.")

  @Argument(
    help: ArgumentHelp("Folders of runs. (default: every finished run)", valueName: "run"),
    completion: .directory)
  var runs: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder of all results, where the page goes.", valueName: "folder"),
    completion: .directory)
  var output = "runs"

  func run() throws {
    try Outputs.require("--output", output, .folder)
    let folder = URL(fileURLWithPath: output)
    let directories =
      runs.isEmpty
      ? StudyKind.finishedRuns(in: folder) : runs.map { RunDirectory(URL(fileURLWithPath: $0)) }
    if FileManager.default.fileExists(atPath: output) {
      try Outputs.require("--output", output + "/report.html")
    }
    guard !directories.isEmpty else {
      throw Failure(
        sentence: "\(output) holds no finished run; start one with mnist1d reproduce", status: 66)
    }
    let summaries = try directories.map { directory throws(RunError) in
      try RunSummary(reading: directory)
    }
    let page = folder.appendingPathComponent("report.html")
    try Runs.Report(runs: summaries).write(to: page)
    Terminal.print(page.path)
  }
}
