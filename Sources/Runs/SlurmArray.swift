import Storage
import Figures
import Foundation

/// A Slurm job array that carries out a run, one shard per task, and the job that ends it.
package struct SlurmArray: Sendable, Equatable {
  /// Into how many tasks a run is divided.
  package enum Division: Sendable, Equatable {
    /// So many.
    case tasks(Int)
    /// As many as it takes for each to last about so long.
    case minutes(Double)
  }

  /// Lines that a site may ask for.
  package struct Resources: Sendable, Equatable {
    /// `--partition`.
    package var partition: String?
    /// `--account`.
    package var account: String?
    /// `--time`; made from the plan unless given.
    package var time: String?

    /// The site's defaults.
    package init(partition: String? = nil, account: String? = nil, time: String? = nil) {
      self.partition = partition
      self.account = account
      self.time = time
    }

    /// Refuses what no site can mean.
    ///
    /// - Throws: ``RunError/unsuitable(_:found:expected:)``, with the option's name.
    package func check() throws(RunError) {
      for (option, name) in [("--partition", partition), ("--account", account)] {
        guard let name else { continue }
        guard !name.isEmpty, name.isPrintable, name.unicodeScalars.allSatisfy({ $0 != " " }) else {
          throw .unsuitable(
            option, found: name, expected: "a name without blanks and control characters")
        }
      }
      guard let time else { return }
      guard SlurmTime.isValid(time) else {
        throw .unsuitable("--time", found: time, expected: SlurmTime.expected)
      }
    }
  }

  /// The study's name.
  package let study: String
  /// How many tasks there are.
  package let tasks: Int
  /// The seconds that a task takes, if that is known.
  package let secondsPerTask: Double?
  let resources: Resources
  let directory: RunDirectory

  /// Packs the pending trials of a run into tasks.
  ///
  /// - Parameters:
  ///   - plan: what is pending.
  ///   - study: the study's name.
  ///   - division: into what.
  ///   - largest: the most tasks that the site allows.
  ///   - resources: lines that the site asks for.
  /// - Throws: ``RunError/unknownDuration(study:)`` for tasks of so many minutes if the plan does not know how long
  ///   trials take; ``RunError/nothingPending(directory:)`` if they all have ended;
  ///   ``RunError/unsuitable(_:found:expected:)``.
  package init(
    _ plan: RunPlan, of study: String, _ division: Division, largest: Int,
    resources: Resources = Resources()
  ) throws(RunError) {
    try resources.check()
    try Self.check(study, named: "the study")
    try Self.check(plan.directory.url.path, named: "the run's folder")
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
  package var folder: URL { directory.url.appendingPathComponent("slurm") }
  var arrayFile: URL { folder.appendingPathComponent("array.sh") }
  var finishFile: URL { folder.appendingPathComponent("finish.sh") }

  /// The script of the tasks.
  ///
  /// A task finds its shard in the variables that Slurm sets. Killed and queued again, it goes on where it was. It ends
  /// with the status of `reproduce`: 1 if trials failed.
  ///
  /// - Parameters:
  ///   - program: the path of the command, such as that of `mnist1d`.
  ///   - arguments: the study, its settings and its folder, as `reproduce` and `merge` take them.
  /// - Returns: the text.
  package func arrayScript(_ program: String, _ arguments: [String]) -> String {
    header(
      name: jobName(program), log: "task-%a.log", shellLog: "task-$SLURM_ARRAY_TASK_ID.log",
      extra: ["--array=0-\(tasks - 1)"])
      + "exec \(line([program, "reproduce"] + arguments)) --jobs 1 --threads 1\n"
  }

  /// The script of the job that runs when all tasks have ended, however they did.
  ///
  /// It does first what tasks that died have left undone, so that one of them costs nobody the night. Trials that failed
  /// are in the report; the job then ends with 1.
  package func finishScript(
    _ program: String, _ arguments: [String], output: String
  ) -> String {
    header(
      name: "\(jobName(program))-finish", log: "finish.log", shellLog: "finish.log", extra: [])
        + """
        # 1 says that trials failed, which is no reason to stop.
        go_on() {
          status=$?
          [ $status -eq 1 ] || exit $status
        }
        set -e
        status=0
        \(line([program, "reproduce"] + arguments)) --shard all --jobs 1 > /dev/null || go_on
        \(line([program, "merge"] + arguments)) || go_on
        \(line([program, "report", "--output", output])) || go_on
        exit $status

        """
  }

  /// Keeps other processes from writing and submitting the same scripts, for as long as the result lives.
  ///
  /// - Throws: ``RunError/file(_:)``, and what making the folder gives.
  package func lock() throws(RunError) -> FileLock {
    try FileSystem.createDirectory(folder)
    return try FileSystem.lock(arrayFile)
  }

  /// Writes both scripts.
  ///
  /// - Throws: ``RunError/unsuitable(_:found:expected:)`` for words that no script should hold, and what writing gives.
  package func write(_ program: String, _ arguments: [String], output: String) throws(RunError) {
    try Self.check(program, named: "the program's path")
    try Self.check(output, named: "--output")
    for word in arguments { try Self.check(word, named: "a word of the command") }
    try FileSystem.createDirectory(folder)
    for (file, text) in [
      (arrayFile, arrayScript(program, arguments)),
      (finishFile, finishScript(program, arguments, output: output)),
    ] {
      try FileSystem.replace(file, with: text.utf8)
    }
  }

  /// Refuses what would be a line of its own in a script.
  ///
  /// - Throws: ``RunError/unsuitable(_:found:expected:)``.
  package static func check(_ word: String, named name: String) throws(RunError) {
    guard word.isPrintable else {
      throw .unsuitable(name, found: word, expected: "without control characters")
    }
  }

  /// The job's name in the queue: the program's and the study's.
  private func jobName(_ program: String) -> String {
    "\(URL(fileURLWithPath: program).lastPathComponent)-\(study)"
  }

  private func header(name: String, log: String, shellLog: String, extra: [String]) -> String {
    var options = ["--job-name=\(name)"] + extra
    options += ["--ntasks=1", "--cpus-per-task=1"]
    if let partition = resources.partition { options.append("--partition=\(partition)") }
    if let account = resources.account { options.append("--account=\(account)") }
    if let time = resources.time ?? minutes.map(String.init) { options.append("--time=\(time)") }
    // A log that a requeued task began is continued.
    options += ["--requeue", "--open-mode=append"]
    // A path with a backslash is one in which sbatch replaces nothing, not even the number of the task.
    let isPlain = !folder.path.utf8.contains(UInt8(ascii: "\\"))
    options.append(
      isPlain ? "--output=\(ShellText.pattern(folder.path))/\(log)" : "--output=/dev/null")
    let redirection =
      isPlain ? "" : "exec >> \(ShellText.word(folder.path))/\"\(shellLog)\" 2>&1\n"
    return "#!/bin/bash\n" + options.map { "#SBATCH \(ShellText.option($0))\n" }.joined() + "\n"
      + redirection
  }

  /// Four times the expected minutes and ten more: other nodes are slower, and a limit that is reached costs a trial.
  private var minutes: Int? {
    secondsPerTask.map { Int(min(($0 * 4 / 60).rounded(.up), 1e6)) + 10 }
  }

  private func line(_ words: [String]) -> String {
    words.map(ShellText.word).joined(separator: " ")
  }
}

/// A time limit as sbatch reads it.
enum SlurmTime {
  static let expected =
    "minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes, "
    + "days-hours:minutes:seconds, or UNLIMITED"

  static func isValid(_ text: String) -> Bool {
    if ["UNLIMITED", "INFINITE"].contains(text.uppercased()) { return true }
    let days = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let fields = days[days.count - 1].split(separator: ":", omittingEmptySubsequences: false)
    return fields.count <= 3 && (days.prefix(days.count - 1) + fields).allSatisfy(isNumber)
  }

  /// Digits of a number so small that no sum of seconds overflows.
  private static func isNumber(_ text: Substring) -> Bool {
    (1...7).contains(text.utf8.count)
      && text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
  }
}
