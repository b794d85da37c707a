import Foundation
import Testing

/// The command where the system grants less than it asks for.
@Suite("Too little memory", .serialized)
struct ScarcityTests {
  /// Runs the command under limits that a shell sets, or nil where they leave no room for the program itself, as the
  /// sanitizers' own memory does.
  private func run(_ limit: String, _ arguments: String, in folder: URL) throws -> Command.Outcome?
  {
    let program = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0])
      .deletingLastPathComponent().appendingPathComponent("mnist1d").path
    func outcome(_ arguments: String) throws -> Command.Outcome {
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = [
        "-c", "\(limit); exec timeout 60 '\(program)' \(arguments) > out 2> err < /dev/null",
      ]
      shell.currentDirectoryURL = folder
      try shell.run()
      shell.waitUntilExit()
      func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      }
      return Command.Outcome(
        status: shell.terminationStatus, output: try text("out"), messages: try text("err"))
    }
    guard try outcome("--help").status == 0 else { return nil }
    return try outcome(arguments)
  }

  @Test("a dataset that the memory cannot hold is refused in one sentence before it is made")
  func dataset() throws {
    try Command.inFolder { folder in
      for arguments in ["generate -o d.npz", "figure dataset -o d.svg"] {
        guard
          let outcome = try run(
            "ulimit -v 1000000", arguments + " --num-samples 3000000", in: folder)
        else { return }
        #expect(outcome.status == 71)
        #expect(outcome.messages.split(separator: "\n").count == 1, "\(outcome.messages)")
        #expect(outcome.messages.contains("3000000 examples"))
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
            "err", "out",
          ])
      }
    }
  }

  @Test("a study whose data the memory cannot hold is refused in one sentence before any trial")
  func study() throws {
    try Command.inFolder { folder in
      let arguments = "reproduce baselines --quick --jobs 1 dataset.num-samples=3000000"
      guard let outcome = try run("ulimit -v 700000", arguments, in: folder) else { return }
      #expect(outcome.status == 71)
      #expect(outcome.messages.split(separator: "\n").count == 1, "\(outcome.messages)")
      #expect(outcome.messages.contains("3000000 examples"))
    }
  }

  /// Kept as they are, what the derivative needs of the steps is a third of a MB for each.
  @Test("the derivative of 1000 steps of training does without the memory for them all")
  func derivative() throws {
    try Command.inFolder { folder in
      let arguments =
        "reproduce metalearn-decay inner-steps=1000 batch-size=100 outer-steps=1 seeds=0 initial-decays=0.01 "
        + "objectives=held-out hyperparameters=shared grid-rates=0.1 grid-decays=0.01 --jobs 1 --threads 1"
      guard let outcome = try run("ulimit -v 300000", arguments, in: folder) else { return }
      #expect(outcome.status == 0, "\(outcome.messages)")
    }
  }

  /// Whether memory is refused at this limit or another, the runtime itself has no word to say.
  @Test("a command that runs out of memory ends in one sentence of its own and leaves no draft")
  func lastResort() throws {
    try Command.inFolder { folder in
      for limit in stride(from: 90_000, through: 130_000, by: 8000) {
        guard
          let outcome = try run(
            "ulimit -v \(limit)", "generate --num-samples 20000 -o d.csv", in: folder)
        else { continue }
        #expect([0, 71].contains(outcome.status), "\(limit) kB: \(outcome.messages)")
        #expect(outcome.messages.split(separator: "\n").count == 1, "\(outcome.messages)")
        #expect(outcome.messages.hasPrefix(outcome.status == 0 ? "d.csv" : "mnist1d: "))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names).isSubset(of: ["err", "out", "d.csv", "d.t.csv"]), "\(names)")
      }
    }
  }
}
