import Fixtures
import NeuralNetworks
import Tensors
import Testing

/// PyTorch's steps with gradients and epsilons down to what single precision holds.
@Suite("Optimizers with tiny gradients")
struct TinyGradientTests {
  private struct Golden: Decodable {
    struct Run: Decodable {
      let optimizer, size: String
      let epsilon, decay: Double
      let parameters, exact: [[String]]
    }
    struct FiftySteps: Decodable {
      let optimizer: String
      let epsilon: Double
      let parameter, exact: String
    }
    let start: [String]
    let direction: [Float]
    let written: [Int]
    let runs: [Run]
    let fifty: [FiftySteps]
  }

  /// Whether ours is as near to double precision as PyTorch's single precision is, up to some roundings of the longest
  /// way from the start so far. Gradients of 1e-40 have five digits themselves.
  private func isAsGood(
    _ ours: Float, _ theirs: Float, exact: Double, way: Double, size: Double
  ) -> Bool {
    if !theirs.isFinite || !ours.isFinite { return ours == theirs || ours.isNaN && theirs.isNaN }
    let roundings = (size < 1e-39 ? 1e-5 : 1e-6) * way + 2e-7 * abs(exact) + 3e-45
    return abs(Double(ours) - exact) <= 1.5 * abs(Double(theirs) - exact) + roundings
  }

  private func gradient(_ golden: Golden, size: Double, step: Int) -> Tensor {
    let factor = step < 6 ? size * Double(step % 3 + 1) : 0
    return Tensor(golden.direction.map { Float(Double($0) * factor) })
  }

  @Test("are as near to double precision as PyTorch's, whatever epsilon is")
  func golden() throws {
    let golden = try Fixture.json("tiny_gradients.json", as: Golden.self)
    let start = try golden.start.map { try #require(Float($0)) }
    for run in golden.runs {
      let size = try #require(Double(run.size))
      var p = Tensor(start)
      var adam = Adam(for: p, learningRate: 0.1, epsilon: run.epsilon, weightDecay: run.decay)
      var rmsprop = RMSProp(for: p, learningRate: 0.1, epsilon: run.epsilon, weightDecay: run.decay)
      var sgd = SGD(for: p, learningRate: 0.1, momentum: 0.9, weightDecay: run.decay)
      var ways = [Double](repeating: 0, count: start.count)
      for step in 0..<8 {
        let slope = gradient(golden, size: size, step: step)
        switch run.optimizer {
        case "adam": adam.update(&p, along: slope)
        case "rmsprop": rmsprop.update(&p, along: slope)
        default: sgd.update(&p, along: slope)
        }
        for place in ways.indices {
          let way = abs(Double(p.elements[place]) - Double(start[place]))
          ways[place] = max(ways[place], way.isFinite ? way : 0)
        }
        guard let row = golden.written.firstIndex(of: step) else { continue }
        for place in start.indices {
          let theirs = try #require(Float(run.parameters[row][place]))
          let exact = try #require(Double(run.exact[row][place]))
          let ours = p.elements[place]
          #expect(
            isAsGood(ours, theirs, exact: exact, way: ways[place], size: size),
            "\(run.optimizer), epsilon \(run.epsilon), gradient \(run.size), decay \(run.decay), step \(step), element \(place): \(ours) where PyTorch has \(theirs), in double precision \(exact)"
          )
        }
      }
    }
  }

  @Test("lead in fifty steps of 1e-17 where PyTorch's lead")
  func fifty() throws {
    for run in try Fixture.json("tiny_gradients.json", as: Golden.self).fifty {
      var p = Tensor([-1.9])
      var adam = Adam(for: p, learningRate: 0.01, epsilon: run.epsilon)
      var rmsprop = RMSProp(for: p, learningRate: 0.01, epsilon: run.epsilon)
      for _ in 0..<50 {
        if run.optimizer == "adam" {
          adam.update(&p, along: Tensor([1e-17]))
        } else {
          rmsprop.update(&p, along: Tensor([1e-17]))
        }
      }
      let exact = try #require(Double(run.exact))
      #expect(abs(Double(p.scalar) - exact) <= 3e-6, "\(run.optimizer), epsilon \(run.epsilon)")
    }
  }

