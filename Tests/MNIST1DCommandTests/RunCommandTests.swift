import Foundation
import Testing

@Suite("The commands about runs")
struct RunCommandTests {
  private let settings = [
    "baselines", "models=logistic", "columns=ordered", "examples=all", "seeds=0..3", "steps=20",
    "eval-every=20",
    "dataset.num-samples=100",
  ]
  private let array = [
    "SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "1",
    "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_ARRAY_TASK_STEP": "1",
  ]

  private func run(in folder: URL) throws -> URL {
    let study = folder.appendingPathComponent("runs/baselines")
    let name = try FileManager.default.contentsOfDirectory(atPath: study.path)[0]
    return study.appendingPathComponent(name)
  }

  @Test("say in their first line that a job array makes them do a part, unless told to do all")
  func ownArray() throws {
    try Command.inFolder { folder in
      let part = try Command.run(["reproduce"] + settings, in: folder, environment: array)
      #expect(part.status == 0 && part.output.isEmpty)
      #expect(
        part.messages.hasPrefix(
          "mnist1d: this is shard 1/2 of the trials, as SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 "
            + "SLURM_ARRAY_TASK_MAX=1 SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=2 say; --shard all "
            + "carries out all of them\n"))
      for all in ["all", "1/1"] {
        let whole = try Command.run(
          ["reproduce"] + settings + ["--shard", all, "--output", all], in: folder,
          environment: array)
        #expect(whole.status == 0 && whole.output.contains("Table 1"))
        #expect(!whole.messages.contains("this is shard"))
      }
      let wrong = try Command.run(
        ["reproduce"] + settings, in: folder,
        environment: array.merging(["SLURM_ARRAY_TASK_ID": "9223372036854775807"]) { $1 })
      #expect(wrong.status == 64)
      #expect(
        wrong.messages.hasPrefix("mnist1d: SLURM_ARRAY_TASK_ID=9223372036854775807 names no shard"))
      #expect(wrong.messages.split(separator: "\n").count == 1)
    }
  }

  @Test("end with 1 and say which trials failed")
  func failedTrials() throws {
    try Command.inFolder { folder in
      // A learning rate at which some trainings diverge.
      let diverging =
        settings.filter { $0 != "models=logistic" } + ["models=logistic,mlp", "learning-rate=1e30"]
      let sentence =
        "mnist1d: 4 of 8 trials failed, the first (mlp on ordered columns, all examples, seed 0) with: "
      for arguments in [[], ["--json"], ["--jobs", "1"]] {
        let outcome = try Command.run(["reproduce"] + diverging + arguments, in: folder)
        #expect(outcome.status == 1, "\(outcome.messages)")
        #expect(outcome.messages.contains(sentence))
        #expect(
          outcome.output.contains(
            arguments == ["--json"] ? "\"failed\": 4," : "The trial mlp on ordered"))
      }
      let merged = try Command.run(["merge"] + diverging, in: folder)
      #expect(merged.status == 1 && merged.messages.contains(sentence))
      let report = try Command.run("report", in: folder)
      #expect(report.status == 1 && report.messages.contains("4 of 8 trials failed"))
      // A part that has none of them ends well.
      let parts = try (1...2).map { number in
        try Command.run(
          ["reproduce"] + diverging + ["--shard", "\(number)/2", "--output", "parts"], in: folder)
      }
      #expect(parts.map(\.status) == [1, 1])
      let help = try Command.run("reproduce", "--help", in: folder)
      #expect(help.output.contains("exit status is 1"))
    }
  }

  @Test("say what was damaged or pasted in, and end with 65 where trials are missing")
  func damage() throws {
    try Command.inFolder { folder in
      #expect(try Command.run(["reproduce"] + settings, in: folder).status == 0)
      let path = try run(in: folder).path
      let store = URL(fileURLWithPath: path + "/trials.jsonl")
      var bytes = try Data(contentsOf: store)
      bytes[bytes.count - 60] ^= 1
      try bytes.write(to: store)
      for arguments in [["export", path], ["report"], ["report", path], ["compare", path, path]] {
        let outcome = try Command.run(arguments, in: folder)
        #expect(outcome.status == 65, "\(arguments): \(outcome.messages)")
        #expect(
          outcome.messages.contains("trials.jsonl: line 5 is damaged or edited, so it is left out"))
        #expect(outcome.messages.contains("holds 3 of the 4 trials that its summary counts"))
        #expect(!outcome.output.isEmpty)
      }
      let rows = try String(contentsOfFile: path + "/export/trials.csv", encoding: .utf8)
      #expect(rows.split(separator: "\n").count == 4)
      let again = try Command.run(["reproduce"] + settings, in: folder)
      #expect(again.status == 0 && again.messages.contains("going on with 1 of 4 trials"))
      #expect(try Command.run("export", path, in: folder).status == 0)
    }
  }

  @Test("let nothing from a file steer the terminal, nor fill it")
  func steering() throws {
    try Command.inFolder { folder in
      #expect(try Command.run(["reproduce"] + settings, in: folder).status == 0)
      let path = try run(in: folder).path
      let file = URL(fileURLWithPath: path + "/summary.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      let evil = "\\u001b]0;x\\u0007\\u009b2J\\u202e" + String(repeating: "y", count: 3000)
      for (old, new) in [
        ("\"failures\": []", "\"failures\": [{\"trial\": \"\(evil)\", \"reason\": \"\(evil)\"}]"),
        ("\"title\": \"Baselines\"", "\"title\": \"\(evil)\""),
        ("\"trials\": 4", "\"trials\": \"\(evil)\""),
      ] where text.contains(old) {
        try Data(text.replacing(old, with: new).utf8).write(to: file)
        for arguments in [["report"], ["compare", path, path], ["export", path]] {
          let outcome = try Command.run(arguments, in: folder)
          let shown = (outcome.messages + outcome.output).unicodeScalars
          #expect(
            shown.allSatisfy {
              $0.value >= 32 && !(127..<160).contains($0.value) && $0.value != 0x202E || $0 == "\n"
            })
          #expect(outcome.messages.count < 6000)
        }
      }
    }
  }
}

