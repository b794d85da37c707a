/// Evaluates `function` without keeping what its derivative needs; the backward pass evaluates it again.
///
/// Trades arithmetic for memory: of a long computation cut into segments, only the tensors between the segments
/// are kept, and the inside of one segment at a time. PyTorch calls this checkpointing, JAX `remat`. Values and
/// gradients have the same bits as without it.
///
///     state = rematerialize(at: state) { state in
///       var state = state
///       for step in segment { state = innerStep(state, step) }
///       return state
///     }
///
/// - Parameters:
///   - input: everything that `function` depends on and that is to be differentiated. Anything else it uses must
///     be constant to the recordings that are running; a tensor that is not stops the program.
///   - function: the computation. It may run more than once and must compute the same each time.
/// - Returns: what `function` returns.
public func rematerialize<Input: Parameterized, Output: Parameterized>(
  at input: Input, _ function: @escaping (Input) -> Output
) -> Output {
  let inputs = input.parameters
  guard innermostTape(inputs) != nil else { return function(input) }
  var structure: Output?
  let outputs = Tensor.operation(
    inputs,
    values: {
      let output = function(input.detached())
      structure = output
      return output.parameters.map { tensor in
        precondition(
          !tensor.isRecorded,
          "what is rematerialized uses a recorded tensor of shape \(tensor.shape) besides its input"
        )
        return tensor
      }
    }()
  ) { inputs, outputs in
    { upstream, gradients in
      gradients.addDerivatives(
        of: { function(input.replacingParameters(with: $0)).parameters }, at: inputs,
        upstream: zip(upstream, outputs).map { $0 ?? .zeros($1.shape) })
    }
  }
  guard let structure else { preconditionFailure("the function was not evaluated") }
  return structure.replacingParameters(with: outputs)
}

/// Carries a state through many steps and keeps only the states between segments of about √T of them.
///
/// What the derivative of T steps needs is then about √T states and the inside of √T steps, for evaluating every
/// step once more but those of the last segment, which the derivative passes through first and whose inside is kept
/// until then. A segment as long as all steps keeps everything. Values have the same bits whatever the segments.
///
///     let end = rematerialize(over: 0..<200, from: start) { state, step in
///       innerStep(state, batches[step])
///     }
///
/// - Parameters:
///   - steps: the numbers of the steps.
///   - state: everything that changes from step to step or is to be differentiated; see ``rematerialize(at:_:)``.
///   - segment: how many steps lie between two states that are kept; √T if nil.
///   - step: maps a state and the number of a step to the next state. It may run more than once for each step and
///     must compute the same each time.
/// - Returns: the state after the last step.
public func rematerialize<State: Parameterized>(
  over steps: Range<Int>, from state: State, segment: Int? = nil,
  _ step: @escaping (State, Int) -> State
) -> State {
  let length = segment ?? Swift.max(1, Int(Double(steps.count).squareRoot().rounded(.up)))
  precondition(length > 0, "a segment of \(length) steps was asked for; it has 1 or more")
  var state = state
  for start in stride(from: steps.lowerBound, to: steps.upperBound, by: length) {
    let part = start..<start + Swift.min(length, steps.upperBound - start)
    state =
      part.upperBound == steps.upperBound
      ? part.reduce(state, step) : rematerialize(at: state) { state in part.reduce(state, step) }
  }
  return state
}
