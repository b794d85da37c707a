import Storage
import Foundation
import Runs
import Testing

@Suite("The export of a run")
struct RunExportTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test("finds every curve of every trial, with all digits, in files that other programs read")
  func files() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 2))
    let export = try RunExport(reading: run.directory)
    #expect(
      export.curves.map(\.trialName).sorted()
        == (1...3).flatMap { size in
          [42, 43].map { "seed=\($0),size=\(size)" }
        }.sorted())
    #expect(export.curves.allSatisfy { $0.name == "curve" && $0.steps == Array(0..<20) })

    let files = try export.write(to: scratch.url.appendingPathComponent("out"))
    #expect(files.map(\.lastPathComponent) == ["trials.csv", "curves.csv", "curves.jsonl"])
    let texts = try files.map {
      try String(contentsOf: $0, encoding: .utf8).split(separator: "\n").map(String.init)
    }
    #expect(texts[0][0] == "seed,size,status,reason,seconds,lowest,score,final_curve")
    #expect(texts[0].count == 7 && texts[0][1].hasPrefix("42,1,completed,,"))
    #expect(texts[1][0] == "seed,size,curve,step,value")
    #expect(texts[1].count == 1 + 6 * 20)
    let first = try JSON(reading: texts[2][0])
    #expect(first["trial"] == ["seed": 42, "size": 1])
    #expect(first["values"]?.elements?.compactMap(\.number) == export.curves[0].values)
    let rows = texts[1][1...20].map { Double($0.split(separator: ",")[4]) }
    #expect(rows == export.curves[0].values)
  }

  @Test("is the same however the run came about, and may be made before it ends")
  func order() throws {
    let whole = try scratch.run(in: "whole")
    _ = try whole.perform(RunOptions(jobs: 2))
    let parts = try scratch.run(in: "parts")
    _ = try parts.perform(RunOptions(jobs: 1, shard: Shard("2/2")))
    #expect(try RunExport(reading: parts.directory).curves.count == 3)
    _ = try parts.perform(RunOptions(jobs: 1, shard: Shard("1/2")))
    #expect(
      try RunExport(reading: parts.directory).curves == RunExport(reading: whole.directory).curves)
  }

  @Test("takes steps from the measurement, goes into objects, and leaves other lists alone")
  func shapes() throws {
    let measurement: JSON = [
      "steps": [10, 20], "loss": [0.5, 0.25], "short": [7], "digest": "ab", "words": ["a", "b"],
      "weights": [[1, 2], [3, 4]], "empty": [],
      "inner": ["step": [3, 1], "rate": [1, "nan"]],
      "samples": [["step": 5, "value": 1.5], ["step": 6, "value": 2.5]],
    ]
    let curves = Curve.all(in: measurement, of: ["seed": 1])
    #expect(curves.map(\.name) == ["loss", "short", "inner.rate", "samples.value"])
    #expect(curves.map(\.steps) == [[10, 20], [0], [3, 1], [5, 6]])
    #expect(curves[0].values == [0.5, 0.25] && curves[3].values == [1.5, 2.5])
    #expect(curves[2].values[1].isNaN)
  }

  @Test("of a folder that holds no run says what to name")
  func noRun() throws {
    let error = #expect(throws: RunError.self) {
      try RunExport(reading: RunDirectory(scratch.url))
    }
    #expect(error?.exitStatus == .missingFile)
    #expect(error?.description.hasSuffix("name the folder of a run") == true)
  }
}

@Suite("A comparison of runs")
struct RunComparisonTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test("lists the settings that differ, the claims, and the results that differ, with spread")
  func differences() throws {
    let first = try scratch.run()
    var changed = Toy.Configuration()
    (changed.steps, changed.seeds) = (10, [42, 43, 44])
    let second = try scratch.run(changed)
    _ = try first.perform(RunOptions(jobs: 2))
    _ = try second.perform(RunOptions(jobs: 2))
    let comparison = try RunComparison(of: [first.directory, second.directory])
    let text = comparison.text
    for words in ["steps", "20", "10", "42,43,44", "✗ 93.2 ± 0.8", "1, score", " ± "] {
      #expect(text.contains(words), "\(words) is missing in \(text)")
    }
    #expect(!text.contains("pause"))
    let json = comparison.json
    #expect(json["settings"]?["steps"] == ["20", "10"])
    #expect(json["runs"]?.elements?.count == 2)
    #expect(json["claims"]?["score"]?.elements?[1]["spread"] == 0.8)
    #expect(json["results"]?["1, score"]?.elements?[0]["spread"]?.number != nil)
  }

  @Test("of a run with itself finds no difference")
  func same() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 2))
    let text = try RunComparison(of: [run.directory, run.directory]).text
    #expect(text.hasPrefix("The settings are the same.\n"))
    #expect(!text.contains("Results that differ"))
  }

  @Test("refuses runs of different studies by name")
  func differentStudies() throws {
    let run = try scratch.run()
    _ = try run.perform(RunOptions(jobs: 2))
    let other = scratch.url.appendingPathComponent("other")
    try FileManager.default.copyItem(at: run.directory.url, to: other)
    for name in ["summary.json", "config.json"] {
      let file = other.appendingPathComponent(name)
      let text = try String(contentsOf: file, encoding: .utf8)
        .replacing("\"study\": \"toy\"", with: "\"study\": \"game\"")
      try Data(text.utf8).write(to: file)
    }
    let error = #expect(throws: RunError.self) {
      try RunComparison(of: [run.directory, RunDirectory(other)])
    }
    #expect(error?.exitStatus == .usage)
    #expect(error?.description.contains("other (game) are runs of different studies") == true)
  }
}
