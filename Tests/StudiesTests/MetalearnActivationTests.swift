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

@Suite("The study that learns an activation function")
struct MetalearnActivationTests {
  private var small: MetalearnActivation.Configuration {
    var configuration = MetalearnActivation.Configuration()
    configuration.outerSteps = 3
    configuration.innerSteps = 7
    configuration.objectiveSteps = 5
    configuration.units = 5
    configuration.hidden = 6
    configuration.batchSize = 10
    configuration.testExamples = 15
    configuration.sampleEvery = 2
    configuration.baselines = [.relu, .tanh]
    configuration.dataset.numSamples = 100
    return configuration
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("metalearn-activation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("the paper's settings are one trial that learns and six baselines")
  func plan() {
    let trials = MetalearnActivation.trials(for: MetalearnActivation.Configuration())
    #expect(trials.first == .learned)
    let functions: [Nonlinearity] = [.relu, .swish, .elu, .softplus, .tanh, .sigmoid]
    #expect(Array(trials.dropFirst()) == functions.map { .baseline($0) })
  }

  /// PyTorch's meta-gradients from the same weights, noise and batches.
  private struct Golden: Decodable {
    struct Case: Decodable {
      let steps: Int
      let objective: Double
      let gradient: [Double]
    }
    let examples: Int
    let cases: [Case]
  }

  #if DEBUG
    // Without optimisation a hundred steps take a minute.
    private static let longest = 10
  #else
    private static let longest = 200
  #endif

  @Test("meta-gradients agree with PyTorch's double precision")
  func golden() throws {
    let golden = try Fixture.json("metalearn_activation.json", as: Golden.self)
    for expected in golden.cases where expected.steps <= Self.longest {
      var settings = MetalearnActivation.Configuration()
      settings.innerSteps = expected.steps
      settings.objectiveSteps = expected.steps
      settings.dataset.numSamples = golden.examples
      let (losses, gradient) = try MetalearnActivation.firstOuterGradient(
        settings, on: Dataset(settings.dataset))
      let objective = losses.reduce(0) { $0 + Double($1) } / Double(losses.count)
      #expect(abs(objective - expected.objective) <= 1e-5 * expected.objective)
      let found = gradient.parameters.flatMap(\.elements).map(Double.init)
      let scale = expected.gradient.reduce(0) { max($0, abs($1)) }
      let deviation = zip(found, expected.gradient).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
      #expect(deviation <= 1e-4, "\(expected.steps) steps")
    }
  }

  @Test("meta-gradients agree with differences of the losses")
  func differences() throws {
    var settings = small
    settings.innerSteps = 4
    settings.objectiveSteps = 4
    settings.batchSize = 40
    let dataset = try Dataset(settings.dataset)
    var generator = TorchGenerator(seed: 9)
    let network = ActivationNetwork(hidden: settings.units, using: &generator)
    let direction = ActivationNetwork(hidden: settings.units, using: &generator)
    // The objective in double precision: the losses as they are, averaged here.
    func objective(_ distance: Float) -> Double {
      var moved = network
      moved.updateParameters(along: direction.parameters) { $0 = $0 + $1 * distance }
      let losses = MetalearnActivation.firstOuterGradient(settings, on: dataset, at: moved).losses
      return losses.reduce(0) { $0 + Double($1) } / Double(losses.count)
    }
    let gradient = MetalearnActivation.firstOuterGradient(settings, on: dataset, at: network)
      .gradient
    let slope = zip(gradient.parameters, direction.parameters).reduce(0) {
      $0 + Double(($1.0 * $1.1).sum().scalar)
    }
    let near = objective(0.05) - objective(-0.05)
    let far = objective(0.1) - objective(-0.1)
    #expect(abs(slope - (8 * near - far) / 0.6) <= 1e-2 * abs(slope))
  }

  @Test("a trial taken up from a checkpoint reaches the same bits")
  func resumption() throws {
    try inFolder { folder in
      let whole = try MetalearnActivation.measure(.learned, small, in: TrialContext())
      #expect(whole.objective.count == 3)
      #expect(whole.samples.map(\.step) == [0, 2, 3])
      let context = TrialContext(checkpoint: folder.appendingPathComponent("state"))
      var shorter = small
      shorter.outerSteps = 2
      let part = try MetalearnActivation.measure(.learned, shorter, in: context)
      #expect(part.objective.count == 2)
      // The state is that after two steps; only the third one is still to do.
      #expect(try MetalearnActivation.measure(.learned, small, in: context) == whole)
    }
  }

  @Test("the learned function travels through its file")
  func file() throws {
    try inFolder { folder in
      let run = try Run(MetalearnActivation.self, configuration: small, output: folder)
      guard case .complete(let summary) = try run.perform(RunOptions(jobs: 2, threads: 1)) else {
        Issue.record("the run did not end")
        return
      }
      let file = run.directory.url.appendingPathComponent("files/learned-activation.safetensors")
      let activation = try LearnedActivation(reading: file.path)
      let samples = try #require(
        MetalearnActivation.measure(.learned, small, in: TrialContext()).samples.last)
      let x = Tensor(MetalearnActivation.positions.map(Float.init))
      #expect(activation(x).elements.map(Double.init) == samples.values)
      #expect(try RunSummary(reading: run.directory) == summary)
      let csv = try String(
        contentsOf: run.directory.url.appendingPathComponent("files/learned-activation.csv"),
        encoding: .utf8)
      #expect(csv.split(separator: "\n").count == 102)
    }
  }

  @Test("a baseline is trained from where the first and the judged outer steps start")
  func starts() throws {
    var settings = small
    #expect(settings.starts == [0, 1, 2])
    let measured = try MetalearnActivation.measure(.baseline(.tanh), settings, in: TrialContext())
    #expect(measured.objective.count == 3 && Set(measured.objective).count == 3)
    settings.start = .same
    let same = try MetalearnActivation.measure(.baseline(.tanh), settings, in: TrialContext())
    #expect(same.objective == [measured.objective[0]])
    #expect(MetalearnActivation.Configuration().starts == [0] + Array(291...300))
    settings.start = .fresh
    settings.outerSteps = 1
    #expect(settings.starts == [0])
  }

  /// Results as the notebook has them, with a spread from start to start, and changes to them.
  private func findings(
    lead: Double = 5.5, elu: Double = 0.3, loss: Double = 0, end: Double = 0.886,
    changing: (inout MetalearnActivation.Measurement) -> Void = { _ in }
  ) -> Findings {
    let configuration = MetalearnActivation.Configuration()
    let losses: [Nonlinearity: Double] = [
      .relu: 1.337, .swish: 1.368, .elu: 1.474, .softplus: 1.647, .tanh: 1.524, .sigmoid: 1.753,
    ]
    let results = MetalearnActivation.trials(for: configuration).map { trial in
      var measurement = MetalearnActivation.Measurement()
      for step in trial == .learned ? Array(0...300) : configuration.starts {
        let own = Double(step % 7) / 10
        switch trial {
        case .learned:
          measurement.objective.append(step == 0 ? 1.352 : end)
          measurement.testAccuracy.append(67 + own)
          measurement.meanLoss.append(1)
        case .baseline(let function):
          measurement.objective.append(1)
          measurement.testAccuracy.append(
            67 - lead + own * 1.01 - (function == .tanh ? elu : 0))
          measurement.meanLoss.append(losses[function]! + loss)
        }
      }
      if trial == .learned {
        measurement.samples = [.init(step: 0, values: MetalearnActivation.positions)]
        measurement.weights = [[0, 1], [0, 1], [1, 1], [0]]
      }
      changing(&measurement)
      return TrialResult<MetalearnActivation>(trial: trial, measurement: measurement)
    }
    return MetalearnActivation.judgedFindings(Results(configuration, results))
  }

  @Test("claims hold for the printed numbers and fail for others")
  func claims() {
    let printed = findings()
    #expect(printed.claims.count == 12)
    for claim in printed.claims {
      #expect(claim.verdict == .holds && claim.source != nil, "\(claim)")
    }
    #expect(printed.attachments.map(\.type) == ["csv", "safetensors"])
    let others = findings(lead: -1, elu: 5, loss: 0.02, end: 0.9).claims
    #expect(
      others.filter { $0.verdict == .holds }.map(\.id) == ["objective-start", "test-accuracy"])
    #expect(others.allSatisfy { $0.verdict != .untested })
    // Ahead, but not by five points.
    let close = findings(lead: 4).claims.filter { $0.verdict == .fails }
    #expect(close.map(\.id) == ["far-above-baselines"])
  }

