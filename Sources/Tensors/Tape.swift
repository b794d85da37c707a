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

/// The rule of an operation with three inputs and one output.
typealias TernaryRule = (_ upstream: Tensor, _ wanted: InputSet) -> (Tensor?, Tensor?, Tensor?)

/// The inputs of an operation that lie on the tape.
struct InputSet {
  /// One bit per input; those from the 64th on share the last.
  private var bits: UInt64 = 0

  func contains(_ input: Int) -> Bool { bits & (1 << UInt64(Swift.min(input, 63))) != 0 }
  mutating func insert(_ input: Int) { bits |= 1 << UInt64(Swift.min(input, 63)) }

  /// Those of an operation's inputs that have a place.
  init(_ a: Int32, _ b: Int32, _ c: Int32 = -1) {
    if a >= 0 { insert(0) }
    if b >= 0 { insert(1) }
    if c >= 0 { insert(2) }
  }

  init(_ places: [Int32]) {
    for (input, place) in places.enumerated() where place >= 0 { insert(input) }
  }
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

  /// The innermost place, this one or one around it, whose recording is still running.
  var active: Node? { tape.isRecording ? self : outer?.active }
}

/// An input of an operation that goes onto a tape.
struct RecordedInput {
  /// Its place on the tape, -1 if it is not there.
  let place: Int32
  /// The tensor as the tapes around see it.
  let outer: Tensor
}

/// A recording: the operations that depend on its leaves, in the order in which they were evaluated.
///
/// That order is a topological one, so walking backwards over the list visits every operation after all that
/// use its result, without recursion, and always in the same order; the walk releases each record as it
/// passes, so an unroll of any length neither overflows the stack nor outlives its use.
final class Tape {
  /// Tapes made later lie further in.
  let identity = ck_next_identity()

  /// The thread that records.
  private let thread = ck_this_thread()

  /// False once the derivatives have been computed: what is left over from the recording is a constant.
  private(set) var isRecording = true

  /// One place: a leaf, or an output of an operation.
  fileprivate struct Record {
    var rule: Rule
    /// The derivative of the final result with respect to it, as far as it has been added up.
    var cotangent: Tensor?
  }

  /// A rule with the places of the inputs on this tape, -1 for those that are not on it.
  ///
  /// Most operations have up to three inputs; their cases spare the heap the lists of the general one.
  fileprivate enum Rule {
    /// A leaf, or an output of an operation that is not its last.
    case none
    case unary(Int32, UnaryRule)
    case binary(Int32, Int32, BinaryRule)
    case ternary(Int32, Int32, Int32, TernaryRule)
    /// With the number of outputs, whose places end with this one.
    case general([Int32], outputs: Int32, PullbackRule)
  }

  private var records: ContiguousArray<Record> = []
  private var leaves = 0

  /// Room for a small network, in a block that the allocator keeps at hand: beyond a thousand bytes it looks further.
  init() { records.reserveCapacity(11) }

  /// Makes a tensor a leaf of this recording; all leaves come before the first operation.
  func leaf(_ tensor: Tensor) -> Tensor {
    leaves += 1
    return append(.none, tensor)
  }

  /// A tensor as an operation on this tape sees it.
  func input(_ tensor: Tensor) -> RecordedInput {
    RecordedInput(place: place(of: tensor), outer: tensor.outside(self))
  }

  /// Where a tensor lies on this tape, -1 if it does not.
  func place(of tensor: Tensor?) -> Int32 {
    guard let node = tensor?.activeNode, node.tape === self else { return -1 }
    return Int32(node.index)
  }

  /// Records an operation; returns its outputs with their places on this tape.
  func record(
    _ inputs: [RecordedInput], outputs: [Tensor], rule: @escaping PullbackRule
  ) -> [Tensor] {
    outputs.indices.map { index in
      let isLast = index == outputs.count - 1
      return append(
        isLast ? .general(inputs.map { $0.place }, outputs: Int32(outputs.count), rule) : .none,
        outputs[index])
    }
  }

  /// Records an operation with one output.
  func record(
    _ inputs: [RecordedInput], output: Tensor, rule: @escaping PullbackRule
  ) -> Tensor {
    append(.general(inputs.map { $0.place }, outputs: 1, rule), output)
  }

  /// Records an operation with one input, by its place, and one output.
  func record(_ input: Int32, output: consuming Tensor, rule: @escaping UnaryRule) -> Tensor {
    append(.unary(input, rule), output)
  }

