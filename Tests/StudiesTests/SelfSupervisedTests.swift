import Fixtures
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import Tensors
import Testing

@Suite("The study of self-supervised learning")
struct SelfSupervisedTests {
  private static var small: SelfSupervised.Configuration {
    var configuration = SelfSupervised.Configuration()
    configuration.seeds = [1, 2]
    configuration.steps = 6
    configuration.batchSize = 20
    configuration.supervisedSteps = 6
    configuration.heldOut = 20
    (configuration.channels, configuration.hidden) = (3, 12)
    configuration.mapSteps = 10
    configuration.maps = [.input, .selfSupervised]
    configuration.perplexity = 5
    configuration.dataset.numSamples = 100
    return configuration
  }

  @Test("the signals have one trial, networks one for each seed")
  func plan() {
    let trials = SelfSupervised.trials(for: Self.small)
    #expect(trials.count == 11 && Set(trials).count == 11)
    #expect(trials.count { $0.features == .input } == 1)
  }

  private struct Golden: Decodable {
    struct Classifiers: Decodable {
      let neighbors, probe: Double
    }
    let classifiers: Classifiers
  }

  @Test("neighbours and probe on the signals score as scikit-learn's do")
  func classifiers() throws {
    let golden = try Fixture.json("embedding.json", as: Golden.self).classifiers
    let dataset = try Dataset(DatasetConfiguration())
    let training = Examples(dataset.x, dataset.y)
    let test = Examples(dataset.xTest, dataset.yTest)
    func accuracy(_ predictions: [Int]) -> Double {
      Double(zip(predictions, dataset.yTest).count { $0 == $1 }) / 10
    }
    let neighbors = NearestNeighbors(10, among: training.inputs, labels: training.labels)
    #expect(abs(accuracy(neighbors.predictions(for: test.inputs)) - golden.neighbors) < 1e-9)
    let probe = try LinearProbe(on: training.inputs, labels: training.labels)
    #expect(abs(accuracy(probe.predictions(for: test.inputs)) - golden.probe) < 1e-9)
    // What the authors printed.
    #expect(abs(golden.probe - 32.8) < 1e-9 && abs(golden.neighbors - 59.6) < 1e-9)
  }

  @Test(
    "the bias of a probe is not penalised: with few examples of one class the others' shares remain"
  )
  func bias() throws {
    // Features that tell nothing: the probe can learn the classes' shares alone, 3 : 1, and only by its bias.
    let inputs = Tensor([1, -1, 1, -1, 1, -1, 1, -1], shape: [8, 1])
    let labels: [Int32] = [0, 0, 0, 0, 0, 0, 1, 1]
    let probe = try LinearProbe(on: inputs, labels: labels, classes: 2)
    #expect(probe.predictions(for: inputs) == Array(repeating: 0, count: 8))
    let difference = probe.scores(for: Tensor([0], shape: [1, 1])).elements
    #expect(abs(difference[0] - difference[1] - 1.0986123) < 1e-3)
  }

  @Test("among as many votes the lowest class wins, and a feature without variance is no obstacle")
  func ties() throws {
    let points = Tensor([0, 1, 2, 3], shape: [4, 1])
    let neighbors = NearestNeighbors(4, among: points, labels: [7, 3, 3, 7])
    #expect(neighbors.predictions(for: Tensor([1.4], shape: [1, 1])) == [3])
    let constant = Tensor([1, 5, -1, 5, 2, 5, -2, 5], shape: [4, 2])
    let probe = try LinearProbe(on: constant, labels: [1, 0, 1, 0], classes: 2)
    #expect(probe.predictions(for: constant) == [1, 0, 1, 0])
  }

  private struct GoldenContrast: Decodable {
    let views: [[Float]]
    let losses: [String: [Float]]
  }

