import ReferenceRandom
import Tensors

/// The paper's convolutional network for images; 15,960 parameters by default for grey images of 28 × 28.
///
/// As ``ConvolutionalNetwork``, with one more axis: three convolutions with relu, each of stride 2 and padding 1, with
/// kernels of 5 × 5, 3 × 3 and 3 × 3; what is left of the positions is flattened and mapped to scores.
public struct ConvolutionalNetwork2D: Classifier {
  /// The image's channels → channels, kernel 5 × 5.
  public var conv1: Conv2D
  /// channels → channels, kernel 3 × 3.
  public var conv2: Conv2D
  /// channels → channels, kernel 3 × 3.
  public var conv3: Conv2D
  /// The flattened positions → classes.
  public var linear: Linear
  /// The extents of the images.
  public let image: ImageShape

  /// The least height and width for which every layer has an output.
  public static let smallestSide = 3

  /// Creates a network with PyTorch's default initialisation.
  ///
  /// - Precondition: the image's sides are at least ``smallestSide``.
  public init(
    image: ImageShape, channels: Int = 25, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      image.height >= Self.smallestSide && image.width >= Self.smallestSide,
      "the convolutional network needs images of \(Self.smallestSide) × \(Self.smallestSide) pixels, found \(image.height) × \(image.width)"
    )
    conv1 = Conv2D(image.channels, channels, kernel: 5, stride: 2, padding: 1, using: &generator)
    conv2 = Conv2D(channels, channels, kernel: 3, stride: 2, padding: 1, using: &generator)
    conv3 = Conv2D(channels, channels, kernel: 3, stride: 2, padding: 1, using: &generator)
    let size = [5, 3, 3].reduce(Size2D(height: image.height, width: image.width)) {
      Conv2D.outputSize($0, kernel: Size2D($1), stride: 2, padding: 1)
    }
    let positions = product(size.height, size.width, "positions")
    linear = Linear(product(channels, positions, "features"), classes, using: &generator)
    self.image = image
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { linear(features(of: x), layout: .batchLast) }

  /// What the linear layer sees: the flattened outputs of the last convolution.
  ///
  /// - Parameter x: [batch, channels · height · width].
  /// - Returns: [features, batch], the batch innermost as in all layers before.
  public func features(of x: Tensor) -> Tensor {
    var h = conv1(x.planes(of: image), activation: .relu, layout: .batchLast)
    h = conv2(h, activation: .relu, layout: .batchLast)
    h = conv3(h, activation: .relu, layout: .batchLast)
    return h.reshaped(to: [h.shape[0] * h.shape[1] * h.shape[2], h.shape[3]])
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("conv1", &conv1)
    visit("conv2", &conv2)
    visit("conv3", &conv3)
    visit("linear", &linear)
  }
}

extension Tensor {
  /// Images with the batch last: [batch, channels · height · width] → [channels, height, width, batch].
  fileprivate func planes(of image: ImageShape) -> Tensor {
    precondition(
      rank == 2 && shape[1] == image.count,
      "images of \(image.channels) × \(image.height) × \(image.width) came in shape \(shape)")
    return transposed().reshaped(to: [image.channels, image.height, image.width, shape[0]])
  }
}
