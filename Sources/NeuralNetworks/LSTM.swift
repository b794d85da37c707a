import ReferenceRandom
import Tensors

/// A long short-term memory over a whole sequence, PyTorch's `nn.LSTM(…, batch_first=True)`.
///
/// With gates in PyTorch's order, i = σ(Wᵢᵢ x + bᵢᵢ + Wₕᵢ h + bₕᵢ), f and o likewise, g with tanh in the place of σ,
/// c ← f · c + i · g, h ← o · tanh(c), from h = c = 0.
public struct LSTM: Layer {
  /// The layers, each of which reads the states of the one before.
  public var layers: [RecurrentLayer<LSTMUnit>]

  /// Creates a unit with PyTorch's default initialisation: everything uniform within ±1/√hidden.
  public init(
    _ inputs: Int, _ hidden: Int, layers: Int = 1, directions: RecurrenceDirections,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    self.layers = recurrentLayers(layers, inputs, hidden, directions, using: &generator)
  }

  /// Maps [batch, time, inputs] to [batch, time, directions · hidden].
  public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, layout: .batchFirst) }

  /// Maps sequences in either layout.
  public func callAsFunction(_ x: Tensor, layout: ActivationLayout) -> Tensor {
    inBatchLast(x, layout) { x in
      layers.reduce(x) {
        lstm($0, forward: $1.forward, reverse: $1.reverse, layout: .batchLast)
      }
    }
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    for position in layers.indices { layers[position].visitParameters(&visit, position) }
  }
}
