import Tensors

/// Pooling over positions: one value for each window.
public struct Pooling1D: Layer {
  /// What a window is reduced to.
  public var kind: PoolingKind
  /// How many positions a window spans.
  public var width: Int
  /// How far the window moves.
  public var stride: Int

  /// Creates a layer whose windows, unless a stride is given, do not overlap.
  public init(_ kind: PoolingKind, width: Int, stride: Int? = nil) {
    precondition(
      width > 0 && stride ?? 1 > 0,
      "windows span and move one position or more, found width \(width) and stride \(stride ?? width)"
    )
    self.kind = kind
    self.width = width
    self.stride = stride ?? width
  }

  /// Maps [batch, channels, length] to [batch, channels, (length − width) / stride + 1].
  public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, layout: .batchFirst) }

  /// Maps activations in either layout.
  public func callAsFunction(_ x: Tensor, layout: ActivationLayout) -> Tensor {
    pooling1D(x, kind, width: width, stride: stride, layout: layout)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}
