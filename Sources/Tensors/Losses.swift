// Loss functions. All are means, as in PyTorch's default reduction.

/// The logarithm of the softmax of each row.
///
/// - Parameter scores: [batch, classes].
/// - Returns: [batch, classes], scores − max − ln Σ exp(scores − max) by row.
public func logSoftmax(_ scores: Tensor) -> Tensor {
  // The largest score cancels: it keeps the exponentials finite and needs no derivative.
  let shifted = scores - scores.detached().max(along: -1, .kept)
  return shifted - log(exp(shifted).sum(along: -1, .kept))
}

/// The softmax of each row: [batch, classes] → [batch, classes].
public func softmax(_ scores: Tensor) -> Tensor { exp(logSoftmax(scores)) }

/// The mean over the batch of −ln softmax(scores)[label], PyTorch's `cross_entropy`.
///
/// - Parameters:
///   - scores: [batch, classes].
///   - labels: one class per row.
/// - Returns: a scalar, in nats.
public func softmaxCrossEntropy(_ scores: Tensor, labels: [Int32]) -> Tensor {
  precondition(
    scores.rank == 2 && scores.shape[0] == labels.count,
    "scores of shape \(scores.shape) came with \(labels.count) labels")
  return -(logSoftmax(scores) * oneHot(labels, classes: scores.shape[1])).sum()
    / Float(labels.count)
}

/// The mean of (prediction − target)² over all elements, PyTorch's `mse_loss`.
public func meanSquaredError(_ prediction: Tensor, _ target: Tensor) -> Tensor {
  precondition(
    prediction.shape == target.shape,
    "a prediction of shape \(prediction.shape) was compared with a target of shape \(target.shape)")
  return square(prediction - target).mean()
}

/// Rows with a 1 at each label and 0 elsewhere: [count, classes].
public func oneHot(_ labels: [Int32], classes: Int) -> Tensor {
  var result = Tensor.zeros([labels.count, classes])
  result.withUnsafeMutableElements { elements in
    for (row, label) in labels.enumerated() {
      precondition(
        (0..<classes).contains(Int(label)), "label \(label) is none of \(classes) classes")
      elements[row * classes + Int(label)] = 1
    }
  }
  return result
}
