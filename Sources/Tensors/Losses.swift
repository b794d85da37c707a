import CKernels

// Loss functions. All are means, as in PyTorch's default reduction.

/// The logarithm of the softmax of each row of the last axis.
///
/// - Parameter scores: [batch, classes], or with more axes in front.
/// - Returns: a tensor of that shape, scores − max − ln Σ exp(scores − max) by row.
public func logSoftmax(_ scores: Tensor) -> Tensor {
  let classes = rowLength(of: scores)
  return Tensor.operation(
    scores,
    value: Tensor(scores.shape) {
      if scores.count == 0 { return }
      ck_log_softmax(
        ActivationLayout.batchFirst.code, scores.count / classes, classes, scores.pointer, $0)
    }
  ) { _, y in
    { upstream, gradients in gradients.add(upstream - exp(y) * upstream.sum(along: -1, .kept)) }
  }
}

/// The softmax of each row of the last axis.
///
/// - Parameter scores: [batch, classes], or with more axes in front.
/// - Returns: a tensor of that shape, exp(scores) / Σ exp(scores) by row.
public func softmax(_ scores: Tensor) -> Tensor {
  let classes = rowLength(of: scores)
  return Tensor.operation(
    scores,
    value: Tensor(scores.shape) { result in
      if scores.count == 0 { return }
      // The kernel takes sixteen rows at a time, which cost about as much as their exponentials.
      split((scores.count / classes + 15) / 16, grain: 1 + 4096 / classes) { start, count in
        let rows = Swift.min(16 * count, scores.count / classes - 16 * start)
        let offset = 16 * start * classes
        ck_softmax(rows, classes, scores.pointer + offset, result + offset)
      }
    }
  ) { _, y in
    { upstream, gradients in
      guard upstream.isRecorded || y.isRecorded else {
        gradients.add(softmaxGradient(upstream, y, classes))
        return
      }
      let weighted = upstream * y
      gradients.add(weighted - y * weighted.sum(along: -1, .kept))
    }
  }
}

private func softmaxGradient(_ upstream: Tensor, _ y: Tensor, _ classes: Int) -> Tensor {
  Tensor(y.shape) { result in
    if y.count == 0 { return }
    split(y.count / classes, grain: 1 + 65_536 / classes) { start, count in
      let offset = start * classes
      ck_softmax_gradient(
        count, classes, y.pointer + offset, upstream.pointer + offset, result + offset)
    }
  }
}

private func rowLength(of scores: Tensor) -> Int {
  precondition(scores.rank > 0, "a softmax is of rows, found shape \(scores.shape)")
  return scores.shape[scores.rank - 1]
}

/// The mean over the batch of −ln softmax(scores)[label], PyTorch's `cross_entropy`.
///
/// One kernel computes the loss and, where it is recorded, the gradient with it.
///
/// - Parameters:
///   - scores: [batch, classes], or [classes, batch] if the layout is batch last.
///   - labels: one class per example.
///   - layout: where the batch lies; both give the same bits.
/// - Returns: a scalar, in nats.
public func softmaxCrossEntropy(
  _ scores: Tensor, labels: [Int32], layout: ActivationLayout = .batchFirst
) -> Tensor {
  precondition(
    scores.rank == 2 && scores.shape[layout == .batchFirst ? 0 : 1] == labels.count,
    "scores of shape \(scores.shape) came with \(labels.count) labels")
  let classes = scores.shape[layout == .batchFirst ? 1 : 0]
  requireClasses(labels, classes)
  let gradient = scores.isRecorded ? Tensor(uninitialized: scores.shape) : nil
  return Tensor.operation(
    scores,
    value: Tensor([]) {
      ck_softmax_cross_entropy(
        layout.code, labels.count, classes, scores.pointer, labels, $0, gradient?.pointer)
    }
  ) { x, _ in
    guard let gradient else { preconditionFailure("a loss that is not recorded has no rule") }
    return { upstream, gradients in
      let gradient = crossEntropyGradient(x, gradient, labels: labels, layout: layout)
      // Mostly the loss itself is what is differentiated, and its own upstream derivative is 1.
      let isWhole = !upstream.isRecorded && upstream.scalar == 1
      gradients.add(isWhole ? gradient : gradient * upstream)
    }
  }
}

