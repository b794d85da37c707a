import ReferenceRandom
import Tensors

/// The paper's recurrent network; 5,134 parameters by default.
///
/// A bidirectional GRU reads the signal point by point; its states at all points are flattened and mapped to
/// scores.
public struct RecurrentNetwork: Classifier {
  /// 1 → hidden, in both directions.
  public var gru: GRU
  /// The states at all points → classes.
  public var linear: Linear

  /// Creates a network with PyTorch's default initialisation.
  public init(
    inputs: Int = 40, hidden: Int = 6, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    gru = GRU(1, hidden, using: &generator)
    linear = Linear(product(2 * hidden, inputs, "states"), classes, using: &generator)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let (batch, length) = (x.shape[0], x.shape[1])
    let states = gru(x.transposed().reshaped(to: [length, 1, batch]), layout: .batchLast)
    return linear(states.reshaped(to: [length * states.shape[1], batch]), layout: .batchLast)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("gru", &gru)
    visit("linear", &linear)
  }
}
