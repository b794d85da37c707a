import NeuralNetworks
import ReferenceRandom
import Tensors

/// The convolutions of the paper's network, and a head on which contrastive learning is done and which is thrown away
/// afterwards.
package struct ContrastiveNetwork: Layer {
  /// 1 → channels, kernel 5.
  package var conv1: Conv1D
  /// channels → channels, kernel 3.
  package var conv2: Conv1D
  /// channels → channels, kernel 3; its outputs are the features.
  package var conv3: Conv1D
  /// The linear layers of the head, with relu between them; none where the loss is taken on the features.
  package var head: [Linear] = []

  /// Creates a network with PyTorch's default initialisation.
  ///
  /// - Parameters:
  ///   - inputs: the length of a signal.
  ///   - channels: how many channels each convolution has.
  ///   - widths: how many units each layer of the head has.
  ///   - generator: the generator to draw from.
  package init(
    inputs: Int = 40, channels: Int, head widths: [Int],
    using generator: inout some FloatRandomNumberGenerator
  ) {
    conv1 = Conv1D(1, channels, kernel: 5, stride: 2, padding: 1, using: &generator)
    conv2 = Conv1D(channels, channels, kernel: 3, stride: 2, padding: 1, using: &generator)
    conv3 = Conv1D(channels, channels, kernel: 3, stride: 2, padding: 1, using: &generator)
    let length = [5, 3, 3].reduce(inputs) {
      Conv1D.outputLength($0, kernel: $1, stride: 2, padding: 1)
    }
    var units = channels * length
    for width in widths {
      head.append(Linear(units, width, using: &generator))
      units = width
    }
  }

  /// Takes the convolutions of a classifier, without a head.
  init(_ classifier: ConvolutionalNetwork) {
    (conv1, conv2, conv3) = (classifier.conv1, classifier.conv2, classifier.conv3)
  }

  /// Maps [batch, length] to [batch, outputs].
  package func callAsFunction(_ x: Tensor) -> Tensor {
    let features = convolutions(of: x)[2]
    guard let first = head.first else { return features.transposed() }
    let hidden = first(features, activation: head.count > 1 ? .relu : .identity, layout: .batchLast)
    return behind(hidden).last ?? hidden
  }

  /// The outputs of every layer, each [batch, units]: of the convolutions, then of the head's layers.
  package func layers(of x: Tensor) -> [Tensor] {
    let convolutions = convolutions(of: x).map { $0.transposed() }
    guard let first = head.first else { return convolutions }
    let hidden = first(convolutions[2], activation: head.count > 1 ? .relu : .identity)
    return convolutions + [hidden] + behind(hidden)
  }

  /// The flattened outputs of the convolutions, each [units, batch].
  private func convolutions(of x: Tensor) -> [Tensor] {
    var h = x.transposed().reshaped(to: [1, x.shape[1], x.shape[0]])
    return [conv1, conv2, conv3].map { convolution in
      h = convolution(h, activation: .relu, layout: .batchLast)
      return h.reshaped(to: [h.shape[0] * h.shape[1], h.shape[2]])
    }
  }

  /// The outputs of the head's other layers.
  private func behind(_ hidden: Tensor) -> [Tensor] {
    var h = hidden
    return head.dropFirst().enumerated().map { index, linear in
      h = linear(h, activation: index + 2 < head.count ? .relu : .identity)
      return h
    }
  }

  package mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("conv1", &conv1)
    visit("conv2", &conv2)
    visit("conv3", &conv3)
    visit("head", &head)
  }
}

/// Two random views of each signal of a batch, one half behind the other; the signals come in a new random order for
/// each epoch, which ends where no whole batch is left.
package struct ViewBatches: BatchSource {
  let signals: Tensor
  let size: Int
  let views: Views
  private var generators: ReferenceGenerators
  /// The order of this epoch, as far as it is to come.
  private var order: ArraySlice<Int> = []

  package init(of signals: Tensor, size: Int, views: Views, using generators: ReferenceGenerators) {
    self.signals = signals
    self.size = size
    self.views = views
    self.generators = generators
  }

  package var stepsPerEpoch: Int { signals.shape[0] / size }

  package mutating func next() -> Tensor {
    if order.count < size { order = generators.numPy.permutation(signals.shape[0])[...] }
    let batch = signals.gathered(Array(order.prefix(size)))
    order.removeFirst(size)
    return Tensor.concatenated([
      views(of: batch, using: &generators), views(of: batch, using: &generators),
    ])
  }
}

extension ContrastiveSettings {
  /// Contrastive learning by Adam. Batches and views come from the generators that have made the weights.
  package func training(
    of network: ContrastiveNetwork, on signals: Tensor, using generators: ReferenceGenerators
  ) throws(TrainingError) -> Training<ContrastiveNetwork, Adam, ViewBatches> {
    let (loss, temperature) = (loss, Float(temperature))
    return try Training(
      of: network, by: Adam(for: network, learningRate: learningRate, weightDecay: weightDecay),
      on: ViewBatches(of: signals, size: batchSize, views: views, using: generators),
      for: .steps(steps), schedule: schedule == .linear ? .linearDecay(steps: steps) : .constant,
      minimizing: loss.rawValue
    ) { network, views in
      let outputs = network(views)
      let half = outputs.shape[0] / 2
      return switch loss {
      case .infoNCE:
        infoNCE(
          outputs.sliced(0..<half), outputs.sliced(half..<2 * half), temperature: temperature)
      case .ntXent: ntXent(outputs, temperature: temperature)
      }
    }
  }
}
