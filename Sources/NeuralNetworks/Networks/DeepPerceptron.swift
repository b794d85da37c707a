import ReferenceRandom
import Tensors

/// A fully-connected network of any depth and width.
///
/// Each hidden layer is followed by relu and, where there is any, dropout. In a residual one, hidden layers after the
/// first are added to their input.
public struct DeepPerceptron: ContextualLayer, Classifier {
  /// inputs → widths[0] → widths[1] → …; named `layers.0`, `layers.1` …
  public var layers: [Linear]
  /// The last width → classes.
  public var output: Linear
  /// What follows each hidden layer.
  public var dropout: Dropout
  /// How a hidden layer follows the one before.
  public let connection: MultilayerPerceptron.Connection

  /// Creates a network with PyTorch's default initialisation.
  ///
  /// - Precondition: there is a hidden layer, and those of a residual network are equally wide.
  public init(
    inputs: Int = 40, widths: [Int], classes: Int = 10,
    connection: MultilayerPerceptron.Connection = .plain, dropout: Double = 0,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(!widths.isEmpty, "a deep perceptron has one hidden layer or more")
    precondition(
      connection == .plain || widths.allSatisfy { $0 == widths[0] },
      "hidden layers with residual connections are equally wide, found \(widths)")
    layers = zip([inputs] + widths, widths).map { Linear($0, $1, using: &generator) }
    output = Linear(widths[widths.count - 1], classes, using: &generator)
    self.dropout = Dropout(dropout)
    self.connection = connection
  }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    var h = dropout.forward(layers[0](x, activation: .relu), in: &context)
    for layer in layers.dropFirst() {
      let next = dropout.forward(layer(h, activation: .relu), in: &context)
      h = connection == .residual ? h + next : next
    }
    return output(h)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("layers", &layers)
    visit("output", &output)
  }
}
