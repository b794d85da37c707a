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
    let slopes = gradient(at: model, of: function).parameters
    let directions = direction.parameters
    precondition(
      directions.count == slopes.count,
      "\(slopes.count) parameters came with \(directions.count) directions")
    return zip(slopes, directions).reduce(Tensor(0)) { sum, pair in
      precondition(
        pair.0.shape == pair.1.shape,
        "a parameter of shape \(pair.0.shape) was given a direction of shape \(pair.1.shape)")
      return sum + (pair.0 * pair.1).sum()
    }
  }
}

/// An eigenvalue of a symmetric matrix, with the vector that was found for it.
public struct Eigenpair<Vector: Parameterized> {
  /// The eigenvalue λ, the Rayleigh quotient of the vector.
  public var value: Double
  /// The eigenvector v, of length 1.
  public var vector: Vector
  /// ‖A v − λ v‖: some eigenvalue lies within this distance of λ.
  public var residual: Double
  /// How many products with the matrix were taken.
  public var products: Int
}

/// The largest eigenvalue of a symmetric matrix that is known only by its products with vectors, by power iteration.
///
/// Power iteration finds the eigenvalue of largest magnitude. If that one is negative, the iteration is repeated
/// with the matrix shifted by it, whose eigenvalue of largest magnitude belongs to the largest one of all.
///
/// - Parameters:
///   - start: where to start; it must not be orthogonal to the eigenvector, as no vector with irregular elements is.
///   - tolerance: the iteration ends when the residual is at most this share of the eigenvalue's magnitude.
///   - limit: after how many products it ends in any case; the residual tells how far it came.
///   - product: the matrix's product with a vector.
/// - Returns: the eigenvalue, its vector and how good they are.
public func largestEigenvalue<Vector: Parameterized>(
  from start: Vector, tolerance: Double = 1e-3, limit: Int = 1000, product: (Vector) -> Vector
) -> Eigenpair<Vector> {
  precondition(limit > 0, "power iteration takes at least one product, found a limit of \(limit)")
  let dominant = powerIteration(
    from: start, shift: 0, tolerance: tolerance, limit: limit, product: product)
  guard dominant.value < 0, dominant.products < limit else { return dominant }
  var largest = powerIteration(
    from: start, shift: dominant.value, tolerance: tolerance, limit: limit - dominant.products,
    product: product)
  largest.products += dominant.products
  return largest
}

/// Power iteration with A − shift · I; the eigenvalue is that of A.
private func powerIteration<Vector: Parameterized>(
  from start: Vector, shift: Double, tolerance: Double, limit: Int, product: (Vector) -> Vector
) -> Eigenpair<Vector> {
  var vector = start.scaled(by: 1 / norm(start))
  for count in 1... {
    let image = product(vector)
    let value = inner(vector, image)
    let squares = inner(image, image)
    // ‖A v − λ v‖² = ‖A v‖² − λ² for a v of length 1; rounding may take it below 0.
    let residual = Swift.max(0, squares - value * value).squareRoot()
    let next = shift == 0 ? image : image.moved(by: -shift, along: vector)
    let length = norm(next)
    if residual <= tolerance * value.magnitude || count == limit || !(length > 0) {
      return Eigenpair(value: value, vector: vector, residual: residual, products: count)
    }
    vector = next.scaled(by: 1 / length)
  }
  fatalError("an endless loop has ended")
}

/// ⟨a, b⟩ in double precision, in the order of the elements.
private func inner<Vector: Parameterized>(_ a: Vector, _ b: Vector) -> Double {
  zip(a.parameters, b.parameters).reduce(0) { sum, pair in
    pair.0.withUnsafeElements { x in
      pair.1.withUnsafeElements { y in
        zip(x, y).reduce(sum) { $0 + Double($1.0) * Double($1.1) }
      }
    }
  }
}

private func norm(_ vector: some Parameterized) -> Double { inner(vector, vector).squareRoot() }

extension Parameterized {
  fileprivate func scaled(by factor: Double) -> Self { mapParameters { $0 * Float(factor) } }

  fileprivate func moved(by distance: Double, along direction: Self) -> Self {
    var result = self
    result.updateParameters(along: direction.parameters) { $0 = $0 + $1 * Float(distance) }
    return result
  }
}
