import DataFormats
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

/// A layer of one's own that draws and remembers: it adds noise in training, and keeps the mean of what it has seen.
private struct Noisy: ContextualLayer {
  var scale = Tensor([1, 1, 1])
  var seen = Tensor.zeros([3])

  mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    guard context.mode == .training else { return x * scale - seen }
    seen = seen * 0.5 + x.mean(along: 0) * 0.5
    return x * scale + .uniform(x.shape, using: &context.random)
  }

  mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("scale", &scale)
    visit(state: "seen", &seen)
  }
}

/// A network that holds such a layer.
private struct Network: Classifier, ContextualLayer {
  var noisy = Noisy()
  var linear: Linear

  init(seed: UInt64 = 5) {
    var generator = TorchGenerator(seed: seed)
    linear = Linear(3, 2, using: &generator)
  }

  mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    linear(noisy.forward(x, in: &context))
  }

  mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("noisy", &noisy)
    visit("linear", &linear)
  }
}

@Suite("The forward context")
struct ForwardContextTests {
  private static let examples: Examples = {
    var generator = TorchGenerator(seed: 8)
    return Examples(
      inputs: .normal([50, 3], using: &generator),
      labels: generator.randomIntegers(count: 50, in: 0..<2).map { Int32($0) })
  }()

  private func training(
    of network: Network = Network(), seed: UInt64 = 1, steps: Int = 40
  ) throws -> Training<Network, Adam, Batches<Examples>> {
    try Training(
      of: network, by: Adam(for: network, learningRate: 0.05),
      on: .shuffled(Self.examples, size: 20, using: TorchGenerator(seed: 2)), for: .steps(steps),
      evaluating: .scores(every: 7, training: Self.examples, test: Self.examples),
      random: TorchGenerator(seed: seed))
  }

  @Test("what a layer remembers is no parameter, but saved and loaded beside them")
  func states() throws {
    var network = Network()
    #expect(
      network.namedParameters.map { $0.name } == ["noisy.scale", "linear.weight", "linear.bias"])
    #expect(
      network.namedTensors.map { $0.name } == [
        "noisy.scale", "noisy.seen", "linear.weight", "linear.bias",
      ])
    #expect(network.parameterCount == 3 + 6 + 2)
    #expect(network.states == [.zeros([3])])
    let before = network.digest
    network.replaceStates(with: [[1, 2, 3]])
    #expect(network.noisy.seen == [1, 2, 3])
    #expect(network.digest != before)

    var loaded = Network(seed: 6)
    try loaded.loadTensors(network.namedTensors)
    #expect(loaded.digest == network.digest)
    #expect(throws: ParameterMismatch.self) {
      try loaded.loadTensors(network.namedParameters)
    }
  }

  @Test("a network draws and remembers in training alone")
  func modes() {
    var network = Network()
    let x = Self.examples.inputs
    let used = network(x)
    #expect(network(x) == used)
    var context = ForwardContext.evaluation
    #expect(network.forward(x, in: &context) == used)
    #expect(network.states == [.zeros([3])])

    context = .training(using: TorchGenerator(seed: 3))
    let trained = network.forward(x, in: &context)
    #expect(trained != used)
    #expect(network.forward(x, in: &context) != trained)
    #expect(network.noisy.seen != .zeros([3]))
    #expect(context.random != TorchGenerator(seed: 3))
  }

  @Test(
    "a training keeps what layers remember, differentiates by parameters alone and judges in evaluation"
  )
  func keepsStates() throws {
    var training = try training()
    try training.step()
    var (first, batches) = (Network(), training.batches)
    batches = .shuffled(Self.examples, size: 20, using: TorchGenerator(seed: 2))
    let batch = batches.next()
    #expect(training.model.noisy.seen == batch.inputs.mean(along: 0) * 0.5)
    #expect(training.random != TorchGenerator(seed: 1))

    var context = ForwardContext.training(using: TorchGenerator(seed: 1))
    let loss = softmaxCrossEntropy(first.forward(batch.inputs, in: &context), labels: batch.labels)
    #expect(training.lastStep?.trainLoss == loss.scalar)
    #expect(training.random == context.random)

    while !training.isFinished { try training.stepAndEvaluate() }
    #expect(training.optimizer.namedParameters.count == 6)
  }

  @Test("a training is resumed with what layers remember and with the generator they draw from")
  func resumes() throws {
    var whole = try training()
    for _ in 0..<17 { try whole.stepAndEvaluate() }
    let saved = try TrainingState(decoding: whole.state.encode())
    while !whole.isFinished { try whole.stepAndEvaluate() }
    var resumed = try training()
    for _ in 0..<3 { try resumed.step() }
    try resumed.resume(from: saved)
    while !resumed.isFinished { try resumed.stepAndEvaluate() }
    #expect(resumed.model.digest == whole.model.digest)
    #expect(resumed.bestModel.digest == whole.bestModel.digest)
    #expect(resumed.evaluations == whole.evaluations)
    #expect(resumed.random == whole.random)

    resumed = try training()
    try resumed.resume(from: training().state)
    #expect(resumed.random == TorchGenerator(seed: 1))
  }

  @Test(
    "a checkpoint of other random numbers or of another memory is refused, and so is a damaged one")
  func refusals() throws {
    var saved = try training()
    for _ in 0..<3 { try saved.step() }
    let state = saved.state
    var other = try training(seed: 9)
    #expect(throws: TrainingError.self) { try other.resume(from: state) }
    var network = Network()
    network.replaceStates(with: [[1, 2, 3]])
    other = try training(of: network)
    #expect(throws: TrainingError.self) { try other.resume(from: state) }

    for damage in [-1.0, 0.5, .infinity, 0x1p33] {
      var damaged = state
      let place = try #require(damaged.series.firstIndex { $0.name == "random" })
      damaged.series[place].values[3] = damage
      #expect(throws: TrainingError.self) { try saved.resume(from: damaged) }
      damaged.series[place].values = [1, 2]
      #expect(throws: TrainingError.self) { try saved.resume(from: damaged) }
      damaged.series[place].values = Array(repeating: 0, count: 625)
      #expect(throws: TrainingError.self) { try saved.resume(from: damaged) }
    }
    try saved.resume(from: state)
  }

  @Test("a loss of one's own applies the model in the step's context")
  func ownLoss() throws {
    var training = try Training(
      of: Network(), by: SGD(for: Network(), learningRate: 0.1),
      on: Batches.inOrder(Self.examples, size: 20), for: .steps(3)
    ) { model, batch, context in square(model.forward(batch.inputs, in: &context)).mean() }
    for _ in 0..<3 { try training.step() }
    #expect(training.model.noisy.seen != .zeros([3]))
    #expect(training.random != TorchGenerator(seed: 0))
  }

  @Test("a masked network draws and remembers like the one it prunes")
  func masked() {
    var masked = Masked(Network(), by: Mask(keepingAll: Network()))
    var network = Network()
    var contexts = (
      ForwardContext.training(using: TorchGenerator(seed: 3)),
      ForwardContext.training(using: TorchGenerator(seed: 3))
    )
    let x = Self.examples.inputs
    #expect(masked.forward(x, in: &contexts.0) == network.forward(x, in: &contexts.1))
    #expect(masked.states == network.states)
  }
}
