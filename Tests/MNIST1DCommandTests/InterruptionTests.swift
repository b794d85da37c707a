import Foundation
import Testing

@Suite("A study that is told to stop", .serialized)
struct InterruptionTests {
  private let arguments = [
    "reproduce", "baselines", "models=logistic", "columns=ordered", "examples=all", "seeds=0..19",
    "steps=4000", "eval-every=2000", "dataset.num-samples=100", "--jobs", "1", "--json",
  ]

  @Test(
    "ends with 128 and the signal's number, says how to go on, and does so to the same bits",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func signals(_ signal: Int32) throws {
    try Command.inFolder { folder in
      let running = try Command.start(arguments, in: folder)
      while try lines(of: "trials.jsonl", in: folder) < 3 { usleep(1000) }
      kill(running.process.processIdentifier, signal)
      let stopped = try running.outcome()
      #expect(stopped.status == 128 + signal)
      #expect(stopped.output.isEmpty)
      #expect(stopped.messages.contains("of 20 trials done; the same command goes on from there"))
      let ended = try lines(of: "trials.jsonl", in: folder) - 1
      #expect(ended >= 2 && ended < 20)

      let resumed = try Command.run(arguments, in: folder)
      #expect(
        resumed.messages.contains("going on with \(20 - ended) of 20 trials; the others are done"))
      let whole = try Command.run(arguments + ["--output", "whole"], in: folder)
      #expect(try digest(resumed) == digest(whole))
    }
  }

  private func digest(_ outcome: Command.Outcome) throws -> String {
    struct Printed: Decodable { let digest: String }
    return try JSONDecoder().decode(Printed.self, from: Data(outcome.output.utf8)).digest
  }

  private func lines(of name: String, in folder: URL) throws -> Int {
    let study = folder.appendingPathComponent("runs/baselines")
    guard let run = try? FileManager.default.contentsOfDirectory(atPath: study.path).first,
      let text = try? String(
        contentsOf: study.appendingPathComponent("\(run)/\(name)"), encoding: .utf8)
    else { return 0 }
    return text.split(separator: "\n").count
  }
}

@Suite("A training that is told to stop", .serialized)
struct TrainingInterruptionTests {
  private let arguments = [
    "train", "--model", "logistic", "--eval-every", "50", "--checkpoint", "state.safetensors",
    "--metrics", "metrics.jsonl", "--tensorboard", "events",
  ]

  @Test(
    "keeps its state and its metrics whole, and goes on from there to the same bits",
    arguments: [SIGINT, SIGTERM])
  func signals(_ signal: Int32) throws {
    try Command.inFolder { folder in
      let running = try Command.start(arguments + ["--steps", "100000000"], in: folder)
      let state = folder.appendingPathComponent("state.safetensors").path
      while !FileManager.default.fileExists(atPath: state) { usleep(1000) }
      kill(running.process.processIdentifier, signal)
      let stopped = try running.outcome()
      #expect(stopped.status == 128 + signal)
      #expect(stopped.output.isEmpty)
      #expect(stopped.messages.contains("of 100000001 steps done; the same command goes on"))
      let lines = try metrics("metrics.jsonl", in: folder)
      #expect(lines.count > 0 && lines.last == "")
      #expect(stopped.messages.contains("interrupted with \(lines.count - 1) of"))

      let steps = ["--steps", "\(lines.count + 9)"]
      let resumed = try Command.run(arguments + steps, in: folder)
      let whole = try Command.run(
        Array(arguments.prefix(5)) + steps + ["--metrics", "whole.jsonl"], in: folder)
      #expect(resumed.status == 0 && resumed.timeless == whole.timeless)
      #expect(try metrics("metrics.jsonl", in: folder) == metrics("whole.jsonl", in: folder))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(!left.contains { $0.hasPrefix(".") })
    }
  }

  @Test("says what would have kept its state, if nothing did")
  func withoutCheckpoint() throws {
    try Command.inFolder { folder in
      let running = try Command.start(
        Array(arguments.prefix(5)) + ["--steps", "100000000", "--tensorboard", "events"],
        in: folder)
      let events = folder.appendingPathComponent("events").path
      while !FileManager.default.fileExists(atPath: events) { usleep(1000) }
      kill(running.process.processIdentifier, SIGINT)
      let stopped = try running.outcome()
      #expect(stopped.status == 130)
      #expect(stopped.messages.contains("give --checkpoint to be able to go on from there"))
    }
  }

  private func metrics(_ name: String, in folder: URL) throws -> [Substring] {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }
}
