import Storage
import DataFormats
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Testing

@Suite("The command mnist1d")
struct CommandTests {
  @Test(
    "generate writes a dataset that reads back to the same bits",
    arguments: ["npz", "pkl", "csv", "safetensors"])
  func generate(_ format: String) throws {
    try Command.inFolder { folder in
      let outcome = try Command.run(
        "generate", "--num-samples", "60", "--seed", "7", "--padding", "30,40", "--output",
        "data.\(format)", in: folder)
      #expect(outcome.status == 0)
      var configuration = DatasetConfiguration()
      configuration.numSamples = 60
      configuration.seed = 7
      configuration.padding = 30...40
      let expected = try Dataset(configuration)
      let read = try Dataset(reading: folder.appendingPathComponent("data.\(format)").path)
      #expect(read.x == expected.x && read.y == expected.y && read.t == expected.t)
      #expect(read.xTest == expected.xTest && read.yTest == expected.yTest)
    }
  }

  @Test("train, save, evaluate: the same scores; metrics hold a line per step")
  func trainAndEvaluate() throws {
    try Command.inFolder { folder in
      let generated = try Command.run(
        "generate", "--num-samples", "100", "--output", "data.npz", in: folder)
      #expect(generated.status == 0)
      for model in ["logistic", "mlp", "cnn", "gru"] {
        let trained = try Command.run(
          "train", "--model", model, "--data", "data.npz", "--steps", "10", "--batch-size", "20",
          "--eval-every", "5", "--save", "w.safetensors", "--metrics", "m.jsonl", "--json",
          in: folder)
        #expect(trained.status == 0, "\(trained.messages)")
        let evaluated = try Command.run(
          "evaluate", "--model", model, "--weights", "w.safetensors", "--data", "data.npz",
          "--json", in: folder)
        #expect(evaluated.status == 0, "\(evaluated.messages)")
        let (a, b) = (try object(trained.output), try object(evaluated.output))
        for key in ["test_accuracy", "train_accuracy", "test_loss", "train_loss"] {
          #expect(a[key] as? Double == b[key] as? Double && a[key] != nil)
        }
        #expect((a["digest"] as? String)?.count == 16)
        let lines = try String(
          contentsOf: folder.appendingPathComponent("m.jsonl"), encoding: .utf8
        )
        .split(separator: "\n")
        #expect(lines.count == 11)
        for (step, line) in lines.enumerated() {
          let metrics = try object(String(line))
          #expect(metrics["step"] as? Int == step && metrics["train_loss"] is Double)
          for name in ["test_accuracy", "train_set_loss"] {
            #expect((metrics[name] != nil) == (step % 5 == 0))
          }
        }
      }
    }
  }

  @Test("evaluate --sharpness reports the largest eigenvalue of the training loss's Hessian")
  func sharpness() throws {
    try Command.inFolder { folder in
      let data = ["generate", "--num-samples", "100", "--output", "data.npz"]
      #expect(try Command.run(data, in: folder).status == 0)
      let trained = try Command.run(
        "train", "--model", "logistic", "--data", "data.npz", "--steps", "20", "--save",
        "w.safetensors", in: folder)
      #expect(trained.status == 0)
      let arguments = [
        "evaluate", "--model", "logistic", "--weights", "w.safetensors", "--data", "data.npz",
        "--sharpness",
      ]
      let text = try Command.run(arguments, in: folder)
      #expect(text.status == 0 && text.output.contains("largest Hessian eigenvalue"))
      let report = try object(try Command.run(arguments + ["--json"], in: folder).output)
      let sharpness = try #require(report["sharpness"] as? [String: Any])
      let eigenvalue = try #require(sharpness["hessian_eigenvalue"] as? Double)
      let residual = try #require(sharpness["residual"] as? Double)
      #expect(eigenvalue > 0 && residual <= 0.01 * eigenvalue)
    }
  }

