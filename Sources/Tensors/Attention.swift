import CKernels

/// Attention with several heads, PyTorch's `scaled_dot_product_attention` of each.
///
///     head(q, k, v) = softmax(q kᵀ / √(features / heads) + mask) v
///
/// Head h sees the h-th of equal parts of the features, and yields that of the output. Without a mask one pass
/// takes each example's head by itself, while it is in the cache; it has the bits of the composition, which is what is
/// differentiated where a derivative is itself recorded.
///
/// - Parameters:
///   - queries: [batch, positions, features].
///   - keys: [batch, others, features].
///   - values: [batch, others, features].
///   - heads: into how many parts the features fall.
///   - mask: what is added to the logits, such as −∞ where nothing is to be seen; of a shape that broadcasts to
///     [batch · heads, positions, others].
/// - Returns: [batch, positions, features].
public func scaledDotProductAttention(
  _ queries: Tensor, _ keys: Tensor, _ values: Tensor, heads: Int, mask: Tensor? = nil
) -> Tensor {
  let attention = Attention(queries, keys, values, heads: heads)
  let scaled = queries * attention.scale
  guard mask == nil && attention.isShort else {
    return attention.composition(scaled, keys, values, mask)
  }
  return attention.fused(scaled, keys, values)
}

/// Attention with several heads whose weights are changed before they weigh the values, as dropout does it.
///
/// - Parameters:
///   - queries: [batch, positions, features].
///   - keys: [batch, others, features].
///   - values: [batch, others, features].
///   - heads: into how many parts the features fall.
///   - mask: what is added to the logits.
///   - change: maps the weights, [batch · heads, positions, others], to those that are used.
/// - Returns: [batch, positions, features].
public func scaledDotProductAttention(
  _ queries: Tensor, _ keys: Tensor, _ values: Tensor, heads: Int, mask: Tensor? = nil,
  changingWeights change: (_ weights: Tensor) -> Tensor
) -> Tensor {
  let attention = Attention(queries, keys, values, heads: heads)
  return attention.composition(queries * attention.scale, keys, values, mask, change)
}

/// The extents of an attention.
private struct Attention {
  private let batch: Int
  private let positions: Int
  private let others: Int
  private let features: Int
  private let heads: Int

  init(_ queries: Tensor, _ keys: Tensor, _ values: Tensor, heads: Int) {
    precondition(
      queries.rank == 3 && keys.rank == 3 && keys.shape == values.shape
        && queries.shape[0] == keys.shape[0] && queries.shape[2] == keys.shape[2],
      "queries of shape \(queries.shape) cannot attend to keys of shape \(keys.shape) and values of shape \(values.shape)"
    )
    precondition(
      heads > 0 && queries.shape[2] > 0 && queries.shape[2] % heads == 0,
      "\(queries.shape[2]) features do not fall into \(heads) equal heads")
    (batch, positions, features) = (queries.shape[0], queries.shape[1], queries.shape[2])
    others = keys.shape[1]
    self.heads = heads
  }

  private var width: Int { features / heads }

  var scale: Float { 1 / Float(width).squareRoot() }

  /// Whether no product has more terms than one chain.
  var isShort: Bool {
    Swift.max(positions, others, width) <= PairwiseSum.longestChain
  }

  func composition(
    _ queries: Tensor, _ keys: Tensor, _ values: Tensor, _ mask: Tensor? = nil,
    _ change: (Tensor) -> Tensor = { $0 }
  ) -> Tensor {
    let logits = split(queries).matmul(split(keys), transposing: .right)
    let weights = softmax(mask.map { logits + $0 } ?? logits)
    let found = change(weights).matmul(split(values))
    return found.reshaped(to: [batch, heads, positions, width]).permuted(0, 2, 1, 3)
      .reshaped(to: [batch, positions, features])
  }

