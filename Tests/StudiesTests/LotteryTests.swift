import DataFormats
import Fixtures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import Tensors
import Testing

@Suite("The lottery-ticket study")
struct LotteryTests {
  private static var small: Lottery.Configuration {
    var configuration = Lottery.Configuration()
    configuration.seeds = [1, 2]
    configuration.hidden = 12
    configuration.sparsities = 5
    configuration.randomEvery = 2
    configuration.ticket = 4
    configuration.steps = 60
    configuration.batchSize = 20
    configuration.evalEvery = 20
    configuration.analysisSteps = 60
    configuration.analysisBatchSize = 30
    configuration.analysisEvalEvery = 20
    configuration.dataset.numSamples = 200
    return configuration
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lottery-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func perform(_ output: URL, jobs: Int = 2) throws -> (RunSummary, URL) {
    let run = try Run(Lottery.self, configuration: Self.small, output: output)
    guard case .complete(let summary) = try run.perform(RunOptions(jobs: jobs, threads: 1)) else {
      throw CancellationError()
    }
    return (summary, run.directory.url)
  }

  @Test("the study's settings are three searches of either kind and three dense networks")
  func plan() {
    let trials = Lottery.trials(for: Lottery.Configuration())
    #expect(
      trials.map(\.network)
        == [Lottery.Network.lottery, .random, .dense].flatMap {
          Array(repeating: $0, count: 3)
        })
    #expect(Set(trials.map(\.seed)) == [42, 43, 44])
  }

  @Test("what the control leaves out changes no bit of the rest")
  func control() throws {
    var every = Self.small
    every.randomEvery = 1
    let trial = Lottery.Trial(network: .random, seed: 1)
    let all = try Lottery.measure(trial, every, in: TrialContext())
    let some = try Lottery.measure(trial, Self.small, in: TrialContext())
    #expect(all.rounds.map(\.sparsity) == [0, 0.25, 0.5, 0.75, 1])
    #expect(some.rounds == [0, 2, 4].map { all.rounds[$0] })
    // The ticket is the fourth, which was left out.
    #expect(some.mask == all.mask && some.curves == all.curves)
  }

  private struct Golden: Decodable {
    let prunedCounts: [[Int]]
  }

  @Test("the hundred sparsities prune as many parameters of each layer as NumPy's linspace does")
  func schedule() throws {
    let golden = try Fixture.json("lottery.json", as: Golden.self).prunedCounts
    let schedule = Lottery.Configuration().schedule
    #expect(schedule.map { s in [20_500, 250_500, 5010].map { Int(s * Double($0)) } } == golden)
    var one = Lottery.Configuration()
    one.sparsities = 1
    #expect(one.schedule == [0])
  }