  /// Records an operation with two inputs, by their places, and one output.
  func record(
    _ a: Int32, _ b: Int32, output: consuming Tensor, rule: @escaping BinaryRule
  ) -> Tensor {
    append(.binary(a, b, rule), output)
  }

  /// Records an operation with three inputs, by their places, and one output.
  func record(
    _ a: Int32, _ b: Int32, _ c: Int32, output: consuming Tensor, rule: @escaping TernaryRule
  ) -> Tensor {
    append(.ternary(a, b, c, rule), output)
  }

  private func append(_ rule: consuming Rule, _ output: consuming Tensor) -> Tensor {
    let shape = output.shape
    precondition(
      thread == ck_this_thread(),
      "an operation on a recorded tensor gave one of shape \(shape) on another thread than the one that records"
    )
    let node = Node(tape: self, index: records.count, outer: output.activeNode)
    records.append(Record(rule: rule))
    return output.placed(at: node)
  }

  /// Ends the recording and drops what it holds.
  func finish() {
    isRecording = false
    while records.popLast() != nil {}
  }

  /// Adds `seed · output` to what ``gradient(at:)`` differentiates.
  func add(_ output: Tensor, times seed: Tensor) {
    precondition(
      seed.shape == output.shape,
      "an output of shape \(output.shape) came with an upstream derivative of shape \(seed.shape)")
    records.add(seed, at: input(output).place)
  }

  /// Ends the recording; returns the derivatives of what was added with respect to the leaves.
  ///
  /// - Parameter value: the value whose tensors became the leaves.
  /// - Returns: a value of the same shape; zeros where there is no dependence.
  func gradient<Value: Parameterized>(at value: Value) -> Value {
    precondition(
      thread == ck_this_thread(), "a recording ended on another thread than the one that records")
    isRecording = false
    var records: ContiguousArray<Record> = []
    swap(&records, &self.records)
    while records.count > leaves { records.walkBack() }
    var position = 0
    return value.mapParameters { parameter in
      defer { position += 1 }
      guard let slope = records[position].cotangent.take() else { return .zeros(parameter.shape) }
      precondition(
        slope.shape == parameter.shape,
        "a parameter of shape \(parameter.shape) has a derivative of shape \(slope.shape)")
      return slope
    }
  }
}

extension ContiguousArray<Tape.Record> {
  /// Takes the last record off and passes its derivative on to the inputs.
  fileprivate mutating func walkBack() {
    let record = removeLast()
    switch record.rule {
    case .none: return
    case .unary(let input, let rule):
      guard let upstream = record.cotangent else { return }
      add(rule(upstream), at: input)
    case .binary(let a, let b, let rule):
      guard let upstream = record.cotangent else { return }
      let slopes = rule(upstream, InputSet(a, b))
      add(slopes.0, at: a)
      add(slopes.1, at: b)
    case .ternary(let a, let b, let c, let rule):
      guard let upstream = record.cotangent else { return }
      let slopes = rule(upstream, InputSet(a, b, c))
      add(slopes.0, at: a)
      add(slopes.1, at: b)
      add(slopes.2, at: c)
    case .general(let inputs, let outputs, let rule):
      let earlier = count - Int(outputs) + 1..<count
      let upstream = earlier.map { self[$0].cotangent.take() } + [record.cotangent]
      guard upstream.contains(where: { $0 != nil }) else { return }
      for (input, slope) in zip(inputs, rule(upstream, InputSet(inputs))) { add(slope, at: input) }
    }
  }

  /// Adds a contribution to the derivative at a place, in memory where nobody else sees the sum.
  fileprivate mutating func add(_ contribution: consuming Tensor?, at place: Int32) {
    guard place >= 0, let contribution = contribution.take() else { return }
    guard var total = self[Int(place)].cotangent.take() else {
      self[Int(place)].cotangent = contribution
      return
    }
    precondition(
      total.shape == contribution.shape,
      "a derivative of shape \(contribution.shape) was added to one of shape \(total.shape)")
    total.add(contribution)
    self[Int(place)].cotangent = total
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

/// The innermost recording among those two tensors depend on.
func innermostTape(_ a: Tensor, _ b: Tensor) -> Tape? {
  innermost(a.activeNode?.tape, b.activeNode?.tape)
}

/// The innermost recording among those two tensors and an optional third depend on.
func innermostTape(_ a: Tensor, _ b: Tensor, _ c: Tensor?) -> Tape? {
  innermost(innermostTape(a, b), c?.activeNode?.tape)
}

private func innermost(_ first: Tape?, _ second: Tape?) -> Tape? {
  guard let first else { return second }
  guard let second else { return first }
  return first.identity < second.identity ? second : first
}
