import Foundation
import MNIST1D
import NeuralNetworks
import Runs
import Studies
import Testing

@Suite("The studies of difficulty and of priors")
struct DifficultyAndPriorsTests {
  private func results<S: Study>(
    _ study: S.Type, _ settings: [String]
  ) throws -> Results<S> {
    let configuration = try Overrides(settings).applied(to: S.Configuration.quick)
    try configuration.validate()
    return Results(
      configuration,
      try S.trials(for: configuration).map { trial in
        TrialResult(
          trial: trial,
          measurement: try S.measure(trial, configuration, in: TrialContext(threads: 1)))
      })
  }

  @Test("difficulty varies one property at a time, and trains what is the paper's once")
  func difficultyTrials() throws {
    let trials = Difficulty.trials(for: Difficulty.Configuration())
    // 6 + 5 + 5 + 4 + 6 values, of which each list holds the paper's.
    #expect(trials.count == (26 - 4) * 4 * 3 && Set(trials).count == trials.count)
    #expect(trials.allSatisfy { $0.settings.count <= 1 })
    #expect(trials.filter { $0.settings.isEmpty }.count == 12)
    let noisy = try #require(trials.first { $0.settings["dataset.corr-noise-scale"] == "0.125" })
    #expect(try noisy.experiment().dataset.corrNoiseScale == 0.125)
    let few = try #require(trials.first { $0.settings["training-examples"] == "125" })
    #expect(try few.experiment().selection.trainingExamples == 125)
  }

  @Test("difficulty finds sentences, five tables and a figure, and says what one seed cannot tell")
  func difficultyFindings() throws {
    let results = try results(
      Difficulty.self,
      [
        "steps=20", "models=logistic,cnn", "noise=0,0.25", "translations=1,48", "shears=0.75,6",
        "lengths=10,40", "examples=125,4000",
      ])
    let findings = Difficulty.findings(results)
    #expect(findings.claims.isEmpty && findings.tables.count == 5 && findings.notes.count == 5)
    #expect(findings.notes[0].contains("over the logistic regression with noise of 0"))
    #expect(findings.notes.allSatisfy { $0.hasSuffix("Fewer than three seeds cannot tell more.") })
    #expect(findings.illustrations[0].svg.contains("correlated noise"))
    let noise = findings.tables[0]
    #expect(noise.columns == ["classifier", "0", "0.25"] && noise.rows.count == 2)
  }

  @Test(
    "difficulty says by the intervals of paired differences where the CNN leads, and where it is behind"
  )
  func difficultySentences() throws {
    let configuration = try Overrides(["models=mlp,cnn", "seeds=1,2,3", "noise=0,0.5,1"])
      .applied(to: Difficulty.Configuration.quick)
    let leads: [String: Double] = ["0": 5, "0.5": 0.1, "1": -4]
    let results = Results<Difficulty>(
      configuration,
      try Difficulty.trials(for: configuration).map { trial in
        let lead = trial.settings["dataset.corr-noise-scale"].flatMap { leads[$0] } ?? 1
        let accuracy =
          50 + (trial.model == .cnn ? lead : 0) + Double(trial.seed * (trial.model == .cnn ? 2 : 1))
          / 10
        let json =
          #"{"parameters": 1, "lastStep": 0, "testLoss": 0, "trainAccuracy": 0, "trainLoss": 0, "steps": [], "#
          + #""curve": [], "digest": "", "testAccuracy": \#(accuracy)}"#
        let measurement = try JSONDecoder().decode(Sweep.Measurement.self, from: Data(json.utf8))
        return TrialResult(trial: trial, measurement: measurement)
      })
    let sentence = try #require(Difficulty.findings(results).notes.first)
    #expect(sentence.contains("5.2 (95 %: 5.0 to 5.4) over the MLP with noise of 0, and −3.8"))
    #expect(!sentence.contains("leave open"))
    #expect(sentence.hasSuffix("The CNN is behind with noise of 1."))
  }

  @Test(
    "priors trains every network in order, shuffled and from fewer examples, each with what it knows"
  )
  func priors() throws {
    let trials = Priors.trials(for: Priors.Configuration())
    #expect(trials.count == 15 * 4 * 3 && Set(trials).count == trials.count)
    let results = try results(
      Priors.self,
      [
        "steps=10", "search-steps=10", "rounds=2", "ticket-hidden=20", "windows=3",
        "examples=100,4000",
      ])
    let findings = Priors.findings(results)
    let table = try #require(findings.tables.first)
    #expect(table.rows.count == 11 && table.columns.contains("100 examples"))
    func parameters(_ name: String) -> Int? {
      table.rows.first { $0[0] == .text(name) }.flatMap {
        if case .integer(let count) = $0[1] { count } else { nil }
      }
    }
    #expect(parameters("MLP") == 15_210 && parameters("CNN") == 5210)
    // 100 units see three inputs each instead of 40.
    #expect(parameters("MLP, windows of 3") == 15_210 - 100 * 37)
    // 92 % of each layer's parameters are gone; a layer of 820, of 420 and of 210.
    #expect(parameters("lottery ticket") == 820 - 754 + 420 - 386 + 210 - 193)
    #expect(findings.notes[0].hasPrefix("Shuffling the columns costs the"))
    #expect(findings.illustrations.map(\.name) == ["priors", "sample-efficiency"])
  }

  @Test("priors gives the same bits whoever finds a ticket first, and other bits by another seed")
  func tickets() throws {
    let settings = [
      "steps=10", "search-steps=10", "rounds=2", "ticket-hidden=20", "networks=ticket",
      "examples=100", "seeds=1,2",
    ]
    let one = try results(Priors.self, settings).all.map(\.measurement)
    #expect(try results(Priors.self, settings).all.map(\.measurement) == one)
    #expect(Set(one.map(\.digest)).count == one.count)
  }

  @Test(
    "settings that make no sense are refused",
    arguments: [
      ("windows=41", "a window must be 1 to 40"), ("windows=0", "a window must be 1 to 40"),
      ("examples=4001", "it must be 1 to 4000"), ("sparsity=2", "it must be 0 to 1"),
      ("rounds=0", "rounds is 0"),
      ("networks=mixer dataset.final-seq-length=41", "a divisor of 41"),
    ])
  func refused(settings: String, sentence: String) {
    let error = #expect(throws: (any Error).self) {
      try Overrides(settings.split(separator: " ").map(String.init))
        .applied(to: Priors.Configuration()).validate()
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(sentence))
  }
}
