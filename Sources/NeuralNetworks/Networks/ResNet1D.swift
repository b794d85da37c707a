import ReferenceRandom
import Tensors

/// A residual network of convolutions with batch normalisation, on signals.
///
/// A convolution, then blocks of two each, of which every block after the first halves the positions; what is left of
/// them is averaged and mapped to scores.
///
/// Source: K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition" (2015), with the blocks
/// of its Figure 2 and projections where the shape changes.
public struct ResNet1D: ContextualLayer, Classifier {
  /// 1 → channels.
  public var conv: Conv1D
  /// What follows it, before relu.
  public var norm: BatchNorm1D
  /// The blocks.
  public var blocks: [Block]
  /// channels → classes.
  public var linear: Linear

  /// Two convolutions beside a connection that skips them.
  public struct Block: Parameterized, Sendable {
    /// The first convolution, of the block's stride, without a bias.
    public var conv1: Conv1D
    public var norm1: BatchNorm1D
    /// The second convolution, of stride 1, without a bias.
    public var conv2: Conv1D
    public var norm2: BatchNorm1D
    /// What takes the input to the output's shape, a convolution of kernel 1; nil where they are alike.
    public var projection: Conv1D?

    init(
      _ channels: Int, kernel: Int, stride: Int,
      using generator: inout some FloatRandomNumberGenerator
    ) {
      conv1 = Conv1D(
        channels, channels, kernel: kernel, stride: stride, padding: kernel / 2, bias: false,
        using: &generator)
      norm1 = BatchNorm1D(channels)
      conv2 = Conv1D(
        channels, channels, kernel: kernel, padding: kernel / 2, bias: false, using: &generator)
      norm2 = BatchNorm1D(channels)
      projection =
        stride == 1
        ? nil
        : Conv1D(channels, channels, kernel: 1, stride: stride, bias: false, using: &generator)
    }

    /// Maps [channels, length, batch] to [channels, ⌈length / stride⌉, batch].
    mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
      let layout = ActivationLayout.batchLast
      let h = relu(norm1.forward(conv1(x, layout: layout), in: &context, layout: layout))
      let y = norm2.forward(conv2(h, layout: layout), in: &context, layout: layout)
      return relu(y + (projection.map { $0(x, layout: layout) } ?? x))
    }

    public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("conv1", &conv1)
      visit("norm1", &norm1)
      visit("conv2", &conv2)
      visit("norm2", &norm2)
      visit("projection", &projection)
    }
  }

  /// Creates a network with PyTorch's default initialisation.
  ///
  /// - Precondition: the kernel is odd, and there is a block.
  public init(
    channels: Int = 25, blocks: Int = 3, kernel: Int = 3, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(kernel % 2 == 1, "a kernel of a residual network is odd, found \(kernel)")
    precondition(blocks > 0, "a residual network has one block or more, found \(blocks)")
    conv = Conv1D(1, channels, kernel: kernel, padding: kernel / 2, bias: false, using: &generator)
    norm = BatchNorm1D(channels)
    self.blocks = (0..<blocks).map {
      Block(channels, kernel: kernel, stride: $0 == 0 ? 1 : 2, using: &generator)
    }
    linear = Linear(channels, classes, using: &generator)
  }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    let layout = ActivationLayout.batchLast
    let signals = x.transposed().reshaped(to: [1, x.shape[1], x.shape[0]])
    var h = relu(norm.forward(conv(signals, layout: layout), in: &context, layout: layout))
    for position in blocks.indices { h = blocks[position].forward(h, in: &context) }
    return linear(h.mean(along: 1), layout: layout)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("conv", &conv)
    visit("norm", &norm)
    visit("blocks", &blocks)
    visit("linear", &linear)
  }
}
