import Foundation
import Testing

@Suite("The command mnist1d slurm")
struct SlurmCommandTests {
  /// A Slurm that only notes what it is asked; Tests/Slurm/check asks a real one.
  private func inSite(_ body: (URL, [String: String]) throws -> Void) throws {
    try Command.inFolder { folder in
      let programs = [
        "scontrol": "echo 'MaxArraySize = 3'", "sbatch": "echo \"$@\" >> sbatch.log; echo 41",
      ]
      for (name, body) in programs {
        let file = folder.appendingPathComponent(name)
        try Data("#!/bin/sh\n\(body)\n".utf8).write(to: file)
        chmod(file.path, 0o755)
      }
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      try body(folder, ["PATH": "\(folder.path):\(path)"])
    }
  }

  private let settings = [
    "baselines", "models=logistic", "columns=ordered", "seeds=0..4", "steps=40", "eval-every=20",
    "dataset.num-samples=100",
  ]

  @Test("submits an array within the site's limit, and a job that waits for it however it ends")
  func submission() throws {
    try inSite { folder, environment in
      let outcome = try Command.run(
        ["slurm"] + settings + ["--tasks", "50", "--submit"], in: folder,
        environment: environment)
      #expect(outcome.status == 0, "\(outcome.messages)")
      #expect(outcome.output == "baselines: array 41, then job 41\n")
      #expect(outcome.messages.contains("10 of 10 trials in 3 tasks"))
      let log = try String(
        contentsOf: folder.appendingPathComponent("sbatch.log"), encoding: .utf8
      ).split(separator: "\n")
      #expect(log.count == 2)
      #expect(log[0].hasPrefix("--parsable /") && log[0].hasSuffix("/slurm/array.sh"))
      #expect(log[1].hasPrefix("--parsable --dependency=afterany:41 /"))
    }
  }

