import CKernels

/// Where the elements of a matrix lie that survive a pruning.
///
/// Products with such a matrix cost what its survivors cost, and give the bits that the dense product gives with zeros
/// in all other places.
public struct SparsePattern: Sendable {
  /// [rows, columns] of the matrix.
  public let shape: Shape
  private let rows: Lines
  private let columns: Lines

  /// The survivors line by line: of a line i those from `start[i]` on, with their place along the line, and their
  /// place in row-major order.
  fileprivate struct Lines: Sendable {
    var start: [Int32] = [0]
    var index: [Int32] = []
    var order: [Int32] = []

    var count: Int { start.count - 1 }
  }

  /// The places where a mask [rows, columns] is not 0.
  public init(mask: Tensor) {
    precondition(
      mask.rank == 2, "a pattern is that of a matrix, found a mask of shape \(mask.shape)")
    precondition(
      mask.count < Int(Int32.max),
      "a pattern has fewer than 2³¹ elements, found a mask of shape \(mask.shape)")
    shape = mask.shape
    let (height, width) = (shape[0], shape[1])
    var (rows, columns) = (Lines(), Lines())
    mask.withUnsafeElements { mask in
      // How many survivors of each row come before a column is walked down.
      var position = [Int32](repeating: 0, count: height)
      for row in 0..<height {
        position[row] = Int32(rows.index.count)
        for column in 0..<width where mask[row * width + column] != 0 {
          rows.order.append(Int32(rows.index.count))
          rows.index.append(Int32(column))
        }
        rows.start.append(Int32(rows.index.count))
      }
      for column in 0..<width {
        for row in 0..<height where mask[row * width + column] != 0 {
          columns.index.append(Int32(row))
          columns.order.append(position[row])
          position[row] += 1
        }
        columns.start.append(Int32(columns.index.count))
      }
    }
    (self.rows, self.columns) = (rows, columns)
  }

  /// How many elements survive.
  public var count: Int { rows.index.count }

  /// The surviving elements of a matrix, in row-major order: [count].
  public func compressed(_ matrix: Tensor) -> Tensor {
    precondition(
      matrix.shape == shape, "a pattern of shape \(shape) does not fit \(matrix.shape)")
    return matrix.withUnsafeElements { elements in
      Tensor(places.map { elements[$0] })
    }
  }

  /// The matrix with these survivors and 0 elsewhere.
  public func expanded(_ values: Tensor) -> Tensor {
    precondition(values.shape == [count], "\(count) survivors do not fit \(values.shape)")
    var matrix = Tensor.zeros(shape)
    matrix.withUnsafeMutableElements { elements in
      values.withUnsafeElements { values in
        for (place, value) in zip(places, values) { elements[place] = value }
      }
    }
    return matrix
  }

  /// The survivors' places in row-major order.
  private var places: [Int] {
    (0..<rows.count).flatMap { row in
      (Int(rows.start[row])..<Int(rows.start[row + 1])).map {
        row * shape[1] + Int(rows.index[$0])
      }
    }
  }
}

/// Which product with a sparse matrix is taken.
private enum Side {
  /// matrix · x
  case matrix
  /// matrixᵀ · x
  case transpose
}

extension SparsePattern {
  /// f(weight · x + bias) for a sparse weight, with the batch last; see ``affine(_:weight:bias:activation:layout:)``.
  ///
  /// - Parameters:
  ///   - x: [columns, batch].
  ///   - values: the weight's survivors, [count].
  ///   - bias: [rows].
  ///   - activation: what is applied to the sum.
  /// - Returns: [rows, batch], with the bits of the dense product as long as x is finite.
  public func affine(
    _ x: Tensor, values: Tensor, bias: Tensor, activation: AffineActivation = .identity
  ) -> Tensor {
    precondition(bias.shape == [shape[0]], "\(shape[0]) rows do not fit a bias of \(bias.shape)")
    return Tensor.operation(
      values, x, bias,
      value: product(.matrix, values, x, bias: bias, activation: activation)
    ) { values, x, y in
      let gate = activation == .relu ? y : nil
      return { upstream, gradients in
        let z = gate.map { gated(upstream, by: $0) } ?? upstream
        gradients.add(gradient(z, x), to: 0)
        gradients.add(product(.transpose, values, z), to: 1)
        gradients.add(z.permuted(1, 0).sum(along: 0), to: 2)
      }
    }
  }

  // Three operators whose derivatives are each other: both products, and the gradient of the survivors.

  private func product(_ side: Side, _ values: Tensor, _ x: Tensor) -> Tensor {
    Tensor.operation(
      values, x, value: product(side, values, x, bias: nil, activation: .identity)
    ) { values, x, _ in
      { upstream, gradients in
        let (z, y) = side == .matrix ? (upstream, x) : (x, upstream)
        gradients.add(gradient(z, y), to: 0)
        gradients.add(
          product(side == .matrix ? .transpose : .matrix, values, upstream), to: 1)
      }
    }
  }

  /// Σₙ z[row, n] · x[column, n] for every survivor: [count].
  private func gradient(_ z: Tensor, _ x: Tensor) -> Tensor {
    Tensor.operation(z, x, value: survivorsGradient(z, x)) { z, x, _ in
      { upstream, gradients in
        gradients.add(product(.matrix, upstream, x), to: 0)
        gradients.add(product(.transpose, upstream, z), to: 1)
      }
    }
  }

  private func product(
    _ side: Side, _ values: Tensor, _ x: Tensor, bias: Tensor?, activation: AffineActivation
  ) -> Tensor {
    let lines = side == .matrix ? rows : columns
    let inner = shape[side == .matrix ? 1 : 0]
    precondition(
      values.shape == [count] && x.rank == 2 && x.shape[0] == inner,
      "a sparse matrix of shape \(shape) with \(count) survivors does not fit \(values.shape) and \(x.shape)"
    )
    return Tensor([lines.count, x.shape[1]]) {
      ck_sparse_product(
        lines.count, lines.start, lines.index, lines.order, values.pointer, x.shape[1], x.pointer,
        bias?.pointer, activation == .relu ? 1 : 0, $0)
    }
  }

  /// The survivors are taken along the longer side, so that a line has many of them.
  private func survivorsGradient(_ z: Tensor, _ x: Tensor) -> Tensor {
    let (lines, one, other) = shape[1] >= shape[0] ? (rows, z, x) : (columns, x, z)
    return Tensor([count]) {
      ck_sparse_gradient(
        lines.count, lines.start, lines.index, lines.order, z.shape[1], one.pointer, other.pointer,
        $0)
    }
  }
}
