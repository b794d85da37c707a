import Foundation
import Testing

@Suite("A number of an option")
struct SpellingTests {
  @Test("is the same however it is spelled, and negative ones need no equals sign")
  func spellings() throws {
    try Command.inFolder { folder in
      func file(_ arguments: String...) throws -> Data {
        let outcome = try Command.run(
          ["generate", "--output", "d.csv"] + arguments, in: folder)
        #expect(outcome.status == 0, "\(outcome.messages)")
        return try Data(contentsOf: folder.appendingPathComponent("d.csv"))
      }
      let negative = try file("--num-samples", "50", "--shear-scale=-1")
      #expect(try file("--num-samples", "5e1", "--shear-scale", "-1") == negative)
      #expect(try file("--num-samples", "50.0", "--shear-scale", "-.1e1") == negative)
      #expect(try file("--num-samples", "50", "--shear-scale", "1") != negative)
      let padded = try file("--num-samples", "50", "--padding", "30,40")
      #expect(try file("--num-samples", "50", "--padding", "30..40") == padded)
    }
  }

  @Test(
    "is refused in the words in which a setting of a study is",
    arguments: [
      ("0x10", "a whole number in plain decimal digits"), ("1.5", "a whole number"),
      ("1e19", "a whole number"),
    ])
  func refusals(_ word: String, _ expected: String) throws {
    try Command.inFolder { folder in
      let option = try Command.run(["train", "--model", "mlp", "--steps", word], in: folder)
      #expect(option.status == 64 && option.messages.contains("'\(word)'"))
      #expect(option.messages.contains("it takes \(expected)"), "\(option.messages)")
      let setting = try Command.run(["reproduce", "baselines", "steps=\(word)"], in: folder)
      #expect(setting.status == 64 && setting.messages.contains("steps=\(word) cannot"))
    }
  }

  @Test("is refused where single precision would make it 0")
  func underflow() throws {
    try Command.inFolder { folder in
      for arguments in [
        ["train", "--model", "mlp", "--learning-rate", "1e-46"],
        ["reproduce", "self-supervised", "temperature=1e-46"],
      ] {
        let outcome = try Command.run(arguments, in: folder)
        #expect(outcome.status == 64)
        #expect(
          outcome.messages.contains("takes a number from 1e-45 to 3.4e+38 in size, or 0"),
          "\(outcome.messages)")
      }
    }
  }
}
