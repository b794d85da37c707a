import NeuralNetworks
import ReferenceRandom
import Tensors

/// The paper's convolutional network, for signals or for images, with another nonlinearity in the place of relu.
///
/// Three convolutions of stride 2 and padding 1 with kernels of 5, 3 and 3, each followed by the nonlinearity; then a
/// linear layer. With relu it computes what `ConvolutionalNetwork` or `ConvolutionalNetwork2D` does.
package struct TransferNetwork<Convolution: PlainConvolution, Nonlinearity: Layer>: Classifier {
  /// The input's channels → channels, kernel 5.
  package var conv1: Convolution
  /// channels → channels, kernel 3.
  package var conv2: Convolution
  /// channels → channels, kernel 3.
  package var conv3: Convolution
  /// The flattened positions → classes.
  package var linear: Linear
  /// What follows each convolution.
  package var nonlinearity: Nonlinearity
  /// The channels of an example, and its extents.
  private let shape: [Int]

  package func callAsFunction(_ x: Tensor) -> Tensor {
    // The batch stays innermost all the way, as convolutions want it.
    let count = x.shape[0]
    var h = x.transposed().reshaped(to: Shape(shape + [count]))
    h = nonlinearity(conv1.applied(toBatchLast: h))
    h = nonlinearity(conv2.applied(toBatchLast: h))
    h = nonlinearity(conv3.applied(toBatchLast: h))
    let features = h.shape.dropLast().reduce(1, *)
    return linear(h.reshaped(to: [features, count]), layout: .batchLast)
  }

  package mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("conv1", &conv1)
    visit("conv2", &conv2)
    visit("conv3", &conv3)
    visit("linear", &linear)
    visit("nonlinearity", &nonlinearity)
  }
}

extension TransferNetwork where Convolution == Conv1D {
  /// Creates a network for signals with PyTorch's default initialisation.
  ///
  /// - Precondition: `inputs` is at least `ConvolutionalNetwork.shortestInput`.
  package init(
    _ nonlinearity: Nonlinearity, inputs: Int = 40, channels: Int = 25,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    let network = ConvolutionalNetwork(inputs: inputs, channels: channels, using: &generator)
    (conv1, conv2, conv3) = (network.conv1, network.conv2, network.conv3)
    linear = network.linear
    shape = [1, inputs]
    self.nonlinearity = nonlinearity
  }
}

extension TransferNetwork where Convolution == Conv2D {
  /// Creates a network for images with PyTorch's default initialisation.
  ///
  /// - Precondition: the image's sides are at least `ConvolutionalNetwork2D.smallestSide`.
  package init(
    _ nonlinearity: Nonlinearity, image: ImageShape, channels: Int = 25,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    let network = ConvolutionalNetwork2D(image: image, channels: channels, using: &generator)
    (conv1, conv2, conv3) = (network.conv1, network.conv2, network.conv3)
    linear = network.linear
    shape = [image.channels, image.height, image.width]
    self.nonlinearity = nonlinearity
  }
}

/// A convolution over any number of axes without a nonlinearity.
package protocol PlainConvolution: Layer {
  /// Maps activations whose last axis is the batch.
  func applied(toBatchLast x: Tensor) -> Tensor
}

extension Conv1D: PlainConvolution {
  package func applied(toBatchLast x: Tensor) -> Tensor { self(x, layout: .batchLast) }
}

extension Conv2D: PlainConvolution {
  package func applied(toBatchLast x: Tensor) -> Tensor { self(x, layout: .batchLast) }
}
