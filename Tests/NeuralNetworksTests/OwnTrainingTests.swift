import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

/// A polynomial, which classifies nothing.
private struct Polynomial: Parameterized, Sendable {
  var coefficients = Tensor([0.3, -0.2, 0.1])

  func callAsFunction(_ x: Tensor) -> Tensor {
    let c = coefficients
    return c.sliced(0..<1) + c.sliced(1..<2) * x + c.sliced(2..<3) * x * x
  }

  mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("coefficients", &coefficients)
  }
}

/// Points on a curve.
private struct Points: TrainingData {
  var x: Tensor
  var y: Tensor

  init(_ x: Tensor, _ y: Tensor) { (self.x, self.y) = (x, y) }

  init(_ count: Int, offset: Float = 0) {
    let x = Tensor((0..<count).map { Float($0) / Float(count) - 0.5 })
    self.init(x, 1 + x * 2 + x * x * 3 + Tensor(offset))
  }

  var count: Int { x.count }
  subscript(range: Range<Int>) -> Points { Points(x.sliced(range), y.sliced(range)) }
  func gathered(_ rows: [Int]) -> Points { Points(x.gathered(rows), y.gathered(rows)) }
  var identity: String { "\(count) points, digest \([x, y].digest)" }
}

/// A rule that is none of the given ones, with the fewest words.
private struct SignDescent: Optimizer {
  var learningRate = 0.01
  var stepCount = 0

  mutating func update<Model: Parameterized>(_ model: inout Model, along gradient: Model) {
    stepCount += 1
    let rate = Float(learningRate)
    model.updateParameters(along: gradient.parameters) { parameter, gradient in
      parameter = parameter - maximum(-1.0, minimum(1.0, gradient * 1e6)) * rate
    }
  }

  mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}

/// Points drawn with replacement.
private struct Draws: BatchSource {
  let points: Points
  var generator = TorchGenerator(seed: 9)
  let stepsPerEpoch = 4

  mutating func next() -> Points {
    points.gathered(generator.randomIntegers(count: 6, in: 0..<points.count).map { Int($0) })
  }
}

@Suite("A training of one's own")
struct OwnTrainingTests {
  /// What may differ between two trainings.
  private struct Start {
    var schedule = LearningRateSchedule.cosine(steps: 60)
    var clipping: GradientClipping? = .norm(2)
    var size = 7
    var seed: UInt64 = 3
    var isShuffled = true
    var offset: Float = 0
    var scale: Float = 1
    var lossName = "squared error"
    var interval = 5
    var patience: Int?
    var names = ["rmse"]
    var length = TrainingLength.steps(60)

    func training<Rule: Optimizer>(
      by make: (Polynomial) -> Rule
    ) throws -> Training<Polynomial, Rule, Batches<Points>> {
      let points = Points(40, offset: offset)
      let names = names
      let evaluator = Evaluator<Polynomial>(
        every: interval, from: interval - 1, of: names, selecting: .lowest(names[0]),
        patience: patience
      ) { polynomial in
        let rmse = sqrt(square(polynomial(points.x) - points.y).mean())
        return names.map { _ in Double(rmse.scalar) }
      }
      let scale = scale
      return try Training(
        of: Polynomial(), by: make(Polynomial()),
        on: isShuffled
          ? .shuffled(points, size: size, using: TorchGenerator(seed: seed))
          : .inOrder(points, size: size),
        for: length, schedule: schedule, clipping: clipping, evaluating: evaluator,
        minimizing: lossName
      ) { polynomial, points in square(polynomial(points.x) - points.y).mean() * scale }
    }

    func training() throws -> Training<Polynomial, SGD, Batches<Points>> {
      try training { SGD(for: $0, learningRate: 0.2, momentum: 0.9, .nesterov) }
    }
  }

