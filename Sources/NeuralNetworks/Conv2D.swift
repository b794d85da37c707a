import ReferenceRandom
import Tensors

/// A convolution over the positions of a plane, PyTorch's `nn.Conv2d`.
public struct Conv2D: Layer {
  /// [outputs, inputs / groups, kernel height, kernel width].
  public var weight: Tensor
  /// [outputs]; zeros, and no parameter, where the layer has no bias.
  public var bias: Tensor
  /// Whether the bias is a parameter.
  public let hasBias: Bool
  /// How far the kernel moves from one output position to the next.
  public var stride: Size2D
  /// How many rows and columns of zeros are put at either end.
  public var padding: Size2D
  /// Into how many parts inputs and outputs fall; an output sees the inputs of its own part.
  public let groups: Int

  /// Creates a layer with PyTorch's default initialisation: uniform within ±1/√(inputs / groups · taps of the kernel).
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Size2D, stride: Size2D = 1, padding: Size2D = 0,
    groups: Int = 1, bias hasBias: Bool = true,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      inputs > 0 && outputs > 0 && kernel.height > 0 && kernel.width > 0,
      "a convolution has one input, output and tap or more, found \(inputs), \(outputs) and \(kernel)"
    )
    precondition(
      stride.height > 0 && stride.width > 0 && padding.height >= 0 && padding.width >= 0,
      "a convolution moves forward and pads with zeros: stride \(stride), padding \(padding)")
    precondition(
      groups > 0 && inputs % groups == 0 && outputs % groups == 0,
      "\(inputs) inputs and \(outputs) outputs do not fall into \(groups) equal groups")
    let taps = product(kernel.height, kernel.width, "taps")
    let initial = Initialization(fanIn: product(inputs / groups, taps, "inputs of all taps"))
    weight = initial.weight(
      [outputs, inputs / groups, kernel.height, kernel.width], using: &generator)
    bias = hasBias ? initial.bias(outputs, using: &generator) : .zeros([outputs])
    self.hasBias = hasBias
    self.stride = stride
    self.padding = padding
    self.groups = groups
  }

  /// Maps [batch, inputs, height, width] to [batch, outputs, output height, output width].
  public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, activation: .identity) }

  /// Maps activations in either layout.
  public func callAsFunction(
    _ x: Tensor, activation: AffineActivation = .identity, layout: ActivationLayout = .batchFirst
  ) -> Tensor {
    convolution2D(
      x, weight: weight, bias: hasBias ? bias : nil, stride: stride, padding: padding,
      groups: groups, activation: activation, layout: layout)
  }

  /// How many rows and columns the output has for an input of `size`; 0 where the kernel does not fit.
  public static func outputSize(
    _ size: Size2D, kernel: Size2D, stride: Size2D = 1, padding: Size2D = 0
  ) -> Size2D {
    Size2D(
      height: Conv1D.outputLength(
        size.height, kernel: kernel.height, stride: stride.height, padding: padding.height),
      width: Conv1D.outputLength(
        size.width, kernel: kernel.width, stride: stride.width, padding: padding.width))
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("weight", &weight)
    if hasBias { visit("bias", &bias) }
  }
}
