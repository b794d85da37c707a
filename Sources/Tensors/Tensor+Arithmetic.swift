import CKernels

// Elementwise arithmetic. Shapes are broadcast as in NumPy: trailing axes are aligned, an extent of 1 is repeated.

extension Tensor {
  /// The elementwise sum, broadcasting the shapes.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = (a.shape, b.shape)
    return binary(a, b, CK_ADD) { upstream, wanted in
      (
        wanted.contains(0) ? upstream.summed(to: x) : nil,
        wanted.contains(1) ? upstream.summed(to: y) : nil
      )
    }
  }

  /// The elementwise difference, broadcasting the shapes.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = (a.shape, b.shape)
    return binary(a, b, CK_SUBTRACT) { upstream, wanted in
      (
        wanted.contains(0) ? upstream.summed(to: x) : nil,
        wanted.contains(1) ? (-upstream).summed(to: y) : nil
      )
    }
  }

  /// The elementwise product, broadcasting the shapes.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    operation(a, b, kernel: { combine($0, $1, CK_MULTIPLY) }) { upstream, a, b, _, wanted in
      (
        wanted.contains(0) ? (upstream * b).summed(to: a.shape) : nil,
        wanted.contains(1) ? (upstream * a).summed(to: b.shape) : nil
      )
    }
  }

  /// The elementwise quotient, broadcasting the shapes.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    operation(a, b, kernel: { combine($0, $1, CK_DIVIDE) }) { upstream, a, b, y, wanted in
      let scaled = upstream / b
      return (
        wanted.contains(0) ? scaled.summed(to: a.shape) : nil,
        wanted.contains(1) ? (-(scaled * y)).summed(to: b.shape) : nil
      )
    }
  }

  /// The negated elements.
  public static prefix func - (x: Tensor) -> Tensor {
    linearOperation(x, kernel: { $0.mapped(CK_NEGATE) }, adjoint: { -$0 })
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
///   - slope: the gradient g, of the same shape.
///   - rate: one number, as a scalar or of shape [1].
/// - Returns: a tensor of that shape.
public func descent(from p: Tensor, along slope: Tensor, rate: Tensor) -> Tensor {
  precondition(
    p.shape == slope.shape && rate.count == 1,
    "a step from shape \(p.shape) along shape \(slope.shape) was given a rate of shape \(rate.shape)"
  )
  return Tensor.operation(
    slope, rate, p,
    kernel: { slope, rate, p in
      guard let p else { preconditionFailure("a step starts nowhere") }
      let moved = Tensor(slope.shape) {
        Tensor.combine(rate, slope, CK_MULTIPLY, shape: slope.shape, into: $0)
      }
      Tensor.combine(p, moved, CK_SUBTRACT, shape: p.shape, into: moved.pointer)
      return moved
    },
    rule: { upstream, slope, rate, _, wanted in
      let down = -upstream
      return (
        wanted.contains(0) ? (down * rate).summed(to: slope.shape) : nil,
        wanted.contains(1) ? (down * slope).summed(to: rate.shape) : nil,
        wanted.contains(2) ? upstream : nil
      )
    })
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
  Tensor.operation(a, b, kernel: { Tensor.combine($0, $1, kind) }) { upstream, a, b, _, wanted in
    let halves = equal(a, b) * 0.5
    // A gate, since 0 times an infinite derivative would be undefined. Beside a NaN nothing loses, as in PyTorch.
    func share(_ this: Tensor, _ other: Tensor) -> Tensor {
      let weight = 1 - halves - loses(this, other)
      return (gated(upstream, by: weight) * weight).summed(to: this.shape)
    }
    return (wanted.contains(0) ? share(a, b) : nil, wanted.contains(1) ? share(b, a) : nil)
  }
}

/// 1 where `a > b`, else 0, broadcasting the shapes; a constant.
public func greater(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.combine(a, b, CK_GREATER) }

/// 1 where `a = b`, else 0, broadcasting the shapes; a constant.
public func equal(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.combine(a, b, CK_EQUAL) }

/// `x` where `gate > 0`, else 0, broadcasting the shapes; beside a NaN x, as in PyTorch. The gate has no derivative.
public func gated(_ x: Tensor, by gate: Tensor) -> Tensor {
  let gate = gate.detached()
  let shape = x.shape
  return Tensor.linearOperation(
    x, kernel: { Tensor.combine($0, gate, CK_GATE) },
    adjoint: { gated($0, by: gate).summed(to: shape) })
}

/// `x`, whose elements are 0 already where `mask` is 0, with a derivative that is 0 there too.
///
/// What ``gated(_:by:)`` gives for such an x, without a pass over it.
public func pruned(_ x: Tensor, by mask: Tensor) -> Tensor {
  precondition(
    x.shape == mask.shape, "a mask of shape \(mask.shape) does not fit shape \(x.shape)")
  let mask = mask.detached()
  return Tensor.linearOperation(x, kernel: { $0 }, adjoint: { gated($0, by: mask) })
}

extension Tensor {
  private static func binary(
    _ a: Tensor, _ b: Tensor, _ kind: ck_binary_operation,
    rule: @autoclosure () -> BinaryRule
  ) -> Tensor {
    guard let tape = innermostTape(a, b) else { return combine(a, b, kind) }
    let output = binary(a.outside(tape), b.outside(tape), kind, rule: rule())
    return tape.record(tape.place(of: a), tape.place(of: b), output: output, rule: rule())
  }

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
