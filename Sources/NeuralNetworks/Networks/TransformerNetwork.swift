import ReferenceRandom
import Tensors

/// A small transformer encoder that classifies signals by their patches, with positions or without.
///
/// Without positions it sees a bag of patches: exchanging two of them changes nothing.
///
/// Sources: A. Vaswani et al., "Attention is all you need" (2017); A. Dosovitskiy et al., "An image is worth 16×16 words"
/// (2020), with its normalisation before attention, and an average in place of its extra token.
public struct TransformerNetwork: ContextualLayer, Classifier {
  /// The points of a patch → features.
  public var embedding: Linear
  /// What is added to each patch, [patches, features]; nil without positions.
  public var positions: Tensor?
  /// The blocks.
  public var blocks: [Block]
  /// Before the patches are averaged.
  public var norm: LayerNorm
  /// features → classes.
  public var linear: Linear
  /// How many points a patch has.
  public let patch: Int

  /// Attention, then two layers for each patch, each beside a connection that skips it: PyTorch's
  /// `nn.TransformerEncoderLayer(…, batch_first=True, norm_first=True)` with GELU, under its names.
  public struct Block: Parameterized, Sendable {
    public var attention: MultiHeadAttention
    /// features → 4 · features.
    public var linear1: Linear
    /// 4 · features → features.
    public var linear2: Linear
    public var norm1: LayerNorm
    public var norm2: LayerNorm
    /// What follows attention and either layer.
    public var dropout: Dropout

    init(
      _ features: Int, heads: Int, dropout: Double,
      using generator: inout some FloatRandomNumberGenerator
    ) {
      attention = MultiHeadAttention(features, heads: heads, dropout: dropout, using: &generator)
      let wide = product(4, features, "features")
      linear1 = Linear(features, wide, using: &generator)
      linear2 = Linear(wide, features, using: &generator)
      norm1 = LayerNorm(features)
      norm2 = LayerNorm(features)
      self.dropout = Dropout(dropout)
    }

    /// Maps [batch, patches, features] to the same shape.
    mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
      let attended = attention.forward(norm1(x), in: &context)
      let h = x + dropout.forward(attended, in: &context)
      let inner = dropout.forward(gelu(linear1(norm2(h))), in: &context)
      return h + dropout.forward(linear2(inner), in: &context)
    }

    public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("self_attn", &attention)
      visit("linear1", &linear1)
      visit("linear2", &linear2)
      visit("norm1", &norm1)
      visit("norm2", &norm2)
    }
  }

  /// Whether a network knows where a patch stands.
  public enum Positions: Hashable, Sendable {
    /// A learned vector is added to each patch.
    case learned
    /// All places are alike.
    case none
  }

  /// Creates a network with PyTorch's default initialisation, positions normal with a deviation of 0.02.
  ///
  /// - Precondition: the signal falls into whole patches.
  public init(
    inputs: Int = 40, patch: Int = 4, features: Int = 32, heads: Int = 4, blocks: Int = 2,
    classes: Int = 10, positions: Positions = .learned, dropout: Double = 0,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      patch > 0 && inputs >= patch && inputs % patch == 0,
      "signals of \(inputs) points do not fall into patches of \(patch)")
    embedding = Linear(patch, features, using: &generator)
    self.positions =
      positions == .none
      ? nil
      : Initializer.normal(standardDeviation: 0.02)([inputs / patch, features], using: &generator)
    self.blocks = (0..<blocks).map { _ in
      Block(features, heads: heads, dropout: dropout, using: &generator)
    }
    norm = LayerNorm(features)
    linear = Linear(features, classes, using: &generator)
    self.patch = patch
  }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    var h = embedding(x.reshaped(to: [x.shape[0], x.shape[1] / patch, patch]))
    if let positions { h = h + positions }
    for position in blocks.indices { h = blocks[position].forward(h, in: &context) }
    return linear(norm(h).mean(along: 1))
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("embedding", &embedding)
    visit("positions", &positions)
    visit("blocks", &blocks)
    visit("norm", &norm)
    visit("linear", &linear)
  }
}
