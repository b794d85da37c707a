import ReferenceRandom
import Tensors

/// The kinds of classifier that can be named: the paper's four, and others that know more or less of space.
public enum Architecture: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  case logistic
  case mlp
  case cnn
  case gru
  /// ``DeepPerceptron`` without residual connections.
  case deepMLP = "deep-mlp"
  /// ``DeepPerceptron`` with residual connections.
  case residualMLP = "residual-mlp"
  /// ``ResNet1D``.
  case resnet
  /// ``TemporalConvolutionalNetwork``.
  case tcn
  /// ``LocallyConnectedNetwork``.
  case local
  /// ``MLPMixer``.
  case mixer
  /// ``TransformerNetwork``.
  case transformer

  /// Those that the paper compares.
  public static let paper: [Architecture] = [.logistic, .mlp, .cnn, .gru]

  /// The name on the command line.
  public var description: String { rawValue }

  /// The name in a figure.
  public var label: String {
    switch self {
    case .logistic: "logistic regression"
    case .mlp: "MLP"
    case .cnn: "CNN"
    case .gru: "GRU"
    case .deepMLP: "deep MLP"
    case .residualMLP: "residual MLP"
    case .resnet: "ResNet"
    case .tcn: "TCN"
    case .local: "locally connected"
    case .mixer: "MLP-Mixer"
    case .transformer: "transformer"
    }
  }
}

/// A classifier that is chosen while the program runs.
public enum BaselineNetwork: ContextualLayer, Classifier {
  case logistic(LogisticRegression)
  case mlp(MultilayerPerceptron)
  case cnn(ConvolutionalNetwork)
  case cnn2D(ConvolutionalNetwork2D)
  case gru(RecurrentNetwork)
  case perceptron(DeepPerceptron)
  case resnet(ResNet1D)
  case tcn(TemporalConvolutionalNetwork)
  case local(LocallyConnectedNetwork)
  case mixer(MLPMixer)
  case transformer(TransformerNetwork)

  /// Creates the classifier of a kind with PyTorch's default initialisation; `hidden` is the width of the paper's
  /// fully-connected one.
  public init(
    _ architecture: Architecture, inputs: Int = 40, hidden: Int = 100, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    var settings = NetworkSettings()
    if architecture == .mlp { settings.hidden = hidden }
    self.init(architecture, settings, inputs: inputs, classes: classes, using: &generator)
  }

  /// Creates the classifier of a kind with settings of its own, and PyTorch's default initialisation.
  ///
  /// - Precondition: the settings are valid for the kind: see ``NetworkSettings/validate(for:inputs:)``.
  public init(
    _ architecture: Architecture, _ settings: NetworkSettings, inputs: Int = 40, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    let (channels, dropout) = (settings.channels, settings.dropout)
    switch architecture {
    case .logistic:
      self = .logistic(LogisticRegression(inputs: inputs, classes: classes, using: &generator))
    case .mlp:
      self = .mlp(
        MultilayerPerceptron(
          inputs: inputs, hidden: settings.hidden ?? 100, classes: classes, using: &generator))
    case .cnn:
      self = .cnn(
        ConvolutionalNetwork(
          inputs: inputs, channels: channels ?? 25, classes: classes, using: &generator))
    case .gru:
      self = .gru(
        RecurrentNetwork(
          inputs: inputs, hidden: settings.hidden ?? 6, classes: classes, using: &generator))
    case .deepMLP, .residualMLP:
      self = .perceptron(
        DeepPerceptron(
          inputs: inputs, widths: settings.hiddenWidths, classes: classes,
          connection: architecture == .deepMLP ? .plain : .residual, dropout: dropout,
          using: &generator))
    case .resnet:
      self = .resnet(
        ResNet1D(
          channels: channels ?? 25, blocks: settings.depth ?? 3, kernel: settings.kernel ?? 3,
          classes: classes, using: &generator))
    case .tcn:
      self = .tcn(
        TemporalConvolutionalNetwork(
          channels: channels ?? 25, blocks: settings.depth ?? 4, kernel: settings.kernel ?? 3,
          classes: classes, dropout: dropout, using: &generator))
    case .local:
      self = .local(
        LocallyConnectedNetwork(
          inputs: inputs, channels: channels ?? 25, kernel: settings.kernel ?? 5,
          classes: classes, using: &generator))
    case .mixer:
      self = .mixer(
        MLPMixer(
          inputs: inputs, patch: settings.patch ?? 4, features: channels ?? 32,
          hidden: settings.hidden ?? 64, blocks: settings.depth ?? 3, classes: classes,
          dropout: dropout, using: &generator))
    case .transformer:
      self = .transformer(
        TransformerNetwork(
          inputs: inputs, patch: settings.patch ?? 4, features: channels ?? 32,
          heads: settings.heads ?? 4, blocks: settings.depth ?? 2, classes: classes,
          positions: settings.positions ? .learned : .none, dropout: dropout, using: &generator))
    }
  }

