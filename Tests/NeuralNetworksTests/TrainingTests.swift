import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("The training loop")
struct TrainingTests {
  private func examples(_ count: Int, seed: UInt64) -> Examples {
    var generator = TorchGenerator(seed: seed)
    return Examples(
      inputs: Tensor(generator.normal(count: count * 40), shape: [count, 40]),
      labels: (0..<count).map { Int32($0 % 10) })
  }

  private func training(
    _ architecture: Architecture = .mlp, heldOut: Int = 0,
    _ change: (inout TrainingRecipe) -> Void = { _ in }
  ) throws -> RecipeTraining<BaselineNetwork> {
    var recipe = TrainingRecipe()
    recipe.steps = 30
    recipe.batchSize = 20
    recipe.evalEvery = 10
    change(&recipe)
    var generator = TorchGenerator(seed: 1)
    let all = examples(110, seed: 2)
    let (rest, held) = heldOut > 0 ? all.holdingOut(heldOut) : (all, nil)
    return try Training(
      of: BaselineNetwork(architecture, using: &generator), on: rest, validating: held,
      testing: examples(50, seed: 3), by: recipe)
  }

  @Test(
    "once warm, steps and evaluations ask the system for no memory",
    arguments: Architecture.paper)
  func steadyState(_ architecture: Architecture) throws {
    var training = try training(architecture) { $0.steps = 100 }
    for _ in 0..<25 { try training.stepAndEvaluate() }
    let warm = Kernels.memory
    while !training.isFinished { try training.stepAndEvaluate() }
    #expect(Kernels.memory.blocksFromSystem == warm.blocksFromSystem)
  }

  @Test("step 0 and every tenth step are evaluated, after their update")
  func schedule() throws {
    var training = try training()
    var evaluated: [Int] = []
    while !training.isFinished {
      let metrics = try training.stepAndEvaluate()
      if let evaluation = metrics.evaluation {
        evaluated.append(metrics.step)
        #expect(evaluation.test == training.model.score(on: examples(50, seed: 3)))
      }
    }
    #expect(evaluated == [0, 10, 20, 30])
    #expect(training.stepCount == 31)
  }

  @Test("batches are taken in order, start again at the front, and the last one may be short")
  func batches() throws {
    var training = try training { $0.evalEvery = 100 }
    for step in 0..<8 {
      let start = step * 20 % 110
      let batch = training.batches.data[start..<min(start + 20, 110)]
      let expected = softmaxCrossEntropy(training.model(batch.inputs), labels: batch.labels)
      #expect(abs(try training.stepAndEvaluate().trainLoss - expected.scalar) <= 1e-6)
    }
  }

