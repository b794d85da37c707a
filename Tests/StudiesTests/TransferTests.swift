import Fixtures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import StudyModels
import Testing

@Suite("The study of a learned activation function elsewhere")
struct TransferTests {
  private static var small: Transfer.Configuration {
    var configuration = Transfer.Configuration()
    configuration.seeds = [1, 2]
    configuration.activations = [.learned, .tanh]
    configuration.channels = 3
    configuration.steps = 12
    configuration.earlySteps = 5
    configuration.batchSize = 20
    configuration.learningRate = 1e-3
    configuration.evalEvery = 5
    configuration.dataset.numSamples = 100
    return configuration
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("transfer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("without a file, the settings are eight functions on MNIST-1D from five seeds")
  func plan() {
    let trials = Transfer.trials(for: Transfer.Configuration())
    #expect(trials.count == 40 && Set(trials).count == 40)
    #expect(trials.allSatisfy { $0.data == .mnist1d })
  }

  @Test("a trial trains the paper's network with the function, and keeps the losses of its batches")
  func measurement() throws {
    let trial = Transfer.Trial(data: .mnist1d, activation: .tanh, seed: 2)
    let measured = try Transfer.measure(trial, Self.small, in: TrialContext())

    var settings = DatasetConfiguration()
    settings.numSamples = 100
    let dataset = try Dataset(settings)
    let test = Examples(dataset.xTest, dataset.yTest)
    var recipe = TrainingRecipe()
    recipe.steps = 12
    recipe.batchSize = 20
    recipe.learningRate = 1e-3
    recipe.order = .shuffled
    var generator = TorchGenerator(seed: 2)
    let network = TransferNetwork(Nonlinearity.tanh, channels: 3, using: &generator)
    var training = try Training(
      of: network, on: Examples(dataset.x, dataset.y), testing: test, by: recipe, using: generator)
    var losses: [Double] = []
    while !training.isFinished { losses.append(Double(try training.step().trainLoss)) }

    #expect(measured.digest == training.model.digest)
    func mean(_ values: some Collection<Double>) -> Double {
      values.reduce(0, +) / Double(values.count)
    }
    #expect(abs(measured.earlyLoss - mean(losses.prefix(5))) < 1e-12)
    #expect(measured.training.steps == [9, 12])
    #expect(abs(measured.training.loss[0] - mean(losses.prefix(10))) < 1e-12)
    #expect(abs(measured.training.loss[1] - mean(losses.suffix(3))) < 1e-12)
    #expect(measured.test.steps == [0, 5, 10, 12])
    #expect(measured.test.loss.last == training.model.score(on: test).loss)
    #expect(measured.test.accuracy.last == training.model.score(on: test).accuracy)
    #expect(measured.function.isEmpty)
  }

  @Test(
    "the learned functions are the committed ones, with the digests of what metalearn-activation found"
  )
  func committed() throws {
    #expect(SampledActivation.learned.digest == "eb65bf6b392e0577")
    #expect(SampledActivation.learnedLarger.digest == "5ce18cd828eace1e")
    let trial = Transfer.Trial(data: .mnist1d, activation: .learned, seed: 1)
    let measured = try Transfer.measure(trial, Self.small, in: TrialContext())
    #expect(measured.function == SampledActivation.learned.values)
    #expect(measured.digest == "ea7ff1ac8039d61e")
  }

  @Test(
    "a run of metalearn-activation gives its function to the trials, by its content and not by its place"
  )
  func fromRun() throws {
    try inFolder { folder in
      var settings = MetalearnActivation.Configuration()
      settings.outerSteps = 2
      settings.innerSteps = 4
      settings.objectiveSteps = 2
      (settings.units, settings.hidden, settings.baselines) = (5, 6, [])
      settings.dataset.numSamples = 100
      let run = try Run(MetalearnActivation.self, configuration: settings, output: folder)
      guard case .complete = try run.perform(RunOptions(jobs: 1)) else {
        Issue.record("the run did not end")
        return
      }
      var configuration = Self.small
      configuration.activation = run.directory.url.path
      try configuration.resolve()
      #expect(configuration.activationDigest.count == 16)
      let file = "files/learned-activation.safetensors"
      var byFile = Self.small
      byFile.activation = run.directory.url.appendingPathComponent(file).path
      try byFile.resolve()
      let trial = Transfer.Trial(data: .mnist1d, activation: .learned, seed: 1)
      #expect(
        Transfer.settings(configuration, thatMatterTo: trial)
          == Transfer.settings(byFile, thatMatterTo: trial))
      let named = Transfer.Trial(data: .mnist1d, activation: .tanh, seed: 1)
      #expect(
        Transfer.settings(configuration, thatMatterTo: named)
          == Transfer.settings(Self.small, thatMatterTo: named))
      let measured = try Transfer.measure(trial, configuration, in: TrialContext())
      #expect(SampledActivation(values: measured.function).digest == configuration.activationDigest)
      #expect(measured.function != SampledActivation.learned.values)

      // Another function than the digest is of.
      byFile.activationDigest = "0123456789abcdef"
      #expect(refusal(of: byFile).contains("0123456789abcdef"))
      // A file that is there and none.
      try Data("nothing".utf8).write(to: URL(fileURLWithPath: byFile.activation))
      configuration.activationDigest = ""
      #expect(refusal(of: configuration).contains(file))
    }
  }

