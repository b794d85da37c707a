import Fixtures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import StudyModels
import Tensors
import Testing

@Suite("Metalearning weight decay")
struct MetalearnDecayTests {
  private typealias Hyperparameters = InnerLoop.Hyperparameters

  private var small: MetalearnDecay.Configuration {
    var configuration = MetalearnDecay.Configuration()
    configuration.seeds = [42]
    configuration.innerSteps = 30
    configuration.batchSize = 10
    configuration.hidden = 8
    configuration.outerSteps = 12
    configuration.trainingExamples = 40
    configuration.gridDecays = [1e-3, 0.1]
    configuration.gridRates = [0.1, 0.5]
    configuration.dataset.numSamples = 100
    return configuration
  }

  private func measure(
    _ trial: MetalearnDecay.Trial, _ configuration: MetalearnDecay.Configuration
  ) throws -> MetalearnDecay.Measurement {
    try MetalearnDecay.measure(trial, configuration, in: TrialContext())
  }

  private func network(hidden: Int = 50) -> TanhNetwork {
    var generator = TorchGenerator(seed: 42)
    return TanhNetwork(hidden: hidden, using: &generator)
  }

  // MARK: The derivative

  struct Golden: Decodable {
    var steps: Int
    var layers: Int
    var rate: Float
    var decay: Float
    var loss: Double
    var rates: [Double]
    var decays: [Double]
  }

