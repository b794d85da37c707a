/// What one recorded operation does in the backward pass: it adds to the gradients of its inputs what the gradient
/// `upstream` of its output contributes to them.
///
/// A pullback uses tensor operations only, so that an enclosing recording sees it as ordinary arithmetic.
typealias Pullback = (_ upstream: Tensor, _ gradients: inout Gradients) -> Void

/// The pullback of an operation with several outputs; nil stands for an output on which nothing depends.
typealias PullbackOfSeveral = (_ upstream: [Tensor?], _ gradients: inout Gradients) -> Void

/// The gradients of a backward pass, as far as they have been added up.
///
/// The pass alone accumulates: a pullback hands over contributions, and they go to the inputs of its operation.
struct Gradients {
  enum Rule {
    /// A leaf, or an output of an operation that is not its last.
    case none
    case one(Pullback)
    /// With the number of outputs, whose places end with this one. It comes last, which makes a record eight bytes smaller.
    case several(PullbackOfSeveral, Int32)
  }

  /// The places of an operation's inputs on a tape, -1 for those that are not on it.
  enum Places {
    /// Up to three, which need no list: a list would be an allocation.
    case few(Int32, Int32, Int32)
    case list([Int32])

    subscript(input: Int) -> Int32 {
      switch self {
      case .few(let a, let b, let c): input == 0 ? a : input == 1 ? b : c
      case .list(let places): places[input]
      }
    }
  }

  /// One place on the tape: a leaf, or an output of an operation.
  private struct Record {
    let rule: Rule
    /// Where the operation's inputs lie.
    let inputs: Places
    /// The gradient with respect to it so far.
    var gradient: Tensor?
  }

  private var records: ContiguousArray<Record> = []

  /// The inputs of the operation whose pullback is running.
  private var inputs = Places.few(-1, -1, -1)

  /// What that pullback has contributed to each of them. Nothing is added up before it returns: the order of additions
  /// is that of the operations, whatever a pullback computes in between.
  private var contributions: (Tensor?, Tensor?, Tensor?)
  private var furtherContributions: [(input: Int, Tensor)] = []

  /// The number of places that have not been visited.
  var count: Int { records.count }

  /// Adds a place.
  mutating func append(_ rule: consuming Rule, inputs: consuming Places) {
    // Room for a small network, in less than a thousand bytes: for larger blocks the allocator takes longer.
    if records.isEmpty { records.reserveCapacity(11) }
    records.append(Record(rule: rule, inputs: inputs))
  }

  /// Drops all places, one after the other from the end.
  mutating func removeAll() { while records.popLast() != nil {} }

  /// Whether the gradient with respect to an input of the operation is wanted.
  func wants(_ input: Int) -> Bool { inputs[input] >= 0 }

  /// Adds a contribution to the gradient with respect to an input, and computes it only if that gradient is wanted; once
  /// for each input.
  @inline(__always)
  mutating func add(_ contribution: @autoclosure () -> Tensor, to input: Int = 0) {
    if wants(input) { contribute(contribution(), to: input) }
  }

  private mutating func contribute(_ contribution: Tensor, to input: Int) {
    switch input {
    case 0: contributions.0 = contribution
    case 1: contributions.1 = contribution
    case 2: contributions.2 = contribution
    default: furtherContributions.append((input, contribution))
    }
  }

  /// Takes the last record off and passes its gradient on to the inputs.
  mutating func visitLast() {
    let record = records.removeLast()
    inputs = record.inputs
    switch record.rule {
    case .none: return
    case .one(let pullback):
      guard let upstream = record.gradient else { return }
      pullback(upstream, &self)
    case .several(let pullback, let count):
      let earlier = records.count - Int(count) + 1..<records.count
      let upstream = earlier.map { records[$0].gradient.take() } + [record.gradient]
      guard upstream.contains(where: { $0 != nil }) else { return }
      pullback(upstream, &self)
    }
    if let contribution = contributions.0.take() { add(contribution, at: inputs[0]) }
    if let contribution = contributions.1.take() { add(contribution, at: inputs[1]) }
    if let contribution = contributions.2.take() { add(contribution, at: inputs[2]) }
    if furtherContributions.isEmpty { return }
    for (input, contribution) in furtherContributions { add(contribution, at: inputs[input]) }
    furtherContributions = []
  }

  /// Takes the gradient at a place out, nil if nothing depends on it.
  mutating func take(at place: Int) -> Tensor? { records[place].gradient.take() }

  /// Adds a contribution to the gradient at a place, in memory where nobody else sees the sum.
  mutating func add(_ contribution: consuming Tensor, at place: Int32) {
    guard var total = records[Int(place)].gradient.take() else {
      records[Int(place)].gradient = contribution
      return
    }
    precondition(
      total.shape == contribution.shape,
      "a derivative of shape \(contribution.shape) was added to one of shape \(total.shape)")
    total.add(contribution)
    records[Int(place)].gradient = total
  }

  /// Adds the derivatives of `Σ upstream · function(inputs)` with respect to the inputs.
  ///
  /// For a pullback that differentiates an equivalent computation instead of running a kernel.
  mutating func addDerivatives(
    of function: ([Tensor]) -> [Tensor], at inputs: [Tensor], upstream: [Tensor]
  ) {
    let wanted = inputs.indices.filter(wants)
    let (_, product) = vectorJacobianProduct(
      at: wanted.map { inputs[$0] }, upstream: { _ in upstream },
      of: { leaves in
        var all = inputs
        for (input, leaf) in zip(wanted, leaves) { all[input] = leaf }
        return function(all)
      })
    for (input, gradient) in zip(wanted, product) { add(gradient, to: input) }
  }
}
