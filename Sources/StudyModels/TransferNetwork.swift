import NeuralNetworks
import ReferenceRandom
import Tensors

/// The paper's convolutional network with another nonlinearity in the place of relu.
///
/// Three convolutions of stride 2 and padding 1 with kernels of 5, 3 and 3, each followed by the nonlinearity; then a
/// linear layer. With ``Nonlinearity/relu`` it computes what `ConvolutionalNetwork` does.
package struct TransferNetwork<Nonlinearity: Layer>: Classifier {
  /// 1 → channels, kernel 5.
  package var conv1: Conv1D
  /// channels → channels, kernel 3.
  package var conv2: Conv1D
  /// channels → channels, kernel 3.
  package var conv3: Conv1D
  /// The flattened positions → classes.
  package var linear: Linear
  /// What follows each convolution.
  package var nonlinearity: Nonlinearity

  /// Creates a network with PyTorch's default initialisation.
  ///
  /// - Precondition: `inputs` is at least `ConvolutionalNetwork.shortestInput`.
  package init(
    _ nonlinearity: Nonlinearity, inputs: Int = 40, channels: Int = 25,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    let network = ConvolutionalNetwork(inputs: inputs, channels: channels, using: &generator)
    (conv1, conv2, conv3) = (network.conv1, network.conv2, network.conv3)
    linear = network.linear
    self.nonlinearity = nonlinearity
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    // The batch stays innermost all the way, as convolutions want it.
    var h = x.transposed().reshaped(to: [1, x.shape[1], x.shape[0]])
    h = nonlinearity(conv1(h, layout: .batchLast))
    h = nonlinearity(conv2(h, layout: .batchLast))
    h = nonlinearity(conv3(h, layout: .batchLast))
    return linear(h.reshaped(to: [h.shape[0] * h.shape[1], h.shape[2]]), layout: .batchLast)
  }

  package mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("conv1", &conv1)
    visit("conv2", &conv2)
    visit("conv3", &conv3)
    visit("linear", &linear)
    visit("nonlinearity", &nonlinearity)
  }
}
