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
