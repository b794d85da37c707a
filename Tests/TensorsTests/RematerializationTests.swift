import Tensors
import Testing

@Suite("Rematerialisation")
struct RematerializationTests {
  private func step(_ state: [Tensor]) -> [Tensor] {
    // state: weights, velocity, learning rate
    let slope = gradient(at: state[0]) { (square($0) * $0).sum() }
    let velocity = state[1] * 0.9 + slope
    return [state[0] - velocity * state[2], velocity, state[2]]
  }

  private func objective(_ rate: Tensor, segment: Int?) -> Tensor {
    var state = [Tensor([0.5, -0.25, 0.75]), Tensor([0, 0, 0]), rate]
    guard let segment else {
      for _ in 0..<12 { state = step(state) }
      return square(state[0]).sum()
    }
    for _ in 0..<12 / segment {
      state = rematerialize(at: state) { state in
        var state = state
        for _ in 0..<segment { state = step(state) }
        return state
      }
    }
    return square(state[0]).sum()
  }

  @Test("gradients through an unrolled optimizer have the same bits", arguments: [1, 3, 4, 12])
  func sameBits(_ segment: Int) {
    let (value, slope) = valueAndGradient(at: Tensor(0.05)) { objective($0, segment: nil) }
    let (again, rematerialized) = valueAndGradient(at: Tensor(0.05)) {
      objective($0, segment: segment)
    }
    #expect(value.scalar == again.scalar)
    #expect(abs(slope.scalar - rematerialized.scalar) <= 1e-6 * abs(slope.scalar))
  }

  @Test("it is differentiable to second order")
  func secondOrder() {
    checkGradients(
      of: { x in rematerialize(at: x) { [$0[0] * $0[0] * $0[1]] }[0] },
      at: [Tensor([0.5, 2, 1]), Tensor([1, -1, 0.5])])
  }

  @Test("inputs nothing depends on have zero gradients")
  func unused() {
    let slopes = gradient(at: [Tensor(2), Tensor(3)]) { x in
      rematerialize(at: x) { [$0[0] * 2, $0[1]] }[0]
    }
    #expect(slopes.map(\.scalar) == [2, 0])
  }

  @Test("many steps in segments give the bits of plain steps", arguments: [nil, 1, 5, 12, 100])
  func steps(_ segment: Int?) {
    let (value, slope) = valueAndGradient(at: Tensor(0.05)) { objective($0, segment: 12) }
    let (again, rematerialized) = valueAndGradient(at: Tensor(0.05)) { rate in
      let start = [Tensor([0.5, -0.25, 0.75]), Tensor([0, 0, 0]), rate]
      let end = rematerialize(over: 3..<15, from: start, segment: segment) { state, index in
        #expect((3..<15).contains(index))
        return step(state)
      }
      return square(end[0]).sum()
    }
    #expect(value.scalar == again.scalar)
    #expect(abs(slope.scalar - rematerialized.scalar) <= 1e-6 * abs(slope.scalar))
  }

  private final class Witness {}

  @Test("10,000 training steps neither overflow the stack nor leave anything behind")
  func release() {
    for segment in [1, 100, 10_000] {
      weak var witness: Witness?
      do {
        let used = Witness()
        witness = used
        #expect(abs(slope(through: segment, using: used) / 10_000 + 0.3679) < 1e-3)
      }
      #expect(witness == nil)
    }
  }

  /// The derivative of 10,000 steps towards a minimum, 1 → (1 − rate)¹⁰⁰⁰⁰, at a rate of 10⁻⁴: about −10,000 / e.
  private func slope(through segment: Int, using witness: Witness) -> Float {
    gradient(at: Tensor(1e-4)) { rate in
      rematerialize(over: 0..<10_000, from: [Tensor(1), rate], segment: segment) { state, _ in
        withExtendedLifetime(witness) {
          [state[0] - state[1] * gradient(at: state[0]) { square($0) * 0.5 }, state[1]]
        }
      }[0]
    }.scalar
  }

  @Test("no steps leave the state as it is")
  func noSteps() {
    let end = rematerialize(over: 0..<0, from: Tensor([1, 2])) { state, _ in state * 2 }
    #expect(end == Tensor([1, 2]))
  }
}