  @Test("each pruning scores what the one before has trained, and rewinds to the initial weights")
  func search() throws {
    let settings = Self.small
    let measured = try Lottery.measure(
      Lottery.Trial(network: .lottery, seed: 1), settings, in: TrialContext())
    let dataset = try Dataset(settings.dataset)
    var generator = TorchGenerator(seed: 1)
    let initial = MultilayerPerceptron(hidden: settings.hidden, using: &generator)
    var trained = initial
    for (round, sparsity) in [0, 0.25, 0.5, 0.75, 1].enumerated() {
      let mask = Mask(pruning: sparsity, ofLayersScoredBy: trained.magnitudes)
      var training = TrainingRecipe()
      training.steps = settings.steps
      training.batchSize = settings.batchSize
      training.learningRate = settings.learningRate
      training.evalEvery = settings.evalEvery
      var run = try Training(
        of: Masked(initial, by: mask), on: Examples(dataset.x, dataset.y),
        testing: Examples(dataset.xTest, dataset.yTest), by: training)
      while !run.isFinished { try run.stepAndEvaluate() }
      trained = run.model.network
      #expect(measured.rounds[round].digest == run.model.digest)
      #expect(measured.rounds[round].testAccuracy == run.evaluations.last?.test.accuracy)
      if round == settings.ticket - 1 { #expect(measured.mask == Data(mask.packed)) }
    }
  }

  @Test("pruning by sign takes the most negative weights first, and what is pruned stays pruned")
  func sign() throws {
    #expect(!Lottery.Configuration().networks.contains(.sign))
    var settings = Self.small
    settings.networks = [.lottery, .sign]
    let trial = Lottery.Trial(network: .sign, seed: 1)
    #expect(Lottery.trials(for: settings).contains(trial))
    settings.sparsities = 3
    settings.ticket = 2
    settings.steps = 0
    // After one step that moves a weight by no more than its learning rate.
    settings.learningRate = 1e-6
    let measured = try Lottery.measure(trial, settings, in: TrialContext())
    #expect(measured.rounds.map(\.sparsity) == [0, 0.5, 1])
    var generator = TorchGenerator(seed: 1)
    let initial = MultilayerPerceptron(hidden: settings.hidden, using: &generator)
    func unpacked(_ measurement: Lottery.Measurement) throws -> Mask<MultilayerPerceptron> {
      let bits = try #require(measurement.mask)
      return try #require(Mask(unpacking: Array(bits), of: initial))
    }
    let mask = try unpacked(measured)
    let (weights, survivors) = (initial.parameters, mask.survivors.parameters)
    for layer in stride(from: 0, to: weights.count, by: 2) {
      let values = weights[layer].elements + weights[layer + 1].elements
      let marks = survivors[layer].elements + survivors[layer + 1].elements
      let kept = zip(values, marks).filter { $1 == 1 }.map(\.0)
      let pruned = zip(values, marks).filter { $1 == 0 }.map(\.0)
      #expect(abs(kept.count - pruned.count) <= 1)
      #expect(try #require(pruned.max()) <= #require(kept.min()) + 1e-5)
      #expect(try #require(pruned.min()) < 0)
    }
    settings.sparsities = 5
    for (ticket, next) in [(2, 3), (3, 4)] {
      let masks = try [ticket, next].map { ticket in
        settings.ticket = ticket
        return try unpacked(Lottery.measure(trial, settings, in: TrialContext()))
      }
      for (before, after) in zip(masks[0].survivors.parameters, masks[1].survivors.parameters) {
        #expect(zip(before.elements, after.elements).allSatisfy { $0 >= $1 })
      }
    }
  }

  @Test("conditions train on data of the next seed, in other columns or from other weights")
  func conditions() throws {
    let settings = Self.small
    let measured = try Lottery.measure(
      Lottery.Trial(network: .dense, seed: 1), settings, in: TrialContext())
    #expect(measured.rounds.isEmpty && measured.mask == nil)
    #expect(measured.curves.map(\.condition) == Lottery.Condition.allCases)
    #expect(measured.curves[0].steps == [0, 20, 40, 60])
    var next = settings.dataset
    next.seed = 43
    let dataset = try Dataset(next)
    var state = NumPyRandomState(seed: 42)
    let chunks = Array(20..<30) + Array(30..<40) + Array(0..<10) + Array(10..<20)
    let expected: [(Lottery.Condition, Dataset, UInt64)] = [
      (.ordered, dataset, 1), (.shuffled, dataset.permutingColumns(state.permutation(40)), 1),
      (.reversed, dataset.permutingColumns((0..<40).reversed()), 1),
      (.swapped, dataset.permutingColumns(chunks), 1), (.reinitialized, dataset, 2),
    ]
    for (condition, dataset, seed) in expected {
      var training = TrainingRecipe()
      training.steps = settings.analysisSteps
      training.batchSize = settings.analysisBatchSize
      training.learningRate = settings.learningRate
      training.evalEvery = settings.analysisEvalEvery
      var generator = TorchGenerator(seed: seed)
      var run = try Training(
        of: MultilayerPerceptron(hidden: settings.hidden, using: &generator),
        on: Examples(dataset.x, dataset.y), testing: Examples(dataset.xTest, dataset.yTest),
        by: training)
      while !run.isFinished { try run.stepAndEvaluate() }
      let curve = try #require(measured.curves.first { $0.condition == condition })
      #expect(curve.digest == run.model.digest, "\(condition)")
    }
  }

  @Test("the whole network from other initial weights is the next seed's, trained once for both")
  func sharedTrainings() throws {
    let context = TrialContext()
    let (one, two) = (
      Lottery.Trial(network: .dense, seed: 1), Lottery.Trial(network: .dense, seed: 2)
    )
    let first = try Lottery.measure(one, Self.small, in: context)
    let second = try Lottery.measure(two, Self.small, in: context)
    #expect(first == (try Lottery.measure(one, Self.small, in: TrialContext())))
    #expect(second == (try Lottery.measure(two, Self.small, in: TrialContext())))
    let fresh = try #require(first.curves.first { $0.condition == .reinitialized })
    #expect(fresh.digest == second.curves[0].digest)
    #expect(fresh.testAccuracy == second.curves[0].testAccuracy)
  }

  @Test("one and two jobs give the same bits")
  func jobs() throws {
    try inFolder { folder in
      let (one, _) = try perform(folder.appendingPathComponent("one"), jobs: 1)
      let (two, _) = try perform(folder.appendingPathComponent("two"), jobs: 2)
      #expect(one.digest == two.digest)
      #expect(one.findings == two.findings)
    }
  }

  @Test("killed at one moment after another and started again ends with the same bits")
  func killed() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lottery-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let (undisturbed, _) = try perform(folder.appendingPathComponent("undisturbed"))
    let output = folder.appendingPathComponent("killed").path
    for saved in [1, 3, 2, 4] {
      // Killed as soon as so many checkpoints have been replaced.
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [output = output as String, saved = saved as Int] in
        let url = URL(fileURLWithPath: output)
        let run = try Run(Lottery.self, configuration: LotteryTests.small, output: url)
        let checkpoints = run.directory.url.appendingPathComponent("checkpoints")
        Thread {
          var seen: Set<Data> = []
          while seen.count < saved {
            usleep(200)
            for file in (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path))
              ?? [] where !file.hasPrefix(".")
            {
              let path = checkpoints.appendingPathComponent(file)
              if let state = try? Data(contentsOf: path) { seen.insert(state.prefix(64)) }
            }
          }
          kill(getpid(), SIGKILL)
        }.start()
        _ = try run.perform(RunOptions(jobs: 2, threads: 1))
        // Done before so many were seen: then the run that follows has nothing left to do.
        kill(getpid(), SIGKILL)
      }
    }
    let (resumed, _) = try perform(folder.appendingPathComponent("killed"))
    #expect(resumed.digest == undisturbed.digest)
    #expect(resumed.findings == undisturbed.findings)
  }

  @Test("tables, figures and tickets are there, and a ticket is the network of the search")
  func findings() throws {
    try inFolder { folder in
      let (summary, url) = try perform(folder)
      let findings = summary.findings
      #expect(findings.illustrations.map(\.name) == ["figure-3", "figure-9", "summary"])
      #expect(findings.illustrations.allSatisfy { !$0.svg.contains("nan") })
      #expect(findings.tables.map(\.name) == ["analysis", "search", "adjacency"])
      #expect(findings.tables[0].rows.count == 5)
      #expect(
        findings.claims.map(\.id) == [
          "collapse", "random-holds", "lottery-beats-dense", "dense-beats-random",
          "reversed-columns", "shuffled-columns", "neighbourhoods", "fresh-weights", "adjacency-2",
          "adjacency-3", "adjacency-4", "locality",
        ])
      #expect(findings.claims.allSatisfy { $0.source != nil })
      #expect(findings.claims.first { $0.id == "lottery-beats-dense" }?.verdict == .untested)
      for network in ["lottery", "random"] {
        for seed in [1, 2] {
          let path = url.appendingPathComponent("files/\(network)-ticket-\(seed).safetensors").path
          let file = try TicketFile(reading: path)
          var generator = TorchGenerator(seed: UInt64(seed))
          let initial = MultilayerPerceptron(hidden: 12, using: &generator)
          let ticket = try file.masked(MultilayerPerceptron(hidden: 12, using: &generator))
          #expect(ticket.network.digest == initial.masked(by: ticket.mask).digest)
          #expect(abs(ticket.mask.sparsity - 0.75) < 0.01)
        }
      }
      let csv = try String(
        contentsOf: url.appendingPathComponent("files/search.csv"), encoding: .utf8)
      #expect(csv.split(separator: "\n").count == 1 + 2 * 5 + 2 * 3)
    }
  }

  @Test("networks are held against those of the same seed, also where a trial has failed")
  func pairs() throws {
    func result(
      _ network: Lottery.Network, _ seed: Int, _ accuracy: Double
    ) throws -> TrialResult<Lottery> {
      let text =
        #"{"rounds": [], "curves": [{"condition": "ordered", "steps": [0], "digest": "", "testAccuracy": [\#(accuracy)]}]}"#
      return TrialResult(
        trial: Lottery.Trial(network: network, seed: seed),
        measurement: try JSONDecoder().decode(Lottery.Measurement.self, from: Data(text.utf8)))
    }
    let results = [
      try result(.lottery, 42, 70), try result(.lottery, 43, 60), try result(.dense, 43, 58),
    ]
    let claims = Lottery.findings(Results(Lottery.Configuration(), results)).claims
    #expect(claims.first { $0.id == "lottery-beats-dense" }?.measured == .number(2))
  }

  /// Results whose accuracies are like the printed ones: three seeds, half a point apart.
  private func results(
    sparse: Double = 0, analysed: (Lottery.Network, Lottery.Condition) -> Double
  ) throws -> Results<Lottery> {
    var configuration = Lottery.Configuration()
    configuration.hidden = 30
    let pruned: [Lottery.Network] = [.lottery, .random]
    let masks: [Lottery.Network: Data] = pruned.reduce(into: [:]) { masks, network in
      var generator = TorchGenerator(seed: 1)
      let initial = MultilayerPerceptron(hidden: 30, using: &generator)
      let scores =
        network == .random ? initial.uniformScores(using: &generator) : Self.neighbourly(initial)
      masks[network] = Data(Mask(pruning: 0.9, ofLayersScoredBy: scores).packed)
    }
    return Results(
      configuration,
      try Lottery.trials(for: configuration).map { trial in
        let own = Double(trial.seed - 42) / 2
        let rounds = configuration.schedule.enumerated().filter { round, sparsity in
          trial.network == .lottery || round % (sparsity < 0.8 ? 9 : 3) == 0
        }.map { round, sparsity in
          let accuracy =
            switch (trial.network, sparsity) {
            case (_, 1): 10.2
            case (_, 0): 63.5 + own
            case (.lottery, ..<0.8): 66 + own
            case (.lottery, _): 73 + own + sparse
            case (_, ..<0.4): 63.9 + own
            case (_, ..<0.8): 65.7 + 2 * own
            default: 48 + own
            }
          return
            #"{"sparsity": \#(sparsity), "trainLoss": 1, "testLoss": 1, "testAccuracy": \#(accuracy), "digest": ""}"#
        }
        let curves = Lottery.Condition.allCases.map { condition in
          #"{"condition": "\#(condition.rawValue)", "steps": [0, 6000], "digest": "", "testAccuracy": [10, "#
            + "\(analysed(trial.network, condition) + own * (trial.network == .dense ? 2 : 1))]}"
        }
        let mask = masks[trial.network].map { #", "mask": "\#($0.base64EncodedString())""# } ?? ""
        let searched = trial.network == .dense ? [] : rounds
        let text =
          #"{"rounds": [\#(searched.joined(separator: ","))], "curves": [\#(curves.joined(separator: ","))]\#(mask)}"#
        return TrialResult(
          trial: trial,
          measurement: try JSONDecoder().decode(Lottery.Measurement.self, from: Data(text.utf8)))
      })
  }

  /// Scores that keep the first inputs of each unit of the first layer.
  private static func neighbourly(_ network: MultilayerPerceptron) -> MultilayerPerceptron {
    var scores = network.magnitudes
    scores.linear1.weight.withUnsafeMutableElements { elements in
      for index in elements.indices { elements[index] = -Float(index % 40) - Float(index) / 1e6 }
    }
    return scores
  }

  @Test(
    "claims hold for numbers like the printed ones and fail for others, all but those of one value by intervals"
  )
  func claims() throws {
    let printed: [Lottery.Condition: (Double, Double, Double)] = [
      .ordered: (63.55, 70.6, 59.2), .shuffled: (64.55, 62.8, 58.1),
      .reversed: (64.6, 68.75, 60.75), .swapped: (64.45, 66.2, 61.55),
      .reinitialized: (63.95, 67.25, 58.25),
    ]
    func value(_ network: Lottery.Network, _ condition: Lottery.Condition) -> Double {
      let (dense, lottery, random) = printed[condition]!
      return network == .dense ? dense : network == .lottery ? lottery : random
    }
    let likely = Lottery.findings(try results(analysed: value)).claims
    #expect(likely.count == 16)
    for claim in likely {
      #expect(claim.verdict == .holds && claim.source != nil, "\(claim)")
      #expect((claim.interval == nil) == ["best-ticket", "collapse"].contains(claim.id))
    }
    #expect(likely.first { $0.id == "lottery-beats-dense" }?.reported == .number(70.6 - 63.55))
    let unlikely = Lottery.findings(
      try results(sparse: -30) { network, condition in
        let columns = condition == .shuffled ? 5.0 : 0
        return network == .dense ? 60 - columns : network == .lottery ? 55 + columns : 70
      }
    ).claims
    let failing = unlikely.filter { $0.verdict == .fails }.map(\.id)
    #expect(
      failing == [
        "best-ticket", "lottery-beats-random", "sparse-beats-dense", "lottery-beats-dense",
        "dense-beats-random", "reversed-columns", "shuffled-columns", "neighbourhoods",
        "fresh-weights",
      ])
  }

  @Test("the search is evaluated once, at the last step that is due")
  func dueEvaluations() throws {
    for (steps, every) in [(60, 20), (59, 20), (10, 20)] {
      var settings = Self.small
      (settings.steps, settings.evalEvery, settings.sparsities, settings.ticket) = (
        steps, every, 1, 1
      )
      let round = try #require(
        try Lottery.measure(
          Lottery.Trial(network: .lottery, seed: 1), settings, in: TrialContext()
        ).rounds.first)
      let dataset = try Dataset(settings.dataset)
      var generator = TorchGenerator(seed: 1)
      var training = TrainingRecipe()
      (training.steps, training.evalEvery) = (steps, every)
      (training.batchSize, training.learningRate) = (settings.batchSize, settings.learningRate)
      var run = try Training(
        of: MultilayerPerceptron(hidden: settings.hidden, using: &generator),
        on: Examples(dataset.x, dataset.y), testing: Examples(dataset.xTest, dataset.yTest),
        by: training)
      while !run.isFinished { try run.stepAndEvaluate() }
      let last = try #require(run.evaluations.last)
      #expect(round.digest == run.model.digest && round.testLoss == last.test.loss)
      #expect(round.trainLoss == last.train.loss && round.testAccuracy == last.test.accuracy)
    }
  }

  @Test("adjacency counts windows of neighbours, and what chance would give")
  func adjacency() {
    let adjacency = Adjacency(mask: [1, 1, 1, 0, 1, 0, 0, 0, 0, 1], inputs: 5)
    #expect(adjacency.probabilities(of: 2) == [0.5, 0])
    #expect(adjacency.probabilities(of: 3) == [1.0 / 3, 0])
    #expect(adjacency.probabilities(of: 4) == [0, 0])
    #expect(adjacency.probabilities(of: 6) == [0, 0])
    let expected = adjacency.expectedProbabilities(of: 2)
    #expect(abs(expected[0] - 0.6) < 1e-12 && expected[1] == 0)
    #expect(
      adjacency.sorted == [[true, true, true, false, true], [false, false, false, false, true]])
  }

  @Test("settings that do not fit are refused by name")
  func validation() {
    for (key, change) in [
      ("ticket", { $0.ticket = 6 }), ("ticket", { $0.ticket = 0 }), ("hidden", { $0.hidden = 0 }),
      ("sparsities", { $0.sparsities = 0 }), ("random-every", { $0.randomEvery = 0 }),
      ("seeds", { $0.seeds = [-1] }),
      ("networks", { $0.networks = [] }), ("conditions", { $0.conditions = [] }),
      ("analysis-steps", { $0.analysisSteps = -1 }),
      ("analysis-batch-size", { $0.analysisBatchSize = 0 }),
      ("dataset.seed", { $0.dataset.seed = Int(UInt32.max) }),
      ("train-split", { $0.dataset.trainSplit = 0 }),
      ("train-split", { $0.dataset.trainSplit = 1 }),
      ("sparsities", { $0.sparsities = 10_001 }), ("hidden", { $0.hidden = 10_001 }),
      ("analysis-steps", { $0.analysisSteps = .max }),
      ("analysis-batch-size", { $0.analysisBatchSize = .max }),
    ] as [(String, (inout Lottery.Configuration) -> Void)] {
      expectRefusal(key, of: Self.small, change)
    }
  }
}
