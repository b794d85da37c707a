import Storage
import Foundation
import Runs
import Testing

@Suite("A run whose files were tampered with")
struct TamperingTests {
  let scratch: Scratch
  let run: Run<Toy>
  let other: Run<Toy>
  let bits: String

  init() throws {
    scratch = try Scratch()
    run = try scratch.run()
    var configuration = Toy.Configuration()
    configuration.steps = 7
    other = try scratch.run(configuration)
    for run in [run, other] { _ = try run.perform(RunOptions(jobs: 1)) }
    bits = try run.bits()
  }

  private func lines(_ run: Run<Toy>) throws -> [String] {
    try String(contentsOf: run.store, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  private func write(_ lines: [String], separator: String = "\n") throws {
    try Data((lines.joined(separator: separator) + separator).utf8).write(to: run.store)
  }

  private func resume() throws -> [String] {
    let listener = Listener()
    _ = try run.perform(RunOptions(jobs: 2), observer: listener)
    return listener.sentences
  }

  @Test("takes no trial of other settings that was pasted behind its header")
  func pasted() throws {
    try write([lines(run)[0]] + lines(other).dropFirst())
    let sentence =
      "\(run.store.path): lines 2, 3, 4, 5, 6 and 1 more belong to another run, so they are left out; "
      + "reproduce runs again what trials are missing"
    let export = try RunExport(reading: run.directory)
    #expect(export.isDamaged && export.warnings.count == 2)
    #expect(export.warnings[0].contains("belong to another run, so they are left out"))
    #expect(export.warnings[1].contains("holds 0 of the 6 trials that its summary counts"))
    #expect(try RunSummary.damage(of: run.directory).lacksTrials)
    #expect(try resume().first == sentence)
    #expect(try run.bits() == bits)
    // What was pasted stays where it is, and is said every time; nothing is missing any more.
    let again = try RunExport(reading: run.directory)
    #expect(!again.isDamaged && again.warnings.count == 1)
    #expect(try !RunSummary.damage(of: run.directory).lacksTrials)
  }

  @Test("takes no trial of another study or revision")
  func otherIdentity() throws {
    let configuration = run.identity.configuration
    for identity in [
      RunIdentity(study: "toys", revision: 1, configuration: configuration),
      RunIdentity(study: "toy", revision: 2, configuration: configuration),
    ] {
      var own = try lines(run)
      var object = try JSON(reading: own[3])
      object["check"] = nil
      own[3] = String(Seal.line(of: object, in: identity).dropLast())
      try write(own)
      #expect(try resume().first?.contains("line 4 belongs to another run") == true)
      #expect(try run.bits() == bits)
    }
  }

  @Test("takes no value that was edited, however little")
  func edited() throws {
    let original = try lines(run)
    for (old, new) in [
      ("\"score\":", "\"score\":1"), ("\"size\":3", "\"size\":2"), ("completed", "failed"),
    ] {
      var own = original
      own[2] = own[2].replacing(old, with: new)
      try write(own)
      let sentences = try resume()
      #expect(sentences.first?.contains("line 3 is damaged or edited") == true)
      #expect(sentences.last == "going on with 1 of 6 trials; the others are done")
      #expect(try run.bits() == bits)
    }
  }

  @Test("says how many lines are damaged in a sentence of some lines, whatever their number")
  func manyLines() throws {
    let evil = "\u{1B}]0;x\u{7}" + String(repeating: "y", count: 5000)
    try write([lines(run)[0]] + (1...2000).map { "\(evil)\($0)" })
    let sentence = try #require(try resume().first)
    #expect(sentence.contains("lines 2, 3, 4, 5, 6 and 1995 more are damaged or edited"))
    #expect(sentence.count < 700 && !sentence.contains("\u{1B}"))
    #expect(try run.bits() == bits)
  }

  @Test("survives ends of lines as Windows writes them, empty lines and a header in the middle")
  func convertedLines() throws {
    let own = try lines(run)
    try write(own, separator: "\r\n")
    #expect(try resume() == [])
    try write([own[0], ""] + own[1...3] + [own[0]] + own[4...] + [""])
    #expect(try resume() == [])
    #expect(try run.bits() == bits)
  }

  @Test("goes on without its header, whose lines say themselves whose they are")
  func withoutHeader() throws {
    var own = try lines(run)
    try write(Array(own.dropFirst()))
    #expect(try resume() == [])
    own[0] = own[0].replacing("\"study\":\"toy\"", with: "\"study\":\"boy\"")
    try write(own)
    #expect(try resume().first?.contains("line 1 is damaged or edited") == true)
    #expect(try run.bits() == bits)
  }

  @Test("says that a store holds two results of a trial, and keeps the first")
  func conflict() throws {
    var own = try lines(run)
    var object = try JSON(reading: own[1])
    object["check"] = nil
    object["measurement"]?["score"] = 7
    own.append(String(Seal.line(of: object, in: run.identity).dropLast()))
    try write(own)
    let sentences = try resume()
    #expect(sentences.count == 1)
    #expect(sentences[0].contains("holds another result of the trial seed 42, size 3"))
    #expect(try run.bits() == bits)
    let export = try RunExport(reading: run.directory)
    #expect(!export.isDamaged && export.warnings == sentences)
  }

  @Test("takes a damaged end of its own header for a damaged line, and not for another run's")
  func damagedHeader() throws {
    var lines = try lines(run)
    // The last of the digits that say whose the line is.
    let digit = lines[0].dropLast(2).last
    lines[0] = lines[0].dropLast(3) + (digit == "0" ? "1" : "0") + "\"}"
    try write(lines)
    #expect(try resume().first?.contains("line 1 is damaged or edited, so it is left out") == true)
    #expect(try run.bits() == bits)
  }

  @Test("puts nothing into a page that a link leads to, and nothing endless")
  func leadingElsewhere() throws {
    let figure = try #require(
      try FileManager.default.contentsOfDirectory(
        at: run.directory.url.appendingPathComponent("figures/page"),
        includingPropertiesForKeys: nil
      ).first { $0.pathExtension == "svg" })
    for (target, words) in [("/etc/passwd", "link"), ("/dev/zero", "link"), (nil, "100 MB")] {
      try FileManager.default.removeItem(at: figure)
      if let target {
        try FileManager.default.createSymbolicLink(atPath: figure.path, withDestinationPath: target)
      } else {
        try Data().write(to: figure)
        #expect(truncate(figure.path, 3_000_000_000) == 0)
      }
      let error = #expect(throws: RunError.self) { try RunSummary(reading: run.directory) }
      #expect(error?.description.contains(words) == true)
    }
  }

  @Test("refuses the store of another run that was put in its place")
  func swapped() throws {
    try Data(contentsOf: other.store).write(to: run.store)
    for attempt in [
      { _ = try resume() }, { _ = try RunExport(reading: run.directory) },
      { _ = try RunSummary.damage(of: run.directory) }, { _ = try run.merge() },
    ] {
      let error = #expect(throws: RunError.self) { try attempt() }
      #expect(error?.exitStatus == .badData)
      #expect(error?.description.contains("belongs to the run \(other.identity.path)") == true)
    }
  }

  @Test("refuses the summary of another run, and writes its own anew")
  func foreignSummary() throws {
    let name = "summary.json"
    let file = run.directory.url.appendingPathComponent(name)
    try Data(contentsOf: other.directory.url.appendingPathComponent(name)).write(to: file)
    for attempt in [
      { _ = try RunSummary(reading: run.directory) }, { _ = try RunExport(reading: run.directory) },
      { _ = try RunComparison(of: [run.directory, other.directory]) },
    ] {
      let error = #expect(throws: RunError.self) { try attempt() }
      #expect(error?.exitStatus == .badData)
      #expect(error?.description.contains("the summary of another run") == true)
    }
    #expect(try resume() == [])
    #expect(try run.bits() == bits)
  }

  @Test("refuses a config.json that was edited, and writes its own anew")
  func editedConfiguration() throws {
    let file = run.directory.url.appendingPathComponent("config.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing("\"steps\": 20", with: "\"steps\": 21").utf8).write(to: file)
    for attempt in [
      { _ = try RunSummary(reading: run.directory) }, { _ = try RunExport(reading: run.directory) },
    ] {
      let error = #expect(throws: RunError.self) { try attempt() }
      #expect(error?.exitStatus == .badData)
      #expect(error?.description.contains("the folder is that of \(run.identity.hash)") == true)
    }
    #expect(try resume() == [])
    #expect(try run.bits() == bits)
  }

