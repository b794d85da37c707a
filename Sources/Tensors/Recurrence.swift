import CKernels

/// A gated recurrent unit over a whole sequence, PyTorch's `nn.GRU` of one layer.
///
///     r = σ(W_ir x + b_ir + W_hr h + b_hr)        n = tanh(W_in x + b_in + r ∘ (W_hn h + b_hn))
///     z = σ(W_iz x + b_iz + W_hz h + b_hz)        h′ = (1 − z) ∘ n + z ∘ h
///
/// One kernel runs the sequence, and one its derivative. Where that derivative is itself recorded it is taken of
/// the same written step by step instead, so derivatives of every order exist.
///
/// - Parameters:
///   - x: [batch, time, inputs], or [time, inputs, batch] if the layout is batch last.
///   - forward: the parameters of the direction that starts at the first step.
///   - reverse: those of the direction that starts at the last step, if there is one.
///   - initialState: [directions, batch, hidden], or [directions, hidden, batch] if the layout is batch last; zeros
///     if nil.
///   - layout: where the batch lies. Batch last saves two transpositions.
/// - Returns: the states after each step, [batch, time, directions · hidden], or [time, directions · hidden, batch]
///   if the layout is batch last.
public func gru(
  _ x: Tensor, forward: GRUParameters, reverse: GRUParameters? = nil, initialState: Tensor? = nil,
  layout: ActivationLayout = .batchFirst
) -> Tensor {
  precondition(x.rank == 3, "a sequence has three axes, found shape \(x.shape)")
  switch layout {
  case .batchFirst:
    return gru(
      x.permuted(1, 2, 0), forward: forward, reverse: reverse,
      initialState: initialState?.transposed(), layout: .batchLast
    ).permuted(2, 0, 1)
  case .batchLast:
    return Recurrence(x, forward, reverse, initialState).outputs
  }
}

/// A gated recurrent unit written step by step with tensor operations, batch last; ``gru(_:forward:reverse:initialState:layout:)``
/// computes the same up to rounding.
package func composedGRU(
  _ x: Tensor, forward: GRUParameters, reverse: GRUParameters?, initialState: Tensor?
) -> Tensor {
  let time = x.shape[0]
  let directions = [forward] + (reverse.map { [$0] } ?? [])
  let outputs = directions.enumerated().map { index, parameters in
    let hidden = parameters.hidden
    let biasIH = parameters.biasIH.reshaped(to: [3 * hidden, 1])
    let biasHH = parameters.biasHH.reshaped(to: [3 * hidden, 1])
    var state =
      initialState?.sliced(index..<index + 1).reshaped(to: [hidden, x.shape[2]])
      ?? .zeros([hidden, x.shape[2]])
    var states: [Tensor] = []
    for step in 0..<time {
      let t = index == 0 ? step : time - 1 - step
      let input = x.sliced(t..<t + 1).reshaped(to: [x.shape[1], x.shape[2]])
      let fromInput = parameters.weightIH.matmul(input) + biasIH
      let fromState = parameters.weightHH.matmul(state) + biasHH
      let (reset, update, new) = (0..<hidden, hidden..<2 * hidden, 2 * hidden..<3 * hidden)
      let r = sigmoid(fromInput.sliced(reset) + fromState.sliced(reset))
      let z = sigmoid(fromInput.sliced(update) + fromState.sliced(update))
      let n = tanh(fromInput.sliced(new) + r * fromState.sliced(new))
      state = n + z * (state - n)
      states.append(state)
    }
    return Tensor.stacked(index == 0 ? states : states.reversed())
  }
  return Tensor.concatenated(outputs, along: 1)
}

/// One call of the recurrence on [time, inputs, batch], its tensors in one list.
private struct Recurrence {
  private let inputs: [Tensor]
  private let directions: Int
  private let shape: ck_gru_shape

