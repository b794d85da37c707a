import CKernels

/// Which operand of a matrix product enters transposed.
public enum TransposedOperand: Sendable {
  case neither
  case left
  case right
  case both

  var includesLeft: Bool { self == .left || self == .both }
  var includesRight: Bool { self == .right || self == .both }
}

extension Tensor {
  /// The matrix product of this tensor and another one.
  ///
  /// [rows, inner] · [inner, columns] → [rows, columns], or as many such products as both have along a leading axis:
  /// [count, rows, inner] · [count, inner, columns] → [count, rows, columns]. A transposed operand is given with its last two
  /// axes exchanged: `x.matmul(weight, transposing: .right)` is x · weightᵀ. Every element of the result is one chain
  /// of fused multiply-adds, from 0, in the order of the inner axis; where that has more than 4096 places, the sums of
  /// 4096 each are added pairwise.
  public func matmul(_ other: Tensor, transposing transposed: TransposedOperand = .neither)
    -> Tensor
  {
    Tensor.operation(
      self, other,
      value: rank == 3
        ? Tensor.products(self, other, transposed) : Tensor.product(self, other, transposed)
    ) { a, b, _ in
      { upstream, gradients in
        switch transposed {
        case .neither:
          gradients.add(upstream.matmul(b, transposing: .right), to: 0)
          gradients.add(a.matmul(upstream, transposing: .left), to: 1)
        case .left:
          gradients.add(b.matmul(upstream, transposing: .right), to: 0)
          gradients.add(a.matmul(upstream), to: 1)
        case .right:
          gradients.add(upstream.matmul(b), to: 0)
          gradients.add(upstream.matmul(a, transposing: .left), to: 1)
        case .both:
          gradients.add(b.matmul(upstream, transposing: .both), to: 0)
          gradients.add(upstream.matmul(a, transposing: .both), to: 1)
        }
      }
    }
  }

  fileprivate static func product(
    _ a: Tensor, _ b: Tensor, _ transposed: TransposedOperand, bias: Tensor? = nil,
    activation: AffineActivation = .identity
  ) -> Tensor {
    precondition(
      a.rank == 2 && b.rank == 2,
      "a matrix product takes two matrices, found shapes \(a.shape) and \(b.shape)")
    let (left, right) = (transposed.includesLeft, transposed.includesRight)
    let (rows, inner) = left ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
    let (innerB, columns) = right ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
    precondition(
      inner == innerB,
      "the inner axes of a matrix product differ: \(a.shape) and \(b.shape), transposing \(transposed)"
    )
    if inner > PairwiseSum.longestChain {
      let sum = longProduct(a, b, transposed, inner: inner)
      let biased = bias.map { combine(sum, $0, CK_ADD) } ?? sum
      return activation == .relu ? biased.mapped(CK_RELU) : biased
    }
    let (rowOfA, columnOfA) = left ? (1, rows) : (inner, 1)
    let (rowOfB, columnOfB) = right ? (1, inner) : (columns, 1)
    let relu: Int32 = activation == .relu ? 1 : 0
    return Tensor([rows, columns]) { result in
      if rows == 0 || columns == 0 { return }
      // Every part packs the whole of b, so they are few: in whole tiles, about six, of a million terms or more.
      let tile = 24
      let size = Swift.max(1_000_000 / Swift.max(columns * inner, 1), (rows - 1) / 6)
      split(rows, grain: (size / tile + 1) * tile) { first, rows in
        ck_matmul(
          rows, columns, inner, a.pointer + first * rowOfA, rowOfA, columnOfA, b.pointer, rowOfB,
          columnOfB, result + first * columns, columns, bias.map { UnsafePointer($0.pointer) }, relu
        )
      }
    }
  }
}

