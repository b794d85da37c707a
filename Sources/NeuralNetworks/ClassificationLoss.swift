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
  /// - Returns: a scalar.
  public func callAsFunction(_ scores: Tensor, labels: [Int32]) -> Tensor {
    switch self {
    case .negativeLogLikelihood: Tensors.softmaxCrossEntropy(scores, labels: labels)
    case .meanSquaredError:
      Tensors.meanSquaredError(scores, oneHot(labels, classes: scores.shape[1]))
    }
  }
}
