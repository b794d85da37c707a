import Figures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import Testing

@Suite("The baselines study")
struct BaselinesTests {
  private var small: Baselines.Configuration {
    var configuration = Baselines.Configuration()
    configuration.seeds = [1, 2]
    configuration.steps = 12
    configuration.evalEvery = 4
    configuration.dataset.numSamples = 200
    return configuration
  }

  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("baselines-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private func perform(_ output: URL, jobs: Int) throws -> RunSummary {
    let run = try Run(Baselines.self, configuration: small, output: output)
    guard case .complete(let summary) = try run.perform(RunOptions(jobs: jobs, threads: 1)) else {
      throw CancellationError()
    }
    return summary
  }

  @Test("the paper's settings are 24 trainings on all examples and 24 with examples held out")
  func plan() {
    let trials = Baselines.trials(for: Baselines.Configuration())
    #expect(trials.count { $0.examples == .all } == 24)
    #expect(trials.count { $0.examples == .heldOut } == 24)
    #expect(Set(trials).count == 48)
  }

  @Test("one and two jobs give the same bits")
  func jobs() throws {
    let (first, second) = (try folder(), try folder())
    defer { for folder in [first, second] { try? FileManager.default.removeItem(at: folder) } }
    let (one, two) = (try perform(first, jobs: 1), try perform(second, jobs: 2))
    #expect(one.digest == two.digest)
    #expect(one.findings == two.findings)
    // A run that has ended is not computed again.
    #expect(try perform(first, jobs: 2) == one)
  }

  @Test("the table sets reported and measured accuracies side by side for both orders of columns")
  func table() throws {
    let output = try folder()
    defer { try? FileManager.default.removeItem(at: output) }
    let findings = try perform(output, jobs: 2).findings
    let table = try #require(findings.tables.first)
    #expect(table.columns == ["columns", "accuracy", "logistic", "mlp", "cnn", "gru", "human"])
    #expect(table.rows.count == 8)
    #expect(table.rows[0][2] == .estimate(mean: 32, spread: 1, decimals: 0))
    for row in [1, 2, 3, 5, 6, 7] {
      for column in 2...5 {
        guard case .estimate(let mean, _, _) = table.rows[row][column] else {
          Issue.record("row \(row), column \(column) holds no mean of two seeds")
          continue
        }
        #expect((0...100).contains(mean))
      }
    }
    #expect(findings.claims.count == 19 && findings.claims.allSatisfy { $0.source != nil })
    #expect(!findings.notes.contains { $0.contains("68 %") }, "these are not the paper's settings")
  }

  @Test("the last step is evaluated, also where the interval does not divide the steps")
  func lastStep() throws {
    var configuration = small
    (configuration.steps, configuration.evalEvery) = (7, 5)
    for examples in Baselines.TrainingExamples.allCases {
      let trial = Baselines.Trial(model: .logistic, columns: .ordered, examples: examples, seed: 1)
      let measured = try Baselines.measure(trial, configuration, in: TrialContext())
      #expect(measured.steps == [0, 5, 7])
    }
  }

