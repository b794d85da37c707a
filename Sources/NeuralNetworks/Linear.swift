import ReferenceRandom
import Tensors

/// The affine map y = x · weightᵀ + bias, PyTorch's `nn.Linear`; without a bias a linear one.
public struct Linear: Layer {
  /// [outputs, inputs].
  public var weight: Tensor
  /// [outputs]; zeros, and no parameter, where the layer has no bias.
  public var bias: Tensor
  /// Whether the bias is a parameter.
  public let hasBias: Bool

  /// Creates a layer from its parameters.
  public init(weight: Tensor, bias: Tensor) {
    precondition(
      weight.rank == 2 && bias.shape == [weight.shape[0]],
      "weight \(weight.shape) does not fit bias \(bias.shape)")
    self.weight = weight
    self.bias = bias
    hasBias = true
  }

  /// Creates a layer with PyTorch's default initialisation: weight and bias uniform within ±1/√inputs.
  public init(
    _ inputs: Int, _ outputs: Int, bias hasBias: Bool = true,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      inputs > 0 && outputs > 0,
      "a linear layer has one input and one output or more, found \(inputs) and \(outputs)")
    let initial = Initialization(fanIn: inputs)
    weight = initial.weight([outputs, inputs], using: &generator)
    bias = hasBias ? initial.bias(outputs, using: &generator) : .zeros([outputs])
    self.hasBias = hasBias
  }

  /// Maps [batch, inputs] to [batch, outputs], and [batch, positions, inputs] to [batch, positions, outputs].
  public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, activation: .identity) }

  /// Maps [batch, inputs], or [inputs, batch] if the layout is batch last, to [batch, outputs].
  public func callAsFunction(
    _ x: Tensor, activation: AffineActivation = .identity, layout: ActivationLayout = .batchFirst
  ) -> Tensor {
    affine(x, weight: weight, bias: bias, activation: activation, layout: layout)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("weight", &weight)
    if hasBias { visit("bias", &bias) }
  }
}

/// The product of two extents, which must be one itself.
func product(_ a: Int, _ b: Int, _ name: String) -> Int {
  let (product, isTooLarge) = a.multipliedReportingOverflow(by: b)
  precondition(
    !isTooLarge && product <= Int32.max, "there cannot be \(a) · \(b) \(name)")
  return product
}

/// PyTorch's default initialisation of linear and convolutional layers.
///
/// `kaiming_uniform_(a=√5)` for weights, with its own roundings, and uniform within ±1/√fanIn for biases.
struct Initialization {
  private let weightBound: Double
  private let biasBound: Double

  /// - Parameter fanIn: how many inputs one output sums over.
  init(fanIn: Int) {
    let slope = (5.0).squareRoot()
    let gain = (2 / (1 + slope * slope)).squareRoot()
    let deviation = gain / Double(fanIn).squareRoot()
    weightBound = (3.0).squareRoot() * deviation
    biasBound = 1 / Double(fanIn).squareRoot()
  }

  func weight(_ shape: Shape, using generator: inout some FloatRandomNumberGenerator) -> Tensor {
    .uniform(shape, within: weightBound, using: &generator)
  }

  func bias(_ count: Int, using generator: inout some FloatRandomNumberGenerator) -> Tensor {
    .uniform([count], within: biasBound, using: &generator)
  }
}

extension Tensor {
  /// A tensor of numbers uniform within ±`bound`.
  static func uniform(
    _ shape: Shape, within bound: Double, using generator: inout some FloatRandomNumberGenerator
  ) -> Tensor {
    var tensor = Tensor.zeros(shape)
    tensor.withUnsafeMutableElements { generator.fillUniform($0, from: -bound, to: bound) }
    return tensor
  }
}