extension Tensor {
  /// The products of matrices that stand side by side along a leading axis, each by itself.
  private static func products(_ a: Tensor, _ b: Tensor, _ transposed: TransposedOperand) -> Tensor
  {
    precondition(
      b.rank == 3 && a.shape[0] == b.shape[0],
      "products of matrices take as many of both, found shapes \(a.shape) and \(b.shape)")
    let (left, right) = (transposed.includesLeft, transposed.includesRight)
    let (rows, inner) = left ? (a.shape[2], a.shape[1]) : (a.shape[1], a.shape[2])
    let (innerB, columns) = right ? (b.shape[2], b.shape[1]) : (b.shape[1], b.shape[2])
    precondition(
      inner == innerB,
      "the inner axes of a matrix product differ: \(a.shape) and \(b.shape), transposing \(transposed)"
    )
    let count = a.shape[0]
    if inner > PairwiseSum.longestChain && count > 0 {
      let (a, b) = (a.detached(), b.detached())
      return stacked(
        (0..<count).map { place in
          product(
            a.sliced(place..<place + 1).reshaped(to: [a.shape[1], a.shape[2]]),
            b.sliced(place..<place + 1).reshaped(to: [b.shape[1], b.shape[2]]), transposed)
        })
    }
    let (rowOfA, columnOfA) = left ? (1, rows) : (inner, 1)
    let (rowOfB, columnOfB) = right ? (1, inner) : (columns, 1)
    return Tensor([count, rows, columns]) { result in
      if rows == 0 || columns == 0 { return }
      let terms = Swift.max(rows * columns * inner, 1)
      split(count, grain: 1 + 1_000_000 / terms) { first, count in
        for place in first..<first + count {
          ck_matmul(
            rows, columns, inner, a.pointer + place * rows * inner, rowOfA, columnOfA,
            b.pointer + place * inner * columns, rowOfB, columnOfB,
            result + place * rows * columns, columns, nil, 0)
        }
      }
    }
  }

  /// The product in blocks of the inner axis.
  private static func longProduct(
    _ a: Tensor, _ b: Tensor, _ transposed: TransposedOperand, inner: Int
  ) -> Tensor {
    let (left, right) = (transposed.includesLeft, transposed.includesRight)
    let (a, b) = (a.detached(), b.detached())
    return PairwiseSum.blocks(of: inner, size: PairwiseSum.longestChain) { start, count in
      let block = start..<start + count
      return product(
        a.sliced(block, along: left ? 0 : 1), b.sliced(block, along: right ? 1 : 0), transposed)
    }
  }
}

/// What follows the sum of an affine map.
public enum AffineActivation: Sendable {
  case identity
  case relu
}

/// f(x · weightᵀ + bias), PyTorch's `linear` with its activation in one pass.
///
/// - Parameters:
///   - x: [batch, inputs] or [batch, positions, inputs], or [inputs, batch] if the layout is batch last.
///   - weight: [outputs, inputs].
///   - bias: [outputs].
///   - activation: what is applied to the sum.
///   - layout: the order of x's axes.
/// - Returns: x's shape with outputs in the place of inputs, the batch first; the same bits as the matrix product, the addition and the activation one by one.
public func affine(
  _ x: Tensor, weight: Tensor, bias: Tensor, activation: AffineActivation = .identity,
  layout: ActivationLayout = .batchFirst
) -> Tensor {
  precondition(
    weight.rank == 2 && bias.rank == 1 && bias.count == weight.shape[0],
    "weight \(weight.shape) does not fit bias \(bias.shape)")
  if x.rank == 3 && layout == .batchFirst {
    let rows = x.reshaped(to: [x.shape[0] * x.shape[1], x.shape[2]])
    return affine(rows, weight: weight, bias: bias, activation: activation)
      .reshaped(to: [x.shape[0], x.shape[1], weight.shape[0]])
  }
  let transposed: TransposedOperand = layout == .batchFirst ? .right : .both
  return Tensor.operation(
    x, weight, bias,
    value: Tensor.product(x, weight, transposed, bias: bias, activation: activation)
  ) { x, weight, y in
    // Without an activation the gradient does not depend on the output, which need not be kept then.
    let gate = activation == .relu ? y : nil
    return { upstream, gradients in
      let z = gate.map { gated(upstream, by: $0) } ?? upstream
      switch layout {
      case .batchFirst:
        gradients.add(z.matmul(weight), to: 0)
        gradients.add(z.matmul(x, transposing: .left), to: 1)
      case .batchLast:
        gradients.add(weight.matmul(z, transposing: .both), to: 0)
        gradients.add(z.matmul(x, transposing: .both), to: 1)
      }
      gradients.add(z.sum(along: 0), to: 2)
    }
  }
}
