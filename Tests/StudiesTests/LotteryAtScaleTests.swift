import DataFormats
import Fixtures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Storage
import Studies
import StudyModels
import Tensors
import Testing

@Suite("The lottery at scale")
struct LotteryAtScaleTests {
  private static var small: Lottery.Configuration {
    var configuration = Lottery.Configuration()
    configuration.seeds = [1, 2]
    configuration.scales = [.wide]
    configuration.wide.hidden = 16
    configuration.wide.sparsities = [0, 0.5, 0.8, 0.9]
    configuration.wide.ticket = 0.8
    configuration.wide.steps = 40
    configuration.wide.batchSize = 20
    configuration.wide.analysisSteps = 40
    configuration.wide.evalEvery = 20
    configuration.pixels = configuration.wide
    configuration.dataset.numSamples = 200
    // What the paper's trials would take, were there any.
    configuration.hidden = 8
    configuration.sparsities = 3
    configuration.ticket = 2
    configuration.steps = 20
    configuration.batchSize = 20
    configuration.analysisSteps = 20
    configuration.analysisBatchSize = 20
    return configuration
  }

  /// The same on images in a folder, of 6 × 6 pixels.
  private func withImages(
    scales: [Lottery.Scale] = [.pixels], _ body: (Lottery.Configuration) throws -> Void
  ) throws {
    try DrawnFolders.withFolder(of: DrawnFolders.mnist(training: 81, test: 20, side: 6)) { folder in
      var configuration = Self.small
      (configuration.scales, configuration.mnist) = (scales, folder)
      try configuration.resolve()
      try body(configuration)
    }
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lottery-at-scale-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("is asked where it is wanted, after the paper's trials, whose keys are what they were")
  func plan() throws {
    let usual = Lottery.trials(for: Lottery.Configuration())
    #expect(usual.allSatisfy { $0.scale == .paper })
    var both = Lottery.Configuration()
    both.scales = [.wide, .paper]
    let trials = Lottery.trials(for: both)
    #expect(Array(trials.prefix(usual.count)) == usual)
    #expect(trials.dropFirst(usual.count).map(\.scale) == Array(repeating: .wide, count: 9))
    #expect(
      try JSON(encoding: usual[0]).canonical == #"{"network":"lottery","seed":42}"#)
    let stored = #"{"seed":43,"network":"random"}"#
    #expect(
      try JSONDecoder().decode(Lottery.Trial.self, from: Data(stored.utf8))
        == Lottery.Trial(network: .random, seed: 43))
    let wide = Lottery.Trial(.wide, network: .dense, seed: 1)
    #expect(wide.description == "wide dense, seed 1")
    #expect(
      try JSONDecoder().decode(Lottery.Trial.self, from: JSONEncoder().encode(wide)) == wide)
  }

  @Test("takes the paper's trials from a run without it, and changes nothing of them")
  func reuse() throws {
    try inFolder { folder in
      func perform(_ scales: [Lottery.Scale], hidden: Int = 16) throws -> (RunSummary, taken: Int) {
        var settings = Self.small
        settings.scales = scales
        settings.wide.hidden = hidden
        let run = try Run(Lottery.self, configuration: settings, output: folder)
        let taken = TakenTrials()
        let outcome = try run.perform(RunOptions(jobs: 1), observer: taken)
        guard case .complete(let summary) = outcome else { throw CancellationError() }
        #expect(summary.failures.isEmpty, "\(summary.failures)")
        return (summary, taken.count)
      }
      let (paper, none) = try perform([.paper])
      #expect(none == 0 && paper.findings.sections.isEmpty)
      #expect(paper.findings.notes.contains { $0.contains("scales=") })
      let (both, taken) = try perform([.paper, .wide])
      #expect(taken == 6)
      #expect(
        Array(both.findings.tables.prefix(paper.findings.tables.count)) == paper.findings.tables)
      #expect(
        both.findings.sections.map(\.claims) == [
          ["wide-shuffling", "wide-adjacency", "wide-locality"]
        ])
      // Another width makes other wide trials, and takes the paper's again.
      #expect(try perform([.paper, .wide], hidden: 12).taken == 6)
      #expect(try perform([.wide]).taken == 6)
    }
  }

  @Test(
    "prunes what each training has left, as often as it is told, and analyses one of these tickets")
  func search() throws {
    let settings = Self.small
    let trial = Lottery.Trial(.wide, network: .lottery, seed: 1)
    let measured = try Lottery.measure(trial, settings, in: TrialContext())
    let dataset = try Dataset(settings.dataset)
    var generator = TorchGenerator(seed: 1)
    let initial = MultilayerPerceptron(hidden: settings.wide.hidden, using: &generator)
    var trained = initial
    for (round, sparsity) in settings.wide.sparsities.enumerated() {
      let mask = Mask(pruning: sparsity, ofLayersScoredBy: trained.magnitudes)
      var recipe = TrainingRecipe()
      recipe.steps = settings.wide.steps
      recipe.batchSize = settings.wide.batchSize
      recipe.learningRate = settings.wide.learningRate
      recipe.evalEvery = settings.wide.steps
      var run = try Training(
        of: Masked(initial, by: mask), on: Examples(dataset.x, dataset.y),
        testing: Examples(dataset.xTest, dataset.yTest), by: recipe)
      while !run.isFinished { try run.stepAndEvaluate() }
      trained = run.model.network
      #expect(measured.rounds[round].digest == run.model.digest)
      #expect(measured.rounds[round].testAccuracy == run.evaluations.last?.test.accuracy)
      guard sparsity == settings.wide.ticket else { continue }
      let inputs = try #require(measured.inputMask)
      #expect(inputs.shape == [40])
      let bits = mask.survivors.linear1.weight.elements.map { $0 == 1 }
      let packed = Array(inputs.bits)
      #expect(bits.indices.allSatisfy { bits[$0] == (packed[$0 / 8] << UInt8($0 % 8) >= 0x80) })
    }
    // Of millions of weights only the inputs' are kept.
    #expect(measured.mask == nil)
    #expect(measured.curves.map(\.condition) == [.ordered, .shuffled])
    #expect(measured.curves[0].steps == [0, 20, 40])
    let random = try Lottery.measure(
      Lottery.Trial(.wide, network: .random, seed: 1), settings, in: TrialContext())
    #expect(random.rounds.map(\.sparsity) == [0.8, 0.9])
  }

  @Test(
    "a run that is interrupted in the middle of its trials ends with the same bits",
    arguments: [Lottery.Scale.wide, .pixels])
  func interruption(_ scale: Lottery.Scale) throws {
    try withImages(scales: [scale]) { settings in try interruption(of: settings, scale) }
  }

  private func interruption(of given: Lottery.Configuration, _ scale: Lottery.Scale) throws {
    try inFolder { folder in
      var settings = given
      settings.seeds = [1]
      settings.scales = [scale]
      if scale == .wide { (settings.mnist, settings.mnistDigest) = ("", "") }
      let options = RunOptions(jobs: 1, threads: 1)
      // A machine that is through before it hears of the interruption is given four times as much to do.
      var interrupted: Run<Lottery>?
      for steps in [200, 2000, 20_000] where interrupted == nil {
        (settings.wide.steps, settings.pixels.steps) = (steps, steps)
        let run = try Run(Lottery.self, configuration: settings, output: folder)
        let interruption = Interruption()
        let observer = Impatient(interruption: interruption)
        let outcome = try run.perform(options, interruption: interruption, observer: observer)
        if case .interrupted = outcome { interrupted = run }
      }
      let run = try #require(interrupted)
      guard case .complete(let resumed) = try run.perform(options),
        case .complete(let whole) = try run.perform(RunOptions(jobs: 1, start: .fresh))
      else {
        Issue.record("a run did not end")
        return
      }
      #expect(resumed.digest == whole.digest && resumed.findings == whole.findings)
    }
  }

  @Test("asks about pixels where there are images, whose content and not whose place names the run")
  func images() throws {
    try withImages(scales: [.paper]) { settings in
      #expect(settings.scales == [.paper, .pixels])
      #expect(settings.mnistDigest.count == 64)
      try settings.validate()
      let trial = Lottery.Trial(.pixels, network: .lottery, seed: 1)
      var elsewhere = settings
      elsewhere.mnist = "elsewhere"
      elsewhere.dataset.numSamples = 300
      elsewhere.wide.hidden = 9
      elsewhere.hidden = 9
      #expect(
        Lottery.settings(elsewhere, thatMatterTo: trial)
          == Lottery.settings(settings, thatMatterTo: trial))
      var other = settings
      other.mnistDigest = String(settings.mnistDigest.reversed())
      #expect(
        Lottery.settings(other, thatMatterTo: trial)
          != Lottery.settings(settings, thatMatterTo: trial))
      // The paper's trials are those of a run without images.
      let paper = Lottery.Trial(network: .lottery, seed: 1)
      #expect(
        Lottery.settings(other, thatMatterTo: paper)
          == Lottery.settings(Self.small, thatMatterTo: paper))
      #expect(throws: (any Error).self) { try other.resolve() }
    }
  }

  @Test("searches on the first half of the images, and analyses the ticket on the other one")
  func halves() throws {
    try withImages { settings in
      let measured = try Lottery.measure(
        Lottery.Trial(.pixels, network: .lottery, seed: 1), settings, in: TrialContext())
      let images = try ImageDataset(mnistIn: settings.mnist)
      let (training, test) = (Examples(images.training), Examples(images.test))
      var random = NumPyRandomState(seed: 42)
      let order = random.permutation(36)
      func shuffled(_ examples: Examples) -> Examples {
        let rows = examples.inputs.elements
        return Examples(
          inputs: Tensor(
            rows.indices.map { rows[$0 / 36 * 36 + order[$0 % 36]] }, shape: examples.inputs.shape),
          labels: examples.labels)
      }
      func train(
        _ network: Masked<MultilayerPerceptron>, _ training: Examples, _ test: Examples
      ) throws -> MultilayerPerceptron {
        var recipe = TrainingRecipe()
        recipe.steps = settings.pixels.steps
        recipe.batchSize = settings.pixels.batchSize
        recipe.learningRate = settings.pixels.learningRate
        var run = try Training(of: network, on: training, testing: test, by: recipe)
        while !run.isFinished { try run.stepAndEvaluate() }
        return run.model.network
      }
      var generator = TorchGenerator(seed: 1)
      let initial = MultilayerPerceptron(
        inputs: 36, hidden: settings.pixels.hidden, using: &generator)
      var (trained, ticket) = (initial, Mask(keepingAll: initial))
      for (round, sparsity) in settings.pixels.sparsities.enumerated() {
        let mask = Mask(pruning: sparsity, ofLayersScoredBy: trained.magnitudes)
        if sparsity == settings.pixels.ticket { ticket = mask }
        trained = try train(Masked(initial, by: mask), training[0..<40], test)
        #expect(measured.rounds[round].digest == trained.digest)
      }
      #expect(measured.inputMask?.shape == [6, 6])
      let half = training[40..<81]
      let curves = try [(half, test), (shuffled(half), shuffled(test))].map {
        try train(Masked(initial, by: ticket), $0, $1).digest
      }
      #expect(measured.curves.map(\.digest) == curves)
    }
  }

  @Test("shows pixels' neighbours in two dimensions, in a section of their own")
  func pictures() throws {
    try withImages(scales: [.wide]) { settings in
      try inFolder { folder in
        let run = try Run(Lottery.self, configuration: settings, output: folder)
        guard case .complete(let summary) = try run.perform(RunOptions(jobs: 2, threads: 1)) else {
          throw CancellationError()
        }
        let findings = summary.findings
        #expect(
          findings.sections.map(\.tables) == [
            ["wide-analysis", "wide-search", "wide-adjacency"],
            ["pixels-analysis", "pixels-search", "pixels-adjacency"],
          ])
        let adjacency = try #require(findings.tables.last)
        #expect(adjacency.columns == ["mask", "two", "three", "four", "2 × 2"])
        #expect(findings.illustrations.map(\.name).suffix(2) == ["pixels-tickets", "pixels-masks"])
        #expect(findings.illustrations.allSatisfy { !$0.svg.contains("nan") })
        #expect(findings.notes.contains { $0.contains("ink") })
      }
    }
  }

  @Test("has a section of its own, with figures, tables and claims that quote the paper")
  func findings() throws {
    try inFolder { folder in
      let run = try Run(Lottery.self, configuration: Self.small, output: folder)
      guard case .complete(let summary) = try run.perform(RunOptions(jobs: 2, threads: 1)) else {
        throw CancellationError()
      }
      let findings = summary.findings
      #expect(findings.sections.map(\.title) == ["Tickets at scale: a wide network"])
      #expect(findings.illustrations.map(\.name) == ["wide-tickets", "wide-masks"])
      #expect(findings.illustrations.allSatisfy { !$0.svg.contains("nan") })
      #expect(
        findings.tables.map(\.name) == ["wide-analysis", "wide-search", "wide-adjacency"])
      #expect(findings.tables[2].rows.count == 6)
      #expect(
        findings.claims.allSatisfy {
          $0.source?.contains("large scale lottery tickets also learn spatial inductive biases")
            == true
        })
      let html = Report(runs: [summary]).html
      #expect(html.contains("<h2>Tickets at scale: a wide network</h2>"))
    }
  }

  @Test("foretells that a wide network takes longer, and that a sparse one does not take as long")
  func cost() {
    let settings = Lottery.Configuration()
    func cost(_ scale: Lottery.Scale, _ network: Lottery.Network, steps: Int = 100) -> Double {
      var settings = settings
      (settings.steps, settings.analysisSteps, settings.analysisBatchSize) = (steps, steps, 100)
      (settings.wide.steps, settings.wide.analysisSteps) = (steps, steps)
      settings.conditions = [.ordered, .shuffled]
      return Lottery.cost(of: Lottery.Trial(scale, network: network, seed: 1), settings)
    }
    #expect(cost(.wide, .dense) > 12 * cost(.paper, .dense))
    // A dense network has two trainings; a search has as many as sparsities, and is analysed as often.
    let trainings = Double(settings.wide.sparsities.count + 2)
    #expect(cost(.wide, .lottery) < 0.7 * trainings / 2 * cost(.wide, .dense))
    #expect(cost(.wide, .random) < cost(.wide, .lottery))
  }

  @Test("settings that do not fit are refused by name")
  func validation() {
    for (key, change) in [
      ("scales", { $0.scales = [] }), ("wide.hidden", { $0.wide.hidden = 0 }),
      ("wide.hidden", { $0.wide.hidden = 10_001 }),
      ("wide.sparsities", { $0.wide.sparsities = [] }),
      ("wide.sparsities", { $0.wide.sparsities = [0.8, 0.5] }),
      ("wide.sparsities", { $0.wide.sparsities = [0, 0.8, 1.5] }),
      ("wide.sparsities", { $0.wide.sparsities = [.nan, 0.8] }),
      ("wide.ticket", { $0.wide.ticket = 0.7 }), ("wide.steps", { $0.wide.steps = -1 }),
      ("wide.batch-size", { $0.wide.batchSize = 0 }),
      ("wide.eval-every", { $0.wide.evalEvery = 0 }),
      ("wide.analysis-steps", { $0.wide.analysisSteps = .max }),
      ("wide.learning-rate", { $0.wide.learningRate = .infinity }),
      ("pixels.ticket", { $0.pixels.ticket = 0.7 }), ("pixels.hidden", { $0.pixels.hidden = 0 }),
      ("mnist", { $0.scales = [.pixels] }),
    ] as [(String, (inout Lottery.Configuration) -> Void)] {
      expectRefusal(key, of: Self.small, change)
    }
  }
}