  private func refusal(of configuration: Transfer.Configuration) -> String {
    var configuration = configuration
    let error = #expect(throws: (any Error).self) { try configuration.resolve() }
    return error.map { "\($0)" } ?? ""
  }

  @Test("a folder that is no finished run of metalearn-activation is refused in one sentence")
  func foreignRuns() throws {
    try inFolder { folder in
      var configuration = Self.small
      configuration.activation = folder.appendingPathComponent("nowhere").path
      #expect(refusal(of: configuration).contains("nowhere, which is not there"))
      // A run of another study, and one that is not finished, have no such file.
      configuration.activation = folder.path
      let sentence = refusal(of: configuration)
      #expect(sentence.contains("holds no files/learned-activation.safetensors"))
      #expect(sentence.contains("a finished run of metalearn-activation"))
      // A pipe is not waited for, and a folder in the file's place not read.
      let file = folder.appendingPathComponent("files/learned-activation.safetensors")
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
      #expect(refusal(of: configuration).contains("learned-activation.safetensors"))
      configuration.activation = ""
      configuration.activationDigest = "0123456789abcdef"
      #expect(refusal(of: configuration).contains("activation-digest is given without activation"))
    }
  }

  /// Results with these losses early on and at the end, and a spread from seed to seed.
  private func findings(
    _ configuration: Transfer.Configuration = Transfer.Configuration(),
    early: [Transfer.Activation: Double], late: [Transfer.Activation: Double],
    changing: (inout Transfer.Measurement) -> Void = { _ in }
  ) -> Findings {
    let results = Transfer.trials(for: configuration).map { trial in
      var measurement = Transfer.Measurement()
      let own = Double(trial.seed % 5) / 100
      measurement.earlyLoss = early[trial.activation]! + own
      measurement.training.steps = [9, 19]
      measurement.training.loss = [2, 1]
      measurement.test.steps = [0, 10]
      measurement.test.loss = [3, late[trial.activation]! + own]
      measurement.test.accuracy = [10, 90 - late[trial.activation]!]
      if trial.activation.nonlinearity == nil {
        measurement.function = SampledActivation.learned.values
      }
      changing(&measurement)
      return TrialResult<Transfer>(trial: trial, measurement: measurement)
    }
    return Transfer.judgedFindings(Results(configuration, results))
  }

  private static let ascending: [Transfer.Activation: Double] = [
    .learned: 1, .relu: 2, .elu: 3, .swish: 4, .tanh: 5, .softplus: 6, .sigmoid: 7,
    .learnedLarger: 0.5,
  ]
  private static let middling: [Transfer.Activation: Double] = [
    .relu: 1, .elu: 2, .swish: 3, .learned: 4, .tanh: 5, .softplus: 6, .sigmoid: 7,
    .learnedLarger: 0.9,
  ]

  @Test("claims hold for what the paper says, and fail for the opposite")
  func claims() {
    let asReported = findings(early: Self.ascending, late: Self.middling)
    let ids = ["early", "middle", "refined", "match"].map { "\($0)-mnist1d" }
    #expect(asReported.claims.map(\.id) == ids)
    for claim in asReported.claims {
      #expect(claim.verdict == .holds && claim.source != nil && claim.statement.contains("\""))
    }
    let opposite = findings(
      early: Self.ascending.mapValues { 8 - $0 },
      late: Self.ascending.merging([.learnedLarger: 3]) { $1 })
    #expect(opposite.claims.map(\.verdict) == Array(repeating: .fails, count: 4))
  }

  @Test("places run from 1 for the best, and equal ones share theirs")
  func places() throws {
    var late = Self.middling
    late[.tanh] = late[.learned]
    let table = try #require(findings(early: Self.ascending, late: late).tables.first)
    func row(_ name: String) throws -> [Cell] {
      try #require(table.rows.first { $0[0] == .text(name) })
    }
    #expect(table.rows.count == 8)
    #expect(try row("learned")[2] == .estimate(mean: 1, spread: 0))
    #expect(try row("sigmoid")[2] == .estimate(mean: 7, spread: 0))
    #expect(try row("learned")[4] == .estimate(mean: 4.5, spread: 0))
    #expect(try row("learned, larger")[4] == .estimate(mean: 1, spread: 0))
    #expect(try row("relu")[5] == .estimate(mean: 89, spread: 0))
  }