  @Test("metalearn-lr leaves its figures, and names the step and value at which a search diverges")
  func metalearning() throws {
    try Command.inFolder { folder in
      let settings = [
        "reproduce", "metalearn-lr", "dataset.num-samples=100", "inner-steps=4", "outer-steps=3",
        "hidden=5",
      ]
      let outcome = try Command.run(settings + ["schedule=per-step", "--json"], in: folder)
      #expect(outcome.status == 0, "\(outcome.messages)")
      let study = folder.appendingPathComponent("runs/metalearn-lr")
      let runs = try FileManager.default.contentsOfDirectory(atPath: study.path)
      try #require(runs.count == 1)
      for figure in ["figure-5", "schedule"] {
        let file = study.appendingPathComponent("\(runs[0])/figures/\(figure).svg")
        let svg = try String(contentsOf: file, encoding: .utf8)
        #expect(svg.contains("<svg") && !svg.contains("nan"))
      }
      let diverging = try Command.run(settings + ["initial-rates=2e38,0.15"], in: folder)
      #expect(diverging.messages.contains("diverged in outer step 0"))
    }
  }

  @Test(
    "the mlp trains and scores with the activation function that is named, or that a file holds")
  func activation() throws {
    try Command.inFolder { folder in
      var generator = TorchGenerator(seed: 1)
      try LearnedActivation(network: ActivationNetwork(hidden: 3, using: &generator)).writeWeights(
        to: folder.appendingPathComponent("f.safetensors").path)
      let generated = try Command.run(
        "generate", "--num-samples", "100", "--output", "data.npz", in: folder)
      #expect(generated.status == 0)
      var digests: Set<String> = []
      for activation in ["relu", "tanh", "swish", "f.safetensors"] {
        let arguments = [
          "--model", "mlp", "--activation", activation, "--data", "data.npz", "--json",
        ]
        let trained = try Command.run(
          ["train", "--steps", "5", "--save", "w.safetensors"] + arguments, in: folder)
        #expect(trained.status == 0, "\(trained.messages)")
        let scored = try Command.run(
          ["evaluate", "--weights", "w.safetensors"] + arguments, in: folder)
        let (a, b) = (try object(trained.output), try object(scored.output))
        #expect(a["test_loss"] as? Double == b["test_loss"] as? Double && a["test_loss"] != nil)
        digests.insert(try #require(a["digest"] as? String))
      }
      #expect(digests.count == 4)
      for (arguments, status, word) in [
        (["--model", "cnn", "--activation", "tanh"], 64, "the mlp"),
        (["--model", "mlp", "--activation", "tahn"], 64, "tahn"),
        (["--model", "mlp", "--activation", "none.safetensors"], 66, "none.safetensors"),
        (["--model", "mlp", "--activation", "w.safetensors"], 65, "scale"),
      ] {
        let refused = try Command.run(["train"] + arguments, in: folder)
        #expect(refused.status == Int32(status))
        #expect(refused.messages.contains(word), "\(refused.messages)")
      }
    }
  }

  @Test("what is dropped from the names in a learned activation function's file is said once")
  func activationPrefix() throws {
    try Command.inFolder { folder in
      func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
      var generator = TorchGenerator(seed: 1)
      let function = LearnedActivation(network: ActivationNetwork(hidden: 3, using: &generator))
      var tensors = NamedArrays()
      for (name, array) in SafeTensors(parametersOf: function).tensors {
        _ = tensors.append(array, named: "module." + name)
      }
      try function.writeWeights(to: path("plain.safetensors"))
      try OutputFile.write(SafeTensors(tensors: tensors).encode(), to: path("f.safetensors"))
      let generated = try Command.run(
        "generate", "--num-samples", "100", "--output", "data.npz", in: folder)
      #expect(generated.status == 0)
      let note = "f.safetensors: every name starts with module., which is left out"
      for (file, count) in [("f.safetensors", 1), ("plain.safetensors", 0)] {
        let arguments = ["--model", "mlp", "--activation", file, "--data", "data.npz"]
        let trained = try Command.run(
          ["train", "--steps", "1", "--save", "w.safetensors", "--checkpoint", "\(file).c"]
            + arguments, in: folder)
        let scored = try Command.run(
          ["evaluate", "--weights", "w.safetensors"] + arguments, in: folder)
        for outcome in [trained, scored] {
          #expect(outcome.status == 0, "\(outcome.messages)")
          #expect(outcome.messages.components(separatedBy: note).count == count + 1)
        }
      }
    }
  }

  @Test("a training resumed from its checkpoint has the digest and metrics of an undisturbed one")
  func checkpoint() throws {
    try Command.inFolder { folder in
      func train(_ steps: String, _ extra: String...) throws -> [String: Any] {
        let base = ["train", "--model", "mlp", "--steps", steps, "--eval-every", "5", "--json"]
        return try object(try Command.run(base + extra, in: folder).output)
      }
      let whole = try train("20", "--metrics", "whole.jsonl")
      _ = try train("10", "--checkpoint", "state.safetensors")
      let resumed = try train(
        "20", "--checkpoint", "state.safetensors", "--metrics", "resumed.jsonl")
      #expect(resumed["digest"] as? String == whole["digest"] as? String)
      let (a, b) = ("whole.jsonl", "resumed.jsonl")
      #expect(
        try Data(contentsOf: folder.appendingPathComponent(a))
          == Data(contentsOf: folder.appendingPathComponent(b)))
    }
  }

