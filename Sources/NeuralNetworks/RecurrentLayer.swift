import ReferenceRandom
import Tensors

/// In which directions a recurrent layer reads a sequence.
public enum RecurrenceDirections: Hashable, Sendable {
  /// From the first step to the last.
  case forward
  /// That way and back, PyTorch's `bidirectional=True`; the states of both stand side by side.
  case both
}

/// One layer of a recurrent unit.
public struct RecurrentLayer<Unit: RecurrentUnit>: Sendable {
  /// From the first step to the last.
  public var forward: RecurrentParameters<Unit>
  /// From the last step to the first, if it reads that way, too.
  public var reverse: RecurrentParameters<Unit>?

  var requiredReverse: RecurrentParameters<Unit> {
    guard let reverse else {
      preconditionFailure("a recurrent layer of one direction has no parameters of the other")
    }
    return reverse
  }

  mutating func visitParameters(_ visit: inout some ParameterVisitor, _ position: Int) {
    visit("weight_ih_l", position, "", &forward.weightIH)
    visit("weight_hh_l", position, "", &forward.weightHH)
    visit("bias_ih_l", position, "", &forward.biasIH)
    visit("bias_hh_l", position, "", &forward.biasHH)
    // It is taken out while it is visited: a copy would keep its tensors from being updated in place.
    guard var reverse = reverse.take() else { return }
    visit("weight_ih_l", position, "_reverse", &reverse.weightIH)
    visit("weight_hh_l", position, "_reverse", &reverse.weightHH)
    visit("bias_ih_l", position, "_reverse", &reverse.biasIH)
    visit("bias_hh_l", position, "_reverse", &reverse.biasHH)
    self.reverse = reverse
  }
}

/// Layers with PyTorch's default initialisation: everything uniform within ±1/√hidden.
func recurrentLayers<Unit: RecurrentUnit>(
  _ count: Int, _ inputs: Int, _ hidden: Int, _ directions: RecurrenceDirections,
  using generator: inout some FloatRandomNumberGenerator
) -> [RecurrentLayer<Unit>] {
  precondition(
    inputs > 0 && hidden > 0,
    "a recurrent layer has one input and one hidden unit or more, found \(inputs) and \(hidden)")
  precondition(count > 0, "a recurrent unit has one layer or more, found \(count)")
  var layers: [RecurrentLayer<Unit>] = []
  var inputs = inputs
  for _ in 0..<count {
    layers.append(
      RecurrentLayer(
        forward: recurrentParameters(inputs, hidden, using: &generator),
        reverse: directions == .both
          ? recurrentParameters(inputs, hidden, using: &generator) : nil))
    inputs = directions == .both ? product(2, hidden, "states") : hidden
  }
  return layers
}

private func recurrentParameters<Unit: RecurrentUnit>(
  _ inputs: Int, _ hidden: Int, using generator: inout some FloatRandomNumberGenerator
) -> RecurrentParameters<Unit> {
  let bound = 1 / Double(hidden).squareRoot()
  let gates = product(Unit.gates, hidden, "gates")
  let weightIH = Tensor.uniform([gates, inputs], within: bound, using: &generator)
  let weightHH = Tensor.uniform([gates, hidden], within: bound, using: &generator)
  let biasIH = Tensor.uniform([gates], within: bound, using: &generator)
  let biasHH = Tensor.uniform([gates], within: bound, using: &generator)
  return RecurrentParameters(weightIH: weightIH, weightHH: weightHH, biasIH: biasIH, biasHH: biasHH)
}

/// What `body` makes of sequences with the batch last, in the layout that they came in.
func inBatchLast(_ x: Tensor, _ layout: ActivationLayout, _ body: (Tensor) -> Tensor) -> Tensor {
  switch layout {
  case .batchFirst:
    precondition(x.rank == 3, "a sequence has three axes, found shape \(x.shape)")
    return body(x.permuted(1, 2, 0)).permuted(2, 0, 1)
  case .batchLast: return body(x)
  }
}
