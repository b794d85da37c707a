/// A long short-term memory over a whole sequence, PyTorch's `nn.LSTM` of one layer.
///
///     i = σ(W_ii x + b_ii + W_hi h + b_hi)        g = tanh(W_ig x + b_ig + W_hg h + b_hg)
///     f = σ(W_if x + b_if + W_hf h + b_hf)        o = σ(W_io x + b_io + W_ho h + b_ho)
///     c′ = f ∘ c + i ∘ g                          h′ = o ∘ tanh(c′)
///
/// from h = c = 0. It is made of tensor operations, so derivatives of every order exist.
///
/// Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory", *Neural Computation* 9 (1997).
///
/// - Parameters:
///   - x: [batch, time, inputs], or [time, inputs, batch] if the layout is batch last.
///   - forward: the parameters of the direction that starts at the first step.
///   - reverse: those of the direction that starts at the last step, if there is one.
///   - layout: where the batch lies. Batch last saves two transpositions.
/// - Returns: h after each step, [batch, time, directions · hidden], or [time, directions · hidden, batch] if the layout is
///   batch last.
public func lstm(
  _ x: Tensor, forward: LSTMParameters, reverse: LSTMParameters? = nil,
  layout: ActivationLayout = .batchFirst
) -> Tensor {
  precondition(x.rank == 3, "a sequence has three axes, found shape \(x.shape)")
  switch layout {
  case .batchFirst:
    return lstm(x.permuted(1, 2, 0), forward: forward, reverse: reverse, layout: .batchLast)
      .permuted(2, 0, 1)
  case .batchLast:
    let ahead = states(x, forward, Array(0..<x.shape[0]))
    guard let reverse else { return ahead }
    precondition(
      reverse.weightIH.shape == forward.weightIH.shape,
      "the two directions differ: weight_ih \(forward.weightIH.shape) and \(reverse.weightIH.shape)"
    )
    return .concatenated([ahead, states(x, reverse, (0..<x.shape[0]).reversed())], along: 1)
  }
}

/// The states after each step of one direction, [time, hidden, batch]; `steps` are the steps in their order.
private func states(_ x: Tensor, _ parameters: LSTMParameters, _ steps: [Int]) -> Tensor {
  parameters.requireFit()
  let (time, inputs, batch, hidden) = (x.shape[0], x.shape[1], x.shape[2], parameters.hidden)
  precondition(
    time > 0 && hidden > 0 && inputs == parameters.inputs,
    "a recurrence has one step and one hidden unit or more, found a sequence of shape \(x.shape), weight_ih "
      + "\(parameters.weightIH.shape) and weight_hh \(parameters.weightHH.shape)")
  let gates = 4 * hidden
  // What the inputs add to the gates, for all steps at once.
  let columns = x.permuted(1, 0, 2).reshaped(to: [inputs, time * batch])
  let bias = (parameters.biasIH + parameters.biasHH).reshaped(to: [gates, 1])
  let fromInputs = (parameters.weightIH.matmul(columns) + bias)
    .reshaped(to: [gates, time, batch]).permuted(1, 0, 2).reshaped(to: [time * gates, batch])
    .parts(Array(repeating: gates, count: time))
  var outputs = fromInputs
  var last: (h: Tensor, c: Tensor)?
  for step in steps {
    var sums = fromInputs[step]
    if let last { sums = sums + parameters.weightHH.matmul(last.h) }
    let parts = sums.parts([2 * hidden, hidden, hidden])
    let keep = sigmoid(parts[0]).parts([hidden, hidden])
    let new = keep[0] * tanh(parts[1])
    let c = last.map { keep[1] * $0.c + new } ?? new
    let h = sigmoid(parts[2]) * tanh(c)
    outputs[step] = h
    last = (h, c)
  }
  return .stacked(outputs)
}