  @Test("that lost lines without a trace is short of trials, and says so")
  func lostLines() throws {
    try write(lines(run).dropLast(2))
    let export = try RunExport(reading: run.directory)
    #expect(export.isDamaged)
    #expect(
      export.warnings == [
        "\(run.directory.url.path) holds 4 of the 6 trials that its summary counts: "
          + "the command that made the run does the others again"
      ])
    #expect(try resume() == ["going on with 2 of 6 trials; the others are done"])
    #expect(try !RunExport(reading: run.directory).isDamaged)
  }

  @Test("that has not ended is exported, and damaged only if lines are left out")
  func unfinished() throws {
    let part = try scratch.run(in: "part")
    _ = try part.perform(RunOptions(jobs: 1, shard: Shard("1/2")))
    #expect(try !RunExport(reading: part.directory).isDamaged)
    let store = part.directory.url.appendingPathComponent("trials.shard-1-of-2.jsonl")
    var bytes = try Data(contentsOf: store)
    bytes[bytes.count - 40] ^= 1
    try bytes.write(to: store)
    let export = try RunExport(reading: part.directory)
    #expect(
      export.isDamaged
        && export.warnings.last?.contains("2 trials are taken, and 1 line is not") == true)
  }

  @Test("merges no line of another run from another machine's folder")
  func mergedFromElsewhere() throws {
    let here = try scratch.run(in: "here")
    let there = try scratch.run(in: "there")
    _ = try here.perform(RunOptions(jobs: 1, shard: Shard("1/2")))
    _ = try there.perform(RunOptions(jobs: 1, shard: Shard("2/2")))
    let store = there.directory.url.appendingPathComponent("trials.shard-2-of-2.jsonl")
    let own = try String(contentsOf: store, encoding: .utf8).split(separator: "\n").map(String.init)
    let foreign = try lines(other)
    try Data((own + [foreign[1]]).map { $0 + "\n" }.joined().utf8).write(to: store)
    let listener = Listener()
    _ = try here.merge(from: [there.directory], observer: listener)
    #expect(
      listener.sentences.count == 1
        && listener.sentences[0].contains("line 5 belongs to another run"))
    #expect(try here.bits() == bits)
  }
}

