import ReferenceRandom
import Tensors

/// The paper's convolutional network without shared weights: every position has kernels of its own.
///
/// It knows which inputs are neighbours, as a convolutional network does, and not that all places are alike.
public struct LocallyConnectedNetwork: Classifier {
  /// 1 → channels, of the given kernel; then channels → channels, of kernel 3; each of stride 2 and padding 1.
  public var layers: [LocallyConnected1D]
  /// The flattened positions → classes.
  public var linear: Linear

  /// The shortest signal for which every layer has an output.
  public static func shortestInput(kernel: Int) -> Int { Swift.max(kernel - 2, 1) }

  /// Creates a network, each weight as a convolution's would start.
  public init(
    inputs: Int = 40, channels: Int = 25, kernel: Int = 5, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    var (layers, length, before) = ([LocallyConnected1D](), inputs, 1)
    for kernel in [kernel, 3, 3] {
      layers.append(
        LocallyConnected1D(
          before, channels, length: length, kernel: kernel, stride: 2, padding: 1,
          using: &generator))
      length = Conv1D.outputLength(length, kernel: kernel, stride: 2, padding: 1)
      before = channels
    }
    self.layers = layers
    linear = Linear(product(channels, length, "features"), classes, using: &generator)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let signals = x.reshaped(to: [x.shape[0], 1, x.shape[1]])
    let h = layers.reduce(signals) { relu($1($0)) }
    return linear(h.reshaped(to: [h.shape[0], h.shape[1] * h.shape[2]]))
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("layers", &layers)
    visit("linear", &linear)
  }
}
