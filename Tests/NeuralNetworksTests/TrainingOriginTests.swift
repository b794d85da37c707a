import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("A checkpoint")
struct TrainingOriginTests {
  /// What one training may have that another has not.
  private struct Start {
    var settings = TrainingRecipe()
    var seed: UInt64 = 1
    var data: UInt64 = 2
    var testData: UInt64 = 3
    var heldOut = 0
    var hidden = 7
    var activation = Activation.named(.relu)
    var pruned: Double?
    var history = Evaluator<Masked<MultilayerPerceptron>>.History.whole

    init() {
      settings.steps = 12
      settings.batchSize = 10
      settings.evalEvery = 4
    }

    func training() throws -> RecipeTraining<Masked<MultilayerPerceptron>> {
      var generator = TorchGenerator(seed: seed)
      let network = MultilayerPerceptron(
        inputs: 8, hidden: hidden, activation: activation, using: &generator)
      let mask =
        pruned.map { Mask(pruning: $0, ofLayersScoredBy: network.magnitudes) }
        ?? Mask(keepingAll: network)
      let all = examples(50, seed: data)
      let (rest, held) = heldOut > 0 ? all.holdingOut(heldOut) : (all, nil)
      return try Training(
        of: Masked(network, by: mask), on: rest, validating: held,
        testing: examples(20, seed: testData), by: settings, remembering: history)
    }
  }

  private static func examples(_ count: Int, seed: UInt64) -> Examples {
    var generator = TorchGenerator(seed: seed)
    return Examples(
      inputs: Tensor(generator.normal(count: count * 8), shape: [count, 8]),
      labels: (0..<count).map { Int32($0 % 10) })
  }

  private static let changes: [(part: String, change: @Sendable (inout Start) -> Void)] = [
    ("batch-size", { $0.settings.batchSize = 11 }),
    ("learning-rate", { $0.settings.learningRate = 0.02 }),
    ("weight-decay", { $0.settings.weightDecay = 1e-9 }),
    ("eval-every", { $0.settings.evalEvery = 2 }),
    ("patience", { $0.settings.patience = 5 }),
    ("validation", { $0.heldOut = 10 }),
    ("training examples", { $0.data = 4 }),
    ("test examples", { $0.testData = 4 }),
    ("initial weights", { $0.seed = 2 }),
    ("initial weights", { $0.pruned = 0.5 }),
    ("model", { $0.hidden = 8 }),
    ("network", { $0.activation = .named(.tanh) }),
  ]

