import Storage
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

@Suite("The double-descent study")
struct DoubleDescentTests {
  private typealias Trial = DoubleDescent.Trial

  private var small: DoubleDescent.Configuration {
    var configuration = DoubleDescent.Configuration()
    configuration.seeds = [1, 2]
    configuration.widths = [3, 9]
    configuration.channels = [2, 5]
    configuration.epochs = 3
    configuration.evalEvery = 2
    configuration.epochWidths = [9]
    configuration.batchSize = 20
    configuration.dataset.numSamples = 400
    return configuration
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("double-descent-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  // MARK: Plan

  @Test(
    "the widths are the paper's, the channels its first and those that claims need, more of each with the squared error"
  )
  func plan() {
    let trials = DoubleDescent.trials(for: DoubleDescent.Configuration())
    #expect(Set(trials).count == trials.count)
    func sizes(
      _ model: DoubleDescent.Model, _ loss: ClassificationLoss, _ noise: Double
    ) -> [Int] {
      trials.filter {
        ($0.model, $0.loss, $0.noise, $0.seed) == (model, loss, noise, 42)
      }.map(\.size)
    }
    let widths = [2, 3, 4, 5, 7, 9, 12, 16, 21, 27, 36, 47, 61, 80, 104, 135, 177, 230, 300]
    #expect(sizes(.mlp, .negativeLogLikelihood, 0.15) == widths)
    #expect(sizes(.mlp, .negativeLogLikelihood, 0) == widths)
    #expect(sizes(.mlp, .meanSquaredError, 0.15) == widths + [390, 480])
    #expect(sizes(.mlp, .meanSquaredError, 0).isEmpty)
    let channels = sizes(.cnn, .negativeLogLikelihood, 0.15)
    #expect(channels == Array(stride(from: 2, through: 30, by: 2)) + [40, 60, 80, 100])
    #expect(sizes(.cnn, .meanSquaredError, 0.15) == channels + [130, 200, 300])
    #expect(sizes(.cnn, .negativeLogLikelihood, 0).isEmpty)
  }

  @Test("all trainings with three seeds are foretold to take less than 48 minutes of one core")
  func processorTime() {
    let configuration = DoubleDescent.Configuration()
    #expect(configuration.seeds.count >= 3)
    let microseconds = DoubleDescent.trials(for: configuration).reduce(0) {
      $0 + DoubleDescent.cost(of: $1, configuration)
    }
    // An epoch has 40 steps.
    #expect(40 * microseconds < 48 * 60e6)
  }

  @Test("overrides reach every setting, and sizes that are named are the only ones")
  func overrides() throws {
    let configuration = try Overrides([
      "widths=2,8,32", "channels=4", "noise=0", "epochs=7", "seeds=1..2", "losses=mse",
      "models=cnn,mlp", "momentum=0.5", "nll-learning-rate=0.1",
    ]).applied(to: DoubleDescent.Configuration())
    try configuration.validate()
    let trials = DoubleDescent.trials(for: configuration)
    #expect(trials.count == 8)
    #expect(trials.allSatisfy { $0.noise == 0 && $0.loss == .meanSquaredError })
    #expect(Set(trials.map(\.size)) == [2, 4, 8, 32])
    #expect(throws: RunError.self) {
      try Overrides(["losses=hinge"]).applied(to: DoubleDescent.Configuration())
    }
  }

  @Test("settings that do not fit are refused by name")
  func validation() {
    for (key, change) in [
      ("seeds", { $0.seeds = [] }), ("seeds", { $0.seeds = [1 << 32] }),
      ("widths", { $0.widths = [0] }), ("channels", { $0.channels = [] }),
      ("noise", { $0.noise = [1.5] }), ("epochs", { $0.epochs = 0 }),
      ("mse-learning-rate", { $0.mseLearningRate = -1 }), ("momentum", { $0.momentum = 1 }),
      ("eval-every", { $0.evalEvery = 0 }),
      ("final-seq-length", { $0.dataset.finalSeqLength = 2 }),
      ("train-split", { $0.dataset.trainSplit = 0 }),
      ("train-split", { $0.dataset.trainSplit = 1 }), ("epochs", { $0.epochs = .max }),
      ("epoch-widths", { $0.epochWidths = [0] }),
    ] as [(String, (inout DoubleDescent.Configuration) -> Void)] {
      expectRefusal(key, of: small, change)
    }
  }

  // MARK: The work

  private struct Golden: Decodable {
    struct Noise: Decodable {
      var seed: Int
      var first: [Int32]
      var replaced: Int
      var sha256: String
    }

    struct Trajectory: Decodable {
      var model: String
      var size: Int
      var loss: String
      var losses: [Double]
    }

    var noise: [Noise]
    var trajectories: [Trajectory]
  }

  @Test("noisy labels and the losses of two epochs are those of NumPy and PyTorch")
  func golden() throws {
    let golden = try Fixture.json("double_descent.json", as: Golden.self)
    let dataset = try Dataset(DoubleDescent.Configuration().dataset)
    let labels = dataset.y.map(Int32.init)
    for noise in golden.noise {
      let noisy = noisyLabels(labels, noise: 0.15, seed: noise.seed)
      #expect(Array(noisy.prefix(40)) == noise.first)
      #expect(zip(noisy, labels).count { $0 != $1 } == noise.replaced)
      #expect(SHA256.digest(noisy.map(Int.init)) == noise.sha256)
    }
    let examples = Examples(
      inputs: Examples(dataset.x, dataset.y).inputs,
      labels: noisyLabels(labels, noise: 0.15, seed: 42))
    #expect(golden.trajectories.count == 4)
    for expected in golden.trajectories {
      let loss = try #require(ClassificationLoss(rawValue: expected.loss))
      var generator = TorchGenerator(seed: 42)
      let losses: [Float]
      if expected.model == "mlp" {
        let network = MultilayerPerceptron(
          hidden: expected.size, connection: .plain, using: &generator)
        losses = try twoEpochs(of: network, on: examples, generator, loss)
      } else {
        let network = ConvolutionalNetwork(channels: expected.size, using: &generator)
        losses = try twoEpochs(of: network, on: examples, generator, loss)
      }
      #expect(losses.count == 80 && expected.losses.count == 80)
      for (step, (ours, theirs)) in zip(losses, expected.losses).enumerated() {
        #expect(
          abs(Double(ours) - theirs) <= 1e-4 * theirs,
          "\(expected.model) by \(expected.loss), step \(step): \(ours), PyTorch \(theirs)")
      }
    }
  }

