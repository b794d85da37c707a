import Storage
import ArgumentParser
import Foundation
import Runs

package struct MergeCommand<Program: StudyProgram>: ParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "merge",
      abstract: "Unite the shards of a run.",
      discussion: """
        Takes the study and the settings that the shards were started with. Shards that wrote to other folders are \
        named with --from; the result has the same bits as a run that was never divided. Lines that are damaged, or \
        that belong to another run, are left out, and said to be. The exit status is 1 if some trials failed, and 65 if \
        some are missing.
        """)
  }

  package init() {}

  @OptionGroup var study: StudyOptions<Program>

  @Option(
    help: ArgumentHelp("The run's folder of another machine; repeatable.", valueName: "folder"),
    completion: .directory)
  var from: [String] = []

  @Flag(help: "Print the summary as one JSON object.")
  var json = false

  package func run() throws {
    let others = from.map { RunDirectory(URL(fileURLWithPath: $0)) }
    try study.perform(.merge(others), json: json)
  }
}
