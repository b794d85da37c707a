import CKernels
import Tensors

/// A matrix product of a shape that occurs in training.
package struct MatrixProduct: Sendable, Equatable {
  /// Where it occurs.
  package let place: String
  /// The extents: [rows, inner] · [inner, columns].
  package let rows: Int, columns: Int, inner: Int
  /// Which operand lies in memory with its axes exchanged.
  package let transposing: TransposedOperand

  /// The floating-point operations, two for each multiply-add.
  package var operations: Double { 2 * Double(rows) * Double(columns) * Double(inner) }

  private init(
    _ place: String, _ rows: Int, _ columns: Int, _ inner: Int, _ transposing: TransposedOperand
  ) {
    self.place = place
    self.rows = rows
    self.columns = columns
    self.inner = inner
    self.transposing = transposing
  }

  /// What is measured.
  static let representative = [
    MatrixProduct("logistic scores", 100, 10, 40, .right),
    MatrixProduct("mlp layer 1", 100, 100, 40, .right),
    MatrixProduct("mlp layer 2", 100, 100, 100, .right),
    MatrixProduct("mlp layer 2, ∂ weight", 100, 100, 100, .left),
    MatrixProduct("mlp layer 2, ∂ input", 100, 100, 100, .neither),
    MatrixProduct("cnn scores", 100, 10, 125, .both),
    MatrixProduct("mlp-500 layer 2", 100, 500, 500, .right),
    MatrixProduct("mlp-500 layer 2, ∂ weight", 500, 500, 100, .left),
    MatrixProduct("mlp-500 layer 2, batch 500", 500, 500, 500, .right),
  ]
}

/// One matrix product by the public operator.
struct MatrixMultiplication: Workload {
  private let left: Tensor
  private let right: Tensor
  private let transposing: TransposedOperand

  init(_ product: MatrixProduct) {
    func matrix(_ rows: Int, _ columns: Int, exchanged: Bool) -> Tensor {
      // Numbers of ordinary size; which ones does not matter.
      let elements = (0..<rows * columns).map { Float($0 % 17) / 17 - 0.5 }
      return Tensor(elements, shape: exchanged ? [columns, rows] : [rows, columns])
    }
    transposing = product.transposing
    left = matrix(
      product.rows, product.inner, exchanged: transposing == .left || transposing == .both)
    right = matrix(
      product.inner, product.columns, exchanged: transposing == .right || transposing == .both)
  }

  func perform() { _ = left.matmul(right, transposing: transposing) }
}

/// Fused multiply-adds in registers, the most that one core can do.
struct MultiplyAdds: Workload {
  private static let steps = 2000
  private static let elements = 384

  /// The floating-point operations of one repetition.
  static let operations = 2 * Double(steps) * Double(elements)

  func perform() {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.elements) { x in
      x.initialize(repeating: 1)
      ck_multiply_add(Self.steps, 0.75, 0.25, x.baseAddress)
    }
  }
}
