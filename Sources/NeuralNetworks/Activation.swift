import ReferenceRandom
import Tensors

/// The common activation functions, under the names of PyTorch's; each is a layer, too.
public enum Nonlinearity: String, CaseIterable, Hashable, Layer {
  case relu
  case elu
  case swish
  case tanh
  case softplus
  case sigmoid

  /// Applies the function to every element.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .relu: Tensors.relu(x)
    case .elu: Tensors.elu(x)
    case .swish: Tensors.swish(x)
    case .tanh: Tensors.tanh(x)
    case .softplus: Tensors.softplus(x)
    case .sigmoid: Tensors.sigmoid(x)
    }
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}

/// The elements where they are positive, else 0, as a layer.
public struct Relu: Layer {
  /// Creates the layer.
  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { relu(x) }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}

/// The elements times how likely a normal number is below them, PyTorch's `nn.GELU(approximate="tanh")`, as a layer.
public struct Gelu: Layer {
  /// Creates the layer.
  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { gelu(x) }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}

/// What follows a layer's sum: a function with a name, or one that was learned.
public enum Activation: Sendable {
  case named(Nonlinearity)
  case learned(LearnedActivation)

  /// Applies the function to every element.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .named(let function): function(x)
    case .learned(let function): function(x)
    }
  }
}

/// A perceptron 1 → hidden → 1 with tanh, applied to every element by itself.
///
/// The names and shapes of its parameters are those of two linear layers, so its weights travel to and from PyTorch.
public struct ActivationNetwork: Layer {
  /// 1 → hidden.
  public var linear1: Linear
  /// hidden → 1.
  public var linear2: Linear

  /// Creates a network with PyTorch's default initialisation.
  public init(hidden: Int = 100, using generator: inout some FloatRandomNumberGenerator) {
    linear1 = Linear(1, hidden, using: &generator)
    linear2 = Linear(hidden, 1, using: &generator)
  }

  /// Creates a network whose parameters are all 0.
  public init(zeros hidden: Int) {
    precondition(hidden > 0, "a perceptron has one hidden unit or more, found \(hidden)")
    linear1 = Linear(weight: .zeros([hidden, 1]), bias: .zeros([hidden]))
    linear2 = Linear(weight: .zeros([1, hidden]), bias: .zeros([1]))
  }

  /// The number of hidden units.
  public var hidden: Int { linear1.bias.count }

  /// linear2.weight · tanh(linear1.weight x + linear1.bias) + linear2.bias, for every element x.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    tanhUnits(
      x, factors: linear1.weight.reshaped(to: [hidden]), offsets: linear1.bias,
      weights: linear2.weight.reshaped(to: [hidden])) + linear2.bias
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("linear1", &linear1)
    visit("linear2", &linear2)
  }
}

/// The activation function that the paper learns: elu(x) + scale · network(x).
public struct LearnedActivation: Layer {
  /// How much the network contributes; a scalar, 0.2 in the paper.
  public var scale: Tensor
  /// What is learned.
  public var network: ActivationNetwork

  /// Creates an activation function.
  public init(scale: Float = 0.2, network: ActivationNetwork) {
    self.scale = Tensor(scale)
    self.network = network
  }

  /// Applies the function to every element.
  public func callAsFunction(_ x: Tensor) -> Tensor { elu(x) + scale * network(x) }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("scale", &scale)
    visit("network", &network)
  }
}
