import Fixtures
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

/// What PyTorch gave, from `Golden/training_rules.json`.
private struct Golden: Decodable {
  struct Trajectory: Decodable {
    var start: [[Float]]
    var target: [[Float]]
    var steps: [[[Float]]]

    /// Takes the same steps on Σ (w − t)⁴ and compares the parameters after each.
    func follow(_ name: String, _ step: (inout [Tensor], [Tensor]) -> Void) {
      var w = start.map { Tensor($0) }
      for (number, expected) in steps.enumerated() {
        let gradient = gradient(at: w) { w in
          zip(w, target).reduce(Tensor(0)) {
            $0 + square(square($1.0 - Tensor($1.1))).sum()
          }
        }
        step(&w, gradient)
        for (ours, theirs) in zip(w.flatMap(\.elements), expected.flatMap { $0 }) {
          #expect(abs(ours - theirs) <= 2e-6 * max(1, abs(theirs)), "\(name), step \(number)")
        }
      }
    }
  }

  var optimizers: [String: Trajectory]
  var schedules: [String: [Double]]
  var clippings: [String: Trajectory]

  static func load() throws -> Golden {
    try Fixture.json("training_rules.json", as: Golden.self)
  }
}

@Suite("The rules of a training")
struct TrainingRulesTests {
  private func follow<Rule: Optimizer>(_ name: String, _ make: ([Tensor]) -> Rule) throws {
    let golden = try #require(try Golden.load().optimizers[name])
    var optimizer = make(golden.start.map { Tensor($0) })
    golden.follow(name) { optimizer.update(&$0, along: $1) }
  }

  @Test("Nesterov's momentum, dampening and decoupled decay are PyTorch's")
  func optimizers() throws {
    try follow("nesterov") { SGD(for: $0, learningRate: 0.01, momentum: 0.9, .nesterov) }
    try follow("nesterov-decay") {
      SGD(for: $0, learningRate: 0.01, momentum: 0.8, .nesterov, weightDecay: 0.1)
    }
    try follow("dampened") {
      SGD(for: $0, learningRate: 0.02, momentum: 0.9, dampening: 0.5, weightDecay: 0.1)
    }
    try follow("adamw") { AdamW(for: $0, learningRate: 0.05) }
    try follow("adamw-decay") {
      AdamW(
        for: $0, learningRate: 0.05, beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.3)
    }
  }

  @Test("schedules give PyTorch's rates, and stay at their end")
  func schedules() throws {
    let schedules: [String: LearningRateSchedule] = [
      "step-decay": .stepDecay(every: 4, factor: 0.3), "linear": .linearDecay(steps: 20),
      "cosine": .cosine(steps: 24, minimum: 0.003),
      "warm-up": .warmUp(steps: 5, from: 0.1, then: .cosine(steps: 19)),
    ]
    let golden = try Golden.load().schedules
    #expect(Set(golden.keys) == Set(schedules.keys))
    for (name, expected) in golden {
      let schedule = try #require(schedules[name])
      for (step, theirs) in expected.enumerated() {
        #expect(abs(schedule.rate(at: step, from: 0.1) - theirs) <= 1e-15, "\(name), step \(step)")
      }
    }
    #expect(LearningRateSchedule.cosine(steps: 24, minimum: 0.003).rate(at: 99, from: 1) == 0.003)
    #expect(LearningRateSchedule.constant.rate(at: 99, from: 0.3) == 0.3)
    let own = LearningRateSchedule.custom(name: "inverse") { $0 / Double($1 + 1) }
    #expect(own.rate(at: 3, from: 1) == 0.25)
  }

  @Test("gradients are clipped as PyTorch clips them, over all parameters together")
  func clipping() throws {
    let golden = try Golden.load().clippings
    for (name, clipping) in [("norm", GradientClipping.norm(0.7)), ("value", .value(0.2))] {
      try #require(golden[name]).follow(name) { w, gradient in
        w = SGD.step(w, along: gradient.clipped(by: clipping), learningRate: 0.02)
      }
    }
    let small = [Tensor([0.1, -0.2]), Tensor([0.05])]
    for clipping in [GradientClipping.norm(0.7), .value(0.2)] {
      #expect(small.clipped(by: clipping).map(\.elements) == small.map(\.elements))
    }
  }

  @Test("a rule as a function of a model follows the update in place")
  func functions() throws {
    let start = [Tensor([1, -2, 0.5]), Tensor([[3], [-1]].flatMap { $0 }, shape: [2, 1])]
    var (a, b) = (start, start)
    var (moments, rule) = (Adam.Moments(of: a), Adam(for: a, learningRate: 0.05))
    for step in 1...10 {
      func slope(_ w: [Tensor]) -> [Tensor] {
        gradient(at: w) { w in w.reduce(Tensor(0)) { $0 + square(square($1)).sum() } }
      }
      rule.update(&b, along: slope(b))
      a = Adam.step(a, along: slope(a), moments: &moments, step: step, learningRate: 0.05)
      for (x, y) in zip(a.flatMap(\.elements), b.flatMap(\.elements)) {
        #expect(abs(x - y) <= 4e-6 * max(1, abs(y)))
      }
    }
  }

  @Test("batches that are passed over leave the source where drawing them leaves it")
  func skipping() {
    let examples = Examples(
      inputs: Tensor((0..<23).map(Float.init), shape: [23, 1]),
      labels: [Int32](repeating: 0, count: 23))
    for start in [
      Batches.inOrder(examples, size: 5),
      .shuffled(examples, size: 5, using: TorchGenerator(seed: 4)),
    ] {
      for first in [0, 1, 4, 5, 7] {
        for count in [0, 1, 4, 5, 6, 13] {
          var (drawn, skipped) = (start, start)
          for _ in 0..<first { _ = drawn.next() }
          skipped.skip(first)
          for _ in 0..<count { _ = drawn.next() }
          skipped.skip(count)
          for _ in 0..<6 {
            #expect(drawn.next().inputs.elements == skipped.next().inputs.elements)
          }
        }
      }
    }
  }
}
