import Storage
import ArgumentParser
import Foundation
import Runs

package struct ReportCommand<Program: StudyProgram>: ParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "report",
      abstract: "Gather runs into one page.",
      discussion: """
        The page needs no network and can be sent as it is. The exit status is 1 if trials of a run on it failed, and 65 \
        if a run lacks trials that it once had.
        """)
  }

  package init() {}

  @Argument(
    help: ArgumentHelp(
      "Runs: folders, or the beginnings of their names. (default: every finished run)",
      valueName: "run"),
    completion: .directory)
  var runs: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder of all results, where the page goes.", valueName: "folder"),
    completion: .directory)
  var output = "runs"

  @Flag(help: "Print one JSON object: where the page is, and which runs it shows.")
  var json = false

  @Flag(
    help:
      "Put the captions into the pictures, too, so that one that is copied from the page keeps its caption."
  )
  var captions = false

  package func run() throws {
    try Outputs.require("--output", output, .folder)
    let folder = URL(fileURLWithPath: output)
    let directories =
      runs.isEmpty
      ? RunDirectory.finished(in: folder, orderedAs: Program.allStudies)
      : RunDirectory.ordered(
        try runs.map { try RunReference.directory($0, in: output) }, as: Program.allStudies)
    if FileManager.default.fileExists(atPath: output) {
      try Outputs.require("--output", output + "/report.html")
    }
    guard !directories.isEmpty else {
      throw Failure(
        sentence: "\(output) holds no finished run; start one with \(Program.name) reproduce",
        status: .missingFile)
    }
    let summaries = try directories.map { directory throws(RunError) in
      try RunSummary(reading: directory, captions: captions ? .inPictures : .besidePictures)
    }
    var status: Int32 = 0
    for (directory, summary) in zip(directories, summaries) {
      let name = "\(summary.study)/\(directory.url.lastPathComponent)".printable(within: 200)
      if let message = summary.failureMessage {
        Terminal.warn("\(name): \(message)")
        status = max(status, summary.exitStatus)
      }
      status = max(status, try warnOfDamage(of: directory))
    }
    let page = folder.appendingPathComponent("report.html")
    var report = Report(title: Program.pageTitle)
    for (directory, summary) in zip(directories, summaries) {
      report.append(summary, in: directory)
    }
    try report.write(to: page)
    if json {
      Program.print(json: [
        "folder": .text(folder.path), "report": .text(page.path),
        "runs": .array(directories.map { .text($0.url.path) }),
      ])
    } else {
      Terminal.print(page.path.printable)
    }
    if status != 0 { throw ExitCode(status) }
  }
}

/// Says what is wrong with the trials of a run that has ended.
///
/// - Returns: the status to end with: 0, or 65 if trials are missing.
func warnOfDamage(of directory: RunDirectory) throws(RunError) -> Int32 {
  let damage = try RunSummary.damage(of: directory)
  damage.warnings.forEach { Terminal.warn($0) }
  return damage.lacksTrials ? 65 : 0
}
