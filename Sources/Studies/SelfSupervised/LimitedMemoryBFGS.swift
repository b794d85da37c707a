import Tensors

/// Minimisation of a smooth convex function by L-BFGS, with steps that are halved until they go down far enough.
///
/// Source: J. Nocedal and S. Wright, *Numerical Optimization* (2006), algorithms 7.4 and 3.1.
struct LimitedMemoryBFGS {
  /// How many past steps the curvature is known from.
  var memory = 10
  /// The search ends where no derivative is larger than this.
  var tolerance: Float = 1e-5
  /// The search ends after that many steps.
  var steps = 1000

  /// A step, and how the gradient changed over it.
  private struct Change {
    let step, gradient: Tensor
    /// The product of the two; positive.
    let curvature: Double
  }

  /// Where the function is smallest, as near as single precision tells.
  func minimum(of function: (Tensor) -> Tensor, from start: Tensor) -> Tensor {
    func evaluated(at point: Tensor) -> (value: Double, gradient: Tensor) {
      let (value, gradient) = valueAndGradient(at: point, of: function)
      return (Double(value.scalar), gradient)
    }
    var point = start
    var (value, gradient) = evaluated(at: point)
    var changes: [Change] = []
    for _ in 0..<steps {
      guard gradient.elements.contains(where: { abs($0) > tolerance }) else { return point }
      let direction = direction(against: gradient, changes)
      let slope = dot(direction, gradient)
      // The first direction knows no length yet.
      var size = changes.isEmpty ? 1 / dot(gradient, gradient).squareRoot() : 1
      var next = evaluated(at: point + Float(size) * direction)
      while !(next.value <= value + 1e-4 * size * slope), size > 1e-6 {
        size /= 2
        next = evaluated(at: point + Float(size) * direction)
      }
      guard next.value < value else { return point }
      let step = Float(size) * direction
      let change = next.gradient - gradient
      let curvature = dot(step, change)
      if curvature > 0 {
        changes.append(Change(step: step, gradient: change, curvature: curvature))
      }
      changes.removeFirst(max(changes.count - memory, 0))
      point = point + step
      (value, gradient) = next
    }
    return point
  }

  /// Minus the product of the inverse Hessian, as the last steps show it, with the gradient.
  private func direction(against gradient: Tensor, _ changes: [Change]) -> Tensor {
    var direction = -gradient
    var shares: [Double] = []
    for change in changes.reversed() {
      let share = dot(change.step, direction) / change.curvature
      direction = direction - Float(share) * change.gradient
      shares.append(share)
    }
    if let last = changes.last {
      direction = Float(last.curvature / dot(last.gradient, last.gradient)) * direction
    }
    for (change, share) in zip(changes, shares.reversed()) {
      let correction = share - dot(change.gradient, direction) / change.curvature
      direction = direction + Float(correction) * change.step
    }
    return direction
  }
}

/// The inner product, summed in double precision.
private func dot(_ a: Tensor, _ b: Tensor) -> Double {
  a.withUnsafeElements { a in
    b.withUnsafeElements { b in
      a.indices.reduce(0) { $0 + Double(a[$1]) * Double(b[$1]) }
    }
  }
}
