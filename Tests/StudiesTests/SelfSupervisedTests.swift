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
    configuration.mapSteps = 10
    configuration.perplexity = 5
    configuration.dataset.numSamples = 100
    return configuration
  }

  @Test("the signals have one trial, networks one for each seed")
  func plan() {
    let trials = SelfSupervised.trials(for: Self.small)
    #expect(trials.count == 7 && Set(trials).count == 7)
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
    #expect(abs(accuracy(probe.predictions(for: test.inputs)) - golden.probe) <= 0.5)
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

  @Test("views without any change but the slope are the signals less their slope")
  func plainViews() {
    var views = Views()
    (views.shift, views.stretch, views.scale, views.shear, views.noise) = (1, 0, 0, 0, 0)
    var generator = TorchGenerator(seed: 3)
    let line = (0..<40).map { 2 + 0.5 * Float($0) }
    // Symmetric about the middle, so without a slope.
    let wave: [Float] = (0..<40).map { Int(abs(2 * Double($0) - 39)) % 16 < 8 ? 1 : -1 }
    let result = views(of: Tensor(line + wave, shape: [2, 40]), using: &generator).elements
    for value in result[0..<40] { #expect(abs(value - 11.75) < 1e-4) }
    for (value, original) in zip(result[40...], wave) { #expect(abs(value - original) < 1e-4) }
  }

  @Test("a shift rotates, an amplitude scales, and all views of one seed are the same")
  func views() {
    var shifting = Views()
    (shifting.stretch, shifting.scale, shifting.shear, shifting.noise) = (0, 0, 0, 0)
    let signal = Tensor((0..<40).map { Float(($0 * 7) % 11) }, shape: [1, 40])
    var plain = shifting
    plain.shift = 1
    var generator = TorchGenerator(seed: 4)
    let level = plain(of: signal, using: &generator).elements
    let rotated = shifting(of: signal, using: &generator).elements
    let rotations = (0..<40).map { Array(level.suffix($0) + level.dropLast($0)) }
    #expect(rotations.contains(rotated))
    var (first, second) = (TorchGenerator(seed: 5), TorchGenerator(seed: 5))
    let both = [
      Views()(of: signal, using: &first), Views()(of: signal, using: &second),
      Views()(of: signal, using: &second),
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
      #expect(measured.layers.count == (features == .selfSupervised ? 2 : 1))
      #expect(measured.layers.allSatisfy { ($0.heldOutLinear == nil) == (features == .supervised) })
      #expect(measured.loss.count == (features == .selfSupervised ? 6 : 0))
      #expect((measured.map != nil) == (features != .untrained))
      if let map = measured.map {
        #expect(map.x.count == 100 && map.y.count == 100 && map.labels.count == 100)
      }
    }
  }

  @Test("contrastive learning makes the loss smaller")
  func learning() throws {
    var configuration = Self.small
    configuration.steps = 100
    configuration.maps = []
    let trial = SelfSupervised.Trial(features: .selfSupervised, seed: 1)
    let measured = try SelfSupervised.measure(trial, configuration, in: TrialContext())
    let (first, last) = (try #require(measured.loss.first), try #require(measured.loss.last))
    #expect(last < first - 0.2)
  }

  @Test("findings set scores side by side, and claims are tested at the usual settings alone")
  func findings() {
    func results(_ configuration: SelfSupervised.Configuration) -> [TrialResult<SelfSupervised>] {
      SelfSupervised.trials(for: configuration).map { trial in
        var measurement = SelfSupervised.Measurement()
        func score(_ layer: SelfSupervised.Layer, _ linear: Double) -> SelfSupervised.LayerScore {
          .init(layer: layer, dimensions: 40, linear: linear, neighbors: 59.6)
        }
        measurement.layers =
          switch trial.features {
          case .input: [score(.input, 33)]
          case .untrained: [score(.encoder, 50)]
          case .selfSupervised: [score(.encoder, 82), score(.projection, 70)]
          case .supervised: [score(.encoder, 93)]
          }
        return TrialResult(trial: trial, measurement: measurement)
      }
    }
    let usual = SelfSupervised.Configuration()
    let findings = SelfSupervised.judgedFindings(Results(usual, results(usual)))
    #expect(findings.claims.count == 5 && findings.claims.allSatisfy { $0.verdict == .holds })
    #expect(findings.tables[0].rows.count == 5)
    var other = usual
    other.temperature = 0.3
    let others = SelfSupervised.judgedFindings(Results(other, results(other)))
    #expect(others.claims.allSatisfy { $0.verdict == .untested })
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
    expectRefusal("train-split", of: Self.small) { $0.dataset.trainSplit = 1 }
    expectRefusal("train-split", of: Self.small) { $0.dataset.trainSplit = 0 }
    expectRefusal("supervised-steps", of: Self.small) { $0.supervisedSteps = .max }
    expectRefusal("map-steps", of: Self.small) { $0.mapSteps = .max }
    expectRefusal("outputs", of: Self.small) { $0.outputs = 10_001 }
    expectRefusal("final-seq-length", of: Self.small) { $0.dataset.finalSeqLength = 2 }
  }

  @Test("overrides reach the views")
  func overrides() throws {
    let configuration = try Overrides(["views.shift=10", "views.noise=0.5", "maps=input"])
      .applied(to: SelfSupervised.Configuration())
    #expect(configuration.views.shift == 10 && configuration.views.noise == 0.5)
    #expect(configuration.maps == [.input])
  }
}
