import CKernels
import Foundation
import Testing

/// A gated recurrent unit with random inputs and parameters, for the kernels and as a plain loop in `Double`.
struct RecurrentCase: Sendable, CustomTestStringConvertible {
  let time, inputs, hidden, batch, directions: Int

  /// x, the initial state, and for each direction weight_ih, weight_hh, bias_ih and bias_hh.
  var values: [[Double]] = []
  /// What the outputs are multiplied with.
  var upstream: [Double] = []

  init(_ time: Int, _ inputs: Int, _ hidden: Int, _ batch: Int, _ directions: Int) {
    (self.time, self.inputs, self.hidden) = (time, inputs, hidden)
    (self.batch, self.directions) = (batch, directions)
    var generator = SplitMix64(state: UInt64(time + 10 * inputs + 100 * hidden + 1000 * batch))
    func random(_ count: Int, _ bound: Float) -> [Double] {
      (0..<count).map { _ in Double(Float.random(in: -bound...bound, using: &generator)) }
    }
    values = [random(time * inputs * batch, 1), random(directions * hidden * batch, 1)]
    for _ in 0..<directions {
      for count in [3 * hidden * inputs, 3 * hidden * hidden, 3 * hidden, 3 * hidden] {
        values.append(random(count, 0.8))
      }
    }
    upstream = random(time * directions * hidden * batch, 1)
  }

  var testDescription: String {
    "time \(time), inputs \(inputs), hidden \(hidden), batch \(batch), directions \(directions)"
  }

  /// The outputs [time, directions · hidden, batch].
  func outputs(_ values: [[Double]]) -> [Double] {
    var y = [Double](repeating: 0, count: upstream.count)
    for d in 0..<directions {
      let (wi, wh) = (values[2 + 4 * d], values[3 + 4 * d])
      let (bi, bh) = (values[4 + 4 * d], values[5 + 4 * d])
      for b in 0..<batch {
        var h = (0..<hidden).map { values[1][(d * hidden + $0) * batch + b] }
        for step in 0..<time {
          let t = d == 0 ? step : time - 1 - step
          func fromInputs(_ row: Int) -> Double {
            (0..<inputs).reduce(bi[row]) {
              $0 + wi[row * inputs + $1] * values[0][(t * inputs + $1) * batch + b]
            }
          }
          func fromState(_ row: Int) -> Double {
            (0..<hidden).reduce(bh[row]) { $0 + wh[row * hidden + $1] * h[$1] }
          }
          h = (0..<hidden).map { j in
            let r = 1 / (1 + exp(-fromInputs(j) - fromState(j)))
            let z = 1 / (1 + exp(-fromInputs(hidden + j) - fromState(hidden + j)))
            let n = tanh(fromInputs(2 * hidden + j) + r * fromState(2 * hidden + j))
            return (1 - z) * n + z * h[j]
          }
          for j in 0..<hidden { y[((t * directions + d) * hidden + j) * batch + b] = h[j] }
        }
      }
    }
    return y
  }

  /// Σ upstream · y.
  func objective(_ values: [[Double]]) -> Double {
    zip(outputs(values), upstream).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The outputs and the gradients in the order of `values`, by the kernels called `instructionSet`.
  func byKernels(_ instructionSet: String) -> (
    outputs: [Float], unsaved: [Float], gradients: [[Float]]
  ) {
    let table: ck_table = ck_find(instructionSet).pointee
    let shape = ck_gru_shape(time: time, inputs: inputs, hidden: hidden, batch: batch)
    let inputs = values.map { FloatBuffer($0.map { Float($0) }) }
    let gradients = values.map { FloatBuffer([Float](repeating: .nan, count: $0.count)) }
    let y = FloatBuffer(upstream.map { _ in .nan })
    let saved = FloatBuffer(
      [Float](repeating: .nan, count: (batch + 15) / 16 * 16 * time * directions * hidden * 4))
    let slope = FloatBuffer(upstream.map { Float($0) })
    func parameters(_ buffers: [FloatBuffer], _ direction: Int) -> ck_gru_parameters {
      guard direction < directions else { return ck_gru_parameters() }
      let four = buffers[(2 + 4 * direction)...].prefix(4).map(\.pointer)
      return ck_gru_parameters(
        weight_ih: four[0], weight_hh: four[1], bias_ih: four[2], bias_hh: four[3])
    }
    var unsaved: [Float] = []
    withExtendedLifetime((inputs, saved, slope)) {
      table.gru_forward(
        shape, parameters(inputs, 0), parameters(inputs, 1), inputs[0].pointer, inputs[1].pointer,
        y.pointer, nil)
      unsaved = y.elements
      table.gru_forward(
        shape, parameters(inputs, 0), parameters(inputs, 1), inputs[0].pointer, inputs[1].pointer,
        y.pointer, saved.pointer)
      table.gru_backward(
        shape, parameters(inputs, 0), parameters(inputs, 1), inputs[0].pointer, inputs[1].pointer,
        y.pointer, saved.pointer, slope.pointer, gradients[0].pointer, gradients[1].pointer,
        parameters(gradients, 0), parameters(gradients, 1))
    }
    return (y.elements, unsaved, gradients.map(\.elements))
  }

  static let all = [
    RecurrentCase(1, 1, 1, 1, 1), RecurrentCase(1, 2, 3, 2, 2), RecurrentCase(3, 1, 6, 15, 2),
    RecurrentCase(9, 1, 6, 16, 2), RecurrentCase(4, 3, 2, 17, 1), RecurrentCase(17, 2, 7, 5, 2),
    RecurrentCase(2, 7, 9, 3, 1), RecurrentCase(3, 1, 6, 100, 2),
  ]

  /// Any shapes, for what costs little to check.
  static let randomShapes: [RecurrentCase] = {
    var generator = SplitMix64(state: 21)
    return (0..<30).map { _ in
      func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
      return RecurrentCase(
        random(1...12), random(1...8), random(1...14), random(1...50), random(1...2))
    }
  }()
}

/// Memory at a fixed address, of exactly the stated size.
final class FloatBuffer {
  let pointer: UnsafeMutablePointer<Float>
  private let count: Int