  /// As close as two orders of the same arithmetic come: denormal gradients and squares have few bits, and a rounding of
  /// these is a share of the way.
  private func agrees(_ ours: Float, _ theirs: Float, _ size: Double, start: Float) -> Bool {
    if !theirs.isFinite || !ours.isFinite { return ours == theirs || ours.isNaN && theirs.isNaN }
    let way = abs(Double(theirs) - Double(start))
    let isSquareDenormal = size <= 3e-19 && size >= 1e-24
    let tolerance = isSquareDenormal ? 0.1 : size < 1e-37 ? 2e-4 : 3e-5
    return abs(Double(ours) - Double(theirs)) <= tolerance * way + 2e-7 * abs(Double(theirs))
      + 3e-45
  }

  @Test("agree with the rules as functions of tensors")
  func functions() throws {
    let golden = try Fixture.json("tiny_gradients.json", as: Golden.self)
    let start = try golden.start.map { try #require(Float($0)) }
    for run in golden.runs where run.optimizer != "sgd" && run.decay == 0 {
      let size = try #require(Double(run.size))
      var (pure, updated) = (Tensor(start), Tensor(start))
      var moments = Adam.Moments(of: pure)
      var secondMoment = Tensor.zeros(pure.shape)
      var adam = Adam(for: updated, learningRate: 0.1, epsilon: run.epsilon)
      var rmsprop = RMSProp(for: updated, learningRate: 0.1, epsilon: run.epsilon)
      for step in 0..<8 {
        let slope = gradient(golden, size: size, step: step)
        if run.optimizer == "adam" {
          adam.update(&updated, along: slope)
          pure = Adam.step(
            pure, along: slope, moments: &moments, step: step + 1, learningRate: 0.1,
            epsilon: run.epsilon)
        } else {
          rmsprop.update(&updated, along: slope)
          pure = RMSProp.step(
            pure, along: slope, secondMoments: &secondMoment, learningRate: 0.1,
            epsilon: run.epsilon)
        }
        let isClose = zip(zip(pure.elements, updated.elements), start).allSatisfy {
          agrees($0.0, $0.1, size, start: $1)
        }
        #expect(
          isClose,
          "\(run.optimizer), epsilon \(run.epsilon), gradient \(run.size), step \(step): \(pure.elements), in place \(updated.elements)"
        )
      }
    }
  }

  @Test("have a finite derivative where a moment is 0")
  func derivatives() {
    for epsilon in [1e-8, 1e-20] {
      let slope = Tensors.gradient(at: Tensor([0, 1e-17, 1])) { g in
        var moments = Adam.Moments(of: g)
        return Adam.step(
          Tensor([1, 1, 1]), along: g, moments: &moments, step: 1, learningRate: 0.1,
          epsilon: epsilon
        ).sum()
      }
      #expect(slope.elements.allSatisfy { $0.isFinite }, "\(epsilon): \(slope.elements)")
    }
  }

  @Test("keep moments that decay from becoming denormal, with the epsilons that are usual")
  func denormals() {
    for epsilon in [1e-6, 1e-7, 1e-8] {
      var adam = Adam(for: Tensor.zeros([1]), epsilon: epsilon)
      var rmsprop = RMSProp(for: Tensor.zeros([1]), epsilon: epsilon)
      var sgd = SGD(for: Tensor.zeros([1]), learningRate: 0.1, momentum: 0.5)
      var (a, b, c) = (Tensor([1]), Tensor([1]), Tensor([1]))
      for step in 0..<20_000 {
        let slope = Tensor([step == 0 ? 1e-12 : 0])
        adam.update(&a, along: slope)
        rmsprop.update(&b, along: slope)
        sgd.update(&c, along: slope)
        let kept = [
          adam.firstMoments[0], adam.secondMoments[0], rmsprop.secondMoments[0], sgd.velocities[0],
        ].map(\.scalar)
        guard kept.allSatisfy({ !$0.isSubnormal }) else {
          Issue.record("epsilon \(epsilon), step \(step): \(kept)")
          return
        }
      }
    }
  }
}
