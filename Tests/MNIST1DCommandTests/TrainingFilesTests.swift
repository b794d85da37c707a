import Storage
import DataFormats
import Foundation
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("The files of a training")
struct TrainingFilesTests {
  private let training = [
    "train", "--model", "mlp", "--data", "d.npz", "--steps", "9", "--eval-every", "4",
    "--batch-size", "20",
  ]

  /// A folder with data, other data, weights, and two learned activation functions.
  private func inFolder(_ body: (URL) throws -> Void) throws {
    try Command.inFolder { folder in
      for (name, seed) in [("d.npz", "1"), ("e.npz", "2")] {
        let made = try Command.run(
          "generate", "--num-samples", "100", "--seed", seed, "--output", name, in: folder)
        try #require(made.status == 0, "\(made.messages)")
      }
      for seed in 1...2 {
        var generator = TorchGenerator(seed: UInt64(seed))
        try LearnedActivation(network: ActivationNetwork(hidden: 3, using: &generator))
          .writeWeights(to: folder.appendingPathComponent("f\(seed).safetensors").path)
        try MultilayerPerceptron(hidden: 100, using: &generator)
          .writeWeights(to: folder.appendingPathComponent("w\(seed).safetensors").path)
      }
      try body(folder)
    }
  }

  @Test("a checkpoint is gone on from under the options that it was begun with, and no others")
  func mismatches() throws {
    try inFolder { folder in
      let state = folder.appendingPathComponent("c.safetensors")
      func train(_ options: [String]) throws -> Command.Outcome {
        // The last of several equal options counts.
        try Command.run(training + ["--checkpoint", state.path] + options, in: folder)
      }
      for (begun, changes) in [
        (
          [],
          [
            ("--seed", "7", "42"), ("--seed", "18446744073709551615", "42"),
            ("--learning-rate", "0.1", "0.01"), ("--weight-decay", "0.5", "0.0"),
            ("--batch-size", "10", "20"), ("--eval-every", "3", "4"), ("--patience", "3", "none"),
            ("--validation", "8", "none"), ("--data", "e.npz", "d.npz"), ("--steps", "8", "9"),
            ("--activation", "tanh", "relu"), ("--activation", "f1.safetensors", "relu"),
            ("--initial-weights", "w1.safetensors", "none"), ("--model", "cnn", "mlp"),
          ]
        ),
        (
          [
            "--activation", "f1.safetensors", "--initial-weights", "w1.safetensors",
            "--validation", "9",
          ],
          [
            ("--activation", "f2.safetensors", "digest"),
            ("--initial-weights", "w2.safetensors", "w1.safetensors"),
            ("--validation", "8", "9"),
          ]
        ),
      ] as [([String], [(String, String, String)])] {
        try? FileManager.default.removeItem(at: state)
        let first = try train(begun)
        try #require(first.status == 0, "\(first.messages)")
        let saved = try Data(contentsOf: state)
        for (option, given, found) in changes {
          let refused = try train(begun + [option, given])
          #expect(refused.status == 65 && refused.output.isEmpty, "\(option) \(given)")
          for word in [option, found, "c.safetensors"] {
            #expect(refused.messages.contains(word), "\(refused.messages)")
          }
          #expect(try Data(contentsOf: state) == saved)
        }
        let again = try train(begun)
        #expect(again.status == 0 && again.output == first.output)
      }
      // The same data under another name are the same data; other data under the same name are not.
      try? FileManager.default.removeItem(at: state)
      _ = try train([])
      try FileManager.default.copyItem(
        at: folder.appendingPathComponent("d.npz"), to: folder.appendingPathComponent("same.npz"))
      #expect(try train(["--data", "same.npz"]).status == 0)
      try Data(contentsOf: folder.appendingPathComponent("e.npz"))
        .write(to: folder.appendingPathComponent("same.npz"))
      let changed = try train(["--data", "same.npz"])
      #expect(changed.status == 65 && changed.messages.contains("--data"))
    }
  }

  @Test("a training that was killed goes on to the metrics and the digest of one that was not")
  func killed() throws {
    try inFolder { folder in
      let base = [
        "train", "--model", "logistic", "--data", "d.npz", "--eval-every", "20", "--json",
      ]
      let keeping = base + ["--checkpoint", "c", "--metrics", "m.jsonl"]
      var lines = 0
      for _ in 0..<2 {
        let running = try Command.start(keeping + ["--steps", "100000000"], in: folder)
        while try count("m.jsonl", in: folder) <= lines { usleep(1000) }
        kill(running.process.processIdentifier, SIGKILL)
        _ = try running.outcome()
        lines = try count("m.jsonl", in: folder)
        let text = try String(
          contentsOf: folder.appendingPathComponent("m.jsonl"), encoding: .utf8)
        #expect(text.hasSuffix("\n"))
      }
      let steps = ["--steps", "\(lines + 15)"]
      let resumed = try Command.run(keeping + steps, in: folder)
      #expect(resumed.messages.contains("going on from step"))
      let whole = try Command.run(base + steps + ["--metrics", "whole.jsonl"], in: folder)
      #expect(resumed.status == 0 && resumed.timeless == whole.timeless)
      try expectSame("m.jsonl", "whole.jsonl", in: folder)
      // The journal alone tells the beginning to a file that is asked for later.
      let later = try Command.run(
        base + steps + ["--checkpoint", "c", "--metrics", "later.jsonl"], in: folder)
      #expect(later.status == 0)
      try expectSame("later.jsonl", "whole.jsonl", in: folder)
    }
  }