  @Test("the published recipe sees PyTorch's views and meets its losses, with each head")
  func publishedRecipe() throws {
    let golden = try Fixture.json("contrastive.json", as: GoldenContrast.self)
    let dataset = try Dataset(DatasetConfiguration())
    let signals = Examples(dataset.x, dataset.y).inputs
    let settings = ContrastiveSettings()
    for features in [SelfSupervised.Features.selfSupervised, .noHead, .deepHead] {
      var generators = ReferenceGenerators(seed: 42)
      let network = ContrastiveNetwork(
        channels: 25, head: settings.head(features), using: &generators.torch)
      var batches = ViewBatches(of: signals, size: 100, views: settings.views, using: generators)
      var training = try settings.training(of: network, on: signals, using: generators)
      let expected = try #require(golden.losses[features.rawValue])
      for (step, loss) in expected.enumerated() {
        let batch = batches.next()
        if step == 0 || step == expected.count - 1, features == .selfSupervised {
          let rows = [98, 99, 198, 199].flatMap { batch.sliced($0..<$0 + 1).elements }
          let views = golden.views[(step == 0 ? 0 : 2)...].prefix(2).flatMap(\.self)
          for (value, view) in zip(rows, views) { #expect(abs(value - view) < 1e-5) }
        }
        // Four layers of a head make much of a rounding.
        if step > 3, features == .deepHead { break }
        #expect(abs(try training.step().trainLoss - loss) < 1e-5)
      }
    }
  }

  private static var still: Views { Views(shift: 1, slope: 0) }

  @Test("views without any change are the signals less their mean and slope")
  func plainViews() {
    var generators = ReferenceGenerators(seed: 3)
    let line = (0..<40).map { 2 + 0.5 * Float($0) }
    // Symmetric about the middle, so without a slope; its mean is 0.
    let wave: [Float] = (0..<40).map { Int(abs(2 * Double($0) - 39)) % 16 < 8 ? 1 : -1 }
    let mean = wave.reduce(0, +) / 40
    let result = Self.still(of: Tensor(line + wave, shape: [2, 40]), using: &generators).elements
    for value in result[0..<40] { #expect(abs(value) < 1e-4) }
    for (value, original) in zip(result[40...], wave) {
      #expect(abs(value - original + mean) < 1e-4)
    }
  }

  @Test("a shift rotates, an amplitude scales, and all views of one seed are the same")
  func views() {
    var shifting = Self.still
    shifting.shift = 40
    let signal = Tensor((0..<40).map { Float(($0 * 7) % 11) }, shape: [1, 40])
    var generators = ReferenceGenerators(seed: 4)
    let level = Self.still(of: signal, using: &generators).elements
    let rotated = shifting(of: signal, using: &generators).elements
    let rotations = (0..<40).map { Array(level.suffix($0) + level.dropLast($0)) }
    #expect(rotations.contains(rotated))
    var scaling = Self.still
    scaling.scale = 0.4
    let scaled = scaling(of: signal, using: &generators).elements
    let factor = scaled[0] / level[0]
    #expect(factor != 1 && abs(factor - 1) <= 0.2)
    for (value, original) in zip(scaled, level) { #expect(abs(value - factor * original) < 1e-4) }
    let views = Recipe.tuned.settings.views
    var (first, second) = (ReferenceGenerators(seed: 5), ReferenceGenerators(seed: 5))
    let both = [
      views(of: signal, using: &first), views(of: signal, using: &second),
      views(of: signal, using: &second),
    ]
    #expect(both[0] == both[1] && both[0] != both[2])
    #expect(both[0].elements.allSatisfy { $0.isFinite })
  }

  @Test("trials depend on their keys alone, and a map has a place for every example")
  func measurement() throws {
    for features in SelfSupervised.Features.allCases {
      let trial = SelfSupervised.Trial(features: features, seed: 1)
      let measured = try SelfSupervised.measure(trial, Self.small, in: TrialContext())
      let again = try SelfSupervised.measure(trial, Self.small, in: TrialContext(threads: 2))
      #expect(again == measured)
      let layers: [SelfSupervised.Features: ClosedRange<Int>] = [
        .input: 0...0, .noHead: 1...3, .supervised: 1...3, .deepHead: 1...7,
      ]
      #expect(measured.layers.map(\.layer) == Array(layers[features] ?? 1...5))
      #expect(measured.layers.allSatisfy { ($0.heldOutLinear == nil) == (features == .supervised) })
      let isContrastive = [.selfSupervised, .noHead, .deepHead].contains(features)
      // Six steps of 20 out of 80 examples.
      #expect(measured.loss.count == (isContrastive ? 2 : 0))
      #expect((measured.map != nil) == [.input, .selfSupervised].contains(features))
      if let map = measured.map {
        #expect(map.x.count == 100 && map.y.count == 100 && map.labels.count == 100)
      }
    }
  }

  @Test("contrastive learning makes the loss smaller")
  func learning() throws {
    var configuration = Self.small
    configuration.steps = 100
    (configuration.channels, configuration.hidden) = (25, nil)
    configuration.maps = []
    let trial = SelfSupervised.Trial(features: .selfSupervised, seed: 1)
    let measured = try SelfSupervised.measure(trial, configuration, in: TrialContext())
    let (first, last) = (try #require(measured.loss.first), try #require(measured.loss.last))
    #expect(last < first - 0.2)
  }

  private func results(
    _ configuration: SelfSupervised.Configuration
  ) -> [TrialResult<SelfSupervised>] {
    SelfSupervised.trials(for: configuration).map { trial in
      var measurement = SelfSupervised.Measurement()
      let probes: [Double] =
        switch trial.features {
        case .input: [32.8]
        case .untrained: [40, 45, 50, 48, 46]
        case .selfSupervised: [75, 81, 82, 76, 75]
        case .noHead: [82, 79, 53]
        case .deepHead: [76, 82, 79, 77, 73, 65, 61]
        case .supervised: [80, 88, 93]
        }
      let noise = Double(trial.seed - 43) / 10
      measurement.layers = probes.enumerated().map { index, probe in
        .init(
          layer: trial.features == .input ? 0 : index + 1, dimensions: 40,
          linear: trial.features == .input ? probe : probe + noise * noise,
          neighbors: trial.features == .input ? 59.6 : 74)
      }
      measurement.loss = [3, 2.88]
      return TrialResult(trial: trial, measurement: measurement)
    }
  }

  @Test("findings set scores side by side, and claims are tested at the usual settings alone")
  func findings() {
    let usual = SelfSupervised.Configuration()
    let findings = SelfSupervised.judgedFindings(Results(usual, results(usual)))
    #expect(findings.claims.count == 9 && findings.claims.allSatisfy { $0.verdict == .holds })
    #expect(findings.claims.allSatisfy { $0.source?.contains("cell") == true })
    #expect(findings.tables[0].rows.count == 8)
    #expect(findings.tables[1].rows.count == 8)
    for change in ["recipe=tuned", "temperature=0.3", "views.stretch=0.1"] {
      guard let other = try? Overrides([change]).applied(to: usual) else {
        Issue.record("\(change) is no setting")
        continue
      }
      let others = SelfSupervised.judgedFindings(Results(other, results(other)))
      #expect(others.claims.allSatisfy { $0.verdict == .untested })
    }
  }

  @Test("two seeds are no evidence for a comparison")
  func fewSeeds() {
    var configuration = SelfSupervised.Configuration()
    configuration.seeds = [42, 43]
    let claims = SelfSupervised.judgedFindings(Results(configuration, results(configuration)))
      .claims
    for id in ["learned", "guillotine", "head", "deep-head"] {
      #expect(claims.first { $0.id == id }?.verdict == .untested)
    }
  }

  @Test("results whose lists do not fit together, or are empty, are drawn as far as they go")
  func forgedResults() {
    let usual = SelfSupervised.Configuration()
    let layer = SelfSupervised.LayerScore(layer: .max, dimensions: .min, linear: 1, neighbors: 2)
    let maps: [PlaneMap] = [
      .init(x: [1], y: [], labels: [0, 1, 2], divergence: 0),
      .init(x: [], y: [1, 2, 3], labels: [-1, 99, .max], divergence: 0),
    ]
    for loss in [[], [1], [Double](repeating: 1, count: 300)] {
      for layers in [[], [layer], [layer, layer]] {
        for map in maps {
          var forged = results(usual)
          for (index, result) in forged.enumerated() where index % 2 == 0 {
            var measurement = result.measurement
            (measurement.loss, measurement.layers, measurement.map) = (loss, layers, map)
            forged[index] = TrialResult(trial: result.trial, measurement: measurement)
          }
          let findings = SelfSupervised.judgedFindings(Results(usual, forged))
          #expect(findings.tables.count == 2)
          #expect(findings.illustrations.allSatisfy { !$0.svg.isEmpty })
        }
      }
    }
  }

  @Test("settings that do not fit are refused by name")
  func validation() {
    expectRefusal("seeds", of: Self.small) { $0.seeds = [] }
    expectRefusal("features", of: Self.small) { $0.features = [] }
    expectRefusal("batch-size", of: Self.small) { $0.batchSize = 81 }
    expectRefusal("held-out", of: Self.small) { $0.heldOut = 75 }
    expectRefusal("temperature", of: Self.small) { $0.temperature = 0 }
    expectRefusal("perplexity", of: Self.small) { $0.perplexity = 100 }
    expectRefusal("views.stretch", of: Self.small) { $0.views.stretch = 1 }
    expectRefusal("views.shift", of: Self.small) { $0.views.shift = 0 }
    expectRefusal("views.offset", of: Self.small) { $0.views.offset = -1 }
    expectRefusal("seeds", of: Self.small) { $0.seeds = [1 << 32] }
    expectRefusal("train-split", of: Self.small) { $0.dataset.trainSplit = 1 }
    expectRefusal("train-split", of: Self.small) { $0.dataset.trainSplit = 0 }
    expectRefusal("supervised-steps", of: Self.small) { $0.supervisedSteps = .max }
    expectRefusal("map-steps", of: Self.small) { $0.mapSteps = .max }
    expectRefusal("outputs", of: Self.small) { $0.outputs = 10_001 }
    expectRefusal("final-seq-length", of: Self.small) { $0.dataset.finalSeqLength = 2 }
  }

  @Test("a recipe is a starting point, which single settings change")
  func recipes() throws {
    let usual = SelfSupervised.Configuration()
    #expect(usual.contrastive == ContrastiveSettings())
    let changed = try Overrides(["views.shift=20", "temperature=0.2", "loss=nt-xent", "maps=input"])
      .applied(to: usual)
    var expected = ContrastiveSettings()
    (expected.views.shift, expected.temperature, expected.loss) = (20, 0.2, .ntXent)
    #expect(changed.contrastive == expected && changed.maps == [.input])
    let tuned = try Overrides(["recipe=tuned", "views.noise=0.5", "steps=10"]).applied(to: usual)
    expected = Recipe.tuned.settings
    (expected.views.noise, expected.steps) = (0.5, 10)
    #expect(tuned.contrastive == expected)
    let again = try Overrides(["temperature=null"]).applied(to: changed)
    #expect(again.contrastive.temperature == 0.5)
  }
}
