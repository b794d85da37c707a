import CKernels

/// What one recorded operation needs to pass derivatives on to its inputs.
///
/// Called with the derivative of the final result with respect to each output (nil where nothing depends on
/// it) and the inputs whose derivatives are wanted; returns one per input, nil where none is wanted or it is
/// zero. A rule uses tensor operations only, so that an outer recording sees it as ordinary arithmetic.
typealias PullbackRule = (_ upstream: [Tensor?], _ wanted: InputSet) -> [Tensor?]

/// The rule of an operation with one input and one output.
typealias UnaryRule = (_ upstream: Tensor) -> Tensor

/// The rule of an operation with two inputs and one output.
typealias BinaryRule = (_ upstream: Tensor, _ wanted: InputSet) -> (Tensor?, Tensor?)

/// The inputs of an operation that lie on the tape.
struct InputSet {
  /// One bit per input; those from the 64th on share the last.
  private var bits: UInt64 = 0

  func contains(_ input: Int) -> Bool { bits & (1 << UInt64(Swift.min(input, 63))) != 0 }
  mutating func insert(_ input: Int) { bits |= 1 << UInt64(Swift.min(input, 63)) }
}

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
}

/// A recording: the operations that depend on its leaves, in the order in which they were evaluated.
///
/// That order is a topological one, so walking backwards over the list visits every operation after all that
/// use its result, without recursion, and always in the same order; the walk releases each record as it
/// passes, so an unroll of any length neither overflows the stack nor outlives its use.
final class Tape {
  /// Tapes made later lie further in.
  let identity = ck_next_identity()

  /// False once the derivatives have been computed: what is left over from the recording is a constant.
  private(set) var isRecording = true

  private struct Record {
    /// How many places, from this one on, the outputs take.
    var outputs: Int32 = 1
    var rule: Rule
  }

  /// A rule with the places of the inputs on this tape, -1 for those that are not on it.
  ///
  /// Most operations have one or two inputs; their cases spare the heap the lists of the general one.
  private enum Rule {
    /// A leaf, or the second or a further output of an operation.
    case none
    case unary(Int32, UnaryRule)
    case binary(Int32, Int32, BinaryRule)
    case general([Int32], PullbackRule)
  }

  private var records: ContiguousArray<Record> = []

  /// Makes a tensor a leaf of this recording.
  func leaf(_ tensor: Tensor) -> Tensor {
    records.append(Record(rule: .none))
    return place(tensor, at: records.count - 1)
  }

  private func place(_ tensor: Tensor, at index: Int) -> Tensor {
    Tensor(
      storage: tensor.storage, shape: tensor.shape,
      node: Node(tape: self, index: index, outer: tensor.activeNode))
  }

  /// Records an operation; returns its outputs with their places on this tape.
  func record(inputs: [Tensor], outputs: [Tensor], rule: @escaping PullbackRule) -> [Tensor] {
    let first = records.count
    records.append(
      Record(outputs: Int32(outputs.count), rule: .general(inputs.map(place(of:)), rule)))
    for _ in outputs.dropFirst() { records.append(Record(rule: .none)) }
    return outputs.indices.map { place(outputs[$0], at: first + $0) }
  }

  /// Records an operation with one output.
  func record(inputs: [Tensor], output: Tensor, rule: @escaping PullbackRule) -> Tensor {
    append(.general(inputs.map(place(of:)), rule), output)
  }

  /// Records an operation with one input and one output.
  func record(_ input: Tensor, output: Tensor, rule: @escaping UnaryRule) -> Tensor {
    append(.unary(place(of: input), rule), output)
  }

  /// Records an operation with two inputs and one output.
  func record(_ a: Tensor, _ b: Tensor, output: Tensor, rule: @escaping BinaryRule) -> Tensor {
    append(.binary(place(of: a), place(of: b), rule), output)
  }