  @Test("metrics whose beginning is lost are refused, and a training without them goes on")
  func lostJournal() throws {
    try inFolder { folder in
      let keeping = training + ["--checkpoint", "c"]
      #expect(try Command.run(keeping, in: folder).status == 0)
      try Data("{\"step\":0}\n".utf8)
        .write(to: folder.appendingPathComponent("c.metrics.jsonl"))
      let refused = try Command.run(keeping + ["--metrics", "m.jsonl"], in: folder)
      #expect(refused.status == 65 && refused.messages.contains("c.metrics.jsonl"))
      let without = try Command.run(keeping + ["--steps", "20"], in: folder)
      #expect(without.status == 0 && without.messages.contains("goes on without"))
    }
  }

  @Test("two trainings do not write to one checkpoint at a time")
  func concurrent() throws {
    try inFolder { folder in
      let keeping = [
        "train", "--model", "logistic", "--steps", "100000000", "--checkpoint", "c",
      ]
      let running = try Command.start(keeping, in: folder)
      while try count("c.metrics.jsonl", in: folder) == 0 { usleep(1000) }
      let second = try Command.run(keeping, in: folder)
      #expect(second.status == 73 && second.messages.contains("another process"))
      kill(running.process.processIdentifier, SIGTERM)
      #expect(try running.outcome().status == 143)
    }
  }

  @Test("outputs that cannot be written are refused before the work, by every command")
  func impossibleOutputs() throws {
    try inFolder { folder in
      try FileManager.default.createSymbolicLink(
        atPath: folder.appendingPathComponent("circle").path, withDestinationPath: "circle")
      for target in ["absent/f.svg", "d.npz/f.svg", ".", "new/", "", "circle/f.svg"] {
        for option in ["--save", "--metrics", "--checkpoint"] {
          try expectRefusal(
            training + [option, target], 73, target.isEmpty ? "\"\"" : target, in: folder)
        }
      }
      for target in ["absent/x.npz", "d.npz/x.npz"] {
        try expectRefusal(["generate", "-o", target], 73, target, in: folder)
      }
      try expectRefusal(
        ["figure", "dataset", "-o", "absent/f.svg"], 73, "absent/f.svg", in: folder)
      for target in ["d.npz", "d.npz/x", "circle"] {
        try expectRefusal(training + ["--tensorboard", target], 73, target, in: folder)
        for command in [
          ["reproduce", "baselines", "--quick"], ["slurm", "baselines", "--quick"], ["quiz"],
          ["report"], ["export", "."],
        ] {
          try expectRefusal(command + ["-o", target], 73, target, in: folder)
        }
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(left.filter { !$0.hasSuffix("safetensors") } == ["circle", "d.npz", "e.npz"])
    }
  }

  @Test("an output that is another output, or an input, is refused under every spelling")
  func sameFile() throws {
    try inFolder { folder in
      let files = FileManager.default
      for (link, target) in [("link", "out"), ("data-link", "d.npz"), ("here", ".")] {
        try files.createSymbolicLink(
          atPath: folder.appendingPathComponent(link).path, withDestinationPath: target)
      }
      try files.linkItem(
        at: folder.appendingPathComponent("d.npz"), to: folder.appendingPathComponent("hard"))
      let data = try Data(contentsOf: folder.appendingPathComponent("d.npz"))
      for (options, word) in [
        (["--save", "out", "--metrics", "out"], "the same file"),
        (["--save", "out", "--metrics", "./out"], "the same file"),
        (["--save", "link", "--metrics", "here/out"], "the same file"),
        (["--save", "out", "--checkpoint", folder.path + "/out"], "the same file"),
        (["--checkpoint", "out", "--metrics", "out.metrics.jsonl"], "the same file"),
        (["--save", "out", "--tensorboard", "out"], "the same file"),
        (["--save", "d.npz"], "--data"), (["--metrics", "data-link"], "--data"),
        (["--save", "hard"], "--data"), (["--checkpoint", "here/d.npz"], "--data"),
        (["--activation", "f1.safetensors", "--save", "f1.safetensors"], "--activation"),
        (
          ["--initial-weights", "w1.safetensors", "--metrics", "w1.safetensors"],
          "--initial-weights"
        ), (["--checkpoint", "/dev/null"], "read again"),
      ] {
        try expectRefusal(training + options, 64, word, in: folder)
      }
      #expect(try Data(contentsOf: folder.appendingPathComponent("d.npz")) == data)
      // Weights may be improved in place, and what goes nowhere goes there together.
      for options in [
        ["--initial-weights", "w1.safetensors", "--save", "./w1.safetensors"],
        ["--metrics", "/dev/null", "--save", "/dev/null"],
      ] {
        let trained = try Command.run(training + options, in: folder)
        #expect(trained.status == 0, "\(trained.messages)")
      }
    }
  }

  @Test("metrics may go to standard output, which holds them and then the result")
  func standardOutput() throws {
    try inFolder { folder in
      let streamed = try Command.run(training + ["--metrics", "/dev/stdout"], in: folder)
      let filed = try Command.run(training + ["--metrics", "m.jsonl"], in: folder)
      let text = try String(contentsOf: folder.appendingPathComponent("m.jsonl"), encoding: .utf8)
      #expect(streamed.status == 0 && streamed.output == text + filed.output)
    }
  }

  @Test("a training that diverges says at which step, ends with 65, and keeps what it measured")
  func divergence() throws {
    try inFolder { folder in
      let diverging =
        training + [
          "--learning-rate", "1e20", "--metrics", "m.jsonl", "--tensorboard", "events",
          "--save", "w.safetensors", "--checkpoint", "c",
        ]
      let outcome = try Command.run(diverging, in: folder)
      #expect(outcome.status == 65 && outcome.output.isEmpty)
      for word in ["diverged", "step", "loss"] { #expect(outcome.messages.contains(word)) }
      #expect(try count("m.jsonl", in: folder) > 0)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(!left.contains("w.safetensors"))
      // Whatever was kept, the same command says the same again.
      let printed = try Command.run(diverging + ["--json"], in: folder)
      #expect(printed.status == 65)
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(printed.output.utf8)) as? [String: Any])
      let sentence = try #require(object["diverged"] as? String)
      #expect(outcome.messages.contains(sentence) && object["test_loss"] == nil)
    }
  }

