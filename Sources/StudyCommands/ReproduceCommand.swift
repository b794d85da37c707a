import Storage
import ArgumentParser
import Foundation
import Runs

package struct ReproduceCommand<Program: StudyProgram>: ParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "reproduce",
      abstract: "Carry out a study\(Program.source.map { " of \($0)" } ?? "").",
      discussion: discussion)
  }

  private static var discussion: String {
    let claims = Program.source.map { "\($0)'s" } ?? "its"
    return """
      Leaves figures, tables and a verdict on each of \(claims) claims in a folder of its own, and prints a summary. \
      The same command again goes on where it was; nothing is computed twice.

      \(Program.guide)

      Any setting can be changed by key=value: \(Program.exampleSettings). \
      The study all is every study with its own settings, one after another, and ends with one report of them.

      A trial that fails stops no other. If some failed, the exit status is 1, and the summary lists them; it is 65 if \
      all did.

      In a task of a Slurm job array, which SLURM_ARRAY_TASK_ID says, only a part of the trials is carried out; the \
      first line on standard error names it.
      """
  }

  package init() {}

  @OptionGroup var study: StudyOptions<Program>

  @OptionGroup var running: RunningOptions

  @Flag(help: "Print the summary as one JSON object.")
  var json = false

  package func run() throws {
    try running.perform { action in
      try study.check()
      try study.perform(action, json: json)
    }
  }
}
