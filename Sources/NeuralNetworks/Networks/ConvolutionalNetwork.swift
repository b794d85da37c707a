import ReferenceRandom
import Tensors

/// The paper's convolutional network; 5,210 parameters by default.
///
/// Three convolutions with relu, each of stride 2 and padding 1, with kernels of 5, 3 and 3; what is left of the
/// positions is flattened and mapped to scores.
public struct ConvolutionalNetwork: Classifier {
  /// 1 → channels, kernel 5.
  public var conv1: Conv1D
  /// channels → channels, kernel 3.
  public var conv2: Conv1D
  /// channels → channels, kernel 3.
  public var conv3: Conv1D
  /// The flattened positions → classes.
  public var linear: Linear

  /// The shortest signal for which every layer has an output.
  public static let shortestInput = 3

  /// Creates a network with PyTorch's default initialisation.
  ///
  /// - Precondition: `inputs` is at least ``shortestInput``.
  public init(
    inputs: Int = 40, channels: Int = 25, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      inputs >= Self.shortestInput,
      "the convolutional network needs signals of \(Self.shortestInput) points, found \(inputs)")
    conv1 = Conv1D(1, channels, kernel: 5, stride: 2, padding: 1, using: &generator)
    conv2 = Conv1D(channels, channels, kernel: 3, stride: 2, padding: 1, using: &generator)
    conv3 = Conv1D(channels, channels, kernel: 3, stride: 2, padding: 1, using: &generator)
    let length = [5, 3, 3].reduce(inputs) {
      Conv1D.outputLength($0, kernel: $1, stride: 2, padding: 1)
    }
    linear = Linear(product(channels, length, "features"), classes, using: &generator)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { linear(features(of: x), layout: .batchLast) }

  /// What the linear layer sees: the flattened outputs of the last convolution.
  ///
  /// - Parameter x: [batch, length].
  /// - Returns: [features, batch], the batch innermost as in all layers before.
  public func features(of x: Tensor) -> Tensor {
    var h = x.transposed().reshaped(to: [1, x.shape[1], x.shape[0]])
    h = conv1(h, activation: .relu, layout: .batchLast)
    h = conv2(h, activation: .relu, layout: .batchLast)
    h = conv3(h, activation: .relu, layout: .batchLast)
    return h.reshaped(to: [h.shape[0] * h.shape[1], h.shape[2]])
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("conv1", &conv1)
    visit("conv2", &conv2)
    visit("conv3", &conv3)
    visit("linear", &linear)
  }
}
