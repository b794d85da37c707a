import NeuralNetworks
import ReferenceRandom
import Tensors

/// An encoder with a head on which contrastive learning is done, and which is thrown away afterwards.
package struct ContrastiveNetwork: Layer {
  /// The paper's convolutional network, whose linear layer is the first of the head.
  package var encoder: ConvolutionalNetwork
  /// The second layer of the head.
  package var projection: Linear

  /// Creates a network with PyTorch's default initialisation.
  package init(
    inputs: Int = 40, channels: Int, hidden: Int, outputs: Int,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    encoder = ConvolutionalNetwork(
      inputs: inputs, channels: channels, classes: hidden, using: &generator)
    projection = Linear(hidden, outputs, using: &generator)
  }

  /// Maps [batch, length] to [batch, outputs].
  package func callAsFunction(_ x: Tensor) -> Tensor { projection(relu(encoder(x))) }

  package mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("encoder", &encoder)
    visit("projection", &projection)
  }
}

/// Two random views of each signal of a batch, one half behind the other; the signals come in a new random order for
/// each epoch, which ends where no whole batch is left.
struct ViewBatches: BatchSource {
  let signals: Tensor
  let size: Int
  let views: Views
  var generator: TorchGenerator
  private var order: [Int] = []

  init(of signals: Tensor, size: Int, views: Views, using generator: TorchGenerator) {
    self.signals = signals
    self.size = size
    self.views = views
    self.generator = generator
  }

  var stepsPerEpoch: Int { signals.shape[0] / size }

  mutating func next() -> Tensor {
    if order.count < size { order = generator.permutation(signals.shape[0]) }
    let batch = signals.gathered(Array(order.suffix(size)))
    order.removeLast(size)
    return Tensor.concatenated([
      views(of: batch, using: &generator), views(of: batch, using: &generator),
    ])
  }
}

extension SelfSupervised.Configuration {
  /// The encoder with its head, with its initial weights.
  func contrastiveNetwork(
    inputs: Int, using generator: inout TorchGenerator
  ) -> ContrastiveNetwork {
    ContrastiveNetwork(
      inputs: inputs, channels: channels, hidden: hidden, outputs: outputs, using: &generator)
  }

  /// Contrastive learning: Adam on the NT-Xent loss, with a step size that falls in a straight line to 0. Batches and
  /// views come from the generator that has made the weights.
  func contrastiveTraining(
    of network: ContrastiveNetwork, on signals: Tensor, using generator: TorchGenerator
  ) throws(TrainingError) -> Training<ContrastiveNetwork, Adam, ViewBatches> {
    let temperature = Float(temperature)
    return try Training(
      of: network,
      by: Adam(for: network, learningRate: learningRate, weightDecay: weightDecay),
      on: ViewBatches(of: signals, size: batchSize, views: views, using: generator),
      for: .steps(steps), schedule: .linearDecay(steps: steps), minimizing: "nt-xent"
    ) { network, views in ntXent(network(views), temperature: temperature) }
  }
}
