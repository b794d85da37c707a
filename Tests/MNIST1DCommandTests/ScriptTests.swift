import DataFormats
import Foundation
import Storage
import Testing

@Suite("What a script reads")
struct ScriptTests {
  private let settings = [
    "baselines", "models=logistic,mlp", "columns=ordered", "examples=all", "steps=20",
    "eval-every=10", "dataset.num-samples=100",
  ]

  private func json(_ arguments: [String], in folder: URL) throws -> JSON {
    let outcome = try Command.run(arguments, in: folder)
    try #require(outcome.status == 0, "\(outcome.messages)")
    return try JSON(reading: outcome.output)
  }

  /// All names within a value.
  private func names(in json: JSON) -> [String] {
    (json.members ?? []).flatMap { [$0.key] + names(in: $0.value) }
      + (json.elements ?? []).flatMap(names)
  }

  @Test("names the version, the times, the settings, and where the results are")
  func envelope() throws {
    try Command.inFolder { folder in
      let run = try json(["reproduce"] + settings + ["seeds=2x", "--json"], in: folder)
      let hash = try #require(
        try FileManager.default.contentsOfDirectory(
          atPath: folder.appendingPathComponent("runs/baselines").path
        ).first)
      #expect(run["folder"]?.text?.hasSuffix("/runs/baselines/\(hash)") == true)
      #expect(run["report"]?.text?.hasSuffix("/runs/baselines/\(hash)/report.html") == true)
      #expect(run["configuration"]?["seeds"] == [42, 43])
      #expect(run["configuration"]?["batch_size"] == 100)
      #expect(run["provenance"]?["program"] == "mnist1d")
      let trained = try json(
        [
          "train", "--model", "mlp", "hidden=9", "--steps", "3", "--save", "w.safetensors",
          "--json",
        ],
        in: folder)
      #expect(trained["settings"]?["hidden"] == 9 && trained["settings"]?["batch_size"] == 100)
      let others = [
        ["compare", hash, hash], ["report"], ["export", hash], ["runs"], ["merge"] + settings,
        ["evaluate", "--model", "mlp", "--weights", "w.safetensors"], ["doctor"],
        ["sweep", "models=logistic", "steps=2", "seeds=1", "dataset.num-samples=100"],
      ]
      for arguments in others {
        let arguments = arguments.first == "merge" ? arguments + ["seeds=2x"] : arguments
        let result = try json(arguments + ["--json"], in: folder)
        #expect(result["version"]?.text != nil && result["times"] != nil, "\(arguments)")
        // Names of tables, figures, files and places are names of other things.
        var plain = result
        for name in ["tables", "figures", "files", "claims", "results"] { plain[name] = nil }
        for name in names(in: plain) {
          #expect(!name.contains("-") && name == name.lowercased(), "\(name) of \(arguments)")
        }
      }
    }
  }

  @Test("can give the settings of a run back, and change some")
  func config() throws {
    try Command.inFolder { folder in
      let first = try json(["reproduce"] + settings + ["seeds=7", "--json"], in: folder)
      let file = try #require(first["folder"]?.text) + "/config.json"
      let again = try json(["reproduce", "baselines", "--config", file, "--json"], in: folder)
      #expect(again == first)
      let more = try json(
        ["reproduce", "baselines", "--config", file, "seeds=7,8", "--json"], in: folder)
      #expect(more["configuration"]?["seeds"] == [7, 8] && more["configuration"]?["steps"] == 20)
      let wrong = try Command.run("reproduce", "pooling", "--config", file, in: folder)
      #expect(wrong.status == 65 && wrong.messages.contains("settings of the study baselines"))
      let both = try Command.run(
        "reproduce", "baselines", "--quick", "--config", file, in: folder)
      #expect(both.status == 64 && both.messages.contains("give one of them"))
      let all = try Command.run("reproduce", "all", "--config", file, in: folder)
      #expect(all.status == 64 && all.messages.contains("of one study"))
    }
  }

  @Test("can do a run again by the command that it names")
  func command() throws {
    try Command.inFolder { folder in
      for arguments in [
        ["reproduce"] + settings + ["seeds=5,7"],
        [
          "sweep", "models=logistic", "steps=2", "seeds=1", "dataset.num-samples=100",
          "learning-rate=linspace(0.1,0.3,2)", "classes=1,2;3,4", "x=learning-rate",
        ],
      ] {
        let first = try json(arguments + ["--json"], in: folder)
        let command = try #require(first["command"]?.text)
        let words = command.split(separator: " ").map {
          $0.trimmingCharacters(in: CharacterSet(charactersIn: "'"))
        }
        #expect(words[0] == "mnist1d" && !words.contains("--json"))
        #expect(try json(words.dropFirst() + ["--json"], in: folder) == first)
      }
    }
  }

  @Test("finds one tag for one thing in TensorBoard, from a training and from a run")
  func tags() throws {
    try Command.inFolder { folder in
      func tags(in path: String) throws -> Set<String> {
        let place = folder.appendingPathComponent(path)
        let files = try FileManager.default.subpathsOfDirectory(atPath: place.path)
          .filter { $0.contains("tfevents") }
        let bytes = try files.flatMap { try Data(contentsOf: place.appendingPathComponent($0)) }
        let text = String(decoding: bytes, as: UTF8.self)
        return Set(text.matches(of: /(loss|accuracy)\/[a-z]+/).map { String($0.output.0) })
      }
      _ = try json(
        ["train", "--model", "logistic", "--steps", "4", "--tensorboard", "a", "--json"], in: folder
      )
      let run = try json(["reproduce"] + settings + ["seeds=1", "--json"], in: folder)
      let path = try #require(run["folder"]?.text)
      _ = try json(["export", path, "--tensorboard", "b", "--json"], in: folder)
      let shared: Set = ["loss/train", "loss/test", "accuracy/train", "accuracy/test"]
      #expect(try tags(in: "b") == shared)
      #expect(try tags(in: "a") == shared.union(["loss/batch"]))
    }
  }

  @Test("has the lines of every step that was taken before a training was killed")
  func killed() throws {
    try Command.inFolder { folder in
      let file = folder.appendingPathComponent("m.jsonl")
      let running = try Command.start(
        [
          "train", "--model", "logistic", "--steps", "100000000", "--eval-every", "100000000",
          "--metrics", "m.jsonl",
        ], in: folder)
      let deadline = Date.now + 60
      while (try? Data(contentsOf: file).count) ?? 0 < 1000, Date.now < deadline { usleep(10_000) }
      kill(running.process.processIdentifier, SIGKILL)
      _ = try running.outcome()
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.hasSuffix("}\n"))
      for (step, line) in text.split(separator: "\n").enumerated() {
        let metrics = try JSON(reading: String(line))
        try #require(metrics["step"] == .integer(step) && metrics["train_loss"]?.number != nil)
      }
    }
  }

  @Test("may name a run by its hash or the beginning of it, and no two by one")
  func references() throws {
    try Command.inFolder { folder in
      var hashes: [String] = []
      for seed in 1...2 {
        let run = try json(["reproduce"] + settings + ["seeds=\(seed)", "--json"], in: folder)
        hashes.append(URL(fileURLWithPath: try #require(run["folder"]?.text)).lastPathComponent)
      }
      let names = [hashes[0], "baselines/" + hashes[1].prefix(8)]
      let drawn = try Command.run(["compare"] + names + ["--figure", "d.svg"], in: folder)
      // Runs of different seeds have none in common.
      #expect(drawn.status == 65 && drawn.output.contains("seeds"))
      let absent = try Command.run("compare", hashes[0], "00000000000", in: folder)
      #expect(absent.status == 66 && absent.messages.contains("begins no run's name in runs"))
      let listed = try Command.run("runs", in: folder, environment: ["COLUMNS": "80"])
      #expect(hashes.allSatisfy { listed.output.contains("baselines/" + $0.prefix(8)) })
      #expect(listed.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
      // What --fresh moves aside keeps the name, and the whole name still names the new run.
      let renewed = try json(
        ["reproduce"] + settings + ["seeds=1", "--fresh", "--json"], in: folder)
      #expect(renewed["folder"]?.text?.hasSuffix(hashes[0]) == true)
      let both = try json(
        ["compare", hashes[0], hashes[0] + "-old-1", "--figure", "d.png", "--json"], in: folder)
      #expect(
        both["runs"]?.elements?.map { $0["folder"]?.text?.hasSuffix("-old-1") } == [false, true])
      let picture = try Data(contentsOf: folder.appendingPathComponent("d.png"))
      #expect(picture.starts(with: [0x89, 0x50, 0x4e, 0x47]))
      let aside = try json(["runs", "remove", hashes[0] + "-old-1", "--json"], in: folder)
      #expect(aside["removed"]?.elements?.count == 1)
      let removed = try Command.run("runs", "remove", String(hashes[0].prefix(10)), in: folder)
      #expect(removed.status == 0 && removed.output.contains("/runs/trash/baselines/"))
      #expect(try json(["runs", "--json"], in: folder)["runs"]?.elements?.count == 1)
    }
  }
}
