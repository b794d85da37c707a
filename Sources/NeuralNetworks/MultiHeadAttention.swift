import ReferenceRandom
import Tensors

/// Attention with several heads, PyTorch's `nn.MultiheadAttention(…, batch_first=True)`.
///
///     head(q, k, v) = softmax(q kᵀ / √(features / heads)) v
///
/// of linear maps of queries, keys and values; the heads side by side are mapped once more. As a layer it attends to its
/// own input. Applied to anything but a sequence it knows no order: whoever needs positions adds them to the input.
///
/// Source: A. Vaswani et al., "Attention is all you need" (2017).
public struct MultiHeadAttention: ContextualLayer {
  /// The maps of queries, keys and values, `in_proj_weight`; [3 · features, features].
  public var inputWeight: Tensor
  /// `in_proj_bias`, [3 · features].
  public var inputBias: Tensor
  /// `out_proj`, features → features.
  public var output: Linear
  /// Into how many parts the features fall.
  public let heads: Int
  /// The probability of a weight between two positions to be 0 in training.
  public var dropout: Dropout

  /// Creates a layer with PyTorch's default initialisation: Xavier's for the weights of the input, zeros for all biases.
  public init(
    _ features: Int, heads: Int, dropout: Double = 0,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      heads > 0 && features > 0 && features % heads == 0,
      "\(features) features do not fall into \(heads) equal heads")
    let rows = product(3, features, "features")
    output = Linear(features, features, using: &generator)
    output.bias = .zeros([features])
    inputWeight = Initializer.xavierUniform()([rows, features], using: &generator)
    inputBias = .zeros([rows])
    self.heads = heads
    self.dropout = Dropout(dropout)
  }

  /// Maps [batch, positions, features] to the same shape.
  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    attend(from: x, to: x, reading: x, in: &context)
  }

  /// What the queries find among the values, by the keys.
  ///
  /// - Parameters:
  ///   - queries: [batch, positions, features].
  ///   - keys: [batch, others, features].
  ///   - values: [batch, others, features].
  ///   - mask: what is added to the logits, such as −∞ or a large negative number where nothing is to be seen; of a shape
  ///     that broadcasts to [batch · heads, positions, others].
  ///   - context: what the layer is applied for.
  /// - Returns: [batch, positions, features].
  public mutating func attend(
    from queries: Tensor, to keys: Tensor, reading values: Tensor, mask: Tensor? = nil,
    in context: inout ForwardContext
  ) -> Tensor {
    let features = inputWeight.shape[1]
    for x in [queries, keys, values] {
      precondition(
        x.rank == 3 && x.shape[2] == features && x.shape[0] == queries.shape[0],
        "attention takes [batch, positions, \(features)], found shape \(x.shape)")
    }
    let (q, k, v) = (map(queries, 0), map(keys, 1), map(values, 2))
    guard context.mode == .training && dropout.probability > 0 else {
      return output(scaledDotProductAttention(q, k, v, heads: heads, mask: mask))
    }
    let found = scaledDotProductAttention(q, k, v, heads: heads, mask: mask) { weights in
      dropout.forward(weights, in: &context)
    }
    return output(found)
  }

  /// One of the three maps of the input.
  private func map(_ x: Tensor, _ part: Int) -> Tensor {
    let rows = part * x.shape[2]..<(part + 1) * x.shape[2]
    return affine(x, weight: inputWeight.sliced(rows), bias: inputBias.sliced(rows))
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("in_proj_weight", &inputWeight)
    visit("in_proj_bias", &inputBias)
    visit("out_proj", &output)
  }
}
