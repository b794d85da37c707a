import Storage
import Foundation
import Runs
import Testing

@Suite("A shard")
struct ShardTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test("is written i/n, from 1/n to n/n")
  func spelling() throws {
    let shard = try Shard("2/8")
    #expect((shard.number, shard.count) == (2, 8))
    #expect(shard.description == "2/8")
    for wrong in ["0/8", "9/8", "1", "1/", "/2", "a/b", "1/2/3", "-1/2", ""] {
      #expect(throws: RunError.malformedShard(wrong)) { try Shard(wrong) }
    }
  }

  @Test(
    "is the task of a Slurm array, whatever number that starts with",
    arguments: [
      (["ID": "0", "MIN": "0", "MAX": "7", "COUNT": "8"], "1/8"),
      (["ID": "8", "MIN": "1", "MAX": "8", "COUNT": "8", "STEP": "1"], "8/8"),
      (["ID": "4", "MIN": "0", "MAX": "14", "COUNT": "8", "STEP": "2"], "3/8"),
    ])
  func slurm(variables: [String: String], spelling: String) throws {
    let environment = Dictionary(
      uniqueKeysWithValues: variables.map { ("SLURM_ARRAY_TASK_" + $0.key, $0.value) })
    #expect(try Shard(environment: environment)?.description == spelling)
  }

  @Test("is none outside an array, and an array with gaps is refused")
  func noArray() throws {
    #expect(try Shard(environment: [:]) == nil)
    let gaps = ["ID": "5", "MIN": "1", "MAX": "6", "COUNT": "3"].map {
      ("SLURM_ARRAY_TASK_" + $0.key, $0.value)
    }
    let error = #expect(throws: RunError.self) {
      try Shard(environment: Dictionary(uniqueKeysWithValues: gaps))
    }
    #expect(
      error?.description == "SLURM_ARRAY_TASK_ID=5 names no shard, as the numbers of the array "
        + "have gaps: give --shard i/n, or --shard all for all trials")
  }

  @Test("shares out every trial exactly once, and the costs evenly")
  func partition() {
    let costs = (0..<100).map { Double($0 % 7 + 1) }
    for count in [1, 3, 8, 100, 130] {
      let parts = (1...count).map { Shard(number: $0, count: count)!.indices(costs: costs) }
      #expect(parts.joined().sorted() == Array(0..<100))
      let loads = parts.map { $0.reduce(0) { $0 + costs[$1] } }
      #expect(loads.max()! - loads.min()! <= 7)
    }
  }

  @Test("with the others, merged, gives the bits of the whole run")
  func mergeEqualsWhole() throws {
    let whole = try scratch.run(in: "whole")
    _ = try whole.perform(RunOptions(jobs: 2))
    let sharded = try scratch.run(in: "sharded")
    for number in [3, 1, 2] {
      let shard = try #require(Shard(number: number, count: 3))
      let outcome = try sharded.perform(RunOptions(jobs: 2, shard: shard))
      #expect(outcome.message?.hasPrefix("shard \(number)/3 has its 2 trials") == true)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: sharded.directory.url.path)
    #expect(names.contains("trials.shard-2-of-3.jsonl"))
    #expect(!names.contains("summary.json"))
    let summary = try sharded.merge()
    #expect(try sharded.bits() == whole.bits())
    #expect(summary.digest == (try RunSummary(reading: whole.directory).digest))
    // What is united needs the shards no more.
    for name in names where name.contains("shard") {
      try FileManager.default.removeItem(
        at: sharded.directory.url.appendingPathComponent(name))
    }
    _ = try sharded.merge()
    #expect(try sharded.bits() == whole.bits())
  }

  @Test("finds what shards of an earlier division have done, once they are united")
  func redivision() throws {
    let whole = try scratch.run(in: "whole")
    _ = try whole.perform(RunOptions(jobs: 2))
    let run = try scratch.run(in: "divided")
    // Nothing is there yet, which is no reason to complain.
    try run.mergeShards()
    _ = try run.perform(RunOptions(jobs: 1, shard: Shard("1/2")))
    try run.mergeShards()
    for number in 1...3 {
      _ = try run.perform(RunOptions(jobs: 1, shard: Shard(number: number, count: 3)))
    }
    let folder = run.directory.url
    let trials = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix("-of-3.jsonl") }
      .map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }
      .joined().split(separator: "\n").count { $0.contains("\"completed\"") }
    #expect(trials == 3)
    _ = try run.merge()
    #expect(try run.bits() == whole.bits())
  }

  @Test("computed on another machine is merged from its folder")
  func mergeFromElsewhere() throws {
    let whole = try scratch.run(in: "whole")
    _ = try whole.perform(RunOptions(jobs: 2))
    let here = try scratch.run(in: "here")
    let there = try scratch.run(in: "there")
    _ = try here.perform(RunOptions(jobs: 1, shard: Shard("1/2")))
    _ = try there.perform(RunOptions(jobs: 1, shard: Shard("2/2")))
    _ = try here.merge(from: [there.directory])
    #expect(try here.bits() == whole.bits())
  }

  @Test("from a folder that is no run's is missed, and not merged as if it were empty")
  func mergeFromNowhere() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 2))
    let error = #expect(throws: RunError.self) {
      try run.merge(from: [RunDirectory(scratch.url)])
    }
    #expect(error?.exitStatus == .missingFile)
    #expect(error?.description.contains("trials.jsonl is not there: name the folder") == true)
  }

  @Test("that is missing is named by its first trial, and the others are united all the same")
  func mergeNamesWhatIsMissing() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 1, shard: Shard("1/2")))
    let error = #expect(throws: RunError.self) { try run.merge() }
    guard case .missingTrials(run.directory.url.path, missing: 3, planned: 6, _)? = error else {
      Issue.record("met \(String(describing: error))")
      return
    }
    let listener = Listener()
    _ = try run.perform(RunOptions(jobs: 1), observer: listener)
    #expect(listener.sentences == ["going on with 3 of 6 trials; the others are done"])
  }

  @Test("with another result of the same trial is reported, and the first result kept")
  func conflict() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 1))
    let bits = try run.bits()
    let lines = try String(contentsOf: run.store, encoding: .utf8).split(separator: "\n")
    var object = try JSON(reading: String(lines[1]))
    object["check"] = nil
    object["measurement"]?["score"] = 7
    let forged = Seal.line(of: object, in: run.identity)
    let other = run.directory.url.appendingPathComponent("trials.shard-1-of-2.jsonl")
    try Data((lines[0] + "\n" + forged).utf8).write(to: other)
    let listener = Listener()
    _ = try run.merge(observer: listener)
    #expect(try run.bits() == bits)
    #expect(
      listener.sentences == [
        "\(other.path) holds another result of the trial seed 42, size 3, which should be the same "
          + "everywhere: the first one is kept"
      ])
  }

  @Test("does not start afresh, as that would take the results of the others")
  func freshIsRefused() throws {
    #expect(throws: RunError.freshShard) {
      try scratch.run().perform(RunOptions(shard: Shard("1/2"), start: .fresh))
    }
  }

  @Test("cannot be merged where nothing ran")
  func nothingToMerge() throws {
    let error = #expect(throws: RunError.self) { try scratch.run().merge() }
    #expect(error?.exitStatus == .missingFile)
  }
}

