import Foundation
import Testing

@Suite("Help")
struct StudyHelpTests {
  @Test(
    "on a study lists its settings with defaults, what --quick changes, and what they take",
    arguments: [
      ["help", "baselines"], ["reproduce", "baselines", "--help"],
      ["reproduce", "-h", "baselines"],
    ])
  func study(arguments: [String]) throws {
    try Command.inFolder { folder in
      let outcome = try Command.run(arguments, in: folder)
      #expect(outcome.status == 0 && outcome.messages.isEmpty)
      let lines = outcome.output.split(separator: "\n")
      let steps = try #require(lines.first { $0.hasPrefix("steps ") })
      #expect(steps.split(whereSeparator: \.isWhitespace).prefix(3) == ["steps", "6000", "600"])
      #expect(steps.hasSuffix("a whole number"))
      #expect(lines.contains { $0.hasPrefix("dataset.num-samples ") })
    }
  }

  @Test(
    "on every study says what it measures, and what each of its settings means, in any width",
    arguments: [
      "published", "baselines", "lottery", "double-descent", "metalearn-lr", "metalearn-activation",
      "pooling", "self-supervised", "t-sne", "transfer", "metalearn-decay", "difficulty", "priors",
      "sweep",
    ])
  func meanings(study: String) throws {
    try Command.inFolder { folder in
      for columns in [80, 120] {
        let outcome = try Command.run(
          "help", study, in: folder, environment: ["COLUMNS": "\(columns)"])
        #expect(outcome.status == 0)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= columns }, "\(outcome.output)")
        #expect(outcome.output.contains("Worth changing:"))
        // Below each setting stands a sentence.
        let start = try #require(lines.firstIndex { $0.hasPrefix("setting ") })
        for (line, next) in zip(lines[start...].dropFirst(), lines[start...].dropFirst(2))
        where line.prefixMatch(of: /[a-z]/) != nil && !line.hasPrefix("mnist1d") {
          #expect(next.hasPrefix(" "), "\(line) means nothing")
        }
      }
    }
  }

  @Test("on commands is what it was, and the version can be asked for")
  func commands() throws {
    try Command.inFolder { folder in
      #expect(try Command.run("help", "train", in: folder).output.contains("--optimizer"))
      #expect(try Command.run("reproduce", "--help", in: folder).output.contains("--shard"))
      let version = try Command.run("--version", in: folder)
      #expect(version.status == 0 && version.output.wholeMatch(of: /[0-9.]+\n/) != nil)
    }
  }

  @Test("is given where a setting is written as an option, or one seed may have been meant as many")
  func hints() throws {
    try Command.inFolder { folder in
      let option = try Command.run("reproduce", "baselines", "--steps", "100", in: folder)
      #expect(option.status == 64 && option.messages.contains("written without dashes: steps=100"))
      let rate = try Command.run("train", "--model", "mlp", "--lr", "0.1", in: folder)
      #expect(rate.status == 64 && rate.messages.contains("Did you mean '--learning-rate'?"))
      let data = try Command.run("reproduce", "baselines", "--data", "d.npz", in: folder)
      #expect(data.status == 64 && data.messages.contains("train, evaluate and quiz take --data"))
      let seeds = try Command.run(
        "reproduce", "baselines", "seeds=3", "models=logistic", "steps=1", "examples=all",
        in: folder)
      #expect(seeds.status == 0)
      #expect(
        seeds.messages.contains("seeds=3 is one seed, 3; so many seeds are seeds=0..2, or seeds=3x")
      )
      #expect(seeds.messages.components(separatedBy: "is one seed").count == 2)
      let key = try Command.run("reproduce", "baselines", "lr=0.1", in: folder)
      #expect(key.messages.contains("did you mean \"learning-rate\"?"))
    }
  }
}
