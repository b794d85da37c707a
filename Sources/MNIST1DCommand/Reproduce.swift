import Storage
import ArgumentParser
import Foundation
import Runs
import Studies

struct Reproduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Carry out a study of the paper.",
    discussion: """
      Leaves figures, tables and a verdict on each of the paper's claims in a folder of its own, and prints a summary. \
      The same command again goes on where it was; nothing is computed twice.

      baselines is Table 1 with Figures 2 and 8, lottery Figures 3 and 9, double-descent Figure 4, metalearn-lr \
      Figure 5, metalearn-activation Figure 6, pooling Figure 7; self-supervised is of the authors' later version.

      Any setting can be changed by key=value: steps=600 seeds=0..9 models=mlp,cnn dataset.num-samples=10000. \
      The study all is every study with its own settings, one after another, and ends with one report of them.

      A trial that fails stops no other. If some failed, the exit status is 1, and the summary lists them; it is 65 if \
      all did.

      In a task of a Slurm job array, which SLURM_ARRAY_TASK_ID says, only a part of the trials is carried out; the \
      first line on standard error names it.
      """)

  @OptionGroup var study: StudyOptions

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

  func run() throws {
    let interruption = Interruption()
    interruption.listen()
    defer { noteMissingThreads() }
    if case .one(let kind) = study.study {
      try kind.dataset(try study.named)?.requireMemory()
    }
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
      if let part { Terminal.note("mnist1d: \(Shard.notice(of: part, environment: environment))") }
      return part
    }
  }
}