  private func twoEpochs(
    of network: some Classifier, on examples: Examples, _ generator: TorchGenerator,
    _ loss: ClassificationLoss
  ) throws -> [Float] {
    let rate = loss == .negativeLogLikelihood ? 1e-2 : 1e-1
    var training = try Training(
      of: network, by: SGD(for: network, learningRate: rate, momentum: 0.9),
      on: .shuffled(examples, size: 100, using: generator), for: .epochs(2), minimizing: loss)
    return try training.stepEpoch() + training.stepEpoch()
  }

  @Test("a trial is the training it names, scored on noisy training and clean test labels")
  func measurement() throws {
    let trial = Trial(model: .cnn, size: 5, loss: .meanSquaredError, noise: 0.5, seed: 3)
    let measured = try DoubleDescent.measure(trial, small, in: TrialContext())

    let dataset = try Dataset(small.dataset)
    let clean = Examples(dataset.x, dataset.y)
    let examples = Examples(
      inputs: clean.inputs, labels: noisyLabels(clean.labels, noise: 0.5, seed: 3))
    var generator = TorchGenerator(seed: 3)
    let network = ConvolutionalNetwork(channels: 5, using: &generator)
    var training = try Training(
      of: network, by: SGD(for: network, learningRate: 1e-1, momentum: 0.9),
      on: .shuffled(examples, size: 20, using: generator), for: .epochs(3),
      minimizing: .meanSquaredError)
    while !training.isFinished { try training.stepEpoch() }
    #expect(measured.digest == training.model.digest)
    #expect(measured.epochs == [2, 3])
    #expect(measured.parameters == network.parameterCount)
    let test = Examples(dataset.xTest, dataset.yTest)
    #expect(measured.testError.last == 100 - training.model.score(on: test).accuracy)
    #expect(measured.trainError.last == 100 - training.model.score(on: examples).accuracy)
    #expect(
      measured.trainLoss.last == training.model.score(on: examples, by: .meanSquaredError).loss)
  }

  @Test(
    "a training that is followed is evaluated more often, densely at first, and is the same training"
  )
  func followed() throws {
    var configuration = small
    (configuration.epochs, configuration.evalEvery) = (15, 9)
    let trial = Trial(model: .mlp, size: 9, loss: .negativeLogLikelihood, noise: 0, seed: 1)
    let followed = try DoubleDescent.measure(trial, configuration, in: TrialContext())
    #expect(followed.epochs == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15])
    let lists = [
      followed.trainLoss, followed.trainError, followed.testLoss, followed.testError,
    ]
    #expect(lists.allSatisfy { $0.count == followed.epochs.count })
    configuration.epochWidths = [3]
    let plain = try DoubleDescent.measure(trial, configuration, in: TrialContext())
    #expect(plain.epochs == [9, 15] && plain.digest == followed.digest)
    #expect(plain.testLoss == [followed.testLoss[8], followed.testLoss[12]])
  }

  @Test("one and two jobs give the same bits, and every curve its figures and claims")
  func jobs() throws {
    try inFolder { folder in
      let summaries = try [1, 2].map { jobs in
        let run = try Run(
          DoubleDescent.self, configuration: small, output: folder.appendingPathComponent("\(jobs)")
        )
        guard case .complete(let summary) = try run.perform(RunOptions(jobs: jobs, threads: 1))
        else { throw CancellationError() }
        return summary
      }
      #expect(summaries[0].digest == summaries[1].digest)
      let findings = summaries[0].findings
      #expect(findings == summaries[1].findings)
      #expect(findings.illustrations.map(\.name) == ["figure-4", "epochs"])
      #expect(findings.tables[0].rows.count == 5)
      // Five by the loss; by the error, those with noise.
      #expect(findings.claims.count { $0.id.hasPrefix("descends-twice-") } == 9)
      // Numbers of other settings than the paper's are not held against the paper's.
      let reported = findings.claims.filter { $0.id.hasPrefix("reported-") }
      #expect(reported.allSatisfy { $0.verdict == .untested })
      let csv = try #require(findings.attachments.first?.contents)
      #expect(String(decoding: csv, as: UTF8.self).split(separator: "\n").count == 11)
    }
  }

  // MARK: Going on

  @Test("a trial taken up from a checkpoint reaches the same bits", arguments: [1, 2, 4])
  func resumption(_ epochs: Int) throws {
    try inFolder { folder in
      let trial = Trial(model: .mlp, size: 9, loss: .meanSquaredError, noise: 0.15, seed: 1)
      var configuration = small
      configuration.epochs = 5
      let whole = try DoubleDescent.measure(trial, configuration, in: TrialContext())
      #expect(whole.epochs == [2, 4, 5])
      // A training that ends one epoch later leaves the state after this many.
      var shorter = configuration
      shorter.epochs = epochs + 1
      let context = TrialContext(checkpoint: folder.appendingPathComponent("state"))
      _ = try DoubleDescent.measure(trial, shorter, in: context, savingEvery: .zero)
      let state = try #require(context.checkpoint.load())
      let saved = try TrainingState(decoding: Array(state))
      #expect(saved.numbers["epoch"] == "\(epochs)")
      #expect(try DoubleDescent.measure(trial, configuration, in: context) == whole)
    }
  }

  @Test("a run that is interrupted in the middle of its trials ends with the same bits")
  func interruption() throws {
    try inFolder { folder in
      var configuration = small
      configuration.models = [.cnn]
      configuration.losses = [.negativeLogLikelihood]
      configuration.noise = [0.15]
      configuration.channels = [6]
      configuration.evalEvery = 2000
      let options = RunOptions(jobs: 2, threads: 1)
      // A machine that is through before it hears of the interruption is given four times as much to do.
      var interrupted: Run<DoubleDescent>?
      for epochs in [4000, 16_000, 64_000] where interrupted == nil {
        configuration.epochs = epochs
        let run = try Run(DoubleDescent.self, configuration: configuration, output: folder)
        let interruption = Interruption()
        let observer = Impatient(interruption: interruption)
        let outcome = try run.perform(options, interruption: interruption, observer: observer)
        if case .interrupted = outcome { interrupted = run }
      }
      let run = try #require(interrupted)
      let checkpoints = run.directory.url.appendingPathComponent("checkpoints").path
      #expect(try FileManager.default.contentsOfDirectory(atPath: checkpoints).isEmpty == false)
      guard case .complete(let resumed) = try run.perform(options),
        case .complete(let whole) = try run.perform(RunOptions(jobs: 1, start: .fresh))
      else {
        Issue.record("a run did not end")
        return
      }
      #expect(resumed.digest == whole.digest)
      #expect(resumed.findings == whole.findings)
    }
  }

  @Test("a process killed in the middle of a trial loses no saved epoch, and no bit")
  func killed() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("double-descent-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("state")
    let path = file.path
    for _ in 0..<3 {
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let context = TrialContext(checkpoint: URL(fileURLWithPath: path))
        let before = context.checkpoint.load()
        Thread {
          // As soon as this process has saved something, at whatever moment that leaves it in.
          while context.checkpoint.load() == before { usleep(200) }
          kill(getpid(), SIGKILL)
        }.start()
        let (trial, configuration) = long()
        _ = try DoubleDescent.measure(trial, configuration, in: context, savingEvery: .zero)
        sleep(60)
      }
    }
    let (trial, configuration) = long()
    let context = TrialContext(checkpoint: file)
    #expect(context.checkpoint.load() != nil)
    let resumed = try DoubleDescent.measure(trial, configuration, in: context)
    #expect(try resumed == DoubleDescent.measure(trial, configuration, in: TrialContext()))
  }
}

/// A trial of some seconds.
private func long() -> (DoubleDescent.Trial, DoubleDescent.Configuration) {
  var configuration = DoubleDescent.Configuration()
  configuration.epochs = 60
  configuration.evalEvery = 20
  configuration.dataset.numSamples = 400
  return (
    DoubleDescent.Trial(model: .cnn, size: 6, loss: .meanSquaredError, noise: 0.15, seed: 1),
    configuration
  )
}
