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
