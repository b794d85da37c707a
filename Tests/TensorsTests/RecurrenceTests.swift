import Fixtures
import Tensors
import Testing

/// A gated recurrent unit as a function of x, the initial state and the parameters in PyTorch's order.
private func recurrence(
  _ inputs: [Tensor], layout: ActivationLayout,
  by function: (Tensor, GRUParameters, GRUParameters?, Tensor, ActivationLayout) -> Tensor = {
    gru($0, forward: $1, reverse: $2, initialState: $3, layout: $4)
  }
) -> Tensor {
  func direction(_ first: Int) -> GRUParameters? {
    guard first + 4 <= inputs.count else { return nil }
    return GRUParameters(
      weightIH: inputs[first], weightHH: inputs[first + 1], biasIH: inputs[first + 2],
      biasHH: inputs[first + 3])
  }
  return function(inputs[0], direction(2)!, direction(6), inputs[1], layout)
}

/// Time, inputs, hidden, batch, directions; with size 1 and sizes that are no multiple of sixteen.
struct RecurrenceShape: Sendable, CustomTestStringConvertible {
  let time, inputs, hidden, batch, directions: Int

  init(_ time: Int, _ inputs: Int, _ hidden: Int, _ batch: Int, _ directions: Int) {
    (self.time, self.inputs, self.hidden) = (time, inputs, hidden)
    (self.batch, self.directions) = (batch, directions)
  }

  var testDescription: String {
    "time \(time), inputs \(inputs), hidden \(hidden), batch \(batch), directions \(directions)"
  }

  /// x, the initial state and the parameters, batch last.
  var tensors: [Tensor] {
    var generator = SplitMix64(state: UInt64(time + 10 * inputs + 100 * hidden + 1000 * batch))
    var result = [
      generator.tensor([time, inputs, batch]), generator.tensor([directions, hidden, batch]),
    ]
    for _ in 0..<directions {
      for shape in [[3 * hidden, inputs], [3 * hidden, hidden], [3 * hidden], [3 * hidden]] {
        result.append(generator.tensor(Shape(shape), in: -0.8...0.8))
      }
    }
    return result
  }

  static let all = [
    RecurrenceShape(1, 1, 1, 1, 1), RecurrenceShape(2, 1, 6, 17, 2), RecurrenceShape(3, 2, 2, 5, 2),
    RecurrenceShape(4, 3, 3, 16, 1),
  ]
}

@Suite("The gated recurrent unit")
struct RecurrenceTests {
  @Test(
    "derivatives agree with differences in first and second order", arguments: RecurrenceShape.all)
  func gradients(_ shape: RecurrenceShape) {
    checkGradients(
      of: { recurrence($0, layout: .batchLast) }, at: shape.tensors, tolerance: 1e-2)
  }

  @Test("the kernels agree with the composition of operators", arguments: RecurrenceShape.all)
  func composition(_ shape: RecurrenceShape) {
    var generator = SplitMix64(state: 3)
    let inputs = shape.tensors
    let outputs = recurrence(inputs, layout: .batchLast)
    let composed: ([Tensor]) -> Tensor = {
      recurrence($0, layout: .batchLast) { x, forward, reverse, initialState, _ in
        composedGRU(x, forward: forward, reverse: reverse, initialState: initialState)
      }
    }
    expectClose(outputs, composed(inputs), 2e-6)
    let upstream = generator.tensor(outputs.shape)
    let found = gradient(at: inputs) { (recurrence($0, layout: .batchLast) * upstream).sum() }
    let wanted = gradient(at: inputs) { (composed($0) * upstream).sum() }
    for (a, b) in zip(found, wanted) { expectClose(a, b, 2e-5) }
  }

  @Test("both layouts give the same bits", arguments: RecurrenceShape.all)
  func layouts(_ shape: RecurrenceShape) {
    let last = shape.tensors
    var first = last
    first[0] = last[0].permuted(2, 0, 1)
    first[1] = last[1].transposed()
    let outputs = recurrence(first, layout: .batchFirst)
    #expect(outputs.permuted(1, 2, 0) == recurrence(last, layout: .batchLast))
    let slopesLast = gradient(at: last) { square(recurrence($0, layout: .batchLast)).sum() }
    let slopesFirst = gradient(at: first) { inputs in
      // Summed in the same order.
      square(recurrence(inputs, layout: .batchFirst).permuted(1, 2, 0)).sum()
    }
    #expect(slopesFirst[0].permuted(1, 2, 0) == slopesLast[0])
    #expect(slopesFirst[1].transposed() == slopesLast[1])
    #expect(Array(slopesFirst[2...]) == Array(slopesLast[2...]))
  }

  @Test("without an initial state it starts from zeros")
  func initialState() {
    var inputs = RecurrenceShape(3, 2, 4, 19, 2).tensors
    inputs[1] = .zeros(inputs[1].shape)
    let outputs = recurrence(inputs, layout: .batchLast)
    let withoutState = recurrence(inputs, layout: .batchLast) { x, forward, reverse, _, layout in
      gru(x, forward: forward, reverse: reverse, layout: layout)
    }
    #expect(outputs == withoutState)
  }

  private struct Golden: Decodable {
    struct CrossEntropy: Decodable {
      let labels: [Int32]
      let derivatives: GoldenDerivatives
    }
    let gru: [GoldenDerivatives]
    let crossEntropy: CrossEntropy
  }

  @Test("values and derivatives of both orders are PyTorch's")
  func golden() throws {
    let golden = try Fixture.json("recurrence.json", as: Golden.self)
    for recurrences in golden.gru {
      recurrences.expectAgreement { recurrence($0, layout: .batchFirst) }
    }
    let labels = golden.crossEntropy.labels
    golden.crossEntropy.derivatives.expectAgreement { softmaxCrossEntropy($0[0], labels: labels) }
    golden.crossEntropy.derivatives.expectAgreement {
      softmaxCrossEntropy($0[0].transposed(), labels: labels, layout: .batchLast)
    }
  }

  @Test("cross-entropy has derivatives of both orders in both layouts", arguments: [1, 5, 17])
  func crossEntropy(_ batch: Int) {
    var generator = SplitMix64(state: 9)
    let scores = generator.tensor([batch, 7])
    let labels = (0..<batch).map { Int32($0 * 3 % 7) }
    checkGradients(of: { softmaxCrossEntropy($0[0], labels: labels) * 2 }, at: [scores])
    checkGradients(
      of: { softmaxCrossEntropy($0[0], labels: labels, layout: .batchLast) },
      at: [scores.transposed()])
    checkGradients(of: { logSoftmax($0[0]) }, at: [scores])
  }
}
