import ReferenceRandom
import Tensors

/// The paper's recurrent network; 5,134 parameters by default.
///
/// A bidirectional GRU reads the signal point by point, or an image row by row; its states at all steps are flattened and
/// mapped to scores.
public struct RecurrentNetwork: Classifier {
  /// features → hidden, in both directions.
  public var gru: GRU
  /// The states at all steps → classes.
  public var linear: Linear
  /// How many numbers a step reads: 1 of a signal, a row of all channels of an image.
  public let features: Int
  /// Into how many channels the inputs fall, of each of which a step reads its share.
  public let channels: Int

  /// Creates a network with PyTorch's default initialisation, which reads `features` numbers after others.
  ///
  /// - Precondition: `features` divides `inputs`.
  public init(
    inputs: Int = 40, features: Int = 1, hidden: Int = 6, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    self.init(
      inputs: inputs, features: features, channels: 1, hidden: hidden, classes: classes,
      using: &generator)
  }

  /// Creates a network with PyTorch's default initialisation that reads images row by row; of several channels, a step
  /// reads the same row of each.
  public init(
    image: ImageShape, hidden: Int = 6, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    self.init(
      inputs: image.count, features: image.channels * image.width, channels: image.channels,
      hidden: hidden, classes: classes, using: &generator)
  }

  private init(
    inputs: Int, features: Int, channels: Int, hidden: Int, classes: Int,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      features > 0 && inputs % features == 0,
      "\(inputs) inputs cannot be read \(features) at a time")
    gru = GRU(features, hidden, using: &generator)
    linear = Linear(product(2 * hidden, inputs / features, "states"), classes, using: &generator)
    (self.features, self.channels) = (features, channels)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let (batch, steps) = (x.shape[0], x.shape[1] / features)
    var sequence = x.transposed()
    if channels > 1 {
      let rows = sequence.reshaped(to: [channels, steps, features / channels * batch])
      sequence = rows.permuted(1, 0, 2)
    }
    let states = gru(sequence.reshaped(to: [steps, features, batch]), layout: .batchLast)
    return linear(states.reshaped(to: [steps * states.shape[1], batch]), layout: .batchLast)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("gru", &gru)
    visit("linear", &linear)
  }
}
