import Storage
import Foundation
import Runs
import Testing

@Suite("A run")
struct RunTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test("writes its configuration, store, summary, tables, figures and report")
  func writesItsFiles() throws {
    let run = try scratch.run()
    let summary = try #require(try run.perform(RunOptions(jobs: 1)).summary)
    let files = try FileManager.default.subpathsOfDirectory(atPath: run.directory.url.path)
    #expect(
      Set(files) == [
        "config.json", "trials.jsonl", ".trials.jsonl.lock", "summary.json", "tables",
        "tables/scores.csv", "figures", "figures/figure-1.pdf",
        "figures/figure-1.png", "figures/figure-1.svg", "figures/narrow",
        "figures/narrow/figure-1.svg", "figures/page", "figures/page/figure-1.svg", "report.html",
      ])
    #expect(run.directory.url.path.hasPrefix(scratch.url.path + "/runs/toy/"))
    #expect(try RunSummary(reading: run.directory) == summary)
    #expect(summary.trials == 6)
    #expect(summary.settings == .paper)
  }

  @Test("lies in a folder named by its settings and nothing else")
  func folderIsNamedBySettings() throws {
    #expect(try scratch.run().directory == scratch.run().directory)
    #expect(try scratch.run().directory != scratch.run(.quick).directory)
  }

  @Test("hashes the canonical form of its config.json")
  func folderIsTheHashOfTheConfiguration() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 1))
    let config = try JSON(
      reading: Data(contentsOf: run.directory.url.appendingPathComponent("config.json")))
    let hash = SHA256.hexadecimal(config.canonical.utf8)
    #expect(hash.hasPrefix(run.directory.url.lastPathComponent))
    #expect(run.directory.url.lastPathComponent.count == 16)
  }

  @Test("gives the same bits for one job and for four, in planned order")
  func jobsDoNotMatter() throws {
    let one = try scratch.run(in: "one")
    let four = try scratch.run(in: "four")
    let summary = try #require(try one.perform(RunOptions(jobs: 1)).summary)
    _ = try four.perform(RunOptions(jobs: 4))
    #expect(try one.bits() == four.bits())
    #expect(summary.findings.claims[0].measured == "1/42 1/43 2/42 2/43 3/42 3/43")
  }

  @Test("starts the longest trials first")
  func longestFirst() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 1))
    let lines = try String(contentsOf: run.store, encoding: .utf8).split(separator: "\n")
    let sizes = try lines.dropFirst().map { try JSON(reading: String($0))["key"]?["size"] }
    #expect(sizes == [3, 3, 2, 2, 1, 1])
  }

  @Test("computes nothing twice")
  func resumesWithoutWork() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 2))
    let store = try Data(contentsOf: run.store)
    let bits = try run.bits()
    _ = try run.perform(RunOptions(jobs: 2))
    #expect(try Data(contentsOf: run.store) == store)
    #expect(try run.bits() == bits)
  }

  @Test("records a trial that fails, finishes the others, and retries only when asked")
  func failureStopsNothing() throws {
    var configuration = Toy.Configuration()
    configuration.divergingSize = 2
    let run = try scratch.run(configuration)
    let listener = Listener()
    let summary = try #require(try run.perform(RunOptions(jobs: 2), observer: listener).summary)
    #expect(summary.failures.map(\.trial) == ["size 2, seed 42", "size 2, seed 43"])
    #expect(summary.failures.allSatisfy { $0.reason == "the loss is nan" })
    #expect(summary.findings.claims[0].measured == "1/42 1/43 3/42 3/43")
    #expect(listener.sentences.contains("the trial size 2, seed 42 failed: the loss is nan"))
    #expect(listener.latest?.failed == 2)

    let length = try Data(contentsOf: run.store).count
    _ = try run.perform(RunOptions(jobs: 2))
    #expect(try Data(contentsOf: run.store).count == length)
    _ = try run.perform(RunOptions(jobs: 2, failures: .retry))
    #expect(try Data(contentsOf: run.store).count > length)
  }

  @Test("in which every trial fails says so instead of finding anything")
  func allTrialsFail() throws {
    var configuration = Toy.Configuration()
    (configuration.sizes, configuration.divergingSize) = ([2], 2)
    let run = try scratch.run(configuration)
    #expect(throws: RunError.noResults(study: "toy", reason: "the loss is nan")) {
      try run.perform(RunOptions(jobs: 1))
    }
  }

  @Test("started afresh moves the earlier one aside and deletes nothing")
  func freshKeepsTheOld() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 1))
    let old = try Data(contentsOf: run.store)
    let listener = Listener()
    for _ in 1...2 {
      _ = try run.perform(RunOptions(jobs: 1, start: .fresh), observer: listener)
    }
    for number in 1...2 {
      let aside = run.directory.url.path + "-old-\(number)"
      #expect(listener.sentences.contains("the earlier run is now \(aside)"))
    }
    let first = URL(fileURLWithPath: run.directory.url.path + "-old-1/trials.jsonl")
    #expect(try Data(contentsOf: first) == old)
    let output = scratch.url.appendingPathComponent("runs")
    #expect(
      RunDirectory.finished(in: output).map(\.url.lastPathComponent) == [
        run.directory.url.lastPathComponent
      ])
  }

  @Test("at reduced scale confirms claims and refutes none")
  func reducedVerdicts() throws {
    let summary = try #require(
      try scratch.run(.quick).perform(RunOptions(jobs: 1)).summary)
    #expect(summary.findings.claims.map(\.verdict) == [.holds, .untested, .untested])
    #expect(summary.changed == [.init("seeds", value: "42", paper: "42,43")])
  }

  @Test("refuses settings that do not fit, plan a trial twice, or plan none")
  func refusesBadSettings() throws {
    var configuration = Toy.Configuration()
    configuration.steps = 0
    #expect(throws: RunError.invalidSettings("steps must be positive")) {
      try scratch.run(configuration)
    }
    configuration = .init()
    configuration.seeds = [1, 1]
    #expect(throws: RunError.repeatedTrial("size 1, seed 1")) { try scratch.run(configuration) }
    configuration.seeds = []
    #expect(throws: RunError.noTrials(study: "toy")) { try scratch.run(configuration) }
  }

  @Test("that is interrupted keeps what ended, gives up the rest and goes on later")
  func interruptionKeepsWhatEnded() throws {
    var stalling = Toy.Configuration()
    stalling.stallsAt = 12
    let run = try scratch.run(stalling)
    let interruption = Interruption()
    interruption.request(15)
    let listener = Listener()
    let outcome = try run.perform(
      RunOptions(jobs: 2), interruption: interruption, observer: listener)
    guard case .interrupted(15, ended: 0, planned: 6) = outcome else {
      Issue.record("ended with \(outcome)")
      return
    }
    #expect(outcome.exitStatus == 143)
    #expect(
      outcome.message
        == "interrupted with 0 of 6 trials done; the same command goes on from there")
    #expect(listener.hasEnded)
    // The two that were under way left their state behind.
    let checkpoints = run.directory.url.appendingPathComponent("checkpoints").path
    #expect(try FileManager.default.contentsOfDirectory(atPath: checkpoints).count == 2)
  }

  @Test("counts the time of a trial over all sessions that it took")
  func timeOverSessions() throws {
    var slow = Toy.Configuration()
    (slow.sizes, slow.seeds, slow.pause) = ([1], [42], 20_000)
    let run = try scratch.run(slow)
    let interruption = Interruption()
    let state = run.directory.url.appendingPathComponent("checkpoints").path
    let thread = Thread {
      while (try? FileManager.default.contentsOfDirectory(atPath: state))?.isEmpty ?? true {
        usleep(1000)
      }
      interruption.request(2)
    }
    thread.start()
    guard case .interrupted = try run.perform(RunOptions(jobs: 1), interruption: interruption)
    else { return }
    let summary = try #require(try run.perform(RunOptions(jobs: 1)).summary)
    // A pause never ends early, and every step that counts was taken once.
    #expect(summary.seconds >= 0.4)
  }

  @Test("hands each trial its budget of threads, and one value for all that share a key")
  func contextSharesValues() throws {
    #expect(RunOptions(jobs: 1, threads: 7).threads == 7)
    let context = TrialContext(threads: 3)
    #expect(context.threads == 3)
    var made = 0
    for _ in 1...3 {
      let value = try context.shared("dataset") { key in
        made += 1
        return key.count
      }
      #expect(value == 7)
    }
    #expect(try context.shared("other") { $0.count } == 5)
    #expect(made == 1)
  }

  @Test("cannot be created under a file, and says so with the status for output")
  func outputIsAFile() throws {
    let file = scratch.url.appendingPathComponent("file")
    try Data().write(to: file)
    let error = #expect(throws: RunError.self) {
      let run = try Run(Toy.self, output: file)
      return try run.perform(RunOptions(jobs: 1))
    }
    #expect(error?.exitStatus == .cannotCreate)
    #expect(error?.description.hasPrefix("\(file.path)/toy/") == true)
    #expect(error?.description.hasSuffix(" cannot be created: Not a directory") == true)
  }
}
