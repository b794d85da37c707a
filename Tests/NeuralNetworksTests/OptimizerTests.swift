import NeuralNetworks
import Tensors
import Testing

@Suite("Optimizers")
struct OptimizerTests {
  private func loss(_ w: Tensor, _ target: Tensor) -> Tensor {
    let d = w - target
    return (d * d * d * d).sum()
  }

  private func follow(_ name: String, _ optimizer: some Optimizer) throws {
    let golden = try GoldenNetworks.load().optimizers
    let trajectory = try #require(golden.trajectories[name])
    var optimizer = optimizer
    var w = Tensor(golden.start)
    for (step, expected) in trajectory.enumerated() {
      optimizer.update(&w, along: gradient(at: w) { loss($0, Tensor(golden.target)) })
      for (ours, theirs) in zip(w.elements, expected) {
        #expect(abs(ours - theirs) <= 2e-6 * max(1, abs(theirs)), "\(name), step \(step)")
      }
    }
  }

  @Test("every rule follows PyTorch's")
  func trajectories() throws {
    let start = Tensor(try GoldenNetworks.load().optimizers.start)
    try follow("sgd", SGD(for: start, learningRate: 0.02))
    try follow(
      "sgd-momentum-decay", SGD(for: start, learningRate: 0.01, momentum: 0.9, weightDecay: 0.1))
    try follow("rmsprop", RMSProp(for: start, learningRate: 0.01, smoothing: 0.9))
    try follow("rmsprop-decay", RMSProp(for: start, learningRate: 0.01, weightDecay: 0.1))
    try follow("adam", Adam(for: start, learningRate: 0.05))
    try follow(
      "adam-decay",
      Adam(for: start, learningRate: 0.05, beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1)
    )
  }

  @Test("the rules as functions of tensors agree with the updates in place")
  func functions() throws {
    let golden = try GoldenNetworks.load().optimizers
    let target = Tensor(golden.target)
    var (a, b, c, d) = (
      Tensor(golden.start), Tensor(golden.start), Tensor(golden.start), Tensor(golden.start)
    )
    var velocity = Tensor.zeros(a.shape)
    var secondMoment = Tensor.zeros(a.shape)
    var moments = Adam.Moments(of: a)
    var optimizers = (
      SGD(for: a, learningRate: 0.02), SGD(for: a, learningRate: 0.01, momentum: 0.9),
      RMSProp(for: a, learningRate: 0.01, smoothing: 0.9), Adam(for: a, learningRate: 0.05)
    )
    var (wa, wb, wc, wd) = (a, b, c, d)
    for step in 1...10 {
      func slope(_ w: Tensor) -> Tensor { gradient(at: w) { loss($0, target) } }
      optimizers.0.update(&wa, along: slope(wa))
      optimizers.1.update(&wb, along: slope(wb))
      optimizers.2.update(&wc, along: slope(wc))
      optimizers.3.update(&wd, along: slope(wd))
      a = SGD.step(a, along: slope(a), learningRate: 0.02)
      b = SGD.step(b, along: slope(b), velocity: &velocity, learningRate: 0.01, momentum: 0.9)
      c = RMSProp.step(
        c, along: slope(c), secondMoments: &secondMoment, learningRate: 0.01, smoothing: 0.9)
      d = Adam.step(d, along: slope(d), moments: &moments, step: step, learningRate: 0.05)
    }
    for (pure, updated) in [(a, wa), (b, wb), (c, wc), (d, wd)] {
      for (x, y) in zip(pure.elements, updated.elements) {
        #expect(abs(x - y) <= 4e-6 * max(1, abs(y)))
      }
    }
  }

  @Test("the derivative of a step with respect to the learning rate is minus the direction")
  func learningRate() {
    let slope = gradient(at: Tensor(0.1)) { rate in
      SGD.step(Tensor([1, 2]), along: Tensor([3, 4]), learningRate: rate).sum()
    }
    #expect(slope.scalar == -7)
  }

  @Test("moments too small to matter are set to zero, so that no step meets denormal numbers")
  func tinyMoments() {
    var w = Tensor([1])
    var optimizer = Adam(for: w, learningRate: 0.1)
    optimizer.update(&w, along: Tensor([1e-30]))
    for _ in 0..<200 { optimizer.update(&w, along: Tensor([0])) }
    #expect(optimizer.firstMoments[0].elements == [0])
    #expect(optimizer.secondMoments[0].elements == [0])
  }

  @Test("a model that is shared is copied, not changed under its other owner")
  func valueSemantics() {
    var w = Tensor([1, 2])
    let before = w
    var optimizer = SGD(for: w, learningRate: 1)
    optimizer.update(&w, along: Tensor([1, 1]))
    #expect(before.elements == [1, 2])
    #expect(w.elements == [0, 1])
  }

  /// Two optimizers on the same gradients, the second of which is made afresh from the first one's state before every
  /// step.
  private func interrupt<Rule: Optimizer>(_ make: (Tensor) -> Rule) throws {
    let golden = try GoldenNetworks.load().optimizers
    var (w, v) = (Tensor(golden.start), Tensor(golden.start))
    var whole = make(w)
    for step in 0..<6 {
      var resumed = make(.zeros(w.shape))
      try resumed.loadParameters(whole.namedParameters)
      resumed.stepCount = whole.stepCount
      #expect(whole.stepCount == step)
      let slope = gradient(at: w) { loss($0, Tensor(golden.target)) }
      whole.update(&w, along: slope)
      resumed.update(&v, along: slope)
      #expect(w.digest == v.digest, "\(Rule.self), step \(step)")
      #expect(whole.digest == resumed.digest, "\(Rule.self), step \(step)")
    }
  }

  @Test(
    "a fresh optimizer takes up a saved state at any step, the first included, to the same bits")
  func resumption() throws {
    try interrupt { SGD(for: $0, learningRate: 0.02) }
    try interrupt { SGD(for: $0, learningRate: 0.01, momentum: 0.9, weightDecay: 0.1) }
    try interrupt { RMSProp(for: $0, learningRate: 0.01, weightDecay: 0.1) }
    try interrupt { Adam(for: $0, learningRate: 0.05, weightDecay: 0.1) }
  }

  @Test(
    "an optimizer starts with zero moments of every parameter's shape and refuses another model's")
  func freshState() {
    let model = [Tensor.ones([2, 3]), Tensor.ones([4])]
    var optimizer = Adam(for: model)
    #expect(
      optimizer.namedParameters.map(\.name) == [
        "first_moment.0", "first_moment.1", "second_moment.0", "second_moment.1",
      ])
    #expect(optimizer.secondMoments.map(\.shape) == [[2, 3], [4]])
    #expect(optimizer.parameters.allSatisfy { $0.elements.allSatisfy { $0 == 0 } })
    #expect(SGD(for: model, learningRate: 1).velocities.isEmpty)
    let other = Adam(for: [Tensor.ones([3, 2]), Tensor.ones([4])])
    #expect(throws: (any Error).self) { try optimizer.loadParameters(other.namedParameters) }
    #expect(throws: (any Error).self) {
      try optimizer.loadParameters(Array(other.namedParameters.dropLast()))
    }
  }
}