  init(
    _ x: Tensor, _ forward: GRUParameters, _ reverse: GRUParameters?, _ initialState: Tensor?
  ) {
    forward.requireFit()
    reverse?.requireFit()
    directions = reverse == nil ? 1 : 2
    shape = ck_gru_shape(
      time: x.shape[0], inputs: x.shape[1], hidden: forward.hidden, batch: x.shape[2])
    inputs = [x] + forward.tensors + (reverse?.tensors ?? []) + (initialState.map { [$0] } ?? [])
    precondition(
      shape.time > 0 && shape.hidden > 0,
      "a recurrence has one step and one hidden unit or more, found a sequence of shape \(x.shape) and "
        + "weight_hh \(forward.weightHH.shape)")
    precondition(
      forward.inputs == x.shape[1],
      "a sequence of \(x.shape[1]) features came with weight_ih \(forward.weightIH.shape)")
    if let reverse {
      precondition(
        reverse.weightIH.shape == forward.weightIH.shape,
        "the two directions differ: weight_ih \(forward.weightIH.shape) and \(reverse.weightIH.shape)"
      )
    }
    if let initialState {
      precondition(
        initialState.shape == [directions, shape.hidden, shape.batch],
        "an initial state of shape \(initialState.shape) came with \(directions) directions of "
          + "\(shape.hidden) hidden units and a batch of \(shape.batch)")
    }
  }

  var outputs: Tensor {
    let examples = (shape.batch + 15) / 16 * 16
    let saved =
      innermostTape(inputs) == nil
      ? nil : Storage([shape.time, 4 * directions, shape.hidden, examples])
    return Tensor.operation(
      inputs,
      value: Tensor([shape.time, directions * shape.hidden, shape.batch]) {
        ck_gru_forward(
          shape, parameters(inputs, 0), parameters(inputs, 1), inputs[0].pointer,
          initialState(inputs)?.pointer, $0, saved?.pointer)
      }
    ) { inputs, y in
      { upstream, gradients in
        if let saved, !upstream.isRecorded, !inputs.contains(where: { $0.isRecorded }) {
          addGradients(&gradients, upstream, inputs, y, saved)
        } else {
          gradients.addDerivatives(
            of: { [composition($0)] }, at: inputs, upstream: [upstream])
        }
      }
    }
  }

  private func addGradients(
    _ gradients: inout Gradients, _ upstream: Tensor, _ inputs: [Tensor], _ y: Tensor,
    _ saved: Storage
  ) {
    let results = inputs.map { Tensor(uninitialized: $0.shape) }
    withExtendedLifetime((upstream, inputs, y, saved, results)) {
      ck_gru_backward(
        shape, parameters(inputs, 0), parameters(inputs, 1), inputs[0].pointer,
        initialState(inputs)?.pointer, y.pointer, saved.pointer, upstream.pointer,
        gradients.wants(0) ? results[0].pointer : nil, initialState(results)?.pointer,
        parameters(results, 0), parameters(results, 1))
    }
    for (input, result) in results.enumerated() { gradients.add(result, to: input) }
  }

  private func composition(_ inputs: [Tensor]) -> Tensor {
    func direction(_ index: Int) -> GRUParameters {
      GRUParameters(
        weightIH: inputs[4 * index + 1], weightHH: inputs[4 * index + 2],
        biasIH: inputs[4 * index + 3], biasHH: inputs[4 * index + 4])
    }
    return composedGRU(
      inputs[0], forward: direction(0), reverse: directions == 2 ? direction(1) : nil,
      initialState: initialState(inputs))
  }

  private func initialState(_ list: [Tensor]) -> Tensor? {
    list.count > 1 + 4 * directions ? list[1 + 4 * directions] : nil
  }

  private func parameters(_ list: [Tensor], _ direction: Int) -> ck_gru_parameters {
    guard direction < directions else { return ck_gru_parameters() }
    let first = 1 + 4 * direction
    return ck_gru_parameters(
      weight_ih: list[first].pointer, weight_hh: list[first + 1].pointer,
      bias_ih: list[first + 2].pointer, bias_hh: list[first + 3].pointer)
  }
}
