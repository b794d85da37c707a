import ReferenceRandom
import Tensors

/// A bidirectional gated recurrent unit over a whole sequence, PyTorch's `nn.GRU(…, bidirectional=True)`.
///
/// With gates in PyTorch's order, r = σ(Wᵢᵣ x + bᵢᵣ + Wₕᵣ h + bₕᵣ), z likewise,
/// n = tanh(Wᵢₙ x + bᵢₙ + r · (Wₕₙ h + bₕₙ)), h ← (1 − z) · n + z · h, from h = 0.
public struct GRU: Layer {
  /// From the first step to the last.
  public var forward: GRUParameters
  /// From the last step to the first.
  public var reverse: GRUParameters

  /// Creates a layer with PyTorch's default initialisation: everything uniform within ±1/√hidden.
  public init(
    _ inputs: Int, _ hidden: Int, using generator: inout some FloatRandomNumberGenerator
  ) {
    forward = GRUParameters(inputs, hidden, using: &generator)
    reverse = GRUParameters(inputs, hidden, using: &generator)
  }

  /// Maps [batch, time, inputs] to [batch, time, 2 · hidden].
  public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, layout: .batchFirst) }

  /// Maps sequences in either layout.
  public func callAsFunction(_ x: Tensor, layout: ActivationLayout) -> Tensor {
    gru(x, forward: forward, reverse: reverse, layout: layout)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("weight_ih_l0", &forward.weightIH)
    visit("weight_hh_l0", &forward.weightHH)
    visit("bias_ih_l0", &forward.biasIH)
    visit("bias_hh_l0", &forward.biasHH)
    visit("weight_ih_l0_reverse", &reverse.weightIH)
    visit("weight_hh_l0_reverse", &reverse.weightHH)
    visit("bias_ih_l0_reverse", &reverse.biasIH)
    visit("bias_hh_l0_reverse", &reverse.biasHH)
  }
}

extension GRUParameters {
  fileprivate init(
    _ inputs: Int, _ hidden: Int, using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      inputs > 0 && hidden > 0,
      "a recurrent layer has one input and one hidden unit or more, found \(inputs) and \(hidden)")
    let bound = 1 / Double(hidden).squareRoot()
    let gates = product(3, hidden, "gates")
    let weightIH = Tensor.uniform([gates, inputs], within: bound, using: &generator)
    let weightHH = Tensor.uniform([gates, hidden], within: bound, using: &generator)
    let biasIH = Tensor.uniform([gates], within: bound, using: &generator)
    let biasHH = Tensor.uniform([gates], within: bound, using: &generator)
    self.init(weightIH: weightIH, weightHH: weightHH, biasIH: biasIH, biasHH: biasHH)
  }
}