  @Test("writes scripts that give the bits of an undivided run, whatever they are run by")
  func scripts() throws {
    try inSite { folder, environment in
      let written = try Command.run(
        ["slurm"] + settings + ["--tasks", "3"], in: folder, environment: environment)
      let scripts = String(written.output.dropLast())
      for task in 0..<2 {
        // As Slurm runs the script; the third task never comes.
        let variables = [
          "SLURM_ARRAY_TASK_ID": "\(task)", "SLURM_ARRAY_TASK_MIN": "0",
          "SLURM_ARRAY_TASK_MAX": "2", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_STEP": "1",
        ]
        #expect(try shell("\(scripts)/array.sh", in: folder, variables) == 0)
      }
      #expect(try shell("\(scripts)/finish.sh", in: folder, [:]) == 0)
      #expect(
        FileManager.default.fileExists(
          atPath: folder.appendingPathComponent("runs/report.html").path))
      let whole = try Command.run(
        ["reproduce"] + settings + ["--output", "whole"], in: folder)
      #expect(whole.status == 0)
      let parts = URL(fileURLWithPath: scripts).deletingLastPathComponent()
      let identity = parts.lastPathComponent
      for file in ["tables/table-1.csv", "figures/figure-2.svg", "config.json"] {
        let path = "whole/baselines/\(identity)/\(file)"
        #expect(
          try Data(contentsOf: parts.appendingPathComponent(file))
            == Data(contentsOf: folder.appendingPathComponent(path)))
      }
      let again = try Command.run(
        ["slurm"] + settings + ["--tasks", "3"], in: folder, environment: environment)
      #expect(again.status == 64 && again.messages.contains("there is nothing to submit"))
    }
  }

  @Test("says why Slurm does not take the jobs")
  func refusal() throws {
    try inSite { folder, environment in
      let sbatch = folder.appendingPathComponent("sbatch")
      try Data("#!/bin/sh\necho 'sbatch: error: no such partition' >&2\nexit 1\n".utf8)
        .write(to: sbatch)
      let outcome = try Command.run(
        ["slurm"] + settings + ["--tasks", "2", "--submit"], in: folder, environment: environment)
      #expect(outcome.status == 73)
      #expect(
        outcome.messages.contains(
          "Slurm does not take the jobs: sbatch: error: no such partition"))
    }
  }

  /// Makes a program of the site do something else.
  private func program(_ name: String, in folder: URL, _ body: String) throws {
    let file = folder.appendingPathComponent(name)
    try Data("#!/bin/sh\n\(body)\n".utf8).write(to: file)
    chmod(file.path, 0o755)
  }

  private func submit(
    _ more: [String] = [], in folder: URL, _ environment: [String: String]
  ) throws -> Command.Outcome {
    try Command.run(
      ["slurm"] + settings + ["--tasks", "50", "--submit"] + more, in: folder,
      environment: environment)
  }

  @Test("reads all that sbatch says, however much, and quotes a line of it")
  func talkative() throws {
    try inSite { folder, environment in
      let noise = "head -c 3000000 /dev/zero | tr '\\0' x >&2"
      try program("sbatch", in: folder, "\(noise)\necho 41")
      #expect(try submit(in: folder, environment).output == "baselines: array 41, then job 41\n")
      try program("sbatch", in: folder, "printf 'a\\033]0;x\\007b' >&2\n\(noise)\n\(noise)\nexit 1")
      let outcome = try submit(in: folder, environment)
      #expect(outcome.status == 73)
      #expect(outcome.messages.count < 3000 && !outcome.messages.contains("\u{1B}"))
      for answer in [
        "echo none", "true", "printf '41 rm'", "printf '41\\033[2J'", "echo -e '\\n41'",
      ] {
        try program("sbatch", in: folder, answer)
        let outcome = try submit(in: folder, environment)
        #expect(outcome.status == 73 && outcome.messages.contains("gave no number of a job"))
        #expect(!outcome.messages.contains("\u{1B}"))
      }
      // On a federation.
      try program("sbatch", in: folder, "echo '41;cluster'")
      #expect(try submit(in: folder, environment).output == "baselines: array 41, then job 41\n")
    }
  }

  @Test("makes as few tasks as MaxSubmitJobs leaves, or says that it leaves none")
  func submitLimit() throws {
    try inSite { folder, environment in
      try program("scontrol", in: folder, "echo 'MaxArraySize = 1001'")
      try program("sacctmgr", in: folder, "printf 'root|9|\\nphysics|6|200\\n'")
      try program("squeue", in: folder, "printf '1_0\\n1_1\\n'")
      let outcome = try submit(in: folder, environment)
      #expect(outcome.status == 0)
      #expect(outcome.messages.contains("10 of 10 trials in 3 tasks"), "\(outcome.messages)")
      #expect(outcome.messages.contains("(MaxSubmitJobs is 6, and 2 jobs are queued)"))
      let other = try submit(["--account", "root"], in: folder, environment)
      #expect(other.messages.contains("10 of 10 trials in 6 tasks"))
      try program("squeue", in: folder, "seq 5")
      let none = try submit(in: folder, environment)
      #expect(none.status == 73)
      #expect(none.messages.contains("MaxSubmitJobs is 6, and 5 jobs are queued; wait until"))
      try program("sacctmgr", in: folder, "exit 1")
      #expect(try submit(in: folder, environment).messages.contains("in 10 tasks"))
    }
  }

  @Test("withdraws the array if Slurm does not take the last job, and says what could help")
  func withdrawal() throws {
    try inSite { folder, environment in
      try program(
        "sbatch", in: folder,
        "case \"$*\" in *afterany*) echo 'sbatch: error: AssocMaxSubmitJobLimit' >&2; exit 1;; esac\necho 41"
      )
      try program("scancel", in: folder, "echo \"$@\" > cancelled")
      let outcome = try submit(in: folder, environment)
      #expect(outcome.status == 73)
      #expect(
        outcome.messages.contains(
          "AssocMaxSubmitJobLimit; fewer and larger tasks may fit: give --tasks; the array 41 had been taken, "
            + "and was withdrawn"))
      let cancelled = folder.appendingPathComponent("cancelled")
      #expect(try String(contentsOf: cancelled, encoding: .utf8) == "41\n")
    }
  }

  @Test(
    "runs nothing but itself, whatever an option holds",
    arguments: [
      ["-o", "x'\u{301}; touch PWNED; #"], ["-o", "$(touch PWNED)"], ["-o", "a\\b %j #c \"d"],
      ["--partition", "p;touch"], ["--account", "'a'"], ["-o", "-"],
    ])
  func hostileOptions(options: [String]) throws {
    try inSite { folder, environment in
      let outcome = try Command.run(
        ["slurm"] + settings + ["--tasks", "2"] + options, in: folder, environment: environment)
      #expect(outcome.status == 0, "\(outcome.messages)")
      let scripts = String(outcome.output.dropLast())
      let variables = [
        "SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "1",
        "SLURM_ARRAY_TASK_COUNT": "2",
      ]
      #expect(try shell("\(scripts)/array.sh", in: folder, variables) == 0)
      #expect(try shell("\(scripts)/finish.sh", in: folder, [:]) == 0)
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      #expect(!names.contains { $0.hasSuffix("PWNED") })
      #expect(names.count { $0.hasSuffix("summary.json") } == 1)
    }
  }

  @Test(
    "refuses control characters, and time limits that sbatch would refuse",
    arguments: [
      ["-o", "a\nb"], ["--partition", "a\n#SBATCH --x"], ["--account", "a\u{1B}b"],
      ["--time", "abc"],
      ["--time", "1\n2"], ["--time", ""], ["--partition", ""], ["seeds=1\n"],
      ["--partition", "a b"],
    ])
  func refusedOptions(options: [String]) throws {
    try inSite { folder, environment in
      let outcome = try Command.run(
        ["slurm", "baselines", "--tasks", "2"] + options, in: folder, environment: environment)
      #expect(outcome.status == 64)
      #expect(outcome.messages.split(separator: "\n").count == 1)
      #expect(
        outcome.messages.contains(
          options[0].hasPrefix("-o") ? "--output" : options.count > 1 ? options[0] : "a setting"))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("runs").path))
    }
  }

  private func shell(
    _ script: String, in folder: URL, _ variables: [String: String]
  ) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [script]
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
