import ReferenceRandom
import Tensors

/// A convolution over positions, PyTorch's `nn.Conv1d`.
public struct Conv1D: Layer {
  /// [outputs, inputs, kernel].
  public var weight: Tensor
  /// [outputs].
  public var bias: Tensor
  /// How far the kernel moves from one output position to the next.
  public var stride: Int
  /// How many zeros are put at either end.
  public var padding: Int

  /// Creates a layer with PyTorch's default initialisation: uniform within ±1/√(inputs · kernel).
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      inputs > 0 && outputs > 0 && kernel > 0,
      "a convolution has one input, output and tap or more, found \(inputs), \(outputs) and \(kernel)"
    )
    precondition(
      stride > 0 && padding >= 0,
      "a convolution moves forward and pads with zeros: stride \(stride), padding \(padding)")
    let initial = Initialization(fanIn: product(inputs, kernel, "inputs of all taps"))
    weight = initial.weight([outputs, inputs, kernel], using: &generator)
    bias = initial.bias(outputs, using: &generator)
    self.stride = stride
    self.padding = padding
  }

  /// Maps [batch, inputs, length] to [batch, outputs, outputLength(length)].
  public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, activation: .identity) }

  /// Maps activations in either layout.
  public func callAsFunction(
    _ x: Tensor, activation: AffineActivation = .identity, layout: ActivationLayout = .batchFirst
  ) -> Tensor {
    convolution1D(
      x, weight: weight, bias: bias, stride: stride, padding: padding, activation: activation,
      layout: layout)
  }

  /// How many positions the output has for an input of `length`; not positive where the kernel does not fit.
  public static func outputLength(
    _ length: Int, kernel: Int, stride: Int = 1, padding: Int = 0
  ) -> Int {
    precondition(
      length >= 0 && length <= Int32.max && kernel > 0 && stride > 0 && padding >= 0
        && padding <= (Int(Int32.max) - length) / 2,
      "no convolution has \(length) positions, a kernel of \(kernel), stride \(stride) and padding \(padding)"
    )
    let room = length + 2 * padding - kernel
    return room < 0 ? 0 : room / stride + 1
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("weight", &weight)
    visit("bias", &bias)
  }
}
