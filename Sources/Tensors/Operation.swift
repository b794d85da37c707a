// How an operation is made differentiable. Its value is computed once, from the elements. Then it is recorded on every
// tape that one of its inputs lies on, the outermost first: what goes onto a tape is a pullback, which computes on the
// inputs and the output as the tapes around that one see them. A pullback is a closure that captures only what it
// needs, and it is not even made where nothing is recorded.

extension Tensor {
  /// An operation on one tensor, recorded wherever the tensor is.
  ///
  /// `value` computes the output, a constant, from the elements, whose memory kernels see as bare pointers; the inputs live
  /// until it returns. `pullback` makes the pullback from the input and the output.
  @inline(__always)
  static func operation(
    _ x: Tensor, value: @autoclosure () -> Tensor,
    pullback: (_ x: Tensor, _ output: Tensor) -> Pullback
  ) -> Tensor {
    let value = withExtendedLifetime(x, value)
    guard let tape = x.activeNode?.tape else { return value }
    return record(value, of: .few(x, nil, nil), on: tape) { tape, places, inputs, output in
      tape.append(pullback(inputs[0], output), inputs: places, output)
    }
  }

  /// An operation on two tensors and perhaps a third; see ``operation(_:value:pullback:)``.
  @inline(__always)
  static func operation(
    _ a: Tensor, _ b: Tensor, _ c: Tensor? = nil, value: @autoclosure () -> Tensor,
    pullback: (_ a: Tensor, _ b: Tensor, _ output: Tensor) -> Pullback
  ) -> Tensor {
    let value = withExtendedLifetime((a, b, c), value)
    guard let tape = innermostTape(a, b, c) else { return value }
    return record(value, of: .few(a, b, c), on: tape) { tape, places, inputs, output in
      tape.append(pullback(inputs[0], inputs[1], output), inputs: places, output)
    }
  }

  /// An operation on any number of tensors; see ``operation(_:value:pullback:)``.
  static func operation(
    _ inputs: [Tensor], value: @autoclosure () -> Tensor,
    pullback: (_ inputs: [Tensor], _ output: Tensor) -> Pullback
  ) -> Tensor {
    let value = withExtendedLifetime(inputs, value)
    guard let tape = innermostTape(inputs) else { return value }
    return record(value, of: .list(inputs), on: tape) { tape, places, inputs, output in
      tape.append(pullback(inputs.all, output), inputs: places, output)
    }
  }

  /// An operation with several outputs; see ``operation(_:value:pullback:)``.
  static func operation(
    _ inputs: [Tensor], values: @autoclosure () -> [Tensor],
    pullback: (_ inputs: [Tensor], _ outputs: [Tensor]) -> PullbackOfSeveral
  ) -> [Tensor] {
    let values = withExtendedLifetime(inputs, values)
    guard let tape = innermostTape(inputs) else { return values }
    return record(values, of: .list(inputs), on: tape) { tape, places, inputs, outputs in
      tape.append(pullback(inputs.all, outputs), inputs: places, outputs)
    }
  }

  /// Records a value on all tapes from the outermost to `tape`.
  private static func record<Value>(
    _ value: Value, of inputs: Operands, on tape: Tape,
    append: (Tape, _ places: Gradients.Places, _ inputs: Operands, _ output: Value) -> Value
  ) -> Value {
    let outer = inputs.outside(tape)
    let output =
      if let next = outer.innermostTape {
        record(value, of: outer, on: next, append: append)
      } else {
        value
      }
    return append(tape, inputs.places(on: tape), outer, output)
  }

  /// Whether an enclosing recording depends on this tensor.
  var isRecorded: Bool { activeNode != nil }
}

/// The inputs of an operation.
private enum Operands {
  /// Up to three, which need no list: a list would be an allocation.
  case few(Tensor, Tensor?, Tensor?)
  case list([Tensor])

  subscript(index: Int) -> Tensor {
    switch self {
    case .few(let a, let b, let c): index == 0 ? a : (index == 1 ? b : c)!
    case .list(let tensors): tensors[index]
    }
  }

  var all: [Tensor] {
    switch self {
    case .few(let a, let b, let c): [a, b, c].compactMap { $0 }
    case .list(let tensors): tensors
    }
  }

  var innermostTape: Tape? {
    switch self {
    case .few(let a, let b, let c): Tensors.innermostTape(a, b, c)
    case .list(let tensors): Tensors.innermostTape(tensors)
    }
  }

  func outside(_ tape: Tape) -> Operands {
    switch self {
    case .few(let a, let b, let c): .few(a.outside(tape), b?.outside(tape), c?.outside(tape))
    case .list(let tensors): .list(tensors.map { $0.outside(tape) })
    }
  }

  func places(on tape: Tape) -> Gradients.Places {
    switch self {
    case .few(let a, let b, let c): .few(tape.place(of: a), tape.place(of: b), tape.place(of: c))
    case .list(let tensors): .list(tensors.map(tape.place))
    }
  }
}
