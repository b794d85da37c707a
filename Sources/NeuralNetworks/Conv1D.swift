import ReferenceRandom
import Tensors

/// A convolution over positions, PyTorch's `nn.Conv1d`.
public struct Conv1D: Layer {
  /// [outputs, inputs / groups, kernel].
  public var weight: Tensor
  /// [outputs]; zeros, and no parameter, where the layer has no bias.
  public var bias: Tensor
  /// Whether the bias is a parameter.
  public let hasBias: Bool
  /// How far the kernel moves from one output position to the next.
  public var stride: Int
  /// How many positions are put at either end.
  public var padding: Int
  /// What is put there.
  public var paddingMode: Padding
  /// How many positions lie from one tap of the kernel to the next.
  public var dilation: Int
  /// Into how many parts inputs and outputs fall; an output sees the inputs of its own part.
  public let groups: Int

  /// Creates a layer with PyTorch's default initialisation: uniform within ±1/√(inputs / groups · kernel).
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1, bias hasBias: Bool = true, paddingMode: Padding = .zeros,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      inputs > 0 && outputs > 0 && kernel > 0,
      "a convolution has one input, output and tap or more, found \(inputs), \(outputs) and \(kernel)"
    )
    precondition(
      stride > 0 && padding >= 0 && dilation > 0,
      "a convolution moves forward and pads with zeros: stride \(stride), padding \(padding)"
        + (dilation == 1 ? "" : ", dilation \(dilation)"))
    precondition(
      groups > 0 && inputs % groups == 0 && outputs % groups == 0,
      "\(inputs) inputs and \(outputs) outputs do not fall into \(groups) equal groups")
    let initial = Initialization(fanIn: product(inputs / groups, kernel, "inputs of all taps"))
    weight = initial.weight([outputs, inputs / groups, kernel], using: &generator)
    bias = hasBias ? initial.bias(outputs, using: &generator) : .zeros([outputs])
    self.hasBias = hasBias
    self.stride = stride
    self.padding = padding
    self.paddingMode = paddingMode
    self.dilation = dilation
    self.groups = groups
  }

  /// Maps [batch, inputs, length] to [batch, outputs, outputLength(length)].
  public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, activation: .identity) }

  /// Maps activations in either layout.
  public func callAsFunction(
    _ x: Tensor, activation: AffineActivation = .identity, layout: ActivationLayout = .batchFirst
  ) -> Tensor {
    convolution1D(
      x, weight: weight, bias: hasBias ? bias : nil, stride: stride, padding: padding,
      dilation: dilation, groups: groups, paddingMode: paddingMode, activation: activation,
      layout: layout)
  }

  /// How many positions the output has for an input of `length`; not positive where the kernel does not fit.
  public static func outputLength(
    _ length: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1
  ) -> Int {
    precondition(
      length >= 0 && length <= Int32.max && kernel > 0 && stride > 0 && padding >= 0
        && dilation > 0 && padding <= (Int(Int32.max) - length) / 2,
      "no convolution has \(length) positions, a kernel of \(kernel), stride \(stride) and padding \(padding)"
    )
    let (reach, isTooLong) = dilation.multipliedReportingOverflow(by: kernel - 1)
    let room = length + 2 * padding - 1 - (isTooLong ? Int(Int32.max) : reach)
    return room < 0 ? 0 : room / stride + 1
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("weight", &weight)
    if hasBias { visit("bias", &bias) }
  }
}
