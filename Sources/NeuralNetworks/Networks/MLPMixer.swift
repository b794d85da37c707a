import ReferenceRandom
import Tensors

/// An MLP-Mixer: fully-connected layers that mix the patches of a signal, and others that mix the features of each.
///
/// Source: I. Tolstikhin et al., "MLP-Mixer: an all-MLP architecture for vision" (2021).
public struct MLPMixer: ContextualLayer, Classifier {
  /// The points of a patch → features.
  public var embedding: Linear
  /// The blocks.
  public var blocks: [Block]
  /// Before the patches are averaged.
  public var norm: LayerNorm
  /// features → classes.
  public var linear: Linear
  /// How many points a patch has.
  public let patch: Int

  /// A mixing of patches, then one of features, each beside a connection that skips it.
  public struct Block: Parameterized, Sendable {
    public var norm1: LayerNorm
    /// patches → hidden → patches, with GELU between.
    public var patches: [Linear]
    public var norm2: LayerNorm
    /// features → hidden → features, with GELU between.
    public var features: [Linear]
    /// What follows either mixing.
    public var dropout: Dropout

    init(
      patches: Int, features: Int, hidden: Int, dropout: Double,
      using generator: inout some FloatRandomNumberGenerator
    ) {
      norm1 = LayerNorm(features)
      self.patches = [
        Linear(patches, hidden, using: &generator), Linear(hidden, patches, using: &generator),
      ]
      norm2 = LayerNorm(features)
      self.features = [
        Linear(features, hidden, using: &generator), Linear(hidden, features, using: &generator),
      ]
      self.dropout = Dropout(dropout)
    }

    /// Maps [batch, patches, features] to the same shape.
    mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
      let across = norm1(x).permuted(0, 2, 1)
      let mixed = patches[1](gelu(patches[0](across))).permuted(0, 2, 1)
      let h = x + dropout.forward(mixed, in: &context)
      return h + dropout.forward(features[1](gelu(features[0](norm2(h)))), in: &context)
    }

    public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("norm1", &norm1)
      visit("patches", &patches)
      visit("norm2", &norm2)
      visit("features", &features)
    }
  }

  /// Creates a network with PyTorch's default initialisation.
  ///
  /// - Precondition: the signal falls into whole patches.
  public init(
    inputs: Int = 40, patch: Int = 4, features: Int = 32, hidden: Int = 64, blocks: Int = 3,
    classes: Int = 10, dropout: Double = 0, using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      patch > 0 && inputs >= patch && inputs % patch == 0,
      "signals of \(inputs) points do not fall into patches of \(patch)")
    embedding = Linear(patch, features, using: &generator)
    self.blocks = (0..<blocks).map { _ in
      Block(
        patches: inputs / patch, features: features, hidden: hidden, dropout: dropout,
        using: &generator)
    }
    norm = LayerNorm(features)
    linear = Linear(features, classes, using: &generator)
    self.patch = patch
  }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    var h = embedding(x.reshaped(to: [x.shape[0], x.shape[1] / patch, patch]))
    for position in blocks.indices { h = blocks[position].forward(h, in: &context) }
    return linear(norm(h).mean(along: 1))
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("embedding", &embedding)
    visit("blocks", &blocks)
    visit("norm", &norm)
    visit("linear", &linear)
  }
}
