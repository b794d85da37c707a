import ReferenceRandom
import Tensors

/// A convolution whose kernel is another one at every position: local, without sharing of weights.
///
/// PyTorch has no such layer; it starts as `nn.Conv1d` does, with as many kernels as there are output positions.
///
/// Source: Y. LeCun, "Generalization and network design strategies" (1989).
public struct LocallyConnected1D: Layer {
  /// [positions, outputs, kernel, inputs].
  public var weight: Tensor
  /// [positions, outputs].
  public var bias: Tensor
  /// How many positions the input has.
  public let length: Int
  /// How far the window moves from one output position to the next.
  public let stride: Int
  /// How many zeros are put at either end.
  public let padding: Int

  /// Creates a layer for signals of one length, uniform within ±1/√(inputs · kernel).
  public init(
    _ inputs: Int, _ outputs: Int, length: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      inputs > 0 && outputs > 0,
      "a locally connected layer has one input and output or more, found \(inputs) and \(outputs)")
    let positions = Conv1D.outputLength(length, kernel: kernel, stride: stride, padding: padding)
    precondition(
      positions > 0,
      "a kernel of \(kernel) does not fit into \(length) positions with padding \(padding)")
    let initial = Initialization(fanIn: product(inputs, kernel, "inputs of all taps"))
    weight = initial.weight([positions, outputs, kernel, inputs], using: &generator)
    bias = initial.bias(product(positions, outputs, "outputs"), using: &generator)
      .reshaped(to: [positions, outputs])
    self.length = length
    self.stride = stride
    self.padding = padding
  }

  /// Maps [batch, inputs, length] to [batch, outputs, positions].
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let (positions, outputs) = (weight.shape[0], weight.shape[1])
    let (kernel, inputs) = (weight.shape[2], weight.shape[3])
    precondition(
      x.rank == 3 && x.shape[1] == inputs && x.shape[2] == length,
      "a locally connected layer takes [batch, \(inputs), \(length)], found shape \(x.shape)")
    let padded = x.permuted(2, 1, 0).padded(before: padding, after: padding, along: 0)
    let places = (0..<positions).flatMap { position in
      (0..<kernel).map { position * stride + $0 }
    }
    let windows = padded.gathered(places)
      .reshaped(to: [positions, kernel * inputs, x.shape[0]])
    let sums = weight.reshaped(to: [positions, outputs, kernel * inputs]).matmul(windows)
    return (sums + bias.reshaped(to: [positions, outputs, 1])).permuted(2, 1, 0)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("weight", &weight)
    visit("bias", &bias)
  }
}
