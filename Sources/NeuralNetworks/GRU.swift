import ReferenceRandom
import Tensors

/// A gated recurrent unit over a whole sequence, PyTorch's `nn.GRU(…, batch_first=True)`; of one layer in both directions
/// unless it is said otherwise.
///
/// With gates in PyTorch's order, r = σ(Wᵢᵣ x + bᵢᵣ + Wₕᵣ h + bₕᵣ), z likewise,
/// n = tanh(Wᵢₙ x + bᵢₙ + r · (Wₕₙ h + bₕₙ)), h ← (1 − z) · n + z · h, from h = 0.
public struct GRU: Layer {
  /// The layers, each of which reads the states of the one before.
  public var layers: [RecurrentLayer<GRUUnit>]

  /// Creates a unit with PyTorch's default initialisation: everything uniform within ±1/√hidden.
  public init(
    _ inputs: Int, _ hidden: Int, layers: Int = 1, directions: RecurrenceDirections = .both,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    self.layers = recurrentLayers(layers, inputs, hidden, directions, using: &generator)
  }

  /// The first layer's parameters from the first step to the last.
  public var forward: GRUParameters {
    get { layers[0].forward }
    set { layers[0].forward = newValue }
  }

  /// The first layer's parameters from the last step to the first.
  ///
  /// - Precondition: the unit has both directions.
  public var reverse: GRUParameters {
    get { layers[0].requiredReverse }
    set { layers[0].reverse = newValue }
  }

  /// Maps [batch, time, inputs] to [batch, time, directions · hidden].
  public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, layout: .batchFirst) }

  /// Maps sequences in either layout.
  public func callAsFunction(_ x: Tensor, layout: ActivationLayout) -> Tensor {
    inBatchLast(x, layout) { x in
      layers.reduce(x) {
        gru($0, forward: $1.forward, reverse: $1.reverse, layout: .batchLast)
      }
    }
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    for position in layers.indices { layers[position].visitParameters(&visit, position) }
  }
}
