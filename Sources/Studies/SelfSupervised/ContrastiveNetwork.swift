import NeuralNetworks
import ReferenceRandom
import Tensors

/// An encoder with a head on which contrastive learning is done, and which is thrown away afterwards.
public struct ContrastiveNetwork: Layer {
  /// The paper's convolutional network, whose linear layer is the first of the head.
  public var encoder: ConvolutionalNetwork
  /// The second layer of the head.
  public var projection: Linear

  /// Creates a network with PyTorch's default initialisation.
  public init(
    inputs: Int = 40, channels: Int, hidden: Int, outputs: Int,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    encoder = ConvolutionalNetwork(
      inputs: inputs, channels: channels, classes: hidden, using: &generator)
    projection = Linear(hidden, outputs, using: &generator)
  }

  /// Maps [batch, length] to [batch, outputs].
  public func callAsFunction(_ x: Tensor) -> Tensor { projection(relu(encoder(x))) }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("encoder", &encoder)
    visit("projection", &projection)
  }
}

/// Contrastive learning on its way: Adam on the NT-Xent loss of two random views of each signal of a batch.
struct ContrastiveTraining {
  private let signals: Tensor
  private let settings: SelfSupervised.Configuration
  private var optimizer: Adam
  private var generator: TorchGenerator
  private var order: [Int] = []
  private(set) var network: ContrastiveNetwork
  private(set) var step = 0

  /// Weights, batches and views all come from the generator.
  init(
    on signals: Tensor, _ settings: SelfSupervised.Configuration, using generator: TorchGenerator
  ) {
    self.signals = signals
    self.settings = settings
    self.generator = generator
    network = ContrastiveNetwork(
      inputs: signals.shape[1], channels: settings.channels, hidden: settings.hidden,
      outputs: settings.outputs, using: &self.generator)
    optimizer = Adam(
      for: network, learningRate: settings.learningRate, weightDecay: settings.weightDecay)
  }

  var isFinished: Bool { step >= settings.steps }

  /// Takes one step on signals that come in a new random order for each epoch; returns the loss before it.
  mutating func advance() -> Float {
    // An epoch ends where no whole batch is left.
    if order.count < settings.batchSize { order = generator.permutation(signals.shape[0]) }
    let batch = signals.gathered(Array(order.suffix(settings.batchSize)))
    order.removeLast(settings.batchSize)
    let views = Tensor.concatenated([
      settings.views(of: batch, using: &generator), settings.views(of: batch, using: &generator),
    ])
    let temperature = Float(settings.temperature)
    let (loss, gradient) = valueAndGradient(at: network) { network in
      ntXent(network(views), temperature: temperature)
    }
    // The step size falls linearly to 0 over the training.
    optimizer.learningRate =
      settings.learningRate * Double(settings.steps - step) / Double(settings.steps)
    optimizer.update(&network, along: gradient)
    step += 1
    return loss.scalar
  }
}
