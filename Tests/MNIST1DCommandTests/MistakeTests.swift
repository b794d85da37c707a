import Foundation
import Testing

@Suite("Mistakes on the command line")
struct MistakeTests {
  struct Mistake: CustomTestStringConvertible, Sendable {
    var arguments: [String]
    var status: Int32
    var names: [String]
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let commonMistakes = [
    Mistake(
      arguments: ["train", "--model", "mlp", "--stepz", "3"], status: 64, names: ["--stepz"]),
    Mistake(arguments: ["train", "--model", "vit"], status: 64, names: ["vit", "logistic"]),
    Mistake(
      arguments: ["train", "--model", "mlp", "--batch-size", "0"], status: 64,
      names: ["batch-size", "0"]),
    Mistake(
      arguments: ["train", "--model", "mlp", "--data", "absent.npz"], status: 66,
      names: ["absent.npz"]),
    Mistake(
      arguments: ["train", "--model", "mlp", "--data", "text.npz"], status: 65, names: ["text.npz"]),
    Mistake(
      arguments: ["train", "--model", "mlp", "--learning-rate", "1e30", "--steps", "50"],
      status: 65,
      names: ["diverged", "step"]),
    Mistake(
      arguments: ["evaluate", "--model", "mlp", "--weights", "w.safetensors"], status: 65,
      names: ["w.safetensors", "linear1.weight"]),
    Mistake(
      arguments: ["generate", "--output", "data.txt"], status: 64, names: ["data.txt", ".npz"]),
    Mistake(
      arguments: ["generate", "--num-samples=-5", "--output", "d.npz"], status: 64,
      names: ["num", "-5"]),
    Mistake(
      arguments: ["generate", "--padding", "60,36", "--output", "d.npz"], status: 64,
      names: ["60,36", "--padding"]),
    Mistake(
      arguments: ["generate", "--output", "absent/d.npz"], status: 73, names: ["absent/d.npz"]),
    Mistake(
      arguments: ["reproduce", "baselines", "stepz=3"], status: 64, names: ["stepz", "steps"]),
    Mistake(
      arguments: ["reproduce", "baselines", "steps=many"], status: 64, names: ["steps", "many"]),
    Mistake(arguments: ["reproduce", "all", "steps=3"], status: 64, names: ["all", "steps=3"]),
    Mistake(arguments: ["slurm", "all", "steps=3"], status: 64, names: ["all", "steps=3"]),
    Mistake(arguments: ["reproduce", "baselinez"], status: 64, names: ["baselinez"]),
    Mistake(
      arguments: ["reproduce", "lottery", "dataset.train-split=0"], status: 64,
      names: ["dataset.train-split", "0"]),
    Mistake(
      arguments: ["reproduce", "pooling", "channels=99999999999"], status: 64,
      names: ["channels", "99999999999", "10000"]),
    Mistake(
      arguments: ["train", "--model", "mlp", "--steps", "9223372036854775807"], status: 64,
      names: ["steps", "9223372036854775807"]),
    Mistake(
      arguments: ["reproduce", "baselines", "--jobs", "0"], status: 64, names: ["--jobs", "0"]),
    Mistake(
      arguments: ["reproduce", "baselines", "--threads", "100000"], status: 64,
      names: ["--threads", "100000", "1024"]),
    Mistake(
      arguments: ["reproduce", "baselines", "--shard", "3/2"], status: 64, names: ["3/2"]),
    Mistake(arguments: ["report", "absent"], status: 66, names: ["absent"]),
    Mistake(arguments: ["compare", "absent"], status: 64, names: ["absent", "two or more"]),
    Mistake(arguments: ["compare", "absent", "gone"], status: 66, names: ["absent"]),
    Mistake(arguments: ["export", "absent"], status: 66, names: ["absent"]),
    Mistake(
      arguments: ["slurm", "baselines", "--tasks", "0"], status: 64, names: ["--tasks", "0"]),
    Mistake(
      arguments: ["train", "--model", "logistic", "--tensorboard", "text.npz"], status: 73,
      names: ["text.npz"]),
  ]

  @Test(
    "a mistake ends in one sentence that names it and in the status of the contract",
    arguments: commonMistakes)
  func mistakes(_ mistake: Mistake) throws {
    try Command.inFolder { folder in
      try Data("no archive".utf8).write(to: folder.appendingPathComponent("text.npz"))
      _ = try Command.run(
        "train", "--model", "logistic", "--steps", "0", "--save", "w.safetensors", in: folder)
      let outcome = try Command.run(mistake.arguments, in: folder)
      #expect(outcome.status == mistake.status, "\(outcome.messages)")
      #expect(outcome.output.isEmpty)
      for name in mistake.names { #expect(outcome.messages.contains(name), "\(outcome.messages)") }
      #expect(!outcome.messages.contains("Fatal error"))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.sorted() == ["text.npz", "w.safetensors"])
    }
  }

  @Test(
    "a file without training or without test examples is refused, not trained or scored on",
    arguments: [("0", "training"), ("1", "test")])
  func incompleteData(_ split: String, _ kind: String) throws {
    try Command.inFolder { folder in
      let made = try Command.run(
        "generate", "--num-samples", "50", "--train-split", split, "--output", "part.npz",
        in: folder)
      #expect(made.status == 0, "\(made.messages)")
      let weights = try Command.run(
        "train", "--model", "logistic", "--steps", "0", "--save", "w.safetensors", in: folder)
      #expect(weights.status == 0, "\(weights.messages)")
      for command in [["train"], ["evaluate", "--weights", "w.safetensors"]] {
        let outcome = try Command.run(
          command + ["--model", "logistic", "--data", "part.npz"], in: folder)
        #expect(outcome.status == 65 && outcome.output.isEmpty, "\(outcome.messages)")
        #expect(outcome.messages.contains("part.npz holds no \(kind) examples"))
      }
    }
  }
}
