import Tensors

/// A map from one tensor to another with parameters of its own.
public protocol Layer: Parameterized, Sendable {
  /// Applies the layer as it is used, in evaluation.
  func callAsFunction(_ x: Tensor) -> Tensor

  /// Applies the layer in a context: while it is trained it may draw random numbers, and remember what it sees.
  ///
  /// A layer for which that makes no difference need not say so; one for which it does is a ``ContextualLayer``.
  mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor
}

extension Layer {
  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    self(x)
  }
}

/// A network that gives every class a score.
public protocol Classifier: Layer {
  /// The scores before the softmax.
  ///
  /// - Parameter x: [batch, length].
  /// - Returns: [batch, classes].
  func callAsFunction(_ x: Tensor) -> Tensor
}
