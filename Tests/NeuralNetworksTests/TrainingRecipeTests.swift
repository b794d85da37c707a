import Fixtures
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("A recipe")
struct TrainingRecipeTests {
  private func examples(_ count: Int, seed: UInt64) -> Examples {
    var generator = TorchGenerator(seed: seed)
    return Examples(
      inputs: Tensor(generator.normal(count: count * 40), shape: [count, 40]),
      labels: (0..<count).map { Int32($0 % 10) })
  }

  private func training(
    _ change: (inout TrainingRecipe) -> Void = { _ in }
  ) throws -> RecipeTraining<BaselineNetwork> {
    var recipe = TrainingRecipe()
    recipe.steps = 29
    recipe.batchSize = 20
    recipe.evalEvery = 10
    change(&recipe)
    var generator = TorchGenerator(seed: 1)
    let network = BaselineNetwork(.mlp, using: &generator)
    return try Training(
      of: network, on: examples(110, seed: 2), testing: examples(50, seed: 3), by: recipe,
      using: generator)
  }

  private func losses(_ change: (inout TrainingRecipe) -> Void = { _ in }) throws -> [Float] {
    var (training, losses) = (try training(change), [Float]())
    while !training.isFinished { losses.append(try training.stepAndEvaluate().trainLoss) }
    return losses
  }