  private func append(_ rule: Rule, _ output: Tensor) -> Tensor {
    records.append(Record(rule: rule))
    return place(output, at: records.count - 1)
  }

  private func place(of tensor: Tensor) -> Int32 {
    guard let node = tensor.activeNode, node.tape === self else { return -1 }
    return Int32(node.index)
  }

  /// Ends the recording and drops what it holds.
  func finish() {
    isRecording = false
    while records.popLast() != nil {}
  }

  /// Ends the recording; returns the derivatives of `Σ seed · output` with respect to the first `leaves`
  /// places, nil where the outputs do not depend on them.
  func gradients(of outputs: [(output: Tensor, seed: Tensor)], leaves: Int) -> [Tensor?] {
    var cotangents = [Tensor?](repeating: nil, count: records.count)
    for (output, seed) in outputs {
      let index = place(of: output)
      if index >= 0 { accumulate(seed, into: &cotangents[Int(index)]) }
    }
    isRecording = false
    while records.count > leaves {
      let record = records.removeLast()
      let first = records.count
      switch record.rule {
      case .none: continue
      case .unary(let input, let rule):
        guard let upstream = cotangents[first].take() else { continue }
        accumulate(rule(upstream), into: &cotangents[Int(input)])
      case .binary(let a, let b, let rule):
        guard let upstream = cotangents[first].take() else { continue }
        var wanted = InputSet()
        if a >= 0 { wanted.insert(0) }
        if b >= 0 { wanted.insert(1) }
        let contributions = rule(upstream, wanted)
        if a >= 0, let slope = contributions.0 { accumulate(slope, into: &cotangents[Int(a)]) }
        if b >= 0, let slope = contributions.1 { accumulate(slope, into: &cotangents[Int(b)]) }
      case .general(let inputs, let rule):
        let upstream = (first..<first + Int(record.outputs)).map { cotangents[$0].take() }
        guard upstream.contains(where: { $0 != nil }) else { continue }
        var wanted = InputSet()
        for (position, input) in inputs.enumerated() where input >= 0 { wanted.insert(position) }
        let contributions = rule(upstream, wanted)
        for (input, contribution) in zip(inputs, contributions) where input >= 0 {
          if let contribution { accumulate(contribution, into: &cotangents[Int(input)]) }
        }
      }
    }
    records.removeAll()
    return Array(cotangents.prefix(leaves))
  }

  /// Adds a contribution, in place where nobody else sees the sum.
  private func accumulate(_ contribution: Tensor, into sum: inout Tensor?) {
    guard var total = sum.take() else {
      sum = contribution
      return
    }
    precondition(
      total.shape == contribution.shape,
      "a derivative of shape \(contribution.shape) was added to one of shape \(total.shape)")
    total.add(contribution)
    sum = total
  }
}

extension Tensor {
  /// The innermost recording that is still running and that this tensor depends on.
  var activeNode: Node? {
    var node = self.node
    while let candidate = node, !candidate.tape.isRecording { node = candidate.outer }
    return node
  }

  /// This tensor as the tapes around `tape` see it.
  func outside(_ tape: Tape) -> Tensor {
    guard let node = activeNode, node.tape === tape else { return self }
    return Tensor(storage: storage, shape: shape, node: node.outer)
  }
}

/// The innermost recording among those the tensors depend on.
func innermostTape(_ tensors: [Tensor]) -> Tape? {
  var innermost: Tape?
  for tensor in tensors {
    guard let tape = tensor.activeNode?.tape else { continue }
    if innermost.map({ $0.identity < tape.identity }) ?? true { innermost = tape }
  }
  return innermost
}

/// The innermost recording among those two tensors depend on.
func innermostTape(_ a: Tensor, _ b: Tensor) -> Tape? {
  guard let first = a.activeNode?.tape else { return b.activeNode?.tape }
  guard let second = b.activeNode?.tape else { return first }
  return first.identity < second.identity ? second : first
}
