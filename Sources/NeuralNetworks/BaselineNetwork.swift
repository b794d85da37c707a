import ReferenceRandom
import Tensors

/// The kinds of classifier that the paper compares.
public enum Architecture: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  case logistic
  case mlp
  case cnn
  case gru

  /// The name on the command line.
  public var description: String { rawValue }

  /// The name in a figure.
  public var label: String {
    switch self {
    case .logistic: "logistic regression"
    case .mlp: "MLP"
    case .cnn: "CNN"
    case .gru: "GRU"
    }
  }
}

/// A classifier of one of the paper's kinds, chosen while the program runs.
public enum BaselineNetwork: Classifier {
  case logistic(LogisticRegression)
  case mlp(MultilayerPerceptron)
  case cnn(ConvolutionalNetwork)
  case gru(RecurrentNetwork)

  /// Creates the paper's classifier of a kind with PyTorch's default initialisation; `hidden` is the width of the
  /// fully-connected one.
  public init(
    _ architecture: Architecture, inputs: Int = 40, hidden: Int = 100, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    switch architecture {
    case .logistic:
      self = .logistic(LogisticRegression(inputs: inputs, classes: classes, using: &generator))
    case .mlp:
      self = .mlp(
        MultilayerPerceptron(inputs: inputs, hidden: hidden, classes: classes, using: &generator))
    case .cnn:
      self = .cnn(ConvolutionalNetwork(inputs: inputs, classes: classes, using: &generator))
    case .gru:
      self = .gru(RecurrentNetwork(inputs: inputs, classes: classes, using: &generator))
    }
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .logistic(let network): network(x)
    case .mlp(let network): network(x)
    case .cnn(let network): network(x)
    case .gru(let network): network(x)
    }
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    // The network is taken out while it is visited: a copy would share its tensors and keep them from being
    // updated in place.
    switch consume self {
    case .logistic(var network):
      network.visitParameters(&visit)
      self = .logistic(network)
    case .mlp(var network):
      network.visitParameters(&visit)
      self = .mlp(network)
    case .cnn(var network):
      network.visitParameters(&visit)
      self = .cnn(network)
    case .gru(var network):
      network.visitParameters(&visit)
      self = .gru(network)
    }
  }
}
