/// A value made of tensors, each with a name: a model, an optimizer's state, a gradient.
///
/// The one requirement names the parts; counting, mapping, combining, saving and loading derive from it.
///
///     struct Perceptron: Parameterized {
///       var weight: Tensor
///       var bias: Tensor
///       mutating func visitParameters(_ visit: inout some ParameterVisitor) {
///         visit("weight", &weight)
///         visit("bias", &bias)
///       }
///     }
///
/// Tensors are visited in the order of the calls, which must not depend on the tensors' elements. A tensor that is
/// remembered, and not learned, is visited as such: `visit(state: "running_mean", &runningMean)`.
public protocol Parameterized {
  /// Passes every part to the visitor: a tensor, or a value that is made of tensors itself.
  mutating func visitParameters(_ visit: inout some ParameterVisitor)
}

/// What is done with each tensor of a ``Parameterized`` value.
public protocol ParameterVisitor {
  /// Visits one tensor.
  mutating func visit(_ tensor: inout Tensor)

  /// Visits a tensor that is no parameter: what a layer remembers, such as a running mean. Passed over by default.
  mutating func visit(state tensor: inout Tensor)

  /// Enters the part called `name`; the names on the way to a tensor, joined by dots, are the tensor's.
  mutating func enter(_ name: StaticString)

  /// Enters one of several parts that are told apart by their position.
  mutating func enter(_ position: Int)

  /// Enters one of several parts whose names hold their position, such as `weight_ih_l1_reverse`.
  mutating func enter(_ prefix: StaticString, _ position: Int, _ suffix: StaticString)

  /// Leaves the part that was entered last.
  mutating func leave()
}

extension ParameterVisitor {
  @inlinable public mutating func visit(state tensor: inout Tensor) {}
  @inlinable public mutating func enter(_ name: StaticString) {}
  @inlinable public mutating func enter(_ position: Int) {}
  @inlinable public mutating func enter(
    _ prefix: StaticString, _ position: Int, _ suffix: StaticString
  ) {}
  @inlinable public mutating func leave() {}

  /// Visits the part called `name`.
  @inlinable
  public mutating func callAsFunction(_ name: StaticString, _ part: inout some Parameterized) {
    enter(name)
    part.visitParameters(&self)
    leave()
  }

  /// Visits the part whose name holds its position.
  @inlinable
  public mutating func callAsFunction(
    _ prefix: StaticString, _ position: Int, _ suffix: StaticString,
    _ part: inout some Parameterized
  ) {
    enter(prefix, position, suffix)
    part.visitParameters(&self)
    leave()
  }

  /// Visits the part at a position.
  @inlinable
  public mutating func callAsFunction(_ position: Int, _ part: inout some Parameterized) {
    enter(position)
    part.visitParameters(&self)
    leave()
  }

  /// Visits the tensor called `name` that is no parameter: it is saved and loaded beside the parameters, and nothing
  /// differentiates or optimises it.
  @inlinable
  public mutating func callAsFunction(state name: StaticString, _ tensor: inout Tensor) {
    enter(name)
    visit(state: &tensor)
    leave()
  }
}

extension Tensor: Parameterized {
  public mutating func visitParameters(_ visit: inout some ParameterVisitor) { visit.visit(&self) }
}

extension Array: Parameterized where Element: Parameterized {
  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    for position in indices {
      visit.enter(position)
      self[position].visitParameters(&visit)
      visit.leave()
    }
  }
}

extension Optional: Parameterized where Wrapped: Parameterized {
  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    guard var part = self.take() else { return }
    part.visitParameters(&visit)
    self = part
  }
}

extension Parameterized {
  /// The tensors in the order in which they are visited.
  public var parameters: [Tensor] { tensors(.parameters) }

  /// The tensors with their names, such as `linear1.weight`. A name that is used twice stops the program.
  public var namedParameters: [(name: String, tensor: Tensor)] { namedTensors(.parameters) }

  /// How many numbers the tensors hold together.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// Replaces every tensor by what `transform` makes of it.
  public func mapParameters(_ transform: (Tensor) -> Tensor) -> Self {
    withoutActuallyEscaping(transform) { transform in
      var visitor = Mapping(transform: transform)
      var copy = self
      copy.visitParameters(&visitor)
      return copy
    }
  }

  /// The same value with other tensors, in the order in which they are visited; their shapes must agree.
  public func replacingParameters(with tensors: [Tensor]) -> Self {
    var copy = self
    copy.updateParameters(along: tensors, replace)
    return copy
  }

  /// Changes every tensor in place, beside the tensor that stands at the same place in `others`.
  public mutating func updateParameters(
    along others: [Tensor], _ body: (inout Tensor, Tensor) -> Void
  ) {
    update(.parameters, along: others, body)
  }

