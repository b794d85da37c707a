import Tensors

/// Pooling over the positions of a plane: one value for each window.
public struct Pooling2D: Layer {
  /// What a window is reduced to.
  public var kind: PoolingKind
  /// How many positions a window spans along either axis.
  public var window: Size2D
  /// How far the window moves.
  public var stride: Size2D

  /// Creates a layer whose windows, unless a stride is given, do not overlap.
  public init(_ kind: PoolingKind, window: Size2D, stride: Size2D? = nil) {
    let step = stride ?? window
    precondition(
      window.height > 0 && window.width > 0 && step.height > 0 && step.width > 0,
      "windows span and move one position or more, found window \(window) and stride \(step)")
    self.kind = kind
    self.window = window
    self.stride = step
  }

  /// Maps [batch, channels, height, width] to
  /// [batch, channels, (height − window) / stride + 1, (width − window) / stride + 1].
  public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, layout: .batchFirst) }

  /// Maps activations in either layout.
  public func callAsFunction(_ x: Tensor, layout: ActivationLayout) -> Tensor {
    pooling2D(x, kind, window: window, stride: stride, layout: layout)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}