  @Test("the best evaluation is the first of the highest, by held-out examples where there are any")
  func selection() throws {
    var training = try training(heldOut: 30)
    while !training.isFinished { try training.stepAndEvaluate() }
    let accuracies = training.evaluations.compactMap(\.validation?.accuracy)
    #expect(accuracies.count == 4)
    let first = try #require(accuracies.firstIndex(of: accuracies.max()!))
    #expect(training.best == training.evaluations[first])
    #expect(
      training.bestModel.score(on: examples(110, seed: 2).holdingOut(30).heldOut).accuracy
        == accuracies.max())
  }

  @Test("patience ends a training that no longer improves")
  func patience() throws {
    var training = try training {
      $0.learningRate = 0
      $0.steps = 1000
      $0.patience = 3
    }
    while !training.isFinished { try training.stepAndEvaluate() }
    #expect(training.evaluations.count == 4)
    #expect(training.stepCount == 31)
  }

  @Test(
    "a training resumed from a checkpoint ends with the same bits", arguments: Architecture.paper
  )
  func resuming(_ architecture: Architecture) throws {
    var undisturbed = try training(architecture, heldOut: 10)
    var saved: TrainingState?
    while !undisturbed.isFinished {
      try undisturbed.stepAndEvaluate()
      if undisturbed.stepCount == 17 { saved = undisturbed.state }
    }
    var resumed = try training(architecture, heldOut: 10)
    try resumed.resume(from: #require(saved))
    #expect(resumed.stepCount == 17)
    while !resumed.isFinished { try resumed.stepAndEvaluate() }
    #expect(resumed.model.digest == undisturbed.model.digest)
    #expect(resumed.bestModel.digest == undisturbed.bestModel.digest)
    #expect(resumed.evaluations == undisturbed.evaluations)
    #expect(resumed.best == undisturbed.best)
  }

  @Test("a checkpoint of another network is refused and changes nothing")
  func foreignCheckpoint() throws {
    var other = try training(.logistic)
    try other.stepAndEvaluate()
    var training = try training(.mlp)
    let before = training.model.digest
    #expect(throws: TrainingError.self) { try training.resume(from: other.state) }
    #expect(training.model.digest == before && training.stepCount == 0)
    var damaged = try self.training(.mlp).state
    damaged.numbers["step"] = "soon"
    #expect(throws: TrainingError.checkpoint("step is 'soon', which is not a number")) {
      try training.resume(from: damaged)
    }
  }

  @Test("a training that diverges says at which step")
  func divergence() throws {
    var training = try training { $0.learningRate = 1e30 }
    var failure: TrainingError?
    while failure == nil && !training.isFinished {
      do throws(TrainingError) { _ = try training.step() } catch { failure = error }
    }
    guard case .diverged(let step, let loss) = failure else {
      Issue.record("it did not diverge")
      return
    }
    #expect(step > 0 && !loss.isFinite)
  }

  @Test("a checkpoint that counts more than a training can is refused")
  func countlessCheckpoint() throws {
    var training = try training { $0.steps = 4 }
    try training.stepAndEvaluate()
    for (key, count) in [
      ("step", Int.max), ("optimizer.step", Int.max), ("evaluations", Int.max), ("step", -1),
    ] {
      var damaged = training.state
      damaged.numbers[key] = "\(count)"
      let before = training.stepCount
      #expect(throws: TrainingError.self, "\(key)") { try training.resume(from: damaged) }
      #expect(training.stepCount == before)
    }
  }

  @Test("settings that make no sense are refused by name")
  func settings() {
    #expect(throws: TrainingError.setting("batch-size", "0", "1 or more")) {
      try training { $0.batchSize = 0 }
    }
    #expect(throws: TrainingError.setting("steps", "\(Int.max)", "at most 1000000000")) {
      try training { $0.steps = .max }
    }
    #expect(throws: TrainingError.setting("learning-rate", "nan", "a finite number, 0 or more")) {
      try training { $0.learningRate = .nan }
    }
    for large in [1_000_000_001, Int.max] {
      #expect(throws: TrainingError.setting("steps", "\(large)", "at most 1000000000")) {
        try training { $0.steps = large }
      }
      #expect(throws: TrainingError.setting("batch-size", "\(large)", "at most 1000000000")) {
        try training { $0.batchSize = large }
      }
    }
    #expect(throws: TrainingError.setting("eval-every", "0", "1 or more")) {
      try training { $0.evalEvery = 0 }
    }
  }

  @Test("parameters load by name, whole or not at all")
  func loading() throws {
    var generator = TorchGenerator(seed: 5)
    var network = LogisticRegression(using: &generator)
    let digest = network.digest
    let bias = ("linear.bias", Tensor.zeros([10]))
    for wrong in [
      [bias], [bias, ("linear.weight", .zeros([10, 39]))],
      [bias, ("linear.weight", .zeros([10, 40])), ("linear.extra", .zeros([1]))], [bias, bias],
    ] {
      #expect(throws: ParameterMismatch.self) { try network.loadParameters(wrong) }
    }
    #expect(network.digest == digest)
    try network.loadParameters([bias, ("linear.weight", .ones([10, 40]))])
    #expect(network.linear.weight == .ones([10, 40]))
  }
}
