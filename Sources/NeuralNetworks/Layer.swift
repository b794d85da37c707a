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
///     let features = Sequential(Conv1D(1, 20, kernel: 3, padding: 1, using: &generator), Relu())
///     let network = Sequential(Sequential(features, Flatten()), Linear(800, 10, using: &generator))
///
/// The two parts are named 0 and 1, as in PyTorch's `Sequential`: the convolution's weight above is `0.0.0.weight`.
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

/// The elements where they are positive, else 0, as a layer.
public struct Relu: Layer {
  /// Creates the layer.
  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { relu(x) }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}

/// All axes but the batch's as one, as a layer: [batch, …] → [batch, features].
public struct Flatten: Layer {
  /// Creates the layer.
  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.reshaped(to: [x.shape[0], x.count / Swift.max(x.shape[0], 1)])
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}
