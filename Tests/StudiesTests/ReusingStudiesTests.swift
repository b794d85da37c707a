import Foundation
import Runs
import Storage
import Studies
import Testing

@Suite("A study whose trials another run has done")
struct ReusingStudiesTests {
  /// A run in small: its study, settings of fewer trials, and what makes more of them.
  struct Case: Sendable, CustomTestStringConvertible {
    let study: String
    let fewer: [String]
    let more: [String]
    var testDescription: String { "\(study) \(more)" }

    init(_ study: String, _ settings: String, fewer: String, more: String) {
      func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
      self.study = study
      self.fewer = words(settings) + words(fewer)
      self.more = words(settings) + words(more)
    }
  }

  private static let small = "dataset.num-samples=100 "
  static let cases = [
    Case(
      "baselines", small + "steps=4 eval-every=2 examples=all", fewer: "seeds=1 models=logistic",
      more: "seeds=1,2 models=logistic,mlp"),
    Case(
      "lottery",
      small + "hidden=5 sparsities=3 ticket=2 steps=4 eval-every=4 analysis-steps=4 "
        + "analysis-eval-every=4 analysis-batch-size=20", fewer: "seeds=1", more: "seeds=2,1"),
    Case(
      "double-descent", small + "models=mlp losses=nll epochs=2 noise=0.2",
      fewer: "seeds=1 widths=2,3 epoch-widths=3", more: "seeds=1,2 widths=2,3,4 epoch-widths=3"),
    Case(
      "metalearn-lr", small + "inner-steps=3 outer-steps=2", fewer: "seeds=1 initial-rates=1.5",
      more: "seeds=1,2 initial-rates=1.5,0.15"),
    Case(
      "metalearn-activation",
      small + "inner-steps=4 objective-steps=2 outer-steps=2 hidden=5 units=5",
      fewer: "baselines=relu", more: "baselines=relu,tanh"),
    Case(
      "pooling", "steps=4 eval-every=2 channels=4 test-examples=20", fewer: "seeds=1 sizes=50",
      more: "seeds=1,2 sizes=50,100"),
    Case(
      "self-supervised",
      small + "steps=2 batch-size=10 supervised-steps=2 map-steps=2 channels=4 hidden=5 outputs=4 "
        + "perplexity=5", fewer: "seeds=1 features=input,self-supervised",
      more: "seeds=1,2 features=input,self-supervised"),
    Case(
      "transfer", small + "steps=4 early-steps=2 eval-every=2 channels=3",
      fewer: "seeds=1 activations=relu",
      more: "seeds=1,2 activations=learned,relu"),
    Case(
      "difficulty", "steps=2 models=logistic noise=0 translations=1 shears=0 lengths=10",
      fewer: "seeds=1 examples=50", more: "seeds=1,2 examples=50,100"),
    Case(
      "priors", small + "networks=mlp steps=2", fewer: "seeds=1 examples=80",
      more: "seeds=1,2 examples=40,80"),
    Case(
      "metalearn-decay",
      small
        + "training-examples=40 inner-steps=3 outer-steps=2 hidden=5 grid-decays=0.1 grid-rates=0.1",
      fewer: "seeds=1 initial-decays=0.1 objectives=held-out",
      more: "seeds=1,2 initial-decays=0.1,0.01"),
    Case(
      "sweep", small + "models=logistic steps=2", fewer: "seeds=1 learning-rate=0.1",
      more: "seeds=1,2 learning-rate=0.1,0.2"),
    // What is shown of trainings changes none of them.
    Case(
      "sweep", small + "models=logistic steps=2 seeds=1 learning-rate=0.1,0.2",
      fewer: "metric=test-accuracy", more: "metric=test-loss x=learning-rate"),
  ]

  @Test(
    "does the others alone, and finds what a run that did all finds, bit for bit", arguments: cases)
  func taken(of given: Case) throws {
    let output = FileManager.default.temporaryDirectory
      .appendingPathComponent("ReusingStudiesTests-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: output) }
    let study = try #require(
      (paperStudies + furtherStudies).first { $0.name == given.study })
    let first = try perform(study, given.fewer, output.appendingPathComponent("a"))
    let second = try perform(study, given.more, output.appendingPathComponent("a"))
    let whole = try perform(study, given.more, output.appendingPathComponent("b"))
    #expect(first.taken == 0 && whole.taken == 0)
    #expect(second.taken == first.trials)
    #expect(second.bits == whole.bits)
  }

  /// What a run has left, apart from times, and how many trials it took from others.
  private func perform<S: Study>(
    _ study: S.Type, _ settings: [String], _ output: URL
  ) throws -> (bits: [String: String], trials: Int, taken: Int) {
    let configuration = try Overrides(settings).applied(to: S.Configuration())
    let run = try Run(study, configuration: configuration, output: output)
    let listener = TakenTrials()
    guard case .complete(let summary) = try run.perform(RunOptions(jobs: 1), observer: listener)
    else { throw CancellationError() }
    #expect(summary.failures.isEmpty, "\(summary.failures)")
    var bits: [String: String] = [:]
    let files = FileManager.default
    for name in try files.subpathsOfDirectory(atPath: run.directory.url.path)
    where name.hasPrefix("tables/") || name.hasPrefix("figures/") || name.hasPrefix("files/") {
      let file = run.directory.url.appendingPathComponent(name)
      bits[name] = try? Data(contentsOf: file).base64EncodedString()
    }
    var json = summary.json
    (json["seconds"], json["provenance"]) = (nil, nil)
    bits["summary"] = json.canonical
    return (bits, summary.trials, listener.count)
  }
}

/// Hears how many trials a run takes from others.
final class TakenTrials: RunObserver {
  private(set) var count = 0
  func update(_ progress: RunProgress) {}
  func end() {}
  func announce(_ sentence: String) {
    if let match = sentence.prefixMatch(of: /([0-9]+) of [0-9]+ trials (is|are) taken from/) {
      count += Int(match.output.1) ?? 0
    }
  }
}
