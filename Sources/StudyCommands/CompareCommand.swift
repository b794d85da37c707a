import Storage
import ArgumentParser
import Foundation
import Runs

package struct CompareCommand: ParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "compare",
      abstract: "Show runs of one study side by side.",
      discussion: """
        Lists the settings that differ, what each run measured for every claim, and the results that differ. The exit \
        status is 65 if a run lacks trials that it once had.
        """)
  }

  package init() {}

  @Argument(
    help: ArgumentHelp("Folders of two or more finished runs.", valueName: "run"),
    completion: .directory)
  var runs: [String]

  @Flag(help: "Print one JSON object.")
  var json = false

  package func run() throws {
    guard runs.count > 1 else {
      throw Failure.usage("\(runs[0]) is one run; name two or more to compare")
    }
    let directories = runs.map { RunDirectory(URL(fileURLWithPath: $0)) }
    let comparison = try RunComparison(of: directories)
    var status: Int32 = 0
    for directory in directories { status = max(status, try warnOfDamage(of: directory)) }
    Terminal.print(json ? comparison.json.pretty : comparison.text)
    if status != 0 { throw ExitCode(status) }
  }
}
