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

  @Option(number: ArgumentHelp("Trials at once. (default: the number of cores)", valueName: "n"))
  var jobs: Int?

  @Option(
    number: ArgumentHelp("Threads inside a trial. (default: what jobs leave free)", valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Carry out part i of n only, or all. (default: what SLURM_ARRAY_TASK_ID says, else all)",
      valueName: "i/n"))
  var shard: String?

  @Flag(help: "Start anew; the earlier results are moved aside, not deleted.")
  var fresh = false

  @Flag(help: "Run the trials again that failed before.")
  var retryFailed = false

  @Flag(help: "Print the summary as one JSON object.")
  var json = false

  package func run() throws {
    let interruption = Interruption()
    interruption.listen()
    defer { warnOfMissingThreads() }
    try study.check()
    try study.perform(.perform(try options(), interruption), json: json)
  }

  private func options() throws -> RunOptions {
    if let jobs { try requireThreads("--jobs", jobs) }
    if let threads { try requireThreads("--threads", threads) }
    return RunOptions(
      jobs: jobs, threads: threads, shard: try part, start: fresh ? .fresh : .resume,
      failures: retryFailed ? .retry : .keep)
  }

  /// The part to carry out; nil for all trials.
  private var part: Shard? {
    get throws(RunError) {
      if let shard {
        guard shard != "all" else { return nil }
        let part = try Shard(shard)
        return part.isWhole ? nil : part
      }
      let environment = ProcessInfo.processInfo.environment
      let part = try Shard(environment: environment)
      if let part { Terminal.warn(Shard.notice(of: part, environment: environment)) }
      return part
    }
  }
}
