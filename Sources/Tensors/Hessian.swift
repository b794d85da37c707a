/// The product of a scalar function's Hessian at `model` with a vector, which has the model's own shape.
///
/// H v is the derivative of ∇f along v, and equally the gradient of ⟨∇f, v⟩, which is how it is computed here: two
/// passes back, no Hessian, whatever the number of parameters (Pearlmutter, "Fast exact multiplication by the
/// Hessian", 1994).
///
///     let product = hessianVectorProduct(at: model, along: direction) { model in
///       softmaxCrossEntropy(model(inputs), labels: labels)
///     }
///
/// - Parameters:
///   - model: where to differentiate: a tensor, an array of them, a model.
///   - direction: the vector v; its tensors have the shapes of the model's.
///   - function: maps the model to a tensor with one element.
/// - Returns: H v, itself differentiable if what surrounds the call is being differentiated.
public func hessianVectorProduct<Model: Parameterized>(
  at model: Model, along direction: Model, of function: (Model) -> Tensor
) -> Model {
  gradient(at: model) { model in
    let gradients = gradient(at: model, of: function).parameters
    let directions = direction.parameters
    precondition(
      directions.count == gradients.count,
      "\(gradients.count) parameters came with \(directions.count) directions")
    return zip(gradients, directions).reduce(Tensor(0)) { sum, pair in
      precondition(
        pair.0.shape == pair.1.shape,
        "a parameter of shape \(pair.0.shape) was given a direction of shape \(pair.1.shape)")
      return sum + (pair.0 * pair.1).sum()
    }
  }
}
