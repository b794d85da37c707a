import CKernels

/// A tensor's place on a tape.
///
/// Recordings nest. A tensor made inside several of them has a node on the innermost tape that saw it, and
/// `outer` leads to its places on the tapes around that one.
final class Node {
  let tape: Tape
  let index: Int
  let outer: Node?

  init(tape: Tape, index: Int, outer: Node?) {
    self.tape = tape
    self.index = index
    self.outer = outer
  }

  /// The innermost place, this one or one around it, whose recording is still running.
  var active: Node? { tape.isRecording ? self : outer?.active }
}

/// A recording: the operations that depend on its leaves, in the order in which they were evaluated.
///
/// That order is a topological one. The backward pass takes the records off the end of the list, so it visits every
/// operation after all that use its result, always in the same order. It needs no recursion and releases each record as
/// it goes: an unroll of any length overflows no stack.
final class Tape {
  /// Tapes made later lie further in.
  let identity = ck_next_identity()

  /// The thread that records.
  private let thread = ck_this_thread()

  /// False once the derivatives have been computed: what is left over from the recording is a constant.
  private(set) var isRecording = true

  /// The records of the operations, at which the backward pass adds the gradients up.
  private var gradients = Gradients()
  private var leaves = 0

  /// Makes a tensor a leaf of this recording; all leaves come before the first operation.
  func leaf(_ tensor: Tensor) -> Tensor {
    leaves += 1
    return append(.none, tensor)
  }

  /// Where a tensor lies on this tape, -1 if it does not.
  func place(of tensor: Tensor?) -> Int32 {
    guard let node = tensor?.activeNode, node.tape === self else { return -1 }
    return Int32(node.index)
  }

  /// Records an operation; returns its output with its place on this tape.
  func append(
    _ pullback: @escaping Pullback, inputs: Gradients.Places, _ output: consuming Tensor
  ) -> Tensor {
    append(.one(pullback), inputs: inputs, output)
  }

  /// Records an operation with several outputs.
  func append(
    _ pullback: @escaping PullbackOfSeveral, inputs: Gradients.Places, _ outputs: [Tensor]
  ) -> [Tensor] {
    let last = outputs.count - 1
    return outputs.enumerated().map { index, output in
      index < last
        ? append(.none, output)
        : append(.several(pullback, Int32(outputs.count)), inputs: inputs, output)
    }
  }

  private func append(
    _ rule: consuming Gradients.Rule, inputs: Gradients.Places = .few(-1, -1, -1),
    _ output: consuming Tensor
  ) -> Tensor {
    let shape = output.shape
    precondition(
      thread == ck_this_thread(),
      "an operation on a recorded tensor gave one of shape \(shape) on another thread than the one that records"
    )
    let node = Node(tape: self, index: gradients.count, outer: output.activeNode)
    gradients.append(rule, inputs: inputs)
    return output.placed(at: node)
  }

  /// Ends the recording and drops what it holds.
  func finish() {
    isRecording = false
    gradients.removeAll()
  }

  /// Adds `seed · output` to what ``gradient(at:)`` differentiates.
  func add(_ output: Tensor, times seed: Tensor) {
    precondition(
      seed.shape == output.shape,
      "an output of shape \(output.shape) came with an upstream derivative of shape \(seed.shape)")
    let place = place(of: output)
    if place >= 0 { gradients.add(seed, at: place) }
  }

  /// Ends the recording; returns the derivatives of what was added with respect to the leaves.
  ///
  /// - Parameter value: the value whose tensors became the leaves.
  /// - Returns: a value of the same shape; zeros where there is no dependence.
  func gradient<Value: Parameterized>(at value: Value) -> Value {
    precondition(
      thread == ck_this_thread(), "a recording ended on another thread than the one that records")
    isRecording = false
    var gradients = Gradients()
    swap(&gradients, &self.gradients)
    while gradients.count > leaves { gradients.visitLast() }
    var position = 0
    return value.mapParameters { parameter in
      defer { position += 1 }
      guard let gradient = gradients.take(at: position) else { return .zeros(parameter.shape) }
      precondition(
        gradient.shape == parameter.shape,
        "a parameter of shape \(parameter.shape) has a derivative of shape \(gradient.shape)")
      return gradient
    }
  }
}

extension Tensor {
  /// The innermost recording that is still running and that this tensor depends on.
  var activeNode: Node? { node?.active }

  /// This tensor as the tapes around `tape` see it.
  func outside(_ tape: Tape) -> Tensor {
    guard let node = activeNode, node.tape === tape else { return self }
    return placed(at: node.outer)
  }
}

/// The innermost recording among those the tensors depend on.
func innermostTape(_ tensors: [Tensor]) -> Tape? {
  tensors.reduce(nil) { innermost($0, $1.activeNode?.tape) }
}

/// The innermost recording among those a tensor and up to two others depend on.
@inline(__always)
func innermostTape(_ a: Tensor, _ b: Tensor?, _ c: Tensor?) -> Tape? {
  innermost(innermost(a.activeNode?.tape, b?.activeNode?.tape), c?.activeNode?.tape)
}

private func innermost(_ first: Tape?, _ second: Tape?) -> Tape? {
  guard let first else { return second }
  guard let second else { return first }
  return first.identity < second.identity ? second : first
}
