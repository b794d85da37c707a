import Foundation

/// A Slurm job array that carries out a run, one shard per task, and the job that ends it.
public struct SlurmArray: Sendable, Equatable {
  /// Into how many tasks a run is divided.
  public enum Division: Sendable, Equatable {
    /// So many.
    case tasks(Int)
    /// As many as it takes for each to last about so long.
    case minutes(Double)
  }

  /// Lines that a site may ask for.
  public struct Resources: Sendable, Equatable {
    /// `--partition`.
    public var partition: String?
    /// `--account`.
    public var account: String?
    /// `--time`; made from the plan unless given.
    public var time: String?

    /// The site's defaults.
    public init(partition: String? = nil, account: String? = nil, time: String? = nil) {
      self.partition = partition
      self.account = account
      self.time = time
    }
  }

  /// The study's name.
  public let study: String
  /// How many tasks there are.
  public let tasks: Int
  /// The seconds that a task takes, if that is known.
  public let secondsPerTask: Double?
  let resources: Resources
  let directory: RunDirectory

  /// Packs the pending trials of a run into tasks.
  ///
  /// - Parameters:
  ///   - plan: what is pending.
  ///   - study: the study's name.
  ///   - division: into what.
  ///   - largest: the site's `MaxArraySize`.
  ///   - resources: lines that the site asks for.
  /// - Throws: ``RunError/unknownDuration(study:)`` for tasks of so many minutes if the plan does not know how long
  ///   trials take; ``RunError/nothingPending(directory:)`` if they all have ended.
  public init(
    _ plan: RunPlan, of study: String, _ division: Division, largest: Int,
    resources: Resources = Resources()
  ) throws(RunError) {
    guard !plan.pending.isEmpty else { throw .nothingPending(directory: plan.directory.url.path) }
    let wanted: Int
    switch division {
    case .tasks(let count): wanted = count
    case .minutes(let minutes):
      guard let seconds = plan.seconds else { throw .unknownDuration(study: study) }
      wanted = Int(max(1, min((seconds / (60 * minutes)).rounded(.up), 1e9)))
    }
    tasks = max(1, min(wanted, plan.pending.count, largest))
    self.study = study
    self.resources = resources
    directory = plan.directory
    // The longest task is no shorter than the longest trial.
    let perTask = max(plan.pending.reduce(0, +) / Double(tasks), plan.pending.max() ?? 0)
    secondsPerTask = plan.secondsPerCost.map { $0 * perTask }
  }
}

// MARK: - Scripts

extension SlurmArray {
  /// The folder of the scripts and the tasks' logs.
  public var folder: URL { directory.url.appendingPathComponent("slurm") }
  var arrayFile: URL { folder.appendingPathComponent("array.sh") }
  var finishFile: URL { folder.appendingPathComponent("finish.sh") }

  /// The script of the tasks.
  ///
  /// A task finds its shard in the variables that Slurm sets. Killed and queued again, it goes on where it was.
  ///
  /// - Parameters:
  ///   - program: the path of `mnist1d`.
  ///   - arguments: the study, its settings and its folder, as `reproduce` and `merge` take them.
  /// - Returns: the text.
  public func arrayScript(_ program: String, _ arguments: [String]) -> String {
    header(name: "mnist1d-\(study)", log: "task-%a.log", extra: ["--array=0-\(tasks - 1)"])
      + "exec \(line([program, "reproduce"] + arguments)) --jobs 1 --threads 1\n"
  }

  /// The script of the job that runs when all tasks have ended, however they did.
  ///
  /// It does first what tasks that died have left undone, so that one of them costs nobody the night.
  public func finishScript(
    _ program: String, _ arguments: [String], output: String
  ) -> String {
    header(name: "mnist1d-\(study)-finish", log: "finish.log", extra: [])
      + """
      set -e
      \(line([program, "reproduce"] + arguments)) --jobs 1 > /dev/null
      \(line([program, "merge"] + arguments))
      \(line([program, "report", "--output", output]))

      """
  }

  /// Writes both scripts.
  public func write(_ program: String, _ arguments: [String], output: String) throws(RunError) {
    try FileSystem.createDirectory(folder)
    for (file, text) in [
      (arrayFile, arrayScript(program, arguments)),
      (finishFile, finishScript(program, arguments, output: output)),
    ] {
      try FileSystem.replace(file, with: Data(text.utf8))
    }
  }

  private func header(name: String, log: String, extra: [String]) -> String {
    var options = ["--job-name=\(name)"] + extra
    options += ["--ntasks=1", "--cpus-per-task=1"]
    if let partition = resources.partition { options.append("--partition=\(partition)") }
    if let account = resources.account { options.append("--account=\(account)") }
    if let time = resources.time ?? minutes.map(String.init) { options.append("--time=\(time)") }
    // A log that a requeued task began is continued.
    options += ["--requeue", "--open-mode=append"]
    options.append("--output=\(folder.appendingPathComponent(log).path)")
    return "#!/bin/bash\n" + options.map { "#SBATCH \($0)\n" }.joined() + "\n"
  }

  /// Four times the expected minutes and ten more: other nodes are slower, and a limit that is reached costs a trial.
  private var minutes: Int? {
    secondsPerTask.map { Int(min(($0 * 4 / 60).rounded(.up), 1e6)) + 10 }
  }

  private func line(_ words: [String]) -> String {
    words.map { word in
      let isPlain = word.wholeMatch(of: /[A-Za-z0-9=,.\/_+:-]+/) != nil
      return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }.joined(separator: " ")
  }
}