  @Test("reproduce leaves a run, prints the contract's summary, and resumes it without computing")
  func reproduce() throws {
    try Command.inFolder { folder in
      let arguments = [
        "reproduce", "baselines", "steps=8", "eval-every=4", "seeds=0,1", "models=logistic,mlp",
        "dataset.num-samples=100", "--json",
      ]
      let first = try Command.run(arguments, in: folder)
      #expect(first.status == 0, "\(first.messages)")
      let summary = try object(first.output)
      for key in ["study", "configuration", "seconds", "claims", "tables"] {
        #expect(summary[key] != nil, "\(key) is missing")
      }
      for claim in try #require(summary["claims"] as? [[String: Any]]) {
        #expect(
          Set(["id", "statement", "reported", "measured", "spread", "holds"]).isSubset(
            of: claim.keys))
      }
      let runs = try FileManager.default.contentsOfDirectory(
        atPath: folder.appendingPathComponent("runs/baselines").path)
      #expect(runs.count == 1)
      let run = folder.appendingPathComponent("runs/baselines/\(runs[0])")
      for file in [
        "config.json", "trials.jsonl", "summary.json", "tables/table-1.csv", "figures/figure-2.svg",
        "report.html",
      ] {
        #expect(FileManager.default.fileExists(atPath: run.appendingPathComponent(file).path))
      }
      let store = try Data(contentsOf: run.appendingPathComponent("trials.jsonl"))
      let second = try Command.run(arguments, in: folder)
      #expect(second.output == first.output)
      #expect(try Data(contentsOf: run.appendingPathComponent("trials.jsonl")) == store)
    }
  }

  @Test("what a training and a run have measured leaves as events, tables and a comparison")
  func exports() throws {
    try Command.inFolder { folder in
      let trained = try Command.run(
        "train", "--model", "logistic", "--steps", "10", "--tensorboard", "logs", in: folder)
      #expect(trained.status == 0, "\(trained.messages)")
      let logs = try FileManager.default.contentsOfDirectory(
        atPath: folder.appendingPathComponent("logs").path)
      #expect(logs.count == 1 && logs[0].contains("tfevents"))

      var runs: [String] = []
      for steps in ["4", "8"] {
        let outcome = try Command.run(
          "reproduce", "baselines", "models=logistic", "columns=ordered", "examples=all",
          "seeds=0,1", "steps=\(steps)", "eval-every=4", "dataset.num-samples=100", "--output",
          steps, in: folder)
        #expect(outcome.status == 0, "\(outcome.messages)")
        let names = try FileManager.default.contentsOfDirectory(
          atPath: folder.appendingPathComponent("\(steps)/baselines").path)
        runs.append("\(steps)/baselines/\(names[0])")
      }
      let exported = try Command.run("export", runs[1], "--tensorboard", "events", in: folder)
      #expect(exported.status == 0, "\(exported.messages)")
      let csv = try String(
        contentsOf: folder.appendingPathComponent("\(runs[1])/export/curves.csv"), encoding: .utf8)
      // Four curves over three evaluations; two counts for each of ten digits are no curves.
      #expect(csv.split(separator: "\n").count == 1 + 2 * 4 * 3)
      let lists = try String(
        contentsOf: folder.appendingPathComponent("\(runs[1])/export/lists.csv"), encoding: .utf8)
      #expect(lists.split(separator: "\n").count == 1 + 2 * 2 * 10)
      let table = try String(
        contentsOf: folder.appendingPathComponent("\(runs[1])/export/trials.csv"), encoding: .utf8)
      let heads = table.prefix { $0 != "\n" }.split(separator: ",")
      for name in ["final_test_accuracy", "best_test_accuracy", "best_test_loss"] {
        #expect(heads.contains(Substring(name)), "\(name) is missing in \(heads)")
      }
      let trials = try FileManager.default.contentsOfDirectory(
        atPath: folder.appendingPathComponent("events").path)
      #expect(trials.sorted().last == "columns=ordered,examples=all,model=logistic,seed=1")

      let compared = try Command.run(["compare"] + runs + ["--json"], in: folder)
      #expect(compared.status == 0, "\(compared.messages)")
      let settings = try object(compared.output)["settings"] as? [String: [String]]
      #expect(settings == ["steps": ["4", "8"]])
    }
  }

  @Test("two shards merged give what an undivided run gives")
  func shards() throws {
    try Command.inFolder { folder in
      let settings = [
        "baselines", "steps=4", "eval-every=4", "seeds=0..3", "models=logistic",
        "dataset.num-samples=100",
      ]
      for shard in ["1/2", "2/2"] {
        let part = try Command.run(
          ["reproduce"] + settings + ["--shard", shard, "--output", "parts"], in: folder)
        #expect(part.status == 0 && part.output.isEmpty)
      }
      let merged = try object(
        Command.run(["merge"] + settings + ["--output", "parts", "--json"], in: folder).output)
      let whole = try object(Command.run(["reproduce"] + settings + ["--json"], in: folder).output)
      #expect(merged["digest"] as? String == whole["digest"] as? String)
      #expect(whole["digest"] != nil)
    }
  }

  @Test("a ticket that lottery has left trains with its own width, and what is none is refused")
  func ticket() throws {
    try Command.inFolder { folder in
      let searched = try Command.run(
        "reproduce", "lottery", "seeds=3", "networks=lottery", "hidden=12", "sparsities=3",
        "ticket=2", "steps=10", "analysis-steps=2", "conditions=ordered",
        "dataset.num-samples=100", in: folder)
      #expect(searched.status == 0, "\(searched.messages)")
      let study = folder.appendingPathComponent("runs/lottery")
      let runs = try FileManager.default.contentsOfDirectory(atPath: study.path)
      try #require(runs.count == 1)
      let ticket = "runs/lottery/\(runs[0])/files/lottery-ticket-3.safetensors"
      #expect(
        try Command.run("generate", "--num-samples", "100", "--output", "data.npz", in: folder)
          .status == 0)
      let training = [
        "train", "--model", "mlp", "--data", "data.npz", "--steps", "10", "--save", "w.safetensors",
        "--json", "--ticket", ticket,
      ]
      let trained = try Command.run(training, in: folder)
      #expect(trained.status == 0, "\(trained.messages)")
      let evaluated = try Command.run(
        "evaluate", "--model", "mlp", "--weights", "w.safetensors", "--data", "data.npz", "--json",
        in: folder)
      let (a, b) = (try object(trained.output), try object(evaluated.output))
      #expect(a["test_loss"] as? Double == b["test_loss"] as? Double && a["test_loss"] != nil)
      let count = try #require(a["parameters"] as? Int)
      var generator = TorchGenerator(seed: 0)
      var weights = MultilayerPerceptron(hidden: 12, using: &generator)
      #expect(weights.parameterCount == count)
      try weights.loadWeights(from: folder.appendingPathComponent("w.safetensors").path)
      let zeros = weights.parameters.reduce(0) { $0 + $1.elements.count { $0 == 0 } }
      #expect(zeros == count / 2)
      // Other weights under the same mask.
      let again = try Command.run(training + ["--initial-weights", "w.safetensors"], in: folder)
      #expect(try object(again.output)["digest"] as? String != a["digest"] as? String)
      for (arguments, status, word) in [
        (["--model", "mlp", "--ticket", "w.safetensors"], 65, "a ticket holds"),
        (["--model", "cnn", "--ticket", ticket], 65, "do not fit the model"),
        (["--model", "mlp", "--ticket", "none.safetensors"], 66, "none.safetensors"),
        (["--model", "mlp", "--ticket", "data.npz"], 65, "data.npz"),
      ] {
        let refused = try Command.run(["train", "--steps", "0"] + arguments, in: folder)
        #expect(refused.status == status && refused.messages.contains(word), "\(refused.messages)")
      }
    }
  }

  @Test("kernels that the machine lacks are refused by name")
  func kernels() throws {
    try Command.inFolder { folder in
      let outcome = try Command.run(
        "generate", "--output", "d.npz", in: folder, environment: ["MNIST1D_KERNELS": "sse9"])
      #expect(outcome.status == 64)
      #expect(outcome.messages.contains("sse9") && outcome.messages.contains("portable"))
    }
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
