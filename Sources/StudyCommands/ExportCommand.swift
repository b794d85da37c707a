import Storage
import ArgumentParser
import DataFormats
import Foundation
import Runs

package struct ExportCommand<Program: StudyProgram>: ParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "export",
      abstract: "Write what a run has measured for other programs.",
      discussion: """
        Leaves trials.csv (one row per trial, with the final and the best values of its curves), curves.csv (one row per \
        point of every curve) and curves.jsonl (one object per curve) in a folder, and, if asked, event files for \
        TensorBoard, with the tags that train gives. Lists of numbers that are no curves go to lists.csv. A run need not \
        have ended.

        Lines of its stores that are damaged, or that belong to another run, are left out, and said to be; if trials are \
        missing for it, the exit status is 65. Words in a table that a spreadsheet would take for a formula begin with an \
        apostrophe.
        """)
  }

  package init() {}

  @Argument(
    help: ArgumentHelp(
      "A run: its folder, or the beginning of its name in runs.", valueName: "run"),
    completion: .directory)
  var source: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where the files go. (default: export in the run's folder)", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Also write the curves here for TensorBoard, one folder per trial.", valueName: "folder"),
    completion: .directory)
  var tensorboard: String?

  @Flag(help: "Print one JSON object: what was written.")
  var json = false

  package func run() throws {
    let directory = try RunReference.directory(source, in: "runs")
    try Outputs.require("--output", output, .folder)
    try Outputs.require("--tensorboard", tensorboard, .folder)
    let export = try RunExport(reading: directory) { study in
      Program.allStudies.first { $0.name == study }?.curveNames ?? [:]
    }
    export.warnings.forEach { Terminal.warn($0) }
    let folder =
      output.map { URL(fileURLWithPath: $0) } ?? directory.url.appendingPathComponent("export")
    try Outputs.require("--output", folder.path, .folder)
    // What there is, is written all the same.
    let files = try export.write(to: folder)
    if !json { for file in files { Terminal.print(file.path.printable) } }
    if let tensorboard { try write(export, to: tensorboard) }
    if json {
      Program.print(json: [
        "folder": .text(folder.path), "run": .text(directory.url.path),
        "files": .array(files.map { .text($0.lastPathComponent) }),
        "tensorboard": tensorboard.map { .text($0) } ?? nil,
      ])
    } else if let tensorboard {
      Terminal.print(tensorboard.printable)
    }
    if export.isDamaged { throw ExitCode(ExitStatus.badData.rawValue) }
  }

  private func write(_ export: RunExport, to tensorboard: String) throws {
    for (trial, curves) in Dictionary(grouping: export.curves, by: \.trialName) {
      let records = curves.flatMap { curve in
        zip(curve.steps, curve.values).map { step, value in
          (scalars: [EventRecord.Scalar(curve.tag, Float(value))], step: step)
        }
      }
      try EventFile.write(records, to: "\(tensorboard)/\(trial)", time: export.time)
    }
  }
}