  @Test("a function less leaves no places, and decides nothing")
  func fewer() {
    var configuration = Transfer.Configuration()
    configuration.activations = [.learned, .relu, .learnedLarger]
    let found = findings(configuration, early: Self.ascending, late: Self.middling)
    #expect(found.claims.map(\.id) == ["refined-mnist1d"])
    #expect(found.illustrations.map(\.name) == ["early-training", "functions"])
    configuration.seeds = [42]
    configuration.activations = Transfer.Activation.allCases
    let single = findings(configuration, early: Self.ascending, late: Self.middling)
    #expect(single.claims.count == 4 && single.claims.allSatisfy { $0.verdict == .untested })
  }

  @Test("lists of a wrong length in a stored result are no crash")
  func forged() {
    let changes: [(inout Transfer.Measurement) -> Void] = [
      { $0 = .init() }, { $0.test.loss = [] }, { $0.test.steps = [] }, { $0.training.steps = [] },
      { $0.training.loss = [1] }, { $0.function = [1] }, { $0.function = [] },
      { $0.earlyLoss = .nan }, { $0.test.loss = [.infinity] },
      { $0.training.steps = [.max, .min] },
    ]
    for change in changes {
      let findings = findings(early: Self.ascending, late: Self.middling, changing: change)
      #expect(findings.illustrations.allSatisfy { !$0.svg.isEmpty })
      #expect(findings.tables.allSatisfy { !$0.text.isEmpty })
    }
  }

  @Test(
    "with files, MNIST and CIFAR-10 are learned from, too, by their content and not by their place")
  func images() throws {
    var configuration = Self.small
    configuration.steps = 6
    try DrawnFolders.withFolder(of: DrawnFolders.cifar10(inEachBatch: 10)) { cifar10 in
      try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 40, test: 20)) { mnist in
        configuration.cifar10 = cifar10
        configuration.mnist = mnist
        try configuration.resolve()
        try configuration.validate()
        let trials = Transfer.trials(for: configuration)
        #expect(trials.count == 12 && Set(trials.map(\.data)).count == 3)
        for trial in trials where trial.data != .mnist1d && trial.seed == 1 {
          let measured = try Transfer.measure(trial, configuration, in: TrialContext())
          #expect(measured.test.steps == [0, 5, 6])
          #expect(measured.training.loss.allSatisfy { $0 > 0 && $0 < 5 })
        }
        let notes = Transfer.findings(Results(configuration, [])).notes
        #expect(!notes.contains { $0.contains("=DIR") })
        #expect(Transfer.findings(Results(Self.small, [])).notes.count { $0.contains("=DIR") } == 2)
        var elsewhere = configuration
        elsewhere.mnist = mnist + "/."
        for trial in trials {
          #expect(
            Transfer.settings(configuration, thatMatterTo: trial)
              == Transfer.settings(elsewhere, thatMatterTo: trial))
        }
        elsewhere.mnistDigest = String(configuration.mnistDigest.reversed())
        let trial = try #require(trials.first { $0.data == .mnist })
        #expect(throws: (any Error).self) {
          try Transfer.measure(trial, elsewhere, in: TrialContext())
        }
      }
    }
  }

  @Test("images that no convolution fits are refused in one sentence")
  func tinyImages() throws {
    try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 20, test: 10, side: 2)) { folder in
      var configuration = Self.small
      configuration.mnist = folder
      try configuration.resolve()
      let trial = Transfer.Trial(data: .mnist, activation: .learned, seed: 1)
      let error = #expect(throws: (any Error).self) {
        try Transfer.measure(trial, configuration, in: TrialContext())
      }
      #expect(error.map { "\($0)".contains("2×2 pixels") } == true)
    }
  }

  @Test("settings that do not fit are refused by name")
  func validation() {
    expectRefusal("seeds", of: Self.small) { $0.seeds = [] }
    expectRefusal("activations", of: Self.small) { $0.activations = [] }
    expectRefusal("channels", of: Self.small) { $0.channels = 10_001 }
    expectRefusal("steps", of: Self.small) { $0.steps = .max }
    expectRefusal("early-steps", of: Self.small) { $0.earlySteps = 0 }
    expectRefusal("early-steps", of: Self.small) { $0.earlySteps = 14 }
    expectRefusal("eval-every", of: Self.small) { $0.evalEvery = 0 }
    expectRefusal("learning-rate", of: Self.small) { $0.learningRate = -1 }
    expectRefusal("image-learning-rate", of: Self.small) { $0.imageLearningRate = -1 }
    expectRefusal("final-seq-length", of: Self.small) { $0.dataset.finalSeqLength = 2 }
  }
}