@Suite("Two quizzes in one folder")
struct TwoQuizzesTests {
  @Test("of one name wait for each other, of two names go on at once, and no answer is lost")
  func locked() throws {
    try Command.inFolder { folder in
      // The interrupt key leaves a quiz before its network is trained, which takes long.
      let pipe = Pipe()
      let first = try Command.start(
        ["quiz", "--examples", "3"], in: folder, input: "", typing: pipe)
      let lock = folder.appendingPathComponent("runs/quiz/.3-examples-seed-0.json.lock")
      while (try? Data(contentsOf: lock).isEmpty) ?? true, first.process.isRunning {
        usleep(10_000)
      }
      let second = try Command.run(["quiz", "--examples", "3"], in: folder, input: "11\u{3}")
      #expect(second.status == 73)
      #expect(
        second.messages.contains("is in use by process \(first.process.processIdentifier) on "))
      let other = try Command.run(
        ["quiz", "--examples", "3", "--seed", "1"], in: folder, input: "44\u{3}")
      #expect(other.status == 130)
      try pipe.fileHandleForWriting.write(contentsOf: Data("22\u{3}".utf8))
      try pipe.fileHandleForWriting.close()
      #expect(try first.outcome().status == 130)
      // One after the other, the second goes on.
      let third = try Command.run(["quiz", "--examples", "3"], in: folder, input: "\u{3}")
      #expect(third.messages.contains("Going on after 2 of 3 answers."))
      for (seed, answers) in [(0, "[2, 2]"), (1, "[4, 4]")] {
        let file = folder.appendingPathComponent("runs/quiz/3-examples-seed-\(seed).json")
        #expect(
          try String(contentsOf: file, encoding: .utf8).contains("\"answers\": \(answers)"))
      }
    }
  }
}