  /// Creates the classifier of a kind for images, with settings of its own and PyTorch's default initialisation.
  ///
  /// The cnn is ``ConvolutionalNetwork2D``, and the gru reads row by row.
  ///
  /// - Precondition: the kind is one of the paper's four and the settings are valid for it: see
  ///   ``NetworkSettings/validate(for:image:)``.
  public init(
    _ architecture: Architecture, _ settings: NetworkSettings = NetworkSettings(),
    image: ImageShape, classes: Int = 10, using generator: inout some FloatRandomNumberGenerator
  ) {
    switch architecture {
    case .logistic, .mlp:
      self.init(architecture, settings, inputs: image.count, classes: classes, using: &generator)
    case .cnn:
      self = .cnn2D(
        ConvolutionalNetwork2D(
          image: image, channels: settings.channels ?? 25, classes: classes, using: &generator))
    case .gru:
      self = .gru(
        RecurrentNetwork(
          image: image, hidden: settings.hidden ?? 6, classes: classes, using: &generator))
    case .deepMLP, .residualMLP, .resnet, .tcn, .local, .mixer, .transformer:
      preconditionFailure("no network of the kind \(architecture.rawValue) reads images")
    }
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .logistic(let network): network(x)
    case .mlp(let network): network(x)
    case .cnn(let network): network(x)
    case .cnn2D(let network): network(x)
    case .gru(let network): network(x)
    case .perceptron(let network): network(x)
    case .resnet(let network): network(x)
    case .tcn(let network): network(x)
    case .local(let network): network(x)
    case .mixer(let network): network(x)
    case .transformer(let network): network(x)
    }
  }

  // In what follows the network is taken out while it changes: a copy would share its tensors and keep them from being
  // updated in place.

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    let scores: Tensor
    switch consume self {
    case .logistic(var network):
      scores = network.forward(x, in: &context)
      self = .logistic(network)
    case .mlp(var network):
      scores = network.forward(x, in: &context)
      self = .mlp(network)
    case .cnn(var network):
      scores = network.forward(x, in: &context)
      self = .cnn(network)
    case .cnn2D(var network):
      scores = network.forward(x, in: &context)
      self = .cnn2D(network)
    case .gru(var network):
      scores = network.forward(x, in: &context)
      self = .gru(network)
    case .perceptron(var network):
      scores = network.forward(x, in: &context)
      self = .perceptron(network)
    case .resnet(var network):
      scores = network.forward(x, in: &context)
      self = .resnet(network)
    case .tcn(var network):
      scores = network.forward(x, in: &context)
      self = .tcn(network)
    case .local(var network):
      scores = network.forward(x, in: &context)
      self = .local(network)
    case .mixer(var network):
      scores = network.forward(x, in: &context)
      self = .mixer(network)
    case .transformer(var network):
      scores = network.forward(x, in: &context)
      self = .transformer(network)
    }
    return scores
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
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
    case .cnn2D(var network):
      network.visitParameters(&visit)
      self = .cnn2D(network)
    case .gru(var network):
      network.visitParameters(&visit)
      self = .gru(network)
    case .perceptron(var network):
      network.visitParameters(&visit)
      self = .perceptron(network)
    case .resnet(var network):
      network.visitParameters(&visit)
      self = .resnet(network)
    case .tcn(var network):
      network.visitParameters(&visit)
      self = .tcn(network)
    case .local(var network):
      network.visitParameters(&visit)
      self = .local(network)
    case .mixer(var network):
      network.visitParameters(&visit)
      self = .mixer(network)
    case .transformer(var network):
      network.visitParameters(&visit)
      self = .transformer(network)
    }
  }
}