  @Test("derivatives through 1, 10, 100 and 1000 steps agree with PyTorch's in double precision")
  func reference() throws {
    let dataset = try Dataset(DatasetConfiguration())
    let examples = Examples(dataset.x, dataset.y)
    let cases = try Fixture.json("metalearn_decay.json", as: [Golden].self)
    #expect(Set(cases.map(\.steps)) == [1, 10, 100, 1000])
    for golden in cases {
      let loop = InnerLoop(steps: golden.steps, batchSize: 50, of: examples[0..<1000])
      let found = loop.outerGradient(
        from: network(),
        at: Hyperparameters(rate: golden.rate, decay: golden.decay, layers: golden.layers),
        judgedBy: examples[1000..<1500])
      let tolerance = 1e-4
      #expect(abs(Double(found.loss) - golden.loss) <= 1e-5 * golden.loss)
      for (name, own, expected) in [
        ("rates", found.gradient.logRates, golden.rates),
        ("decays", found.gradient.logDecays, golden.decays),
      ] {
        #expect(own.count == golden.layers && expected.count == golden.layers)
        let largest = expected.map(\.magnitude).max() ?? 0
        for (own, expected) in zip(own.elements, expected) {
          #expect(
            abs(Double(own) - expected) <= tolerance * largest,
            "\(name), \(golden.steps) steps: \(own) for \(expected)")
        }
      }
    }
  }

  @Test("the derivative agrees with differences of trainings", arguments: [1, 2])
  func differences(layers: Int) throws {
    let dataset = try Dataset(small.dataset)
    let examples = Examples(dataset.x, dataset.y)
    let (training, heldOut) = examples.holdingOut(40)
    let loop = InnerLoop(steps: 20, batchSize: 16, of: training)
    let network = network(hidden: 8)
    var at = Hyperparameters(rate: 0.4, decay: 0.05, layers: layers)
    if layers == 2 { at.logRates = log(Tensor([0.6, 0.2])) }
    let slopes = loop.outerGradient(from: network, at: at, judgedBy: heldOut).gradient.parameters
      .flatMap(\.elements)
    func loss(_ change: Float, of index: Int) -> Double {
      var parameters = at.parameters.map(\.elements)
      parameters[index / layers][index % layers] += change
      let changed = at.replacingParameters(with: parameters.map { Tensor($0) })
      return loop.train(network, with: changed).score(on: heldOut).loss
    }
    for index in slopes.indices {
      let step: Float = 0.08
      let near = loss(step, of: index) - loss(-step, of: index)
      let far = loss(2 * step, of: index) - loss(-2 * step, of: index)
      let quotient = (8 * near - far) / (12 * Double(step))
      #expect(abs(Double(slopes[index]) - quotient) <= 1e-5 + 2e-3 * abs(quotient))
      #expect(quotient != 0)
    }
  }

  @Test("a training is that of the optimizer SGD with weight decay")
  func plain() throws {
    let dataset = try Dataset(small.dataset)
    let examples = Examples(dataset.x, dataset.y)
    let loop = InnerLoop(steps: 30, batchSize: 10, of: examples)
    let trained = loop.train(network(hidden: 8), with: Hyperparameters(rate: 0.3, decay: 0.02))
    var expected = network(hidden: 8)
    var optimizer = SGD(for: expected, learningRate: 0.3, weightDecay: 0.02)
    for batch in loop.batches {
      let gradient = gradient(at: expected) {
        softmaxCrossEntropy($0(batch.inputs), labels: batch.labels)
      }
      optimizer.update(&expected, along: gradient)
    }
    for (own, expected) in zip(trained.parameters, expected.parameters) {
      for (own, expected) in zip(own.elements, expected.elements) {
        #expect(abs(own - expected) <= 1e-5)
      }
    }
  }

  // MARK: The rule

  @Test("steps by sign grow while it stays, are halved where it changes, and find a minimum")
  func signs() {
    var rule = ResilientPropagation(count: 3, step: 0.1)
    var values: [Float] = [5, 1e-4, 7]
    rule.move(&values, along: [1e-9, -1e9, 0])
    #expect(values == [4.9, 0.1001, 7] && rule.steps == [0.1, 0.1, 0.1])
    rule.move(&values, along: [1, 1, 0])
    // One goes further; the other stays, having gone too far.
    #expect(values == [5 - 0.1 - 0.1 * 1.2, 0.1001, 7])
    #expect(rule.steps == [0.1 * 1.2, 0.05, 0.1])
    rule.move(&values, along: [1, 1, 0])
    #expect(abs(values[1] - 0.0501) < 1e-6)
    rule.halve()
    #expect(rule.steps[1] == 0.025)
    for _ in 0..<60 { rule.move(&values, along: [values[0] - 2, 1e6 * (values[1] + 3), 0]) }
    #expect(abs(values[0] - 2) < 1e-3 && abs(values[1] + 3) < 1e-3 && values[2] == 7)
    #expect(rule.steps.allSatisfy { $0 <= 0.5 })
  }

  // MARK: The study

  @Test("the study's settings are searches by two losses from three starts, and a grid, per seed")
  func plan() {
    let trials = MetalearnDecay.trials(for: .init())
    #expect(trials.count == 5 * (2 * 2 * 3 + 1) && Set(trials).count == trials.count)
    #expect(
      trials[0].description
        == "by the loss on held-out examples, shared, from a weight decay of 1e-05, seed 0")
    #expect(trials[64] == .grid(seed: 4) && trials[64].seed == 4)
  }

  @Test("a search notes each training, and brings its own loss down")
  func search() throws {
    for objective in MetalearnDecay.Objective.allCases {
      for sharing in MetalearnDecay.Sharing.allCases {
        let search = MetalearnDecay.Search(objective, sharing, from: 0.1, seed: 42)
        let found = try measure(.search(search), small)
        let losses = objective == .heldOut ? found.heldOutLoss : found.trainingLoss
        #expect(losses.count == 12 && found.testAccuracy.count == 12)
        #expect(losses[11] < losses[0])
        #expect(abs(found.decays.hidden[0] - 0.1) < 1e-7 && found.decays.hidden.count == 12)
        #expect((found.rates.hidden == found.rates.output) == (sharing == .shared))
        #expect((found.decays.hidden == found.decays.output) == (sharing == .shared))
        if objective == .training { #expect(found.decays.hidden[11] < 0.1) }
      }
    }
  }

  @Test("the grid holds the plain trainings, rate by rate and decay by decay")
  func grid() throws {
    let grid = try measure(.grid(seed: 42), small)
    #expect(grid.rates.hidden.map { ($0 * 10).rounded() } == [1, 1, 5, 5])
    #expect(grid.rates.output == grid.rates.hidden)
    #expect(grid.decays.output.map { ($0 * 1e4).rounded() } == [10, 1000, 10, 1000])
    let search = MetalearnDecay.Search(.heldOut, .shared, from: 0.1, seed: 42)
    let first = try measure(.search(search), small)
    // The search begins with a training of the grid, and what is recorded changes no bit.
    #expect(grid.heldOutLoss[1] == first.heldOutLoss[0] && grid.testLoss[1] == first.testLoss[0])
  }

  @Test("hyperparameters with which the training diverges at once are named")
  func divergence() throws {
    var configuration = small
    configuration.initialRate = 1e25
    let search = MetalearnDecay.Search(.heldOut, .shared, from: 1e-3, seed: 42)
    let error = #expect(throws: MetalearnDecay.Divergence.self) {
      try measure(.search(search), configuration)
    }
    let sentence = try #require(error).description
    #expect(sentence.contains("in outer step 0") && sentence.contains("weight decay of 0.001:"))
  }

  @Test("a step into hyperparameters with which the training diverges is taken back")
  func retreat() throws {
    var configuration = small
    // The first step would multiply the rate by 2e39, with which losses are beyond the finite numbers.
    configuration.outerStep = 90.5
    let search = MetalearnDecay.Search(.training, .shared, from: 1e-4, seed: 42)
    let found = try measure(.search(search), configuration)
    let rates = found.rates.hidden
    #expect(found.trainingLoss.allSatisfy(\.isFinite) && found.trainingLoss.count == 12)
    #expect(rates[1] < 1e19 && rates[1] > 0.1)
  }

  @Test("settings that do not fit are refused by name")
  func validation() throws {
    try MetalearnDecay.Configuration().validate()
    try MetalearnDecay.Configuration.quick.validate()
    expectRefusal("inner-steps", of: small) { $0.innerSteps = 0 }
    expectRefusal("inner-steps", of: small) { $0.innerSteps = .max }
    expectRefusal("outer-steps", of: small) { $0.outerSteps = 0 }
    expectRefusal("outer-step is 0", of: small) { $0.outerStep = 0 }
    expectRefusal("initial-rate is -1", of: small) { $0.initialRate = -1 }
    expectRefusal("initial-decays holds 0", of: small) { $0.initialDecays = [0.1, 0] }
    expectRefusal("initial-decays is empty", of: small) { $0.initialDecays = [] }
    expectRefusal("grid-decays holds inf", of: small) { $0.gridDecays = [.infinity] }
    expectRefusal("grid-rates holds nan", of: small) { $0.gridRates = [.nan] }
    expectRefusal("objectives", of: small) { $0.objectives = [] }
    expectRefusal("hyperparameters", of: small) { $0.hyperparameters = [] }
    expectRefusal("hidden", of: small) { $0.hidden = 0 }
    expectRefusal("batch-size", of: small) { $0.batchSize = 0 }
    expectRefusal("seeds", of: small) { $0.seeds = [-1] }
    expectRefusal("training-examples is 80; it must be 1 to 79", of: small) {
      $0.trainingExamples = 80
    }
    expectRefusal("train-split", of: small) { $0.dataset.trainSplit = 0 }
  }

  @Test("another list of starts, losses or seeds changes no search, and another search no grid")
  func reuse() {
    var other = small
    other.seeds = [1, 2]
    other.initialDecays = [0.5]
    other.objectives = [.training]
    other.hyperparameters = [.perLayer]
    let search = MetalearnDecay.Trial.search(.init(.heldOut, .shared, from: 0.1, seed: 1))
    func settings(
      _ configuration: MetalearnDecay.Configuration, _ trial: MetalearnDecay.Trial
    ) -> MetalearnDecay.Configuration {
      MetalearnDecay.settings(configuration, thatMatterTo: trial)
    }
    #expect(settings(other, search) == settings(small, search))
    other.gridRates = [7]
    #expect(settings(other, search) == settings(small, search))
    #expect(settings(other, .grid(seed: 1)) != settings(small, .grid(seed: 1)))
    other.gridRates = small.gridRates
    other.outerSteps = 99
    #expect(settings(other, .grid(seed: 1)) == settings(small, .grid(seed: 1)))
    #expect(settings(other, search) != settings(small, search))
  }

  // MARK: Findings

  /// What all trainings of a search were, by where it ended.
  private func ended(
    rate: Float = 0.4, decay: Float, loss: Double, test: Double, count: Int = 40
  ) -> MetalearnDecay.Measurement {
    var measurement = MetalearnDecay.Measurement()
    measurement.rates.hidden = Array(repeating: rate, count: count)
    measurement.rates.output = measurement.rates.hidden
    measurement.decays.hidden = Array(repeating: decay, count: count)
    measurement.decays.output = measurement.decays.hidden
    measurement.trainingLoss = Array(repeating: 1, count: count)
    measurement.heldOutLoss = Array(repeating: loss, count: count)
    measurement.testLoss = Array(repeating: test, count: count)
    measurement.testAccuracy = Array(repeating: 40, count: count)
    return measurement
  }

  /// A grid whose best training has the second rate and the third decay.
  private func grid(_ configuration: MetalearnDecay.Configuration) -> MetalearnDecay.Measurement {
    let decays = configuration.gridDecays
    let count = decays.count * configuration.gridRates.count
    var grid = ended(decay: 0, loss: 1.7, test: 1.7, count: count)
    for index in 0..<count {
      grid.rates.hidden[index] = Float(configuration.gridRates[index / decays.count])
      grid.decays.hidden[index] = Float(decays[index % decays.count])
    }
    grid.rates.output = grid.rates.hidden
    grid.decays.output = grid.decays.hidden
    grid.heldOutLoss[decays.count + 2] = 1.5
    return grid
  }

  private func findings(
    _ configuration: MetalearnDecay.Configuration = .init(),
    _ measurement: (MetalearnDecay.Search) -> MetalearnDecay.Measurement
  ) -> Findings {
    MetalearnDecay.judgedFindings(
      Results(
        configuration,
        MetalearnDecay.trials(for: configuration).map { trial in
          switch trial {
          case .search(let search): TrialResult(trial: trial, measurement: measurement(search))
          case .grid: TrialResult(trial: trial, measurement: grid(configuration))
          }
        }))
  }

  @Test("the claims hold the searches against each other and against the grid")
  func claims() {
    let ids = ["convergence", "optimum", "loss", "training-loss", "gain", "per-layer"]
    let good = findings { search in
      if search.objective == .training { return ended(decay: 1e-7, loss: 3, test: 3) }
      let jitter = Float(search.seed) / 10
      return search.hyperparameters == .shared
        ? ended(decay: 5e-4 * (1 + jitter), loss: 1.505, test: 1.6)
        : ended(decay: 5e-4, loss: 1.5, test: 1.5 + Double(jitter) / 100)
    }
    #expect(good.claims.map(\.id) == ids)
    #expect(good.claims.allSatisfy { $0.verdict == .holds && $0.source != nil }, "\(good.claims)")
    #expect(good.illustrations.map(\.name) == ["searches", "optimum", "layers"])
    #expect(good.illustrations.allSatisfy { $0.svg.hasPrefix("<svg") })
    #expect(good.tables.map(\.rows.count) == [14, 18])
    #expect(good.notes.contains { $0.contains("the best of the grid have 0.100 ± 0.000") })

    let bad = findings { search in
      let spread: Float = search.objective == .training ? 1e-2 : 1e-1
      let decay = search.initialDecay == 1e-5 ? spread : spread / 4
      return ended(
        decay: decay, loss: 1.52, test: search.hyperparameters == .shared ? 1.8 : 1.9)
    }
    #expect(bad.claims.map(\.id) == ids)
    #expect(bad.claims.allSatisfy { $0.verdict == .fails }, "\(bad.claims)")
  }

  @Test("what was left out is not claimed, and other settings are not judged")
  func partial() {
    var configuration = MetalearnDecay.Configuration()
    configuration.objectives = [.heldOut]
    configuration.hyperparameters = [.shared]
    let part = findings(configuration) { _ in ended(decay: 5e-4, loss: 1.5, test: 1.5) }
    #expect(part.claims.map(\.id) == ["convergence", "optimum", "loss", "gain"])
    #expect(part.claims.allSatisfy { $0.verdict == .holds })
    #expect(part.illustrations.map(\.name) == ["searches", "optimum"])
    configuration.innerSteps = 10
    let other = findings(configuration) { _ in ended(decay: 5e-4, loss: 1.5, test: 1.5) }
    #expect(other.claims.allSatisfy { $0.verdict == .untested })
    configuration = .init()
    configuration.objectives = [.training]
    configuration.hyperparameters = [.perLayer]
    let none = findings(configuration) { _ in ended(decay: 5e-4, loss: 1.5, test: 1.5) }
    #expect(none.claims.isEmpty && none.illustrations.isEmpty && none.notes.isEmpty)
  }

  @Test("lists of a wrong length in a stored result are no crash")
  func forged() {
    for count in [0, 1, 3] {
      let findings = findings { search in
        var found = ended(decay: 5e-4, loss: 1.5, test: 1.5, count: count)
        if search.seed == 1 { found.decays.hidden = [] }
        if search.seed == 2 { found.testLoss = [] }
        return found
      }
      #expect(findings.illustrations.allSatisfy { !$0.svg.isEmpty })
    }
    let trials = MetalearnDecay.trials(for: .init())
    let cut = trials.map {
      TrialResult<MetalearnDecay>(trial: $0, measurement: MetalearnDecay.Measurement())
    }
    #expect(MetalearnDecay.findings(Results(.init(), cut)).claims.isEmpty)
  }

  // MARK: Resuming

  @Test("a search that is interrupted goes on to the same bits")
  func resuming() throws {
    var configuration = small
    configuration.objectives = [.heldOut]
    configuration.hyperparameters = [.perLayer]
    configuration.initialDecays = [0.1]
    configuration.outerSteps = 400
    try expectSameBitsAfterInterruption(of: MetalearnDecay.self, configuration)
  }
}
