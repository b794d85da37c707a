import ReferenceRandom
import Tensors

/// The paper's linear classifier: one affine map, 410 parameters for 40 inputs and 10 classes.
public struct LogisticRegression: Classifier {
  /// The affine map from signals to scores.
  public var linear: Linear

  /// Creates a classifier with PyTorch's default initialisation.
  public init(
    inputs: Int = 40, classes: Int = 10, using generator: inout some FloatRandomNumberGenerator
  ) {
    linear = Linear(inputs, classes, using: &generator)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { linear(x) }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("linear", &linear)
  }
}
