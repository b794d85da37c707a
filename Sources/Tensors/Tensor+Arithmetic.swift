import CKernels

// Elementwise arithmetic. Shapes are broadcast as in NumPy: trailing axes are aligned, an extent of 1 is repeated.

extension Tensor {
  /// The elementwise sum, broadcasting the shapes.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    operation(a, b, value: combine(a, b, CK_ADD)) { a, b, _ in
      let (shapeOfA, shapeOfB) = (a.shape, b.shape)
      return { upstream, gradients in
        gradients.add(upstream.summed(to: shapeOfA), to: 0)
        gradients.add(upstream.summed(to: shapeOfB), to: 1)
      }
    }
  }

  /// The elementwise difference, broadcasting the shapes.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    operation(a, b, value: combine(a, b, CK_SUBTRACT)) { a, b, _ in
      let (shapeOfA, shapeOfB) = (a.shape, b.shape)
      return { upstream, gradients in
        gradients.add(upstream.summed(to: shapeOfA), to: 0)
        gradients.add((-upstream).summed(to: shapeOfB), to: 1)
      }
    }
  }

  /// The elementwise product, broadcasting the shapes.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    operation(a, b, value: combine(a, b, CK_MULTIPLY)) { a, b, _ in
      { upstream, gradients in
        gradients.add((upstream * b).summed(to: a.shape), to: 0)
        gradients.add((upstream * a).summed(to: b.shape), to: 1)
      }
    }
  }

  /// The elementwise quotient, broadcasting the shapes.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    operation(a, b, value: combine(a, b, CK_DIVIDE)) { a, b, y in
      let shapeOfA = a.shape
      return { upstream, gradients in
        let scaled = upstream / b
        gradients.add(scaled.summed(to: shapeOfA), to: 0)
        gradients.add((-(scaled * y)).summed(to: b.shape), to: 1)
      }
    }
  }

  /// The negated elements.
  public static prefix func - (x: Tensor) -> Tensor {
    operation(x, value: x.mapped(CK_NEGATE)) { _, _ in
      { upstream, gradients in gradients.add(-upstream) }
    }
  }

  /// The elementwise sum with a number.
  public static func + (a: Tensor, b: Float) -> Tensor { a + Tensor(b) }
  /// The elementwise sum with a number.
  public static func + (a: Float, b: Tensor) -> Tensor { Tensor(a) + b }
  /// The elementwise difference from a number.
  public static func - (a: Tensor, b: Float) -> Tensor { a - Tensor(b) }
  /// A number minus every element.
  public static func - (a: Float, b: Tensor) -> Tensor { Tensor(a) - b }
  /// The elementwise product with a number.
  public static func * (a: Tensor, b: Float) -> Tensor { a * Tensor(b) }
  /// The elementwise product with a number.
  public static func * (a: Float, b: Tensor) -> Tensor { Tensor(a) * b }
  /// The elementwise quotient by a number.
  public static func / (a: Tensor, b: Float) -> Tensor { a / Tensor(b) }
  /// A number divided by every element.
  public static func / (a: Float, b: Tensor) -> Tensor { Tensor(a) / b }

  /// Replaces the left side by the sum.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  /// Replaces the left side by the difference.
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  /// Replaces the left side by the product.
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
  /// Replaces the left side by the quotient.
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }
}

/// p − rate · g, a step of gradient descent, with the bits of the product and the difference one by one.
///
/// - Parameters:
///   - p: where to start.
///   - gradient: the gradient g, of the same shape.
///   - rate: one number, as a scalar or of shape [1].
/// - Returns: a tensor of that shape.
public func descent(from p: Tensor, along gradient: Tensor, rate: Tensor) -> Tensor {
  precondition(
    p.shape == gradient.shape && rate.count == 1,
    "a step from shape \(p.shape) along shape \(gradient.shape) was given a rate of shape \(rate.shape)"
  )
  return Tensor.operation(gradient, rate, p, value: moved(p, gradient, rate)) { gradient, rate, _ in
    { upstream, gradients in
      let down = -upstream
      gradients.add((down * rate).summed(to: gradient.shape), to: 0)
      gradients.add((down * gradient).summed(to: rate.shape), to: 1)
      gradients.add(upstream, to: 2)
    }
  }
}

private func moved(_ p: Tensor, _ gradient: Tensor, _ rate: Tensor) -> Tensor {
  let moved = Tensor(p.shape) {
    Tensor.combine(rate, gradient, CK_MULTIPLY, shape: p.shape, into: $0)
  }
  Tensor.combine(p, moved, CK_SUBTRACT, shape: p.shape, into: moved.pointer)
  return moved
}

/// The larger of two elements, broadcasting the shapes; NaN if either is NaN.
///
/// The derivative goes to the larger one, and half of it to each of two equal ones, as in PyTorch's `maximum`.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
  extremum(a, b, CK_MAXIMUM) { greater($1, $0) }
}

