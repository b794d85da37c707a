import Storage
import ArgumentParser
import DataFormats
import Foundation
import Runs

package struct ExportCommand: ParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "export",
      abstract: "Write what a run has measured for other programs.",
      discussion: """
        Leaves trials.csv (one row per trial), curves.csv (one row per point of every curve) and curves.jsonl (one \
        object per curve) in a folder, and, if asked, event files for TensorBoard. A run need not have ended.

        Lines of its stores that are damaged, or that belong to another run, are left out, and said to be; if trials are \
        missing for it, the exit status is 65. Words in a table that a spreadsheet would take for a formula begin with an \
        apostrophe.
        """)
  }

  package init() {}

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
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

  package func run() throws {
    let directory = RunDirectory(URL(fileURLWithPath: source))
    try Outputs.require("--output", output, .folder)
    try Outputs.require("--tensorboard", tensorboard, .folder)
    let export = try RunExport(reading: directory)
    export.warnings.forEach { Terminal.warn($0) }
    let folder =
      output.map { URL(fileURLWithPath: $0) } ?? directory.url.appendingPathComponent("export")
    try Outputs.require("--output", folder.path, .folder)
    // What there is, is written all the same.
    for file in try export.write(to: folder) { Terminal.print(file.path.printable) }
    if let tensorboard { try write(export, to: tensorboard) }
    if export.isDamaged { throw ExitCode(ExitStatus.badData.rawValue) }
  }

  private func write(_ export: RunExport, to tensorboard: String) throws {
    for (trial, curves) in Dictionary(grouping: export.curves, by: \.trialName) {
      let records = curves.flatMap { curve in
        zip(curve.steps, curve.values).map { step, value in
          (scalars: [EventRecord.Scalar(curve.name, Float(value))], step: step)
        }
      }
      try EventFile.write(records, to: "\(tensorboard)/\(trial)", time: export.time)
    }
    Terminal.print(tensorboard.printable)
  }
}
