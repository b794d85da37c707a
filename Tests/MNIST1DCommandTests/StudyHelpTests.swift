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
      #expect(option.status == 64 && option.messages.contains("written without dashes: steps=…"))
      let seeds = try Command.run(
        "reproduce", "baselines", "seeds=3", "models=logistic", "steps=1", "examples=all",
        in: folder)
      #expect(seeds.status == 0)
      #expect(seeds.messages.contains("seeds=3 is one seed, 3; so many seeds are seeds=0..2"))
      let key = try Command.run("reproduce", "baselines", "lr=0.1", in: folder)
      #expect(key.messages.contains("did you mean \"learning-rate\"?"))
    }
  }
}
