import ReferenceRandom
import Tensors

/// The paper's fully-connected network, with one residual connection; 15,210 parameters by default.
///
/// h₁ = f(linear1(x)), h₂ = h₁ + f(linear2(h₁)), scores = linear3(h₂), where f is relu in the paper. Its study of
/// double descent uses the plain network, h₂ = f(linear2(h₁)).
public struct MultilayerPerceptron: Classifier {
  /// inputs → hidden.
  public var linear1: Linear
  /// hidden → hidden.
  public var linear2: Linear
  /// hidden → classes.
  public var linear3: Linear
  /// What follows the hidden layers' sums; no parameter, also where it was learned.
  public var activation: Activation
  /// How the second hidden layer follows the first; no parameter.
  public var connection: Connection

  /// How the second hidden layer follows the first.
  public enum Connection: Sendable {
    /// Its output is added to its input.
    case residual
    /// Its output replaces its input.
    case plain
  }

  /// Creates a network with PyTorch's default initialisation.
  public init(
    inputs: Int = 40, hidden: Int = 100, classes: Int = 10,
    activation: Activation = .named(.relu), connection: Connection = .residual,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    linear1 = Linear(inputs, hidden, using: &generator)
    linear2 = Linear(hidden, hidden, using: &generator)
    linear3 = Linear(hidden, classes, using: &generator)
    self.activation = activation
    self.connection = connection
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let (h1, h2): (Tensor, Tensor)
    if case .named(.relu) = activation {
      h1 = linear1(x, activation: .relu)
      h2 = linear2(h1, activation: .relu)
    } else {
      h1 = activation(linear1(x))
      h2 = activation(linear2(h1))
    }
    return linear3(connection == .residual ? h1 + h2 : h2)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("linear1", &linear1)
    visit("linear2", &linear2)
    visit("linear3", &linear3)
  }
}