/// The gradient of the mean cross-entropy with respect to the scores, which the loss's kernel has computed.
///
/// Its own derivative needs no more than that: with w = softmax / batch = gradient + onehot / batch, a vector u is
/// mapped to w u − batch · w Σ w u, example by example.
private func crossEntropyGradient(
  _ scores: Tensor, _ gradient: Tensor, labels: [Int32], layout: ActivationLayout
) -> Tensor {
  Tensor.operation(scores, value: gradient) { _, gradient in
    { upstream, gradients in
      let classes = layout == .batchFirst ? 1 : 0
      let count = labels.count
      let chosen = oneHot(labels, classes: gradient.shape[classes]) / Float(count)
      let weights = gradient + (layout == .batchFirst ? chosen : chosen.transposed())
      let weighted = weights * upstream
      gradients.add(weighted - weights * (weighted.sum(along: classes, .kept) * Float(count)))
    }
  }
}

private func requireClasses(_ labels: [Int32], _ classes: Int) {
  // The largest one as an unsigned number, which negative ones exceed: a loop that runs in vector registers.
  let largest = labels.reduce(UInt32(0)) { Swift.max($0, UInt32(bitPattern: $1)) }
  precondition(
    labels.isEmpty || Int(largest) < classes,
    "label \(Int32(bitPattern: largest)) is none of \(classes) classes")
}

/// The mean of (prediction − target)² over all elements, PyTorch's `mse_loss`.
public func meanSquaredError(_ prediction: Tensor, _ target: Tensor) -> Tensor {
  precondition(
    prediction.shape == target.shape,
    "a prediction of shape \(prediction.shape) was compared with a target of shape \(target.shape)")
  return square(prediction - target).mean()
}

/// The contrastive loss of SimCLR, the normalised temperature-scaled cross-entropy NT-Xent.
///
/// Every row is asked which of the others is the second view of its example: the logits are the cosines with all other
/// rows, divided by the temperature, and the loss is the mean cross-entropy. A row shorter than 1e-12 counts as that
/// long.
///
/// Source: T. Chen, S. Kornblith, M. Norouzi and G. Hinton, "A simple framework for contrastive learning of visual
/// representations" (2020), equation 1.
///
/// - Parameters:
///   - projections: [2 · examples, dimensions]; rows i and i + examples are the two views of example i.
///   - temperature: what cosines are divided by; positive.
/// - Returns: a scalar, in nats.
public func ntXent(_ projections: Tensor, temperature: Float) -> Tensor {
  precondition(
    projections.rank == 2 && projections.shape[0] > 0 && projections.shape[0] % 2 == 0,
    "a contrastive loss takes two rows for each example, found shape \(projections.shape)")
  requireTemperature(temperature)
  let count = projections.shape[0]
  let directions = directions(of: projections)
  let cosines = directions.matmul(directions, transposing: .right)
  // No row can be taken for its own partner.
  let own = oneHot((0..<count).map(Int32.init), classes: count) * 1e9
  let partners = (0..<count).map { Int32(($0 + count / 2) % count) }
  return softmaxCrossEntropy(cosines / temperature - own, labels: partners)
}

/// The contrastive loss InfoNCE: each query is asked which of the keys is its own.
///
/// The logits are the cosines of a query with all keys, divided by the temperature, and the loss is the mean
/// cross-entropy. Unlike in ``ntXent(_:temperature:)``, queries are not told from one another, and keys ask nothing. A
/// row shorter than 1e-12 counts as that long.
///
/// Source: A. van den Oord, Y. Li and O. Vinyals, "Representation learning with contrastive predictive coding" (2018),
/// equation 4.
///
/// - Parameters:
///   - queries: [examples, dimensions].
///   - keys: the same shape; row i belongs to query i.
///   - temperature: what cosines are divided by; positive.
/// - Returns: a scalar, in nats.
public func infoNCE(_ queries: Tensor, _ keys: Tensor, temperature: Float) -> Tensor {
  precondition(
    queries.rank == 2 && queries.shape[0] > 0 && keys.shape == queries.shape,
    "a contrastive loss takes one key for each query, found shapes \(queries.shape) and \(keys.shape)"
  )
  requireTemperature(temperature)
  let cosines = directions(of: queries).matmul(directions(of: keys), transposing: .right)
  return softmaxCrossEntropy(
    cosines / temperature, labels: (0..<queries.shape[0]).map(Int32.init))
}

/// Each row divided by its length.
private func directions(of rows: Tensor) -> Tensor {
  rows / sqrt(square(rows).sum(along: 1, .kept) + 1e-24)
}

private func requireTemperature(_ temperature: Float) {
  precondition(
    temperature > 0 && temperature.isFinite,
    "a temperature is positive and finite, found \(temperature)")
}

/// Rows with a 1 at each label and 0 elsewhere: [count, classes].
public func oneHot(_ labels: [Int32], classes: Int) -> Tensor {
  requireClasses(labels, classes)
  var result = Tensor.zeros([labels.count, classes])
  result.withUnsafeMutableElements { elements in
    for (row, label) in labels.enumerated() {
      elements[row * classes + Int(label)] = 1
    }
  }
  return result
}