  @Test("lists of a wrong length in a stored result are no crash")
  func forged() {
    let changes: [(inout MetalearnActivation.Measurement) -> Void] = [
      { $0 = .init() }, { $0.testAccuracy = [] }, { $0.objective = [1] }, { $0.meanLoss = [] },
      { $0.weights = [] }, { $0.weights = [[1]] }, { $0.weights = [[1], []] },
      { $0.weights = [[1], [1, 2, 3], [], [4]] },
      { $0.samples = [.init(step: -1, values: [])] },
      { $0.samples = [.init(step: .max, values: [1, 2])] },
      { $0.samples += [.init(step: 1, values: Array(repeating: 1, count: 102))] },
      { $0.objective += [1, 2, 3] },
    ]
    for change in changes {
      let findings = findings(changing: change)
      #expect(findings.illustrations.allSatisfy { !$0.svg.isEmpty })
      #expect(findings.tables.allSatisfy { !$0.text.isEmpty })
    }
  }

  @Test("a training that diverges fails with step and value")
  func divergence() throws {
    var settings = small
    settings.learningRate = 1e30
    #expect(throws: (any Error).self) {
      do {
        _ = try MetalearnActivation.measure(.learned, settings, in: TrialContext())
      } catch {
        #expect("\(error)".contains("inner step"))
        #expect("\(error)".contains("nan") || "\(error)".contains("inf"))
        throw error
      }
    }
  }

  @Test("settings that do not fit are refused by name")
  func validation() {
    expectRefusal("objective-steps", of: small) { $0.objectiveSteps = 8 }
    expectRefusal("smoothing", of: small) { $0.smoothing = 1.5 }
    expectRefusal("train-split", of: small) { $0.dataset.trainSplit = 1 }
    expectRefusal("units", of: small) { $0.units = 10_001 }
    expectRefusal("inner-steps", of: small) { $0.innerSteps = .max }
  }

  @Test("a function of four straight pieces is found again by least squares")
  func pieces() {
    let x = (0...100).map { Double($0 - 50) / 10 }
    let knots = PiecewiseLinearFit(x: x, y: x, knots: [-5, -2, 0.5, 3, 5])
    #expect(knots.slopes.allSatisfy { abs($0 - 1) < 1e-12 })
    let y = x.map { max(-1, $0) + 2 * max(0, $0 - 1) - max(0, $0 - 3) }
    let fit = PiecewiseLinearFit(
      x: x, y: y, candidates: stride(from: -4.0, through: 4, by: 1).map(\.self))
    #expect(fit.knots == [-5, -1, 1, 3, 5])
    #expect(fit.error < 1e-12)
    #expect(zip(fit.slopes, [0, 1, 3, 2]).allSatisfy { abs($0 - $1) < 1e-9 })
  }
}
