import ArgumentParser
import Foundation
import Runs

package struct SlurmCommand<Program: StudyProgram>: ParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "slurm",
      abstract: "Carry out a study on a cluster.",
      discussion: """
        Writes the scripts of a Slurm job array, whose tasks share the trials among them, and of a job that ends the run \
        when they have; --submit hands them to Slurm. Tasks may be killed and queued again. The same command again \
        submits what is missing. A task in which trials failed ends with status 1, and so does the last job.
        """)
  }

  package init() {}

  @OptionGroup var study: StudyOptions<Program>

  @Option(number: ArgumentHelp("Divide the trials into so many tasks.", valueName: "n"))
  var tasks: Int?

  @Option(
    number: ArgumentHelp("Make tasks that last about so long. (default: 10)", valueName: "minutes"))
  var minutesPerTask: Double?

  @Flag(help: "Submit the jobs.")
  var submit = false

  @Option(help: ArgumentHelp("The partition to run in.", valueName: "name"))
  var partition: String?

  @Option(help: ArgumentHelp("The account to charge.", valueName: "name"))
  var account: String?

  @Option(
    help: ArgumentHelp(
      "The time limit of a task. (default: made from what trials take)", valueName: "time"))
  var time: String?

  package func run() throws {
    let division = try division
    try study.requireOwnSettings()
    let resources = SlurmArray.Resources(partition: partition, account: account, time: time)
    try resources.check()
    // Before trials are measured.
    try SlurmArray.check(study.output, named: "--output")
    for setting in study.settings { try SlurmArray.check(setting, named: "a setting") }
    let config = study.place.config.map { URL(fileURLWithPath: $0).path }
    if let config { try SlurmArray.check(config, named: "--config") }
    try study.check()
    try Outputs.require("--output", study.output, .folder)
    let output = URL(fileURLWithPath: study.output).path
    var arguments =
      study.settings + (study.quick ? ["--quick"] : []) + (config.map { ["--config", $0] } ?? [])
      + ["--output", output]
    for kind in study.selection.studies {
      // A task knows its own shard and the whole run, but no shard of an earlier division.
      try study.named.mergeShards(of: kind)
      // What trials take must be known unless the number of tasks and their limit are given.
      let isTimed = tasks == nil || time == nil
      if isTimed { Terminal.note("measuring how long a trial of \(kind.name) takes") }
      let plan = try study.named.plan(kind, measuringFor: isTimed ? 30 : 0)
      plan.warnings.forEach { Terminal.warn($0) }
      let site = Slurm.largestArray(account: account)
      guard site.tasks > 0 else {
        throw RunError.cannotSubmit(
          reason: "\(site.reason ?? "the site allows none"); wait until some of them have ended")
      }
      let array = try SlurmArray(
        plan, of: kind.name, division, largest: site.tasks, resources: resources)
      let lock = try array.lock()
      defer { withExtendedLifetime(lock) {} }
      arguments.insert(kind.name, at: 0)
      try array.write(program, arguments, output: output)
      arguments.removeFirst()
      let length = array.secondsPerTask.map { " of about \(($0 / 60).shown(1)) minutes" } ?? ""
      Terminal.note(
        "\(kind.name): \(plan.pending.count) of \(plan.trials) trials in \(array.tasks) "
          + (array.tasks == 1 ? "task" : "tasks") + length
          + (array.tasks == site.tasks ? site.reason.map { " (\($0))" } ?? "" : ""))
      guard submit else {
        Terminal.print(array.folder.path)
        continue
      }
      let jobs = try Slurm.submit(array)
      Terminal.print("\(kind.name): array \(jobs.array), then job \(jobs.finish)")
    }
  }

  private var division: SlurmArray.Division {
    get throws {
      if let tasks {
        guard minutesPerTask == nil else {
          throw Failure.usage("--tasks and --minutes-per-task are both given; give one of them")
        }
        guard tasks > 0 else { throw Failure.usage("--tasks is \(tasks); it must be 1 or more") }
        return .tasks(tasks)
      }
      let minutes = minutesPerTask ?? 10
      guard minutes > 0, minutes.isFinite else {
        throw Failure.usage("--minutes-per-task is \(minutes); it must be a finite number above 0")
      }
      return .minutes(minutes)
    }
  }

  /// This program's path, as nodes that share the file system find it.
  private var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? Bundle.main.executablePath ?? CommandLine.arguments[0]
  }
}