  @Test(
    "of another training is refused by what differs, with both values",
    arguments: changes.indices)
  func differences(_ index: Int) throws {
    let (part, change) = Self.changes[index]
    var (begun, other) = (try Start().training(), Start())
    for _ in 0..<5 { try begun.stepAndEvaluate() }
    change(&other)
    var training = try other.training()
    let before = training.model.digest
    let failure = #expect(throws: TrainingError.self) {
      try training.resume(from: begun.state)
    }
    guard case .mismatch(part, let saved, let given) = failure else {
      Issue.record("\(String(describing: failure)) is not about \(part)")
      return
    }
    #expect(saved != given && "\(failure!)".contains(saved) && "\(failure!)".contains(given))
    #expect(training.model.digest == before && training.stepCount == 0)
    // It is no accident of the order: neither is taken up by the other.
    #expect(throws: TrainingError.self) { try begun.resume(from: training.state) }
  }

  @Test("tells a pruned weight from one that happens to be 0")
  func masks() throws {
    var generator = TorchGenerator(seed: 1)
    let network = MultilayerPerceptron(inputs: 8, hidden: 7, using: &generator)
    let mask = Mask(pruning: 0.5, ofLayersScoredBy: network.magnitudes)
    let examples = Self.examples(50, seed: 2)
    let pruned = Masked(network, by: mask)
    let free = Masked(network.masked(by: mask), by: Mask(keepingAll: network))
    #expect(pruned.digest == free.digest)
    let begun = try Training(of: pruned, on: examples, testing: examples)
    var training = try Training(of: free, on: examples, testing: examples)
    #expect(throws: TrainingError.self) { try training.resume(from: begun.state) }
  }

  @Test("of a finished training goes on, with more steps, as one that was never interrupted")
  func moreSteps() throws {
    var start = Start()
    start.heldOut = 10
    var short = try start.training()
    while !short.isFinished { try short.stepAndEvaluate() }
    start.settings.steps = 30
    var (long, resumed) = (try start.training(), try start.training())
    while !long.isFinished { try long.stepAndEvaluate() }
    try resumed.resume(from: short.state)
    while !resumed.isFinished { try resumed.stepAndEvaluate() }
    #expect(resumed.model.digest == long.model.digest)
    #expect(resumed.evaluations == long.evaluations && resumed.best == long.best)
    // Fewer steps than were taken cannot be had from it.
    start.settings.steps = 11
    var shorter = try start.training()
    #expect(throws: TrainingError.mismatch("steps", saved: "12", given: "11")) {
      try shorter.resume(from: short.state)
    }
  }

  @Test("that remembers the best evaluation alone goes on to the same end, and does not grow")
  func boundedHistory() throws {
    var start = Start()
    start.settings.patience = 2
    start.settings.steps = 400
    start.settings.evalEvery = 1
    var whole = try start.training()
    while !whole.isFinished { try whole.stepAndEvaluate() }
    start.history = .best
    var training = try start.training()
    try training.stepAndEvaluate()
    let size = training.state.numbers.count
    while !training.isFinished {
      try training.stepAndEvaluate()
      var resumed = try start.training()
      try resumed.resume(from: training.state)
      training = resumed
      #expect(training.state.numbers.count == size && training.state.series.isEmpty)
    }
    #expect(training.stepCount == whole.stepCount && training.best == whole.best)
    #expect(training.evaluations.isEmpty && training.bestModel.digest == whole.bestModel.digest)
  }

  @Test("that does not say what determined it, or is of another kind or version, is refused")
  func versions() throws {
    var training = try Start().training()
    for (key, value, word) in [
      ("version", nil, "first version"), ("version", "3", "version 3"), ("version", "x", "'x'"),
      ("origin.kind", "epochs", "kind"), ("origin.network", nil, "it has no network"),
    ] as [(String, String?, String)] {
      var checkpoint = training.state
      checkpoint.numbers[key] = value
      let failure = #expect(throws: TrainingError.self) {
        try training.resume(from: checkpoint)
      }
      #expect("\(failure!)".contains(word))
    }
  }

  @Test("that holds what no training can hold is refused, by name")
  func hostile() throws {
    var training = try Start().training()
    for _ in 0..<5 { try training.stepAndEvaluate() }
    let checkpoint = training.state
    let names = checkpoint.tensors.map { $0.name }
    for name in ["model.linear1.weight", "best.linear3.bias", "optimizer.second_moment.2"] {
      let place = try #require(names.firstIndex(of: name))
      for value: Float in [.nan, .infinity, -.infinity] {
        var damaged = checkpoint
        damaged.tensors[place].tensor.withUnsafeMutableElements { $0[1] = value }
        #expect(throws: TrainingError.checkpoint("\(name) holds \(value)")) {
          try training.resume(from: damaged)
        }
      }
    }
    var negative = checkpoint
    let place = try #require(names.firstIndex(of: "optimizer.second_moment.0"))
    negative.tensors[place].tensor.withUnsafeMutableElements { $0[0] = -1 }
    #expect(throws: TrainingError.self) { try training.resume(from: negative) }
    var bare = checkpoint
    bare.tensors.removeAll { $0.name.hasPrefix("optimizer") }
    #expect(throws: TrainingError.self) { try training.resume(from: bare) }
    for change: (inout TrainingState) -> Void in [
      { $0.series.removeLast() }, { $0.series[0].values[0] = 2.5 }, { $0.series[0].values[1] = 5 },
      { $0.series[1].values[0] = .nan }, { $0.series[2].values.append(1) },
      { $0.numbers["best.step"] = "5" }, { $0.numbers["best.test.loss"] = "nan" },
      {
        $0.numbers["best.step"] = nil; $0.numbers["evaluations.since-best"] = "1"
      },
      { $0.numbers["evaluations"] = "6" }, { $0.numbers["optimizer.step"] = "4" },
      { $0.numbers["evaluations.since-best"] = "-1" },
    ] {
      var damaged = checkpoint
      change(&damaged)
      #expect(throws: TrainingError.self) { try training.resume(from: damaged) }
    }
    try training.resume(from: checkpoint)
  }

  @Test("as versions saved it that had fewer kinds of training is resumed")
  func earlierVersions() throws {
    func keep(_ parts: [String], in state: TrainingState) -> TrainingState {
      var state = state
      for key in state.numbers.keys where key.hasPrefix("origin.") {
        if !parts.contains(String(key.dropFirst(7))) { state.numbers[key] = nil }
      }
      return state
    }
    var start = Start()
    start.heldOut = 10
    var (whole, resumed) = (try start.training(), try start.training())
    for _ in 0..<5 { try whole.stepAndEvaluate() }
    try resumed.resume(
      from: keep(
        [
          "kind", "model", "batch-size", "learning-rate", "weight-decay", "eval-every", "patience",
          "validation", "training examples", "validation examples", "test examples",
          "initial weights", "network",
        ], in: whole.state))
    #expect(resumed.stepCount == 5 && resumed.best == whole.best)

    func byEpochs() throws -> Training<LogisticRegression, SGD, Batches<Examples>> {
      var generator = TorchGenerator(seed: 1)
      let model = LogisticRegression(inputs: 8, using: &generator)
      return try Training(
        of: model, by: SGD(for: model, learningRate: 0.1, momentum: 0.9),
        on: .shuffled(Self.examples(50, seed: 2), size: 20, using: generator), for: .epochs(4))
    }
    var (first, second) = (try byEpochs(), try byEpochs())
    for _ in 0..<2 { try first.stepEpoch() }
    var state = keep(
      [
        "kind", "model", "batch-size", "learning-rate", "momentum", "loss", "training examples",
        "initial weights", "network", "order of the examples",
      ], in: first.state)
    (state.numbers["epoch.step"], state.numbers["optimizer.step"]) = (nil, nil)
    try second.resume(from: state)
    #expect(second.epoch == 2)
    #expect(try second.stepEpoch() == first.stepEpoch())
    // In the middle of an epoch, too.
    try first.step()
    try second.resume(from: first.state)
    #expect(try second.stepEpoch() == first.stepEpoch() && second.isFinished)
  }

  @Test("of a training by epochs is refused likewise, also for another order of the examples")
  func epochs() throws {
    func training(
      epochs: Int = 4, batchSize: Int = 100, learningRate: Double = 1e-2, momentum: Double = 0.9,
      loss: ClassificationLoss = .negativeLogLikelihood, seed: UInt64 = 1, shuffle: UInt64 = 5,
      data: UInt64 = 2
    ) throws -> Training<MultilayerPerceptron, SGD, Batches<Examples>> {
      var generator = TorchGenerator(seed: seed)
      let model = MultilayerPerceptron(inputs: 8, hidden: 5, using: &generator)
      return try Training(
        of: model, by: SGD(for: model, learningRate: learningRate, momentum: momentum),
        on: .shuffled(
          Self.examples(50, seed: data), size: batchSize, using: TorchGenerator(seed: shuffle)),
        for: .epochs(epochs), minimizing: loss)
    }
    var begun = try training()
    try begun.stepEpoch()
    for (part, other) in [
      ("batch-size", try training(batchSize: 7)),
      ("learning-rate", try training(learningRate: 1)),
      ("momentum", try training(momentum: 0)),
      ("loss", try training(loss: .meanSquaredError)),
      ("training examples", try training(data: 3)), ("initial weights", try training(seed: 2)),
      ("order of the examples", try training(shuffle: 6)),
    ] {
      var other = other
      let failure = #expect(throws: TrainingError.self) {
        try other.resume(from: begun.state)
      }
      guard case .mismatch(part, _, _) = failure else {
        Issue.record("\(String(describing: failure)) is not about \(part)")
        return
      }
    }
    var longer = try training(epochs: 9)
    try longer.resume(from: begun.state)
    #expect(longer.epoch == 1)
  }
}

