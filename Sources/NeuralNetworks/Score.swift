import Tensors

/// How well a classifier does on a set of examples.
public struct Score: Hashable, Sendable {
  /// The mean loss: cross-entropy, in nats, unless another one was asked for.
  public var loss: Double
  /// The share of examples whose class has the highest score, in percent.
  public var accuracy: Double

  /// Creates a score from its parts.
  public init(loss: Double, accuracy: Double) {
    self.loss = loss
    self.accuracy = accuracy
  }
}

extension Classifier {
  /// The loss and accuracy on a set of examples.
  ///
  /// The examples pass through the network `batchSize` at a time, which bounds the memory; the loss is the mean
  /// over examples whatever the batch size.
  public func score(
    on examples: Examples, by objective: ClassificationLoss = .negativeLogLikelihood,
    batchSize: Int = 500
  ) -> Score {
    precondition(examples.count > 0, "there are no examples to score")
    precondition(
      batchSize > 0, "examples were to be scored \(batchSize) at a time; it takes 1 or more")
    let batchSize = Swift.min(batchSize, examples.count)
    var loss = 0.0
    var correct = 0
    for start in stride(from: 0, to: examples.count, by: batchSize) {
      let batch = examples[start..<Swift.min(start + batchSize, examples.count)]
      let scores = self(batch.inputs)
      loss += Double(objective(scores, labels: batch.labels).scalar) * Double(batch.count)
      correct += zip(scores.argmax(), batch.labels).count { $0 == Int($1) }
    }
    let count = Double(examples.count)
    return Score(loss: loss / count, accuracy: 100 * Double(correct) / count)
  }

  /// The class with the highest score for each signal.
  ///
  /// - Parameter inputs: [count, length].
  /// - Returns: one class per signal.
  public func predictions(for inputs: Tensor) -> [Int] { self(inputs).argmax() }
}
