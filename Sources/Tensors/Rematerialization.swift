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
    kernel: { constants in
      let output = function(input.replacingParameters(with: constants))
      structure = output
      return output.parameters.map { tensor in
        precondition(
          !tensor.isRecorded,
          "what is rematerialized uses a recorded tensor of shape \(tensor.shape) besides its input"
        )
        return tensor
      }
    },
    rule: { upstream, inputs, outputs, wanted in
      derivatives(
        of: { function(input.replacingParameters(with: $0)).parameters }, at: inputs,
        wanted: wanted, upstream: zip(upstream, outputs).map { $0 ?? .zeros($1.shape) })
    })
  guard let structure else { preconditionFailure("the function was not evaluated") }
  return structure.replacingParameters(with: outputs)
}
