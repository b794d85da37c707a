import ReferenceRandom
import Tensors

/// The paper's fully-connected network, with one residual connection; 15,210 parameters by default.
///
/// h₁ = f(linear1(x)), h₂ = h₁ + f(linear2(h₁)), scores = linear3(h₂), where f is relu in the paper.
public struct MultilayerPerceptron: Classifier {
  /// inputs → hidden.
  public var linear1: Linear
  /// hidden → hidden.
  public var linear2: Linear
  /// hidden → classes.
  public var linear3: Linear
  /// What follows the hidden layers' sums; no parameter, also where it was learned.
  public var activation: Activation

  /// Creates a network with PyTorch's default initialisation.
  public init(
    inputs: Int = 40, hidden: Int = 100, classes: Int = 10,
    activation: Activation = .named(.relu),
    using generator: inout some FloatRandomNumberGenerator
  ) {
    linear1 = Linear(inputs, hidden, using: &generator)
    linear2 = Linear(hidden, hidden, using: &generator)
    linear3 = Linear(hidden, classes, using: &generator)
    self.activation = activation
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard case .named(.relu) = activation else {
      let h = activation(linear1(x))
      return linear3(h + activation(linear2(h)))
    }
    let h = linear1(x, activation: .relu)
    return linear3(h + linear2(h, activation: .relu))
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("linear1", &linear1)
    visit("linear2", &linear2)
    visit("linear3", &linear3)
  }
}