  init(_ elements: [Float]) {
    count = elements.count
    pointer = .allocate(capacity: count)
    pointer.initialize(from: elements, count: count)
  }

  deinit { pointer.deallocate() }

  var elements: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

@Suite("The recurrence kernels")
struct RecurrenceKernelTests {
  @Test("outputs agree with a plain loop in double precision", arguments: RecurrentCase.all)
  func forward(_ recurrence: RecurrentCase) {
    let exact = recurrence.outputs(recurrence.values)
    let found = recurrence.byKernels(instructionSets[0]).outputs
    #expect(zip(found, exact).allSatisfy { abs(Double($0) - $1) < 3e-6 })
  }

  @Test("gradients agree with differences of that loop", arguments: RecurrentCase.all)
  func backward(_ recurrence: RecurrentCase) {
    let gradients = recurrence.byKernels(instructionSets[0]).gradients
    var generator = SplitMix64(state: 1)
    for (position, gradient) in gradients.enumerated() {
      let direction = gradient.map { _ in Double.random(in: -1...1, using: &generator) }
      func objective(_ step: Double) -> Double {
        var moved = recurrence.values
        moved[position] = zip(moved[position], direction).map { $0 + $1 * step }
        return recurrence.objective(moved)
      }
      let quotient = (objective(1e-5) - objective(-1e-5)) / 2e-5
      let terms = zip(gradient, direction).map { Double($0) * $1 }
      let scale = terms.reduce(0) { $0 + abs($1) }
      #expect(
        abs(terms.reduce(0, +) - quotient) < 2e-6 * (1 + scale), "\(position): \(quotient)")
    }
  }

  @Test(
    "every instruction set gives the same bits",
    arguments: RecurrentCase.all + RecurrentCase.randomShapes)
  func sameBits(_ recurrence: RecurrentCase) {
    let expected = recurrence.byKernels(instructionSets[0])
    for instructionSet in instructionSets.dropFirst() {
      let found = recurrence.byKernels(instructionSet)
      #expect(found.outputs.map(\.bitPattern) == expected.outputs.map(\.bitPattern))
      #expect(
        found.gradients.map { $0.map(\.bitPattern) }
          == expected.gradients.map { $0.map(\.bitPattern) })
    }
  }

  @Test(
    "outputs do not depend on whether the gates are kept",
    arguments: RecurrentCase.all + RecurrentCase.randomShapes)
  func unsaved(_ recurrence: RecurrentCase) {
    let found = recurrence.byKernels(instructionSets[0])
    #expect(found.unsaved.map(\.bitPattern) == found.outputs.map(\.bitPattern))
  }

  @Test("an example's outputs do not depend on the batch it is in")
  func independence() {
    let many = RecurrentCase(5, 2, 6, 37, 2)
    let outputs = many.byKernels(instructionSets[0])
    for example in [0, 15, 20, 21, 31, 32, 36] {
      var alone = RecurrentCase(5, 2, 6, 1, 2)
      func column(_ array: [Double]) -> [Double] {
        stride(from: example, to: array.count, by: many.batch).map { array[$0] }
      }
      alone.values = many.values
      alone.values[0] = column(many.values[0])
      alone.values[1] = column(many.values[1])
      alone.upstream = column(many.upstream)
      let found = alone.byKernels(instructionSets[0])
      let same = { (all: [Float], one: [Float]) in
        one.enumerated().allSatisfy {
          all[$0.offset * many.batch + example].bitPattern == $0.element.bitPattern
        }
      }
      #expect(same(outputs.outputs, found.outputs))
      #expect(same(outputs.gradients[0], found.gradients[0]))
      #expect(same(outputs.gradients[1], found.gradients[1]))
    }
  }
}
