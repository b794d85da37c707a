import Tensors

/// Layers applied one after another, PyTorch's `nn.Sequential`.
///
///     let network = Sequential {
///       Unflatten(channels: 1)
///       Conv1D(1, 20, kernel: 3, padding: 1, using: &generator)
///       Relu()
///       Pooling1D(.max, width: 2)
///       Flatten()
///       Linear(400, 10, using: &generator)
///     }
///
/// The layers are named 0, 1, 2 …, as in PyTorch: the convolution's weight above is `1.weight`. A loop yields one layer:
/// the array of its layers, which are applied one after another.
public struct Sequential<Layers: LayerChain>: ContextualLayer, Classifier {
  /// The layers.
  public var layers: Layers

  /// Composes the layers that are listed.
  public init(@LayerBuilder _ layers: () -> Layers) { self.layers = layers() }

  /// Composes two layers, either of which may be composed itself.
  public init<First: Layer, Second: Layer>(_ first: First, _ second: Second)
  where Layers == Appended<FirstLayer<First>, Second> {
    layers = Appended(FirstLayer(first), second)
  }

  /// The first of the layers.
  public var first: Layers.First {
    get { layers.first }
    set { layers.first = newValue }
  }

  /// The last of the layers.
  public var last: Layers.Last {
    get { layers.last }
    set { layers.last = newValue }
  }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    layers.forward(x, in: &context)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    layers.visitParameters(&visit)
  }
}

/// Some layers of a ``Sequential``, from its first one on.
public protocol LayerChain: ContextualLayer {
  /// The kind of the first layer.
  associatedtype First: Layer
  /// The kind of the last layer.
  associatedtype Last: Layer
  /// How many layers there are.
  static var count: Int { get }
  /// The first layer.
  var first: First { get set }
  /// The last layer.
  var last: Last { get set }
}

/// The first layer of a ``Sequential``.
public struct FirstLayer<First: Layer>: LayerChain {
  public var first: First

  init(_ layer: First) { first = layer }

  public var last: First {
    get { first }
    set { first = newValue }
  }

  public static var count: Int { 1 }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    first.forward(x, in: &context)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit(0, &first)
  }
}

/// Layers of a ``Sequential`` and the one after them.
public struct Appended<Rest: LayerChain, Last: Layer>: LayerChain {
  /// The layers before.
  public var rest: Rest
  public var last: Last

  init(_ rest: Rest, _ last: Last) { (self.rest, self.last) = (rest, last) }

  public static var count: Int { Rest.count + 1 }

  public var first: Rest.First {
    get { rest.first }
    set { rest.first = newValue }
  }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    last.forward(rest.forward(x, in: &context), in: &context)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    rest.visitParameters(&visit)
    visit(Rest.count, &last)
  }
}

/// Makes a chain of the layers that a ``Sequential`` lists.
@resultBuilder
public enum LayerBuilder {
  public static func buildPartialBlock<First: Layer>(first: First) -> FirstLayer<First> {
    FirstLayer(first)
  }

  public static func buildPartialBlock<Rest: LayerChain, Last: Layer>(
    accumulated: Rest, next: Last
  ) -> Appended<Rest, Last> {
    Appended(accumulated, next)
  }

  public static func buildArray<Block: LayerChain>(_ blocks: [Block]) -> [Block] { blocks }
}

/// Layers of one kind, applied one after another and named by position.
extension Array: Layer where Element: Layer {
  public func callAsFunction(_ x: Tensor) -> Tensor { reduce(x) { $1($0) } }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    var x = x
    for position in indices { x = self[position].forward(x, in: &context) }
    return x
  }
}

/// A layer beside a connection that skips it: x + layer(x).
///
/// Source: K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition" (2015).
public struct Residual<Inner: Layer>: ContextualLayer {
  /// What is added to its input.
  public var layer: Inner

  /// Skips a layer whose output has its input's shape.
  public init(_ layer: Inner) { self.layer = layer }

  /// Skips the layers that are listed.
  public init<Layers: LayerChain>(@LayerBuilder _ layers: () -> Layers)
  where Inner == Sequential<Layers> {
    layer = Sequential(layers)
  }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    let y = layer.forward(x, in: &context)
    precondition(
      x.shape == y.shape,
      "a residual connection adds shapes that are alike, found \(x.shape) and \(y.shape)")
    return x + y
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    layer.visitParameters(&visit)
  }
}