@Suite("The variables of a Slurm array")
struct ShardEnvironmentTests {
  private func shard(_ changes: [String: String?]) throws -> Shard? {
    var variables: [String: String?] = [
      "ID": "2", "MIN": "0", "MAX": "7", "COUNT": "8", "STEP": "1",
    ]
    variables.merge(changes) { $1 }
    return try Shard(
      environment: Dictionary(
        uniqueKeysWithValues: variables.compactMap { name, value in
          value.map { ("SLURM_ARRAY_TASK_" + name, $0) }
        }))
  }

  @Test("are refused in a sentence where they are none that Slurm gives")
  func edges() throws {
    let wrong = [
      "-1", "", " ", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "two",
      "2.0", "0x2", "+2",
      "٢", "2\u{301}", "2147483648", "\u{1B}[2J", String(repeating: "9", count: 10_000),
    ]
    for name in ["ID", "MIN", "MAX", "COUNT", "STEP"] {
      for value in wrong {
        let error = #expect(throws: RunError.self, "\(name)=\(value)") { try shard([name: value]) }
        #expect(error?.exitStatus == .usage)
        let sentence = error?.description ?? ""
        #expect(sentence.hasSuffix(": give --shard i/n, or --shard all for all trials"))
        #expect(sentence.count < 1000 && !sentence.contains("\u{1B}"))
      }
    }
    let gaps: [[String: String?]] = [
      ["ID": "8"], ["ID": "2147483647"], ["MIN": "3"], ["MAX": "6"], ["COUNT": "0"], ["COUNT": "9"],
      ["STEP": "0"],
      ["STEP": "2"], ["COUNT": Optional<String>.none], ["MIN": Optional<String>.none],
      ["STEP": "2147483647", "COUNT": "2147483647"],
      ["COUNT": "2147483647", "MAX": Optional<String>.none, "STEP": "2147483647"],
      ["ID": "2147483647", "MAX": Optional<String>.none],
    ]
    for changes in gaps {
      #expect(throws: RunError.self, "\(changes)") { try shard(changes) }
    }
  }

  @Test("name the shard, whatever the array begins with and however wide its steps are")
  func shards() throws {
    #expect(try shard([:])?.description == "3/8")
    #expect(
      try shard(["STEP": Optional<String>.none, "MAX": Optional<String>.none])?.description == "3/8"
    )
    #expect(try shard(["ID": "14", "MIN": "10", "MAX": "24", "STEP": "2"])?.description == "3/8")
    #expect(try shard(["ID": "5", "MIN": "5", "MAX": "5", "COUNT": "1"]) == nil)
    #expect(try shard(["ID": Optional<String>.none]) == nil)
    let shard = try #require(
      try Shard(environment: [
        "SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_MIN": "0",
        "SLURM_ARRAY_TASK_COUNT": "4",
      ]))
    #expect(
      Shard.notice(
        of: shard, environment: ["SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_COUNT": "4"])
        == "this is shard 2/4 of the trials, as SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=4 say; "
        + "--shard all carries out all of them")
  }
}
