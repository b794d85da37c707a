import ReferenceRandom
import Tensors

/// A temporal convolutional network: causal convolutions whose dilation doubles from block to block.
///
/// No position sees a later one, and the last, which sees all that the dilations reach, is mapped to scores.
///
/// Source: S. Bai, J. Z. Kolter and V. Koltun, "An empirical evaluation of generic convolutional and recurrent networks
/// for sequence modeling" (2018), without its weight normalisation.
public struct TemporalConvolutionalNetwork: ContextualLayer, Classifier {
  /// The blocks, of dilations 1, 2, 4 …
  public var blocks: [Block]
  /// channels → classes.
  public var linear: Linear

  /// Two causal convolutions of one dilation beside a connection that skips them.
  public struct Block: Parameterized, Sendable {
    public var conv1: Conv1D
    public var conv2: Conv1D
    /// What takes the input to as many channels, a convolution of kernel 1; nil where there are as many.
    public var projection: Conv1D?
    /// What follows either convolution.
    public var dropout: Dropout

    init(
      _ inputs: Int, _ channels: Int, kernel: Int, dilation: Int, dropout: Double,
      using generator: inout some FloatRandomNumberGenerator
    ) {
      let reach = (kernel - 1) * dilation
      conv1 = Conv1D(
        inputs, channels, kernel: kernel, padding: reach, dilation: dilation, using: &generator)
      conv2 = Conv1D(
        channels, channels, kernel: kernel, padding: reach, dilation: dilation, using: &generator)
      projection =
        inputs == channels ? nil : Conv1D(inputs, channels, kernel: 1, using: &generator)
      self.dropout = Dropout(dropout)
    }

    /// Maps [inputs, length, batch] to [channels, length, batch].
    mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
      func causal(_ conv: Conv1D, _ x: Tensor) -> Tensor {
        // Padded at both ends; what the right end yields has seen the future.
        conv(x, activation: .relu, layout: .batchLast).sliced(0..<x.shape[1], along: 1)
      }
      let h = dropout.forward(causal(conv1, x), in: &context)
      let y = dropout.forward(causal(conv2, h), in: &context)
      return relu(y + (projection.map { $0(x, layout: .batchLast) } ?? x))
    }

    public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("conv1", &conv1)
      visit("conv2", &conv2)
      visit("projection", &projection)
    }
  }

  /// Creates a network with PyTorch's default initialisation.
  public init(
    channels: Int = 25, blocks: Int = 4, kernel: Int = 3, classes: Int = 10, dropout: Double = 0,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      (1...20).contains(blocks),
      "a temporal convolutional network has 1 to 20 blocks, found \(blocks)")
    self.blocks = (0..<blocks).map {
      Block(
        $0 == 0 ? 1 : channels, channels, kernel: kernel, dilation: 1 << $0, dropout: dropout,
        using: &generator)
    }
    linear = Linear(channels, classes, using: &generator)
  }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    let (batch, length) = (x.shape[0], x.shape[1])
    var h = x.transposed().reshaped(to: [1, length, batch])
    for position in blocks.indices { h = blocks[position].forward(h, in: &context) }
    let last = h.sliced(length - 1..<length, along: 1)
    return linear(last.reshaped(to: [last.shape[0], batch]), layout: .batchLast)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("blocks", &blocks)
    visit("linear", &linear)
  }
}
