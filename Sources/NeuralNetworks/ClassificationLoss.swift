import Tensors

/// What a classifier's training makes small.
public enum ClassificationLoss: String, CaseIterable, Hashable, Sendable {
  /// The mean negative log-likelihood of the labels under the softmax of the scores, PyTorch's `cross_entropy`.
  case negativeLogLikelihood = "nll"
  /// The mean over examples and classes of (score − target)², the target 1 for the label and 0 for the other classes;
  /// PyTorch's `mse_loss` on one-hot targets.
  case meanSquaredError = "mse"

  /// The loss of a batch.
  ///
  /// - Parameters:
  ///   - scores: [batch, classes].
  ///   - labels: one class per example.
  ///   - smoothing: how much of the target's weight all classes share, PyTorch's `label_smoothing`; 0 for squares.
  /// - Returns: a scalar.
  public func callAsFunction(_ scores: Tensor, labels: [Int32], smoothing: Double = 0) -> Tensor {
    precondition(
      smoothing == 0 || self == .negativeLogLikelihood,
      "targets are smoothed for the likelihood alone, found \(smoothing) for \(rawValue)")
    switch self {
    case .negativeLogLikelihood where smoothing > 0:
      let share = Float(smoothing)
      return Tensors.softmaxCrossEntropy(scores, labels: labels) * (1 - share)
        - logSoftmax(scores).mean() * share
    case .negativeLogLikelihood: return Tensors.softmaxCrossEntropy(scores, labels: labels)
    case .meanSquaredError:
      return Tensors.meanSquaredError(scores, oneHot(labels, classes: scores.shape[1]))
    }
  }
}