  private func resumes<Rule: Optimizer>(
    _ start: Start = Start(), at step: Int, by make: (Polynomial) -> Rule
  ) throws {
    var whole = try start.training(by: make)
    var saved: TrainingState?
    while !whole.isFinished {
      if whole.stepCount == step { saved = whole.state }
      try whole.stepAndEvaluate()
    }
    var resumed = try start.training(by: make)
    try resumed.step()
    try resumed.resume(from: #require(saved))
    #expect(resumed.stepCount == step)
    while !resumed.isFinished { try resumed.stepAndEvaluate() }
    #expect(resumed.model.digest == whole.model.digest)
    #expect(resumed.optimizer.digest == whole.optimizer.digest)
    #expect(resumed.bestModel.digest == whole.bestModel.digest)
    #expect(resumed.evaluations == whole.evaluations && resumed.best == whole.best)
  }

  @Test("is resumed at any step, by any rule, to the same bits", arguments: [0, 1, 6, 23, 59])
  func resumption(_ step: Int) throws {
    try resumes(at: step) { SGD(for: $0, learningRate: 0.2, momentum: 0.9, .nesterov) }
    try resumes(at: step) { AdamW(for: $0, learningRate: 0.05) }
    try resumes(at: step) { RMSProp(for: $0) }
    try resumes(at: step) { _ in SignDescent() }
    var epochs = Start()
    epochs.length = .epochs(10)
    try resumes(epochs, at: step) { SGD(for: $0, learningRate: 0.2, momentum: 0.9) }
  }

  @Test("learns, is evaluated where it is to be, and keeps the lowest number's model")
  func evaluations() throws {
    var training = try Start().training()
    while !training.isFinished { try training.stepAndEvaluate() }
    #expect(training.evaluations.map(\.step) == Array(stride(from: 4, to: 60, by: 5)))
    let errors = training.evaluations.compactMap { $0["rmse"] }
    let least = try #require(errors.min())
    let first = sqrt(square(Polynomial()(Points(40).x) - Points(40).y).mean())
    #expect(least < Double(first.scalar) / 4 && errors.count == 12)
    #expect(training.best?["rmse"] == least && training.best?["accuracy"] == nil)
    let points = Points(40)
    let best = sqrt(square(training.bestModel(points.x) - points.y).mean())
    #expect(Double(best.scalar) == least)
  }

  @Test("stops when patience runs out, and is still over when it is resumed")
  func patience() throws {
    var start = Start()
    start.patience = 2
    start.length = .steps(1000)
    var training = try start.training { SGD(for: $0, learningRate: 0) }
    while !training.isFinished { try training.stepAndEvaluate() }
    #expect(training.stepCount == 15)
    var resumed = try start.training { SGD(for: $0, learningRate: 0) }
    try resumed.resume(from: training.state)
    #expect(resumed.isFinished)
  }

  @Test("takes the scheduled rate times the clipped gradient of its own loss")
  func step() throws {
    var start = Start()
    start.schedule = .custom(name: "halves") { rate, step in rate / Double(1 << step) }
    start.isShuffled = false
    var training = try start.training { SGD(for: $0, learningRate: 0.5) }
    for step in 0..<3 {
      let points = Points(40)[step * 7..<step * 7 + 7]
      let before = training.model
      let slope = gradient(at: before) { square($0(points.x) - points.y).mean() }
      let expected = SGD.step(
        before, along: slope.clipped(by: .norm(2)), learningRate: Tensor(0.5 / Float(1 << step)))
      try training.step()
      for (a, b) in zip(training.model.coefficients.elements, expected.coefficients.elements) {
        #expect(abs(a - b) < 1e-6)
      }
    }
  }

  @Test("refuses a checkpoint of another one by what differs, in both directions")
  func differences() throws {
    let changes: [(part: String, change: (inout Start) -> Void)] = [
      ("kind", { $0.length = .epochs(10) }),
      ("schedule", { $0.schedule = .constant }),
      ("schedule", { $0.schedule = .cosine(steps: 61) }),
      ("schedule", { $0.schedule = .warmUp(steps: 3, from: 0.1, then: .cosine(steps: 60)) }),
      ("schedule", { $0.schedule = .custom(name: "mine") { rate, _ in rate } }),
      ("clipping", { $0.clipping = nil }), ("clipping", { $0.clipping = .value(2) }),
      ("batch-size", { $0.size = 8 }), ("order of the examples", { $0.seed = 4 }),
      ("order of the examples", { $0.isShuffled = false }),
      ("training examples", { $0.offset = 1 }), ("loss", { $0.lossName = "error" }),
      ("network", { $0.scale = 2 }), ("eval-every", { $0.interval = 6 }),
      ("patience", { $0.patience = 3 }), ("metrics", { $0.names = ["rmse", "again"] }),
    ]
    for (part, change) in changes {
      var other = Start()
      change(&other)
      for (from, to) in [(Start(), other), (other, Start())] {
        var begun = try from.training()
        try begun.stepAndEvaluate()
        var training = try to.training()
        let failure = #expect(throws: TrainingError.self) {
          try training.resume(from: begun.state)
        }
        guard case .mismatch(part, _, _) = failure else {
          Issue.record("\(String(describing: failure)) is not about \(part)")
          continue
        }
        #expect(training.stepCount == 0)
      }
    }
    let begun = try Start().training()
    for (part, failure) in [
      ("optimizer", failure(of: begun.state) { RMSProp(for: $0) }),
      (
        "optimizer",
        failure(of: begun.state) { SGD(for: $0, learningRate: 0.2, momentum: 0.9) }
      ),
      (
        "momentum",
        failure(of: begun.state) { SGD(for: $0, learningRate: 0.2, momentum: 0.8, .nesterov) }
      ),
      ("optimizer", failure(of: begun.state) { _ in SignDescent() }),
    ] {
      guard case .mismatch(part, _, _) = failure else {
        Issue.record("\(String(describing: failure)) is not about \(part)")
        continue
      }
    }
  }

