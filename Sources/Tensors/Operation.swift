// How an operator is made differentiable: evaluate it on what lies outside the innermost recording, which
// records it on the tapes around, and then put the result on the innermost tape. A rule is a closure with memory
// of its own, and is not even made where nothing is recorded.

/// Calls a kernel; the tensors, whose memory it sees as bare pointers, live until it returns.
@inline(__always)
private func evaluate<Inputs, Outputs>(
  _ kernel: (Inputs) -> Outputs, _ inputs: Inputs
) -> Outputs {
  withExtendedLifetime(inputs) { kernel(inputs) }
}

extension Tensor {
  /// Evaluates an operation on one tensor and records it wherever the tensor is being recorded.
  ///
  /// `rule` maps the upstream derivative, the input and the output to the input's derivative.
  @inline(__always)
  static func operation(
    _ x: Tensor, kernel: (Tensor) -> Tensor,
    rule: @autoclosure () -> (_ upstream: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor
  ) -> Tensor {
    guard x.activeNode != nil else { return evaluate(kernel, x) }
    return recordedOperation(x, kernel: kernel, rule: rule())
  }

  private static func recordedOperation(
    _ x: Tensor, kernel: (Tensor) -> Tensor,
    rule: @escaping (_ upstream: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor
  ) -> Tensor {
    guard let tape = x.activeNode?.tape else { return evaluate(kernel, x) }
    let place = tape.place(of: x)
    let x = x.outside(tape)
    let output = recordedOperation(x, kernel: kernel, rule: rule)
    return tape.record(place, output: output) { upstream in rule(upstream, x, output) }
  }

  /// Evaluates an operation that is linear in its only input, so that its rule needs neither the input nor
  /// the output and neither is kept.
  @inline(__always)
  static func linearOperation(
    _ x: Tensor, kernel: (Tensor) -> Tensor,
    adjoint: @autoclosure () -> (_ upstream: Tensor) -> Tensor
  ) -> Tensor {
    guard x.activeNode != nil else { return evaluate(kernel, x) }
    return recordedLinearOperation(x, kernel: kernel, adjoint: adjoint())
  }

  private static func recordedLinearOperation(
    _ x: Tensor, kernel: (Tensor) -> Tensor, adjoint: @escaping (_ upstream: Tensor) -> Tensor
  ) -> Tensor {
    guard let tape = x.activeNode?.tape else { return evaluate(kernel, x) }
    let output = recordedLinearOperation(x.outside(tape), kernel: kernel, adjoint: adjoint)
    return tape.record(tape.place(of: x), output: output, rule: adjoint)
  }

  /// Evaluates an operation on two tensors and records it wherever one of them is being recorded.
  ///
  /// `rule` maps the upstream derivative, the inputs and the output to the derivatives of the inputs, nil for one
  /// that is not wanted.
  @inline(__always)
  static func operation(
    _ a: Tensor, _ b: Tensor, kernel: (Tensor, Tensor) -> Tensor,
    rule:
      @autoclosure () -> (
        _ upstream: Tensor, _ a: Tensor, _ b: Tensor, _ output: Tensor, _ wanted: InputSet
      ) -> (Tensor?, Tensor?)
  ) -> Tensor {
    guard let tape = innermostTape(a, b) else { return kernel(a, b) }
    return recordedOperation(a, b, on: tape, kernel: kernel, rule: rule())
  }

  private static func recordedOperation(
    _ a: Tensor, _ b: Tensor, on tape: Tape, kernel: (Tensor, Tensor) -> Tensor,
    rule:
      @escaping (
        _ upstream: Tensor, _ a: Tensor, _ b: Tensor, _ output: Tensor, _ wanted: InputSet
      ) -> (Tensor?, Tensor?)
  ) -> Tensor {
    let places = (tape.place(of: a), tape.place(of: b))
    let (a, b) = (a.outside(tape), b.outside(tape))
    let output =
      if let next = innermostTape(a, b) {
        recordedOperation(a, b, on: next, kernel: kernel, rule: rule)
      } else {
        kernel(a, b)
      }
    return tape.record(places.0, places.1, output: output) { upstream, wanted in
      rule(upstream, a, b, output, wanted)
    }
  }

  /// Evaluates an operation on two tensors and an optional third, and records it wherever one is being recorded.
  ///
  /// `rule` maps the upstream derivative, the inputs and the output to the derivatives of the inputs, nil for one
  /// that is not wanted or missing.
  @inline(__always)
  static func operation(
    _ a: Tensor, _ b: Tensor, _ c: Tensor?, kernel: (Tensor, Tensor, Tensor?) -> Tensor,
    rule:
      @autoclosure () -> (
        _ upstream: Tensor, _ a: Tensor, _ b: Tensor, _ output: Tensor, _ wanted: InputSet
      ) -> (Tensor?, Tensor?, Tensor?)
  ) -> Tensor {
    guard let tape = innermostTape(a, b, c) else { return kernel(a, b, c) }
    return recordedOperation(a, b, c, on: tape, kernel: kernel, rule: rule())
  }

  private static func recordedOperation(
    _ a: Tensor, _ b: Tensor, _ c: Tensor?, on tape: Tape,
    kernel: (Tensor, Tensor, Tensor?) -> Tensor,
    rule:
      @escaping (
        _ upstream: Tensor, _ a: Tensor, _ b: Tensor, _ output: Tensor, _ wanted: InputSet
      ) -> (Tensor?, Tensor?, Tensor?)
  ) -> Tensor {
    let places = (tape.place(of: a), tape.place(of: b), tape.place(of: c))
    let (a, b, c) = (a.outside(tape), b.outside(tape), c?.outside(tape))
    let output =
      if let next = innermostTape(a, b, c) {
        recordedOperation(a, b, c, on: next, kernel: kernel, rule: rule)
      } else {
        kernel(a, b, c)
      }
    return tape.record(places.0, places.1, places.2, output: output) { upstream, wanted in
      rule(upstream, a, b, output, wanted)
    }
  }

  /// Evaluates an operation on several tensors and records it wherever one of them is being recorded.
  ///
  /// `rule` maps the upstream derivative, the inputs and the output to one derivative per input, nil for those
  /// that are not wanted.
  @inline(__always)
  static func operation(
    _ inputs: [Tensor], kernel: ([Tensor]) -> Tensor,
    rule:
      @escaping (_ upstream: Tensor, _ inputs: [Tensor], _ output: Tensor, _ wanted: InputSet) ->
      [Tensor?]
  ) -> Tensor {
    guard let tape = innermostTape(inputs) else { return evaluate(kernel, inputs) }
    return recordedOperation(inputs, on: tape, kernel: kernel, rule: rule)
  }

  private static func recordedOperation(
    _ inputs: [Tensor], on tape: Tape, kernel: ([Tensor]) -> Tensor,
    rule:
      @escaping (_ upstream: Tensor, _ inputs: [Tensor], _ output: Tensor, _ wanted: InputSet) ->
      [Tensor?]
  ) -> Tensor {
    let recorded = inputs.map(tape.input)
    let outer = recorded.map { $0.outer }
    let output =
      if let next = innermostTape(outer) {
        recordedOperation(outer, on: next, kernel: kernel, rule: rule)
      } else {
        evaluate(kernel, outer)
      }
    return tape.record(recorded, output: output) { upstream, wanted in
      rule(upstream[0]!, outer, output, wanted)
    }
  }

  /// Evaluates an operation with several outputs; see ``operation(_:kernel:rule:)``.
  ///
  /// `rule` receives one upstream derivative per output, nil for outputs on which nothing depends.
  static func operation(
    _ inputs: [Tensor], kernel: ([Tensor]) -> [Tensor],
    rule:
      @escaping (_ upstream: [Tensor?], _ inputs: [Tensor], _ outputs: [Tensor], _ wanted: InputSet)
      -> [Tensor?]
  ) -> [Tensor] {
    guard let tape = innermostTape(inputs) else { return evaluate(kernel, inputs) }
    let recorded = inputs.map(tape.input)
    let outer = recorded.map { $0.outer }
    let outputs = operation(outer, kernel: kernel, rule: rule)
    return tape.record(recorded, outputs: outputs) { upstream, wanted in
      rule(upstream, outer, outputs, wanted)
    }
  }

  /// Whether an enclosing recording depends on this tensor.
  var isRecorded: Bool { activeNode != nil }
}

/// The derivatives of `Σ upstream · function(inputs)` with respect to the wanted inputs, nil for the others.
///
/// What a rule returns when it differentiates an equivalent computation instead of running a kernel.
func derivatives(
  of function: ([Tensor]) -> [Tensor], at inputs: [Tensor], wanted: InputSet, upstream: [Tensor]
) -> [Tensor?] {
  let chosen = inputs.indices.filter(wanted.contains)
  let (_, gradients) = vectorJacobianProduct(
    at: chosen.map { inputs[$0] }, upstream: { _ in upstream },
    of: { leaves in
      var all = inputs
      for (position, leaf) in zip(chosen, leaves) { all[position] = leaf }
      return function(all)
    })
  var result = [Tensor?](repeating: nil, count: inputs.count)
  for (position, gradient) in zip(chosen, gradients) { result[position] = gradient }
  return result
}
