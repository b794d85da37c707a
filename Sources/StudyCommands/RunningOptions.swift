import ArgumentParser
import Foundation
import Runs

/// How the trials of a study are carried out, as reproduce and sweep name it.
package struct RunningOptions: ParsableArguments {
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

  package init() {}

  /// Has a study carried out: with these options, so that signals end it tidily, and with a word about missing threads.
  package func perform(_ study: (StudyRequest.Action) throws -> Void) throws {
    let interruption = Interruption()
    interruption.listen()
    defer { warnOfMissingThreads() }
    try study(.perform(try options(), interruption))
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
