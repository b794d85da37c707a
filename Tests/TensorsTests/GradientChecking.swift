import Testing

import Tensors

/// Checks the derivatives of a function against central differences, as JAX's `check_grads` does.
///
/// The function's outputs are summed with random weights; the derivative along random directions is compared with a
/// fourth-order difference quotient. For the second order the same is done with the gradient itself, taken along a
/// random vector. Each input is also differentiated alone, which must give the same bits as all together.
func checkGradients(
  of function: @escaping ([Tensor]) -> Tensor, at inputs: [Tensor], order: Int = 2,
  step: Float = 0.02, tolerance: Double = 5e-3, sourceLocation: SourceLocation = #_sourceLocation
) {
  var generator = SplitMix64(state: 7)
  let weights = generator.tensor(function(inputs).shape)
  let scalar: ([Tensor]) -> Tensor = { (function($0) * weights).sum() }

  let together = gradient(at: inputs, of: scalar)
  for position in inputs.indices {
    let alone = gradient(at: inputs[position]) { x in
      var changed = inputs
      changed[position] = x
      return scalar(changed)
    }
    #expect(
      alone.elements.map(\.bitPattern) == together[position].elements.map(\.bitPattern),
      "input \(position) alone", sourceLocation: sourceLocation)
    #expect(alone.shape == inputs[position].shape, sourceLocation: sourceLocation)
  }

  for _ in 0..<2 {
    let direction = inputs.map { generator.tensor($0.shape) }
    let exact = zip(together, direction).reduce(0) { $0 + inner($1.0, $1.1) }
    func value(_ offset: Float) -> Double {
      let moved = zip(inputs, direction).map { $0 + $1 * (offset * step) }
      return inner(function(moved), weights)
    }
    let quotient =
      (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * Double(step))
    let scale = zip(together, direction).reduce(1) { $0 + absoluteInner($1.0, $1.1) }
    #expect(
      abs(exact - quotient) <= tolerance * scale,
      "order \(order) from the top: \(exact) by the rule, \(quotient) by differences",
      sourceLocation: sourceLocation)
  }

  guard order > 1 else { return }
  let vectors = inputs.map { generator.tensor($0.shape) }
  checkGradients(
    of: { inputs in
      zip(gradient(at: inputs, of: scalar), vectors).reduce(Tensor(0)) { $0 + ($1.0 * $1.1).sum() }
    }, at: inputs, order: order - 1, step: step, tolerance: tolerance,
    sourceLocation: sourceLocation)
}

private func inner(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.elements, b.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

private func absoluteInner(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.elements, b.elements).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
}

/// A small generator for test data: the same numbers in every run and on every machine.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A tensor of uniform numbers.
  mutating func tensor(_ shape: Shape, in range: ClosedRange<Float> = -1...1) -> Tensor {
    Tensor(
      (0..<shape.elementCount).map { _ in Float.random(in: range, using: &self) }, shape: shape)
  }

  /// A tensor of distinct numbers at least `gap` apart and away from 0, so that kinks are out of reach.
  mutating func tensorOfDistinctElements(_ shape: Shape, gap: Float = 0.2) -> Tensor {
    let count = shape.elementCount
    let values = (0..<count).map { (Float($0) - Float(count / 2) + 0.5) * gap }
    return Tensor(values.shuffled(using: &self), shape: shape)
  }
}