  private func failure<Rule: Optimizer>(
    of checkpoint: TrainingState, by make: (Polynomial) -> Rule
  ) -> TrainingError? {
    #expect(throws: TrainingError.self) {
      var training = try Start().training(by: make)
      try training.resume(from: checkpoint)
    }
  }

  @Test("takes batches from any source, and draws them again when it is resumed")
  func ownSource() throws {
    func training() throws -> Training<Polynomial, SGD, Draws> {
      try Training(
        of: Polynomial(), by: SGD(for: Polynomial(), learningRate: 0.1),
        on: Draws(points: Points(40)), for: .steps(20)
      ) { square($0($1.x) - $1.y).mean() }
    }
    var (whole, resumed) = (try training(), try training())
    for _ in 0..<13 { try whole.step() }
    try resumed.resume(from: whole.state)
    while !whole.isFinished { #expect(try whole.step().trainLoss == resumed.step().trainLoss) }
    #expect(resumed.isFinished && whole.model.digest == resumed.model.digest)
    #expect(whole.state.tensors.map(\.name) == ["model.coefficients"])
  }

  @Test("says which of its own numbers is none, and at which step its loss is none")
  func divergence() throws {
    var training = try Training(
      of: Polynomial(), by: SGD(for: Polynomial(), learningRate: 0.1),
      on: Batches.inOrder(Points(40), size: 40), for: .steps(20),
      evaluating: Evaluator(every: 3, of: ["ratio"], selecting: .highest("ratio")) { _ in [.nan] }
    ) { square($0($1.x) - $1.y).mean() }
    let failure = #expect(throws: TrainingError.self) { try training.stepAndEvaluate() }
    guard case .divergedMetric(0, "ratio", _) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    var start = Start()
    (start.clipping, start.schedule) = (nil, .constant)
    var wild = try start.training { SGD(for: $0, learningRate: 1e20) }
    #expect(throws: TrainingError.self) { while !wild.isFinished { try wild.step() } }
    #expect(wild.stepCount < 10)
  }

  @Test("refuses settings that make no sense by name")
  func settings() {
    for (change, name) in [
      ({ $0.schedule = .stepDecay(every: 0, factor: 1) }, "the schedule's interval"),
      ({ $0.schedule = .cosine(steps: 5, minimum: -1) }, "the schedule's minimum"),
      ({ $0.schedule = .warmUp(steps: -1, from: 0, then: .constant) }, "the warm-up's steps"),
      ({ $0.clipping = .norm(.nan) }, "the bound of the gradient's norm"),
      ({ $0.size = 0 }, "batch-size"), ({ $0.interval = 0 }, "eval-every"),
      ({ $0.length = .steps(-1) }, "steps"),
    ] as [((inout Start) -> Void, String)] {
      var start = Start()
      change(&start)
      let failure = #expect(throws: TrainingError.self) { try start.training() }
      guard case .setting(name, _, _) = failure else {
        Issue.record("\(String(describing: failure)) is not about \(name)")
        continue
      }
    }
    var used = SGD(for: Polynomial(), learningRate: 0.1)
    var model = Polynomial()
    used.update(&model, along: model)
    #expect(throws: TrainingError.self) { try Start().training { _ in used } }
    #expect(throws: TrainingError.self) {
      try Start().training { Adam(for: $0, beta2: 1) }
    }
  }
}
