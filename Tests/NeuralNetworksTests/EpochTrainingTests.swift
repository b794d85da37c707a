import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("Training by epochs")
struct EpochTrainingTests {
  private func examples(_ count: Int) -> Examples {
    var generator = TorchGenerator(seed: 2)
    return Examples(
      inputs: Tensor(generator.normal(count: count * 40), shape: [count, 40]),
      labels: (0..<count).map { Int32($0 % 10) })
  }

  private struct Settings {
    var epochs = 6
    var batchSize = 20
    var learningRate = 1e-2
    var momentum = 0.9
    var loss = ClassificationLoss.negativeLogLikelihood
  }

  private func training(
    _ change: (inout Settings) -> Void = { _ in }
  ) throws -> Training<MultilayerPerceptron, SGD, Batches<Examples>> {
    var settings = Settings()
    change(&settings)
    var generator = TorchGenerator(seed: 1)
    let model = MultilayerPerceptron(hidden: 13, connection: .plain, using: &generator)
    return try Training(
      of: model,
      by: SGD(for: model, learningRate: settings.learningRate, momentum: settings.momentum),
      on: .shuffled(examples(110), size: settings.batchSize, using: generator),
      for: .epochs(settings.epochs), minimizing: settings.loss)
  }

  @Test(
    "an epoch visits every example once, in the loader's order, and its last batch may be short")
  func batches() throws {
    var training = try training { $0.learningRate = 0 }
    var generator = TorchGenerator(seed: 1)
    let model = MultilayerPerceptron(hidden: 13, connection: .plain, using: &generator)
    for _ in 0..<2 {
      let order = generator.shuffledEpoch(count: 110)
      let losses = try training.stepEpoch()
      #expect(losses.count == 6)
      for (number, loss) in losses.enumerated() {
        let rows = Array(order[number * 20..<min(number * 20 + 20, 110)])
        let batch = training.batches.data.gathered(rows)
        let expected = softmaxCrossEntropy(model(batch.inputs), labels: batch.labels)
        #expect(loss == expected.scalar)
      }
    }
  }

  @Test("the plain network leaves the residual connection out")
  func plain() {
    var generator = TorchGenerator(seed: 5)
    var network = MultilayerPerceptron(hidden: 7, connection: .plain, using: &generator)
    let x = examples(4).inputs
    let h = relu(network.linear2(relu(network.linear1(x))))
    #expect(network(x).elements == network.linear3(h).elements)
    network.connection = .residual
    #expect(network(x).elements != network.linear3(h).elements)
    // An activation that is not fused into the layer takes the same way.
    network.connection = .plain
    network.activation = .named(.tanh)
    let g = tanh(network.linear2(tanh(network.linear1(x))))
    #expect(network(x).elements == network.linear3(g).elements)
  }

  @Test("the squared error is the mean over examples and classes, against one-hot targets")
  func squaredError() {
    let scores = Tensor([0.5, 0, -1, 2, 1, 0], shape: [2, 3])
    let loss = ClassificationLoss.meanSquaredError(scores, labels: [0, 1])
    // 0.25 and 1 from the first example, 4 from the second.
    #expect(loss.scalar == Float(5.25) / 6)
  }

  @Test(
    "a training resumed from a checkpoint ends with the same bits",
    arguments: ClassificationLoss.allCases)
  func resuming(_ loss: ClassificationLoss) throws {
    var undisturbed = try training { $0.loss = loss }
    var saved: TrainingState?
    while !undisturbed.isFinished {
      try undisturbed.stepEpoch()
      if undisturbed.epoch == 4 { saved = undisturbed.state }
    }
    var resumed = try training { $0.loss = loss }
    // What it did before leaves no trace.
    try resumed.stepEpoch()
    try resumed.resume(from: #require(saved))
    #expect(resumed.epoch == 4)
    while !resumed.isFinished { try resumed.stepEpoch() }
    #expect(resumed.model.digest == undisturbed.model.digest)
    #expect(resumed.optimizer.digest == undisturbed.optimizer.digest)
  }

  @Test("a training without momentum resumes as well")
  func resumingWithoutMomentum() throws {
    var undisturbed = try training { $0.momentum = 0 }
    try undisturbed.stepEpoch()
    var resumed = try training { $0.momentum = 0 }
    try resumed.resume(from: undisturbed.state)
    #expect(try resumed.stepEpoch() == undisturbed.stepEpoch())
  }

  @Test("a checkpoint of another network is refused and changes nothing")
  func foreignCheckpoint() throws {
    var generator = TorchGenerator(seed: 1)
    let network = LogisticRegression(using: &generator)
    var other = try Training(
      of: network, by: SGD(for: network, learningRate: 1e-2, momentum: 0.9),
      on: .shuffled(examples(40), size: 100, using: generator), for: .epochs(500))
    try other.stepEpoch()
    var training = try training()
    let before = training.model.digest
    #expect(throws: TrainingError.self) { try training.resume(from: other.state) }
    var damaged = training.state
    let most = 6
    for epoch in [-3, most + 1, Int.max] {
      damaged.numbers["epoch"] = "\(epoch)"
      let expected = TrainingError.checkpoint("it counts \(epoch) epochs; it must be 0 to \(most)")
      #expect(throws: expected) { try training.resume(from: damaged) }
    }
    #expect(training.model.digest == before && training.epoch == 0)
  }

  @Test("a training that diverges says at which step")
  func divergence() throws {
    var training = try training {
      $0.learningRate = 1e20
      $0.loss = .meanSquaredError
    }
    let failure = #expect(throws: TrainingError.self) {
      while !training.isFinished { try training.stepEpoch() }
    }
    guard case .diverged(let step, let loss) = failure else {
      Issue.record("it did not diverge: \(String(describing: failure))")
      return
    }
    #expect((1..<36).contains(step) && !loss.isFinite)
  }

  @Test("settings that make no sense are refused by name")
  func validation() {
    for (change, expected) in [
      ({ $0.epochs = -1 }, TrainingError.setting("epochs", "-1", "0 or more")),
      ({ $0.batchSize = 0 }, .setting("batch-size", "0", "1 or more")),
      ({ $0.epochs = .max }, .setting("epochs", "\(Int.max)", "at most 1000000000")),
      ({ $0.momentum = 1 }, .setting("momentum", "1.0", "0 or more and less than 1")),
      (
        { $0.learningRate = -.infinity },
        .setting("learning-rate", "-inf", "a finite number, 0 or more")
      ),
    ] as [((inout Settings) -> Void, TrainingError)] {
      #expect(throws: expected) { try training(change) }
    }
  }
}