/// The smaller of two elements, broadcasting the shapes; NaN if either is NaN.
///
/// The derivative goes to the smaller one, and half of it to each of two equal ones, as in PyTorch's `minimum`.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
  extremum(a, b, CK_MINIMUM) { greater($0, $1) }
}

private func extremum(
  _ a: Tensor, _ b: Tensor, _ kind: ck_binary_operation,
  loses: @escaping (_ this: Tensor, _ other: Tensor) -> Tensor
) -> Tensor {
  Tensor.operation(a, b, value: Tensor.combine(a, b, kind)) { a, b, _ in
    { upstream, gradients in
      let halves = equal(a, b) * 0.5
      // A gate, since 0 times an infinite derivative would be undefined. Beside a NaN nothing loses, as in PyTorch.
      func share(_ this: Tensor, _ other: Tensor) -> Tensor {
        let weight = 1 - halves - loses(this, other)
        return (gated(upstream, by: weight) * weight).summed(to: this.shape)
      }
      gradients.add(share(a, b), to: 0)
      gradients.add(share(b, a), to: 1)
    }
  }
}

/// 1 where `a > b`, else 0, broadcasting the shapes; a constant.
public func greater(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.combine(a, b, CK_GREATER) }

/// 1 where `a = b`, else 0, broadcasting the shapes; a constant.
public func equal(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.combine(a, b, CK_EQUAL) }

/// `x` where `gate > 0`, else 0, broadcasting the shapes; beside a NaN x, as in PyTorch. The gate has no derivative.
public func gated(_ x: Tensor, by gate: Tensor) -> Tensor {
  let gate = gate.detached()
  return Tensor.operation(x, value: Tensor.combine(x, gate, CK_GATE)) { x, _ in
    let shape = x.shape
    return { upstream, gradients in gradients.add(gated(upstream, by: gate).summed(to: shape)) }
  }
}

/// `x`, whose elements are 0 already where `mask` is 0, with a derivative that is 0 there too.
///
/// What ``gated(_:by:)`` gives for such an x, without a pass over it.
public func pruned(_ x: Tensor, by mask: Tensor) -> Tensor {
  precondition(
    x.shape == mask.shape, "a mask of shape \(mask.shape) does not fit shape \(x.shape)")
  let mask = mask.detached()
  return Tensor.operation(x, value: x.detached()) { _, _ in
    { upstream, gradients in gradients.add(gated(upstream, by: mask)) }
  }
}

extension Tensor {
  /// Applies a kernel to the broadcast elements of two tensors; records nothing.
  static func combine(_ a: Tensor, _ b: Tensor, _ kind: ck_binary_operation) -> Tensor {
    guard let shape = a.shape.broadcast(with: b.shape) else {
      preconditionFailure("shapes \(a.shape) and \(b.shape) cannot be broadcast together")
    }
    return Tensor(shape) { combine(a, b, kind, shape: shape, into: $0) }
  }

  fileprivate static func combine(
    _ a: Tensor, _ b: Tensor, _ kind: ck_binary_operation, shape: Shape,
    into result: UnsafeMutablePointer<Float>
  ) {
    let operation = Int32(bitPattern: kind.rawValue)
    withExtendedLifetime((a, b)) {
      if a.shape == b.shape {
        // One long row.
        let steps = ck_axes(axis: (1, 1, 1, 1))
        splitElements(shape.elementCount) { start, count in
          ck_binary(
            operation, ck_axes(axis: (1, 1, 1, count)), a.pointer + start, steps, b.pointer + start,
            steps, result + start)
        }
      } else if a.count == 1 || b.count == 1 {
        // One long row and one number.
        let (number, steps) = (ck_axes(axis: (0, 0, 0, 0)), ck_axes(axis: (1, 1, 1, 1)))
        ck_binary(
          operation, ck_axes(axis: (1, 1, 1, shape.elementCount)), a.pointer,
          a.count == 1 ? number : steps, b.pointer, b.count == 1 ? number : steps, result)
      } else {
        let extents = shape.leftPadded
        ck_binary(
          operation, ck_axes(extents), a.pointer, ck_axes(a.shape.strides(broadcastTo: extents)),
          b.pointer, ck_axes(b.shape.strides(broadcastTo: extents)), result)
      }
    }
  }

  /// Adds a tensor of the same shape, in place where the elements are not shared and nothing is recorded.
  mutating func add(_ other: Tensor) {
    if isRecorded || other.isRecorded || !isUniquelyReferenced() {
      self = self + other
    } else {
      Tensor.combine(self, other, CK_ADD, shape: shape, into: pointer)
    }
  }

  /// Applies a kernel to every element; records nothing.
  func mapped(_ kind: ck_unary_operation) -> Tensor {
    withExtendedLifetime(self) {
      Tensor(shape) { result in
        splitElements(count) { start, count in
          ck_unary(Int32(bitPattern: kind.rawValue), count, pointer + start, result + start)
        }
      }
    }
  }
}
