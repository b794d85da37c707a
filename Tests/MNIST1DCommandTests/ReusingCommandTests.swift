import Foundation
import Storage
import Testing

@Suite("Runs that share trials", .serialized)
struct ReusingCommandTests {
  private let settings = [
    "reproduce", "baselines", "models=logistic", "columns=ordered", "examples=all", "steps=1000",
    "eval-every=500", "dataset.num-samples=100", "--jobs", "1", "--json",
  ]

  private func digest(_ outcome: Command.Outcome) throws -> String {
    try #require(outcome.status == 0, "\(outcome.messages)")
    return try #require(try JSON(reading: outcome.output)["digest"]?.text)
  }

  @Test("take what a killed one has stored, and give the bits of one that did all")
  func killed() throws {
    try Command.inFolder { folder in
      let running = try Command.start(settings + ["seeds=0..99"], in: folder)
      let study = folder.appendingPathComponent("runs/baselines")
      func lines() -> Int {
        let run = (try? FileManager.default.contentsOfDirectory(atPath: study.path))?.first ?? ""
        let store = study.appendingPathComponent("\(run)/trials.jsonl")
        return ((try? Data(contentsOf: store)) ?? Data()).count { $0 == UInt8(ascii: "\n") }
      }
      while lines() < 4, running.process.isRunning { usleep(1000) }
      kill(running.process.processIdentifier, SIGKILL)
      _ = try running.outcome()
      let stored = lines() - 1
      #expect(stored >= 3)
      let taking = try Command.run(settings + ["seeds=0..2,200"], in: folder)
      #expect(taking.messages.contains("3 of 4 trials are taken from another run"))
      let alone = try Command.run(settings + ["seeds=0..2,200", "--output", "alone"], in: folder)
      #expect(try digest(taking) == digest(alone))
    }
  }

  @Test("at once do not disturb each other")
  func atOnce() throws {
    try Command.inFolder { folder in
      let seeds = ["seeds=0..7", "seeds=4..11", "seeds=0..11"]
      let running = try seeds.map { try Command.start(settings + [$0], in: folder) }
      let together = try running.map { try digest($0.outcome()) }
      let alone = try seeds.map { seeds in
        try digest(Command.run(settings + [seeds, "--output", "alone-\(seeds)"], in: folder))
      }
      #expect(together == alone)
    }
  }
}
