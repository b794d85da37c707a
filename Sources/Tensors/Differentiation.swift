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
  let tape = Tape()
  let result: Tensor
  do {
    result = try function(model.mapParameters(tape.leaf))
  } catch {
    tape.finish()
    throw error
  }
  precondition(
    result.count == 1,
    "only a single number has a gradient, found a tensor of shape \(result.shape)")
  let value = result.outside(tape)
  tape.add(result, times: Tensor(repeating: 1, shape: result.shape))
  return (value, tape.gradient(at: model))
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
  let tape = Tape()
  let results = function(model.mapParameters(tape.leaf))
  let outputs = results.map { $0.outside(tape) }
  let seeds = upstream(outputs)
  precondition(
    seeds.count == results.count,
    "\(results.count) outputs came with \(seeds.count) upstream derivatives")
  for (result, seed) in zip(results, seeds) { tape.add(result, times: seed) }
  return (outputs, tape.gradient(at: model))
}