  @Test("every seed is reported as it was given", arguments: [0, 1 << 63, UInt64.max])
  func seeds(_ seed: UInt64) throws {
    try inFolder { folder in
      let trained = try Command.run(training + ["--seed", "\(seed)", "--json"], in: folder)
      #expect(trained.output.contains("\"seed\": \(seed),"))
    }
  }

  @Test(
    "weights whose scores overflow are refused, with and without JSON", arguments: [[], ["--json"]])
  func overflow(_ options: [String]) throws {
    try inFolder { folder in
      var generator = TorchGenerator(seed: 1)
      try MultilayerPerceptron(hidden: 100, using: &generator)
        .mapParameters { $0 * Float(1e30) }
        .writeWeights(to: folder.appendingPathComponent("w.safetensors").path)
      try expectRefusal(
        ["evaluate", "--model", "mlp", "--data", "d.npz", "--weights", "w.safetensors"] + options,
        65, "w.safetensors on the training examples", in: folder)
    }
  }

  private func expectRefusal(
    _ arguments: [String], _ status: Int32, _ word: String, in folder: URL
  ) throws {
    let outcome = try Command.run(arguments, in: folder)
    #expect(outcome.status == status, "\(arguments): \(outcome.messages)")
    #expect(outcome.messages.contains(word) && outcome.output.isEmpty, "\(outcome.messages)")
    // Nothing was done before.
    #expect(!outcome.messages.contains("step 0 of"))
  }

  private func count(_ name: String, in folder: URL) throws -> Int {
    let file = folder.appendingPathComponent(name)
    guard let data = try? Data(contentsOf: file) else { return 0 }
    return data.count { $0 == UInt8(ascii: "\n") }
  }

  private func expectSame(_ first: String, _ second: String, in folder: URL) throws {
    #expect(
      try Data(contentsOf: folder.appendingPathComponent(first))
        == Data(contentsOf: folder.appendingPathComponent(second)), "\(first) and \(second) differ")
  }

  @Test("a module for PyTorch has the shapes of weights, and is refused where there is none")
  func torchModule() throws {
    try inFolder { folder in
      func export(_ options: String...) throws -> Command.Outcome {
        try Command.run(["export-torch"] + options, in: folder)
      }
      var generator = TorchGenerator(seed: 3)
      let narrow = MultilayerPerceptron(inputs: 20, hidden: 9, classes: 4, using: &generator)
      try narrow.writeWeights(to: folder.appendingPathComponent("n.safetensors").path)
      let printed = try export("--model", "mlp", "--weights", "n.safetensors", "--length", "20")
      #expect(printed.status == 0 && printed.messages.isEmpty)
      for line in ["(20, 9)", "(9, 9)", "(9, 4)", "h + torch.relu(self.linear2(h))"] {
        #expect(printed.output.contains(line))
      }
      let longer = try export("--model", "mlp", "--weights", "n.safetensors")
      #expect(longer.status == 65 && longer.messages.contains("linear1.weight"))
      let short = try export("--model", "cnn", "--length", "2")
      #expect(short.status == 64 && short.messages.contains("--length is 2"))
      let learned = try export("--model", "mlp", "--activation", "f1.safetensors")
      #expect(learned.status == 64 && learned.messages.contains("no name for a learned function"))
    }
  }
}