  @Test("trains as PyTorch does, with shuffled batches, a schedule, clipping and smoothed labels")
  func golden() throws {
    struct Golden: Decodable { var sgd, rmsprop, adamw: [Float] }
    let golden = try Fixture.json("recipes.json", as: Golden.self)
    let sgd = try losses {
      $0.order = .shuffled
      ($0.optimizer, $0.learningRate, $0.momentum, $0.nesterov) = (.sgd, 0.05, 0.9, true)
      ($0.weightDecay, $0.labelSmoothing, $0.clipNorm) = (0.01, 0.1, 0.5)
      ($0.schedule, $0.decayEvery) = (.step, 10)
    }
    let rmsprop = try losses {
      $0.order = .shuffled
      ($0.optimizer, $0.learningRate, $0.schedule) = (.rmsprop, 0.001, .cosine)
    }
    let adamw = try losses {
      $0.order = .shuffled
      ($0.optimizer, $0.weightDecay, $0.labelSmoothing) = (.adamw, 0.1, 0.3)
      $0.schedule = .linear
    }
    for (ours, theirs) in [(sgd, golden.sgd), (rmsprop, golden.rmsprop), (adamw, golden.adamw)] {
      #expect(ours.count == theirs.count)
      for (ours, theirs) in zip(ours, theirs) { #expect(abs(ours - theirs) < 2e-5) }
    }
  }

  @Test("of the paper is Adam on batches in order, whose checkpoints it resumes")
  func paper() throws {
    var generator = TorchGenerator(seed: 1)
    let network = BaselineNetwork(.mlp, using: &generator)
    let (learned, test) = (examples(110, seed: 2), examples(50, seed: 3))
    var paper = try Training(
      of: network, by: Adam(for: network, learningRate: 1e-2), on: .inOrder(learned, size: 20),
      for: .steps(30), evaluating: .scores(every: 10, training: learned, test: test),
      random: generator)
    for _ in 0..<12 { try paper.stepAndEvaluate() }
    var resumed = try training()
    try resumed.resume(from: paper.state)
    #expect(resumed.stepCount == 12 && resumed.model.digest == paper.model.digest)
    while !paper.isFinished { try paper.stepAndEvaluate() }
    while !resumed.isFinished { try resumed.stepAndEvaluate() }
    var whole = try training()
    while !whole.isFinished { try whole.stepAndEvaluate() }
    #expect(resumed.model.digest == paper.model.digest && whole.model.digest == paper.model.digest)
    #expect(whole.state.numbers == paper.state.numbers)
  }

  @Test(
    "resumes to the same bits, whatever it says",
    arguments: OptimizerName.allCases, TrainingRecipe.Order.allCases)
  func resumes(optimizer: OptimizerName, order: TrainingRecipe.Order) throws {
    func change(_ recipe: inout TrainingRecipe) {
      (recipe.optimizer, recipe.order, recipe.learningRate) = (optimizer, order, 0.003)
      if optimizer == .sgd { recipe.momentum = 0.5 }
      (recipe.augmentation.shift, recipe.augmentation.flip) = (3, 0.5)
      (recipe.augmentation.scale, recipe.augmentation.noise) = (0.2, 0.1)
      (recipe.warmUp, recipe.schedule) = (5, .cosine)
    }
    var whole = try training(change)
    for _ in 0..<17 { try whole.stepAndEvaluate() }
    let state = whole.state
    while !whole.isFinished { try whole.stepAndEvaluate() }
    var resumed = try training(change)
    try resumed.resume(from: state)
    while !resumed.isFinished { try resumed.stepAndEvaluate() }
    #expect(resumed.model.digest == whole.model.digest)
    #expect(resumed.evaluations == whole.evaluations)
    var other = try training {
      change(&$0)
      $0.augmentation.shift = 2
    }
    #expect(throws: TrainingError.self) { try other.resume(from: state) }
  }

  @Test(
    "updates in place: once warm, steps ask the system for no memory",
    arguments: OptimizerName.allCases)
  func steadyState(_ optimizer: OptimizerName) throws {
    var training = try training {
      ($0.steps, $0.optimizer, $0.learningRate) = (100, optimizer, 0.001)
      if optimizer == .sgd { $0.momentum = 0.9 }
    }
    for _ in 0..<25 { try training.stepAndEvaluate() }
    let warm = Kernels.memory
    while !training.isFinished { try training.stepAndEvaluate() }
    #expect(Kernels.memory.blocksFromSystem == warm.blocksFromSystem)
  }

  @Test("may count epochs")
  func epochs() throws {
    #expect(try losses { ($0.steps, $0.epochs) = (6000, 3) }.count == 18)
  }

  @Test("that makes no sense is refused by the name of the setting")
  func refused() {
    let mistakes: [(String, (inout TrainingRecipe) -> Void)] = [
      ("steps", { $0.steps = -1 }), ("epochs", { $0.epochs = 0 }),
      ("batch-size", { $0.batchSize = 0 }),
      ("momentum", { $0.momentum = 0.9 }),
      ("momentum", { ($0.optimizer, $0.momentum) = (.sgd, 1) }),
      ("nesterov", { ($0.optimizer, $0.nesterov) = (.sgd, true) }),
      ("decay-every", { $0.decayEvery = 0 }), ("decay-factor", { $0.decayFactor = -1 }),
      ("warm-up", { $0.warmUp = -1 }), ("label-smoothing", { $0.labelSmoothing = 1 }),
      ("label-smoothing", { ($0.loss, $0.labelSmoothing) = (.meanSquaredError, 0.1) }),
      ("clip-norm", { $0.clipNorm = 0 }), ("clip-norm", { $0.clipNorm = .infinity }),
      ("augment-shift", { $0.augmentation.shift = -1 }),
      ("augment-flip", { $0.augmentation.flip = 1.5 }),
      ("augment-scale", { $0.augmentation.scale = .nan }),
      ("augment-noise", { $0.augmentation.noise = -1 }),
      ("learning-rate", { $0.learningRate = .infinity }), ("eval-every", { $0.evalEvery = 0 }),
      ("patience", { $0.patience = 0 }),
    ]
    for (name, change) in mistakes {
      let error = #expect(throws: TrainingError.self) { try training(change) }
      guard case .setting(name, _, _)? = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
  }

  @Test("augments signals by rotation, direction, height and noise, each signal in its own way")
  func augments() throws {
    let signal = (0..<40).map { Float($0) }
    let examples = Examples(
      inputs: Tensor(Array(repeating: signal, count: 50).flatMap { $0 }, shape: [50, 40]),
      labels: Array(repeating: 1, count: 50))
    func rows(_ change: (inout Augmentation) -> Void) -> [[Float]] {
      var augmentation = Augmentation()
      change(&augmentation)
      var batches = AugmentedBatches(
        .inOrder(examples, size: 50), by: augmentation, using: TorchGenerator(seed: 5))
      let elements = batches.next().inputs.elements
      return (0..<50).map { Array(elements[$0 * 40..<($0 + 1) * 40]) }
    }
    #expect(rows { _ in } == Array(repeating: signal, count: 50))
    let rotations = Set(rows { $0.shift = 2 })
    #expect(rotations == Set((-2...2).map { by in (0..<40).map { signal[($0 + 40 - by) % 40] } }))
    let directions = rows { $0.flip = 0.5 }
    #expect(Set(directions) == [signal, signal.reversed()])
    #expect((10...40).contains(directions.count { $0 == signal }))
    #expect(rows { $0.flip = 1 }.allSatisfy { $0 == signal.reversed() })
    let factors = rows { $0.scale = 0.25 }.map { $0[1] }
    #expect(factors.allSatisfy { (0.75...1.25).contains($0) } && Set(factors).count == 50)
    let noise = rows { $0.noise = 0.5 }.flatMap { zip($0, signal).map { $0 - $1 } }
    let variance = noise.map { $0 * $0 }.reduce(0, +) / 2000
    #expect(abs(variance.squareRoot() - 0.5) < 0.03)
  }

  @Test("selects classes, then examples, then changes labels by NumPy's draws")
  func selects() throws {
    let examples = examples(60, seed: 9)
    var selection = ExampleSelection()
    func labels() throws -> [Int32] {
      try selection.training(from: examples, classes: 10, seed: 3).labels
    }
    #expect(try labels() == examples.labels)
    selection.classes = [7, 2]
    #expect(try labels() == [2, 7, 2, 7, 2, 7, 2, 7, 2, 7, 2, 7])
    #expect(try selection.restricted(examples, classes: 10).count == 12)
    selection.trainingExamples = 5
    #expect(try labels() == [2, 7, 2, 7, 2])
    selection.labels = .permuted
    // numpy.random.RandomState(3).permutation(5) is [3, 4, 1, 0, 2].
    #expect(try labels() == [7, 2, 7, 2, 2])
    selection = ExampleSelection()
    selection.labelNoise = 1
    let noisy = try labels()
    #expect(noisy.count == 60 && (2...14).contains(zip(noisy, examples.labels).count { $0 == $1 }))
    selection.labelNoise = 0.5
    selection.classes = [1, 4]
    #expect(Set(try labels()) == [1, 4])
    for (name, change) in [
      ("classes", { $0.classes = [10] }), ("classes", { $0.classes = [-1] }),
      ("training-examples", { $0.trainingExamples = 61 }),
      ("training-examples", { $0.trainingExamples = 0 }), ("label-noise", { $0.labelNoise = 2 }),
    ] as [(String, (inout ExampleSelection) -> Void)] {
      selection = ExampleSelection()
      change(&selection)
      let error = #expect(throws: TrainingError.self) { try labels() }
      guard case .setting(name, _, _)? = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
  }
}
