/// The value of a scalar function at `model` and its gradient, which has the model's own shape.
///
///     let (loss, gradient) = valueAndGradient(at: model) { model in
///       softmaxCrossEntropy(model(inputs), labels: labels)
///     }
///     gradient.linear1.weight    // ∂loss/∂weight
///
/// Calls nest: if `function`, or what surrounds this call, is itself being differentiated, the gradient is a
/// differentiable function of whatever it depends on, and its computation is recorded exactly as far as that
/// needs. Otherwise nothing of the backward pass is recorded.
///
/// - Parameters:
///   - model: what to differentiate with respect to: a tensor, an array of them, a model.
///   - function: maps the model to a tensor with one element.
/// - Returns: the value, a constant to this call, and the gradient.
/// - Throws: what `function` throws.
public func valueAndGradient<Model: Parameterized, Failure: Error>(
  at model: Model, of function: (Model) throws(Failure) -> Tensor
) throws(Failure) -> (value: Tensor, gradient: Model) {
  let recording = try Recording(at: model, of: { (model) throws(Failure) in [try function(model)] })
  let value = recording.values[0]
  precondition(
    value.count == 1, "only a single number has a gradient, found a tensor of shape \(value.shape)")
  let gradients = recording.pullback([Tensor(repeating: 1, shape: value.shape)])
  return (value, model.replacingParameters(with: gradients))
}

/// The gradient of a scalar function at `model`; see ``valueAndGradient(at:of:)``.
public func gradient<Model: Parameterized, Failure: Error>(
  at model: Model, of function: (Model) throws(Failure) -> Tensor
) throws(Failure) -> Model {
  try valueAndGradient(at: model, of: function).gradient
}

/// The value of a function at `inputs` and the product of a vector with its Jacobian.
///
/// - Parameters:
///   - model: where to differentiate.
///   - upstream: maps the outputs to the vector, of the outputs' shapes.
///   - function: the function, with any number of outputs.
/// - Returns: the outputs, and the derivatives of `Σ upstream · output` with respect to the inputs.
public func vectorJacobianProduct<Model: Parameterized>(
  at model: Model, upstream: ([Tensor]) -> [Tensor], of function: (Model) -> [Tensor]
) -> (outputs: [Tensor], product: Model) {
  let recording = Recording(at: model, of: function)
  let values = recording.values
  let product = recording.pullback(upstream(values))
  return (values, model.replacingParameters(with: product))
}

/// One evaluation of a function, ready to be walked back once.
struct Recording {
  private let tape: Tape
  private let leaves: [Tensor]
  /// The outputs as the tape sees them.
  let outputs: [Tensor]

  init<Model: Parameterized, Failure: Error>(
    at model: Model, of function: (Model) throws(Failure) -> [Tensor]
  ) throws(Failure) {
    let tape = Tape()
    leaves = model.parameters
    let recorded = model.replacingParameters(with: leaves.map(tape.leaf))
    self.tape = tape
    do {
      outputs = try function(recorded)
    } catch {
      tape.finish()
      throw error
    }
  }

  /// The outputs as the surroundings see them.
  var values: [Tensor] { outputs.map { $0.outside(tape) } }

  /// The derivatives of `Σ upstream · output` with respect to the leaves; zeros where there is no dependence.
  func pullback(_ upstream: [Tensor]) -> [Tensor] {
    let gradients = tape.gradients(
      of: zip(outputs, upstream).map { ($0, $1) }, leaves: leaves.count)
    return zip(gradients, leaves).map { $0 ?? .zeros($1.shape) }
  }
}
