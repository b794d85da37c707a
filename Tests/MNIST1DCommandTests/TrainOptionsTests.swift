import DataFormats
import Foundation
import NeuralNetworks
import Storage
import Testing

@Suite("The options of train")
struct TrainOptionsTests {
  private let small = [
    "train", "--model", "mlp", "--data", "data.npz", "--batch-size", "20", "--json",
  ]

  private func inFolder(_ body: (URL) throws -> Void) throws {
    try Command.inFolder { folder in
      let data = ["generate", "--num-samples", "200", "--output", "data.npz"]
      #expect(try Command.run(data, in: folder).status == 0)
      try body(folder)
    }
  }

  private func object(_ text: String) throws -> JSON { try JSON(reading: text) }

  @Test("are the settings of a training, each under its name")
  func names() throws {
    try Command.inFolder { folder in
      let help = try Command.run("train", "--help", in: folder).output
      let fields = TrainingRecipe.fields.map(\.name) + ExampleSelection.fields.map(\.name)
      for name in fields {
        let option = name.reduce(into: "") {
          $0 += $1.isUppercase ? "-\($1.lowercased())" : "\($1)"
        }
        #expect(help.contains("--\(option)"), "\(option)")
      }
    }
  }

  @Test("change the training, each of them, and the settings in the summary")
  func change() throws {
    try inFolder { folder in
      let base = try Command.run(small + ["--steps", "19"], in: folder)
      #expect(base.status == 0, "\(base.messages)")
      let digest = try object(base.output)["digest"]
      for options in [
        ["--optimizer", "sgd"], ["--optimizer", "rmsprop"],
        ["--optimizer", "adamw", "--weight-decay", "1"],
        ["--order", "shuffled"], ["--schedule", "linear"], ["--schedule", "cosine"],
        ["--schedule", "step", "--decay-every", "5", "--decay-factor", "0.1"], ["--warm-up", "5"],
        ["--loss", "mse"], ["--label-smoothing", "0.1"], ["--clip-norm", "0.01"],
        ["--augment-shift", "3"], ["--augment-flip", "0.5"], ["--augment-scale", "0.5"],
        ["--augment-noise", "0.5"], ["--classes", "0,1,5..7"], ["--training-examples", "50"],
        ["--label-noise", "0.5"], ["--labels", "permuted"],
      ] {
        let changed = try Command.run(small + ["--steps", "19"] + options, in: folder)
        #expect(changed.status == 0, "\(options): \(changed.messages)")
        let summary = try object(changed.output)
        #expect(summary["digest"] != digest, "\(options)")
        let key = String(options[0].dropFirst(2)).replacing("-", with: "_")
        #expect(summary["settings"]?[key] != nil && summary["steps"] == 19)
      }
      let momentum = ["--steps", "19", "--optimizer", "sgd", "--momentum", "0.9"]
      let plain = try object(Command.run(small + momentum, in: folder).output)
      let nesterov = try object(Command.run(small + momentum + ["--nesterov"], in: folder).output)
      #expect(plain["digest"] != nesterov["digest"] && nesterov["settings"]?["nesterov"] == true)
    }
  }

  @Test("count epochs, and leave a curve of them as a table and a picture")
  func curves() throws {
    try inFolder { folder in
      let outcome = try Command.run(
        small + ["--epochs", "3", "--curves", "c.csv", "--figure", "f.svg"], in: folder)
      #expect(outcome.status == 0, "\(outcome.messages)")
      let table = try String(contentsOf: folder.appendingPathComponent("c.csv"), encoding: .utf8)
        .split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
      #expect(
        table[0] == ["step", "epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"])
      #expect(table.dropFirst().map { $0[0] + " " + $0[1] } == ["7 1.0", "15 2.0", "23 3.0"])
      #expect(try object(outcome.output)["test_accuracy"]?.number == Double(table[3][5]))
      let figure = try String(contentsOf: folder.appendingPathComponent("f.svg"), encoding: .utf8)
      #expect(figure.contains(">epoch<") && figure.contains("accuracy (%)"))
    }
  }

  @Test("say what the network is made of")
  func summary() throws {
    try inFolder { folder in
      let words = small.filter { $0 != "--json" } + ["--steps", "0", "--summary"]
      let output = try Command.run(words, in: folder).output
      #expect(output.contains("linear2.weight  100 × 100  10000"))
      #expect(output.contains("all                        15210"))
    }
  }

  @Test(
    "go into a checkpoint: another training than the one begun is refused by the option that differs"
  )
  func checkpoint() throws {
    try inFolder { folder in
      let begun = small + ["--checkpoint", "c.st", "--schedule", "cosine", "--order", "shuffled"]
      let first = try Command.run(begun + ["--steps", "9"], in: folder)
      #expect(first.status == 0, "\(first.messages)")
      for (options, sentence) in [
        (
          ["--steps", "9", "--optimizer", "sgd"], "--optimizer is sgd, and c.st was begun with adam"
        ),
        (["--steps", "20"], "--steps is 20, and c.st was begun with 9"),
        (["--epochs", "2"], "--epochs is 2, and c.st was begun with none"),
        (
          ["--steps", "9", "--label-noise", "0.5"],
          "--label-noise is 0.5, and c.st was begun with 0.0"
        ),
        (["--steps", "9", "--classes", "1,2"], "--classes is 1,2, and c.st was begun with none"),
        (
          ["--steps", "9", "--augment-flip", "1"],
          "--augment-flip is 1.0, and c.st was begun with 0.0"
        ),
        (["--steps", "9", "--clip-norm", "1"], "--clip-norm is 1.0, and c.st was begun with none"),
        (
          ["--steps", "9", "--label-smoothing", "0.5"],
          "--label-smoothing is 0.5, and c.st was begun with 0.0"
        ),
      ] {
        let outcome = try Command.run(begun + options, in: folder)
        #expect(outcome.status == 65)
        #expect(outcome.messages.contains(sentence), "\(outcome.messages)")
      }
    }
  }

  @Test(
    "that make no sense are refused before anything is written",
    arguments: [
      (["--momentum", "0.9"], "momentum is 0.9; it must be 0 for any optimizer but sgd"),
      (["--classes", "a"], "whole numbers such as 1,2,3 or 0..9"),
      (["--classes", "10"], "classes is [10]; it must be numbers from 0 to 9"),
      (["--training-examples", "161"], "it must be 1 to 160"),
      (["--label-noise", "2"], "label-noise is 2.0; it must be a probability"),
      (["--optimizer", "lion"], "'lion' is invalid"),
      (["--epochs", "2"], "steps is 3; it must be absent where epochs are counted"),
      (["--figure", "f.jpg"], "its name must end in .svg, .png or .pdf"),
      (["--curves", "c.json"], "its name must end in .csv"),
      (["--figure", "missing/f.svg"], "missing/f.svg"),
      (["--curves", "missing/c.csv"], "missing/c.csv"),
    ])
  func mistakes(options: [String], sentence: String) throws {
    try inFolder { folder in
      let outcome = try Command.run(
        small + ["--steps", "3", "--save", "w.safetensors"] + options, in: folder)
      #expect(outcome.status != 0 && outcome.messages.contains(sentence), "\(outcome.messages)")
      #expect(
        !FileManager.default.fileExists(atPath: folder.appendingPathComponent("w.safetensors").path)
      )
    }
  }
}