  /// The heads side by side: [batch · heads, …, features / heads].
  private func split(_ x: Tensor) -> Tensor {
    x.reshaped(to: [batch, x.shape[1], heads, width]).permuted(0, 2, 1, 3)
      .reshaped(to: [batch * heads, x.shape[1], width])
  }

  func fused(_ queries: Tensor, _ keys: Tensor, _ values: Tensor) -> Tensor {
    let weights = Tensor(uninitialized: [batch * heads, positions, others])
    return Tensor.operation(
      [queries, keys, values],
      value: Tensor([batch, positions, features]) { result in
        eachHead { head in
          let logits = weights.pointer + head.weights
          product(
            positions, others, width, queries.pointer + head.query, (features, 1),
            keys.pointer + head.key, (1, features), logits, others)
          if others > 0 { ck_softmax(positions, others, logits, logits) }
          product(
            positions, width, others, logits, (others, 1), values.pointer + head.key,
            (features, 1), result + head.query, features)
        }
        withExtendedLifetime(weights) {}
      }
    ) { inputs, _ in
      { upstream, gradients in
        if upstream.isRecorded || inputs.contains(where: { $0.isRecorded }) {
          gradients.addDerivatives(
            of: { [composition($0[0], $0[1], $0[2])] }, at: inputs, upstream: [upstream])
          return
        }
        let results = derivatives(upstream, inputs[0], inputs[1], inputs[2], weights)
        for (input, result) in results.enumerated() { gradients.add(result, to: input) }
      }
    }
  }

  /// The gradients with respect to queries, keys and values.
  private func derivatives(
    _ upstream: Tensor, _ queries: Tensor, _ keys: Tensor, _ values: Tensor, _ weights: Tensor
  ) -> [Tensor] {
    let results = [queries, keys, values].map { Tensor(uninitialized: $0.shape) }
    withExtendedLifetime((upstream, queries, keys, values, weights)) {
      eachHead { head in
        let slopes = Tensor(uninitialized: [positions, others])
        let (slope, weight) = (slopes.pointer, weights.pointer + head.weights)
        let dy = upstream.pointer + head.query
        product(
          positions, others, width, dy, (features, 1), values.pointer + head.key, (1, features),
          slope, others)
        if others > 0 { ck_softmax_gradient(positions, others, weight, slope, slope) }
        product(
          positions, width, others, slope, (others, 1), keys.pointer + head.key, (features, 1),
          results[0].pointer + head.query, features)
        product(
          others, width, positions, slope, (1, others), queries.pointer + head.query,
          (features, 1), results[1].pointer + head.key, features)
        product(
          others, width, positions, weight, (1, others), dy, (features, 1),
          results[2].pointer + head.key, features)
        withExtendedLifetime(slopes) {}
      }
    }
    return results
  }

  /// Where one example's head lies among queries, keys and weights.
  private struct Head {
    let query: Int
    let key: Int
    let weights: Int
  }

  private func eachHead(_ body: (Head) -> Void) {
    let terms = Swift.max(positions * others * width, 1)
    Tensors.split(batch * heads, grain: 1 + 1_000_000 / terms) { first, count in
      for place in first..<first + count {
        let (example, head) = (place / heads, place % heads)
        body(
          Head(
            query: example * positions * features + head * width,
            key: example * others * features + head * width,
            weights: place * positions * others))
      }
    }
  }

  /// c = a · b, with the steps from row to row and from column to column of both.
  private func product(
    _ rows: Int, _ columns: Int, _ inner: Int, _ a: UnsafePointer<Float>, _ aSteps: (Int, Int),
    _ b: UnsafePointer<Float>, _ bSteps: (Int, Int), _ c: UnsafeMutablePointer<Float>,
    _ rowOfC: Int
  ) {
    if rows == 0 || columns == 0 { return }
    ck_matmul(
      rows, columns, inner, a, aSteps.0, aSteps.1, b, bSteps.0, bSteps.1, c, rowOfC, nil, 0)
  }
}