  @Test(
    "a network's settings are a study's, for the kinds that have them, and make no difference to others"
  )
  func networkSettings() throws {
    var configuration = small
    configuration.models = [.deepMLP, .logistic]
    configuration.network.widths = [7, 5]
    try configuration.validate()
    let deep = Baselines.Trial(model: .deepMLP, columns: .ordered, examples: .all, seed: 1)
    let dataset = try Dataset(small.dataset)
    var generator = TorchGenerator(seed: 1)
    let network = BaselineNetwork(.deepMLP, configuration.network, using: &generator)
    var training = try Training(
      of: network, on: Examples(dataset.x, dataset.y),
      testing: Examples(dataset.xTest, dataset.yTest), by: configuration.training(on: .all))
    while !training.isFinished { try training.stepAndEvaluate() }
    let measured = try Baselines.measure(deep, configuration, in: TrialContext())
    #expect(measured.digest == training.model.digest)

    var logistic = deep
    logistic.model = .logistic
    var plain = configuration
    plain.network = NetworkSettings()
    #expect(
      Baselines.settings(configuration, thatMatterTo: logistic)
        == Baselines.settings(plain, thatMatterTo: logistic))
    #expect(
      Baselines.settings(configuration, thatMatterTo: deep)
        != Baselines.settings(plain, thatMatterTo: deep))
    configuration.models = [.mlp]
    #expect(throws: (any Error).self) { try configuration.validate() }
  }

  @Test("Figure 8 sets the CNN's errors by class beside those of the paper's human")
  func errorsByClass() throws {
    let output = try folder()
    defer { try? FileManager.default.removeItem(at: output) }
    let findings = try perform(output, jobs: 2).findings
    #expect(findings.illustrations.map(\.name) == ["figure-2", "figure-8"])
    let table = try #require(findings.tables.last)
    #expect(table.name == "figure-8")
    #expect(table.rows[2][3] == .number(500.0 / 42, decimals: 1))
    #expect(table.rows[2][6] == .number(400.0 / 36, decimals: 1))

    // The table's mean of two seeds, from networks that were trained and asked one by one.
    let dataset = try Dataset(small.dataset)
    var settings = TrainingRecipe()
    settings.steps = small.steps
    settings.evalEvery = small.evalEvery
    let test = Examples(dataset.xTest, dataset.yTest)
    let answers = try small.seeds.map { seed in
      var generator = TorchGenerator(seed: UInt64(seed))
      var training = try Training(
        of: ConvolutionalNetwork(using: &generator), on: Examples(dataset.x, dataset.y),
        testing: test, by: settings)
      while !training.isFinished { try training.stepAndEvaluate() }
      return training.model.predictions(for: test.inputs)
    }
    for digit in 0...9 {
      let rates = answers.map { answers in
        let own = dataset.yTest.indices.filter { dataset.yTest[$0] == digit }
        return 100 * Double(own.count { answers[$0] != digit }) / Double(own.count)
      }
      guard case .estimate(let mean, _, _) = table.rows[digit][7] else {
        Issue.record("no mean of two seeds for the digit \(digit)")
        continue
      }
      #expect(abs(mean - (rates[0] + rates[1]) / 2) < 1e-9)
    }
  }

  @Test("results from before errors by class were measured can still be read")
  func olderMeasurements() throws {
    let trial = Baselines.Trial(model: .cnn, columns: .ordered, examples: .all, seed: 3)
    var measured = try Baselines.measure(trial, small, in: TrialContext())
    #expect(measured.errors?.count == 40)
    measured.errors = nil
    let older = TrialResult<Baselines>(trial: trial, measurement: measured, seconds: 1)
    #expect(Baselines.findings(Results(small, [older])).illustrations.map(\.name) == ["figure-2"])
    let data = try JSONEncoder().encode(measured)
    #expect(!String(decoding: data, as: UTF8.self).contains("errors"))
    #expect(try JSONDecoder().decode(Baselines.Measurement.self, from: data) == measured)
  }

  /// Results with these accuracies and, of the CNN, these errors among a hundred examples of each digit.
  private func findings(
    _ accuracy: (Architecture, Baselines.Columns) -> Double, wrong: [Int],
    changing: (inout Baselines.Measurement) -> Void = { _ in }
  ) throws -> Findings {
    let configuration = Baselines.Configuration()
    let answers = wrong.enumerated().flatMap { digit, wrong in
      (0..<100).map { $0 < wrong ? (digit + 1) % 10 : digit }
    }
    let errors = ErrorsByClass(
      labels: (0..<1000).map { $0 / 100 }, answers: answers)
    return Baselines.judgedFindings(
      Results(
        configuration,
        try Baselines.trials(for: configuration).map { trial in
          let json =
            #"{"steps": [0], "trainLoss": [1], "trainAccuracy": [60], "testLoss": [1], "digest": "", "testAccuracy": ["#
            + "\(accuracy(trial.model, trial.columns) + Double(trial.seed % 3) / 10)]}"
          var measurement = try JSONDecoder().decode(
            Baselines.Measurement.self, from: Data(json.utf8))
          if trial.model == .cnn { measurement.errors = errors }
          changing(&measurement)
          return TrialResult<Baselines>(trial: trial, measurement: measurement)
        }))
  }

  private static func tableOne(_ model: Architecture, _ columns: Baselines.Columns) -> Double {
    switch (model, columns) {
    case (.logistic, _): 32
    case (.mlp, _): 68
    case (.cnn, .ordered): 94
    case (.gru, .ordered): 91
    case (.cnn, .shuffled): 56
    case (.gru, .shuffled): 57
    default: preconditionFailure("Table 1 has no \(model)")
    }
  }

  @Test("claims hold for the numbers of Table 1 and Figure 8, and fail for others")
  func claims() throws {
    let reported = try findings(Self.tableOne, wrong: [1, 9, 12, 0, 8, 2, 0, 14, 3, 4])
    #expect(reported.claims.count == 19)
    for claim in reported.claims { #expect(claim.verdict == .holds, "\(claim)") }
    let other = try findings(
      { model, columns in
        model == .logistic
          ? (columns == .ordered ? 50 : 45)
          : model == .mlp ? (columns == .ordered ? 49 : 40) : columns == .ordered ? 97 : 98
      }, wrong: [9, 1, 2, 1, 8, 2, 0, 3, 3, 12])
    for claim in other.claims { #expect(claim.verdict == .fails, "\(claim)") }
  }

  @Test(
    "Figure 2 has chance and human in both panels, and its networks' colours whatever was selected")
  func figure() throws {
    func marks(_ configuration: Baselines.Configuration) throws -> [[Mark]] {
      let results = try Baselines.trials(for: configuration).map { trial in
        let json =
          #"{"steps": [0], "trainLoss": [1], "trainAccuracy": [60], "testLoss": [1], "digest": "", "testAccuracy": [60]}"#
        return TrialResult<Baselines>(
          trial: trial,
          measurement: try JSONDecoder().decode(Baselines.Measurement.self, from: Data(json.utf8)))
      }
      let findings = Baselines.findings(Results(configuration, results))
      return try #require(findings.illustrations[0].figure).panels.map(\.marks)
    }
    func rules(_ marks: [Mark]) -> [String] {
      marks.compactMap { if case .rule(let rule) = $0 { rule.label } else { nil } }
    }
    func lines(_ marks: [Mark]) -> [Line] {
      marks.compactMap { if case .line(let line) = $0 { line } else { nil } }
    }
    var configuration = Baselines.Configuration()
    let all = try marks(configuration)
    #expect(all.map(rules) == [["chance", "human"], ["chance", "human"]])
    configuration.models = [.gru, .mlp]
    let some = try marks(configuration)
    #expect(lines(some[0]).map(\.endLabel) == ["MLP", "GRU"])
    #expect(lines(some[0]) == [lines(all[0])[1], lines(all[0])[3]])
    // The human saw the paper's examples, and no others.
    configuration.dataset.seed = 1
    #expect(try marks(configuration).map(rules) == [["chance"], ["chance"]])
  }

  @Test("beside examples of another kind stands nothing that the paper reports, nor its human")
  func otherKind() throws {
    let output = try folder()
    defer { try? FileManager.default.removeItem(at: output) }
    var configuration = small
    configuration.models = [.cnn]
    configuration.columns = [.ordered]
    configuration.examples = [.all]
    configuration.dataset.corrNoiseScale = 1
    let run = try Run(Baselines.self, configuration: configuration, output: output)
    guard case .complete(let summary) = try run.perform(RunOptions(jobs: 2)) else { return }
    let tables = summary.findings.tables
    #expect(tables.map(\.columns) == [["columns", "accuracy", "cnn"], ["digit", "cnn"]])
    #expect(!tables[0].rows.contains { $0[1] == "reported" })
    #expect(!summary.findings.notes.contains { $0.contains("human") })
    #expect(summary.findings.claims.allSatisfy { $0.verdict == .untested })
  }

  @Test("lists of a wrong length in a stored result are no crash")
  func forged() throws {
    for text in [
      #"{"shown": [], "wrong": []}"#, #"{"shown": [1, 2], "wrong": [0]}"#,
      #"{"shown": [\#(Int.max), \#(Int.max)], "wrong": [\#(Int.max), \#(Int.min), 3]}"#,
    ] {
      let errors = try JSONDecoder().decode(ErrorsByClass.self, from: Data(text.utf8))
      let findings = try findings(Self.tableOne, wrong: Array(repeating: 1, count: 10)) {
        if $0.errors != nil { $0.errors = errors }
        $0.steps = [0, 250, 500]
        $0.testAccuracy = $0.testAccuracy.first! > 60 ? [] : [1, 2]
      }
      #expect(!findings.claims.contains { $0.id == "hardest-digits" })
      #expect(findings.illustrations.allSatisfy { !$0.svg.isEmpty })
    }
  }

  @Test("shuffled columns are in the order of RandomState(42).permutation(40)")
  func shuffling() throws {
    let trial = Baselines.Trial(model: .cnn, columns: .shuffled, examples: .all, seed: 3)
    let measured = try Baselines.measure(trial, small, in: TrialContext())

    var state = NumPyRandomState(seed: 42)
    let dataset = try Dataset(small.dataset).permutingColumns(state.permutation(40))
    var settings = TrainingRecipe()
    settings.steps = small.steps
    settings.evalEvery = small.evalEvery
    var generator = TorchGenerator(seed: 3)
    var training = try Training(
      of: ConvolutionalNetwork(using: &generator), on: Examples(dataset.x, dataset.y),
      testing: Examples(dataset.xTest, dataset.yTest), by: settings)
    while !training.isFinished { try training.stepAndEvaluate() }
    #expect(measured.digest == training.model.digest)
    #expect(measured.steps == [0, 4, 8, 12])
  }

  @Test("settings that do not fit are refused by name")
  func validation() {
    expectRefusal("seeds", of: small) { $0.seeds = [] }
    expectRefusal("seeds", of: small) { $0.seeds = [-1] }
    expectRefusal("final-seq-length", of: small) { $0.dataset.finalSeqLength = 2 }
    expectRefusal("train-split", of: small) { $0.dataset.trainSplit = 0 }
    expectRefusal("train-split", of: small) { $0.dataset.trainSplit = 1 }
    expectRefusal("num-samples", of: small) { $0.dataset.numSamples = 10 }
    expectRefusal("steps", of: small) { $0.steps = .max }
    expectRefusal("batch-size", of: small) { $0.batchSize = .max }
  }

  @Test("overrides reach every setting, the dataset's included")
  func overrides() throws {
    let configuration = try Overrides([
      "steps=60", "seeds=0..3", "models=mlp,cnn", "examples=held-out", "dataset.num-samples=100",
      "dataset.padding=30,40", "learning-rate=0.5",
    ]).applied(to: Baselines.Configuration())
    #expect(configuration.steps == 60)
    #expect(configuration.seeds == [0, 1, 2, 3])
    #expect(configuration.models == [.mlp, .cnn])
    #expect(configuration.examples == [.heldOut])
    #expect(configuration.dataset.numSamples == 100)
    #expect(configuration.dataset.padding == 30...40)
    #expect(configuration.learningRate == 0.5)
    #expect(throws: RunError.self) {
      try Overrides(["stepz=60"]).applied(to: Baselines.Configuration())
    }
  }
}
