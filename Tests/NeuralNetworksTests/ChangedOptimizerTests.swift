import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

/// A number that moves along a given slope.
private struct Weight: Parameterized, Sendable {
  var value = Tensor(1)
  mutating func visitParameters(_ visit: inout some ParameterVisitor) { visit("value", &value) }
}

private struct Slopes: BatchSource {
  let stepsPerEpoch = 10
  mutating func next() -> Float { 1 }
}

@Suite("A training whose optimizer is changed on the way")
struct ChangedOptimizerTests {
  private func training<Rule: Optimizer>(
    by rule: Rule, _ schedule: LearningRateSchedule = .constant
  ) throws -> Training<Weight, Rule, Slopes> {
    try Training(
      of: Weight(), by: rule, on: Slopes(), for: .steps(20), schedule: schedule
    ) { $0.value * $1 }
  }

  private var descent: SGD { SGD(for: Weight(), learningRate: 0.5) }

  @Test("goes on with the learning rate that was set, from which the schedule starts")
  func rate() throws {
    var training = try training(by: descent, .stepDecay(every: 2, factor: 0.5))
    for _ in 0..<3 { try training.step() }
    // 1 − 0.5 − 0.5 − 0.25
    #expect(training.model.value.scalar == -0.25)
    #expect(training.optimizer.learningRate == 0.5 && training.learningRate == 0.25)
    training.optimizer.learningRate = 2
    #expect(training.learningRate == 1)
    try training.step()
    #expect(training.model.value.scalar == -1.25)
    training.schedule = .constant
    try training.step()
    #expect(training.model.value.scalar == -3.25)
  }

  @Test("is resumed by one with the same settings, and by no other")
  func resuming() throws {
    var changed = try training(by: SGD(for: Weight(), learningRate: 0.5, momentum: 0.9))
    for _ in 0..<3 { try changed.step() }
    changed.optimizer.learningRate = 0.125
    changed.schedule = .linearDecay(steps: 30)
    for _ in 0..<2 { try changed.step() }
    var resumed = try training(by: SGD(for: Weight(), learningRate: 0.5, momentum: 0.9))
    #expect(throws: TrainingError.mismatch("learning-rate", saved: "0.125", given: "0.5")) {
      try resumed.resume(from: changed.state)
    }
    resumed.optimizer.learningRate = 0.125
    #expect(throws: TrainingError.self) { try resumed.resume(from: changed.state) }
    resumed.schedule = .linearDecay(steps: 30)
    try resumed.resume(from: changed.state)
    while !changed.isFinished {
      try changed.step()
      try resumed.step()
      #expect(changed.model.value.scalar == resumed.model.value.scalar)
    }
  }

  @Test("may start with a fresh one, which counts its own steps, also when it is resumed")
  func fresh() throws {
    let adam = Adam(for: Weight(), learningRate: 0.5)
    var changed = try training(by: adam)
    for _ in 0..<3 { try changed.step() }
    changed.optimizer = adam
    for _ in 0..<2 { try changed.step() }
    #expect(changed.stepCount == 5 && changed.optimizer.stepCount == 2)
    var resumed = try training(by: adam)
    try resumed.resume(from: changed.state)
    #expect(resumed.stepCount == 5 && resumed.optimizer.stepCount == 2)
    #expect(try changed.step().trainLoss == resumed.step().trainLoss)
    #expect(changed.model.value.scalar == resumed.model.value.scalar)
    for key in ["optimizer.first-step", "optimizer.step"] {
      for count in [-1, 4, Int.min, Int.max] {
        var damaged = changed.state
        damaged.numbers[key] = "\(count)"
        #expect(throws: TrainingError.self, "\(key)") { try resumed.resume(from: damaged) }
      }
    }
  }
}