@Suite("Divergence")
struct DivergenceTests {
  /// Two examples on which a network of one weight and one bias per class can be driven anywhere.
  private func training(
    rate: Double, steps: Int = 5, interval: Int = 100, test: Float = 1
  ) throws -> RecipeTraining<LogisticRegression> {
    var generator = TorchGenerator(seed: 1)
    var settings = TrainingRecipe()
    settings.steps = steps
    settings.batchSize = 2
    settings.learningRate = rate
    settings.evalEvery = interval
    return try Training(
      of: LogisticRegression(inputs: 1, classes: 2, using: &generator),
      on: Examples(inputs: Tensor([1, -1], shape: [2, 1]), labels: [0, 1]),
      testing: Examples(inputs: Tensor([test, -test], shape: [2, 1]), labels: [1, 0]),
      by: settings)
  }

  private func failure(_ training: inout RecipeTraining<LogisticRegression>) -> TrainingError? {
    do throws(TrainingError) {
      while !training.isFinished { try training.stepAndEvaluate() }
      return nil
    } catch { return error }
  }

  @Test("shows in the weights after the last step, though its loss was finite")
  func lastStep() throws {
    var training = try training(rate: 1e300, steps: 1)
    // Step 0 is evaluated, which would show it earlier.
    _ = try? training.step()
    var once = try self.training(rate: 1e300, steps: 0)
    guard case .divergedState(0, let loss, "linear.weight", let value) = failure(&once) else {
      Issue.record("it did not diverge")
      return
    }
    #expect(loss.isFinite && !value.isFinite)
    #expect(once.lastStep?.step == 0 && once.lastStep?.trainLoss == loss)
  }

  @Test("shows in the scores of test examples alone, and no such evaluation is the best")
  func scores() throws {
    var training = try training(rate: 1e3, interval: 1, test: 1e38)
    let failure = failure(&training)
    guard case .divergedScores(let step, "test", let loss) = failure else {
      Issue.record("it did not diverge: \(String(describing: failure))")
      return
    }
    #expect(!loss.isFinite && "\(failure!)".contains("step \(step)"))
    #expect(training.best.map { $0.test.loss.isFinite } ?? true)
  }

  @Test("shows in the moments, which would hold the weights where they are for ever")
  func moments() throws {
    var generator = TorchGenerator(seed: 1)
    let examples = Examples(inputs: Tensor([1e25, -1e25], shape: [2, 1]), labels: [0, 0])
    var training = try Training(
      of: LogisticRegression(inputs: 1, classes: 2, using: &generator), on: examples,
      testing: examples)
    let failure = #expect(throws: TrainingError.self) { try training.stepAndEvaluate() }
    #expect("\(failure!)".contains("the optimizer's second_moment.0 holds inf"))
  }
}