@Suite("A run in which trials failed")
struct FailedTrialsTests {
  let scratch: Scratch
  let configuration: Toy.Configuration

  init() throws {
    scratch = try Scratch()
    var configuration = Toy.Configuration()
    configuration.divergingSize = 2
    self.configuration = configuration
  }

  @Test("ends with status 1 and says how many, which and why, each time")
  func status() throws {
    let run = try scratch.run(configuration)
    for _ in 1...2 {
      let outcome = try run.perform(RunOptions(jobs: 2))
      #expect(outcome.exitStatus == 1)
      #expect(
        outcome.message
          == "2 of 6 trials failed, the first (size 2, seed 42) with: the loss is nan; "
          + "reproduce --retry-failed runs such trials again")
    }
    let summary = try run.merge()
    #expect(summary.exitStatus == 1 && summary.json["failed"] == 2)
    #expect(try RunSummary(reading: run.directory).failures == summary.failures)
    let whole = try scratch.run().perform(RunOptions(jobs: 2))
    #expect(whole.exitStatus == 0 && whole.message == nil && whole.summary?.json["failed"] == 0)
  }

  @Test("ends with status 1 in the shards that have them, and in no other")
  func shards() throws {
    let run = try scratch.run(configuration)
    let outcomes = try (1...6).map { number in
      try run.perform(RunOptions(jobs: 1, shard: Shard(number: number, count: 6)))
    }
    #expect(outcomes.map(\.exitStatus).sorted() == [0, 0, 0, 0, 1, 1])
    let message = outcomes.first { $0.exitStatus == 1 }?.message
    #expect(message?.hasPrefix("1 of 1 trials failed, size 2, seed 4") == true)
    #expect(message?.hasSuffix(" has its 1 trials; merge the shards when all are done") == true)
  }

  @Test("lists ten of them and how many more there are")
  func manyFailures() throws {
    var configuration = configuration
    configuration.seeds = Array(0..<40)
    let summary = try #require(try scratch.run(configuration).perform(RunOptions(jobs: 2)).summary)
    #expect(summary.text.components(separatedBy: "failed: the loss is nan").count == 11)
    #expect(summary.text.contains("So did 30 more.\n"))
  }
}
