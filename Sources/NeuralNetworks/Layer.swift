import Tensors

/// A map from one tensor to another with parameters of its own.
public protocol Layer: Parameterized, Sendable {
  /// Applies the layer.
  func callAsFunction(_ x: Tensor) -> Tensor
}

/// A network that gives every class a score.
public protocol Classifier: Layer {
  /// The scores before the softmax.
  ///
  /// - Parameter x: [batch, length].
  /// - Returns: [batch, classes].
  func callAsFunction(_ x: Tensor) -> Tensor
}

/// Layers applied one after another.
///
///     let features = Sequential {
///       Linear(40, 100, using: &generator)
///       Relu()
///     }
///
/// Its parameters are named by position, as in PyTorch's `Sequential`: `0.weight`, `1.0.weight` for nested ones.
public struct Sequential<First: Layer, Second: Layer>: Layer {
  /// What is applied first.
  public var first: First
  /// What is applied to the first layer's output.
  public var second: Second

  /// Composes two layers, either of which may be composed itself.
  public init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { second(first(x)) }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("0", &first)
    visit("1", &second)
  }
}