  /// The values as constants, through which no derivative flows.
  public func detached() -> Self { mapParameters { $0.detached() } }
}

// MARK: States

extension Parameterized {
  /// The tensors that are no parameters, in the order in which they are visited: what layers remember.
  public var states: [Tensor] { tensors(.states) }

  /// Replaces what layers remember, in the order in which it is visited; shapes must agree.
  public mutating func replaceStates(with tensors: [Tensor]) {
    update(.states, along: tensors, replace)
  }

  /// The parameters and the states with their names, in the order of their visits: PyTorch's `state_dict()`.
  public var namedTensors: [(name: String, tensor: Tensor)] { namedTensors(.all) }

  func tensors(_ scope: VisitedTensors) -> [Tensor] {
    var visitor = Collecting(scope: scope)
    var copy = self
    copy.visitParameters(&visitor)
    return visitor.tensors
  }

  private func namedTensors(_ scope: VisitedTensors) -> [(name: String, tensor: Tensor)] {
    var visitor = Naming(scope: scope)
    var copy = self
    copy.visitParameters(&visitor)
    return visitor.tensors
  }

  mutating func update(
    _ scope: VisitedTensors, along others: [Tensor], _ body: (inout Tensor, Tensor) -> Void
  ) {
    withoutActuallyEscaping(body) { body in
      var visitor = Updating(scope: scope, others: others, body: body)
      visitParameters(&visitor)
      precondition(
        visitor.position == others.count,
        "\(others.count) tensors were given for \(visitor.position) \(scope)")
    }
  }
}

/// Which of the tensors of a value are meant.
enum VisitedTensors {
  case parameters
  case states
  case all
}

extension VisitedTensors: CustomStringConvertible {
  var description: String {
    switch self {
    case .parameters: "parameters"
    case .states: "states"
    case .all: "parameters and states"
    }
  }
}

func replace(_ tensor: inout Tensor, by replacement: Tensor) {
  precondition(
    tensor.shape == replacement.shape,
    "a parameter of shape \(tensor.shape) was given a tensor of shape \(replacement.shape)")
  tensor = replacement
}

private struct Collecting: ParameterVisitor {
  let scope: VisitedTensors
  var tensors: [Tensor] = []

  init(scope: VisitedTensors) {
    self.scope = scope
    if scope != .states { tensors.reserveCapacity(16) }
  }

  mutating func visit(_ tensor: inout Tensor) {
    if scope != .states { tensors.append(tensor) }
  }

  mutating func visit(state tensor: inout Tensor) {
    if scope != .parameters { tensors.append(tensor) }
  }
}

private struct Naming: ParameterVisitor {
  let scope: VisitedTensors
  var path: [String] = []
  var tensors: [(name: String, tensor: Tensor)] = []
  private var names: Set<String> = []

  init(scope: VisitedTensors) { self.scope = scope }

  mutating func enter(_ name: StaticString) { path.append(name.description) }
  mutating func enter(_ position: Int) { path.append(String(position)) }
  mutating func enter(_ prefix: StaticString, _ position: Int, _ suffix: StaticString) {
    path.append(prefix.description + String(position) + suffix.description)
  }
  mutating func leave() {
    precondition(!path.isEmpty, "a visit of parameters leaves a part that it has not entered")
    path.removeLast()
  }

  mutating func visit(_ tensor: inout Tensor) {
    if scope != .states { append(tensor) }
  }

  mutating func visit(state tensor: inout Tensor) {
    if scope != .parameters { append(tensor) }
  }

  private mutating func append(_ tensor: Tensor) {
    let name = path.joined(separator: ".")
    precondition(
      names.insert(name).inserted,
      "two parameters are called '\(name)', one of them of shape \(tensor.shape)")
    tensors.append((name, tensor))
  }
}

private struct Mapping: ParameterVisitor {
  let transform: (Tensor) -> Tensor
  mutating func visit(_ tensor: inout Tensor) { tensor = transform(tensor) }
}

private struct Updating: ParameterVisitor {
  let scope: VisitedTensors
  let others: [Tensor]
  let body: (inout Tensor, Tensor) -> Void
  var position = 0

  mutating func visit(_ tensor: inout Tensor) {
    if scope != .states { update(&tensor) }
  }

  mutating func visit(state tensor: inout Tensor) {
    if scope != .parameters { update(&tensor) }
  }

  private mutating func update(_ tensor: inout Tensor) {
    precondition(
      position < others.count, "only \(others.count) tensors were given for more \(scope)")
    body(&tensor, others[position])
    position += 1
  }
}
