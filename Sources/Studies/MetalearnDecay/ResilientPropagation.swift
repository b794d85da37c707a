/// Gradient descent that goes by the signs of derivatives alone, for objectives whose slopes differ by orders of
/// magnitude from place to place.
///
/// Each number has a step of its own, which grows while its derivative keeps its sign and is halved where the sign
/// changes; there the number stays for a turn. Riedmiller and Braun (1993), as `torch.optim.Rprop` has it.
package struct ResilientPropagation: Codable, Sendable, Equatable {
  /// How far each number goes next.
  package private(set) var steps: [Float]
  /// The signs of the derivatives before, 0 after a change.
  private var signs: [Float]

  /// No step is longer than this: for a logarithm a factor of 1.65.
  private static let longest: Float = 0.5

  /// Starts with the same step for all numbers.
  package init(count: Int, step: Float) {
    steps = Array(repeating: step, count: count)
    signs = Array(repeating: 0, count: count)
  }

  /// How many numbers it moves; nil where steps and signs are of different numbers, as only a forged one has them.
  package var count: Int? { steps.count == signs.count ? steps.count : nil }

  /// Moves numbers against the signs of their derivatives.
  package mutating func move(_ values: inout [Float], along gradient: [Float]) {
    precondition(
      values.count == steps.count && gradient.count == steps.count,
      "\(steps.count) numbers move, found \(values.count) of them and \(gradient.count) derivatives"
    )
    for index in steps.indices {
      var sign: Float = gradient[index] > 0 ? 1 : gradient[index] < 0 ? -1 : 0
      let change = sign * signs[index]
      if change > 0 { steps[index] = min(steps[index] * 1.2, Self.longest) }
      if change < 0 {
        steps[index] *= 0.5
        sign = 0
      }
      signs[index] = sign
      values[index] -= sign * steps[index]
    }
  }

  /// Halves all steps, after one that led too far, and forgets the signs before it.
  package mutating func halve() {
    for index in steps.indices {
      steps[index] *= 0.5
      signs[index] = 0
    }
  }
}
