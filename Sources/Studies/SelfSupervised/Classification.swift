import NeuralNetworks
import ReferenceRandom
import Tensors

/// A linear classifier on frozen features: softmax regression on standardised features with an L2 penalty, what
/// scikit-learn's `StandardScaler` and `LogisticRegression` do by default.
package struct LinearProbe {
  private let mean: Tensor
  private let deviation: Tensor
  private let linear: Linear

  /// Fits a probe by full-batch steps of Adam from zero weights; the objective is convex.
  ///
  /// - Parameters:
  ///   - features: [count, dimensions].
  ///   - labels: one class for each row.
  ///   - classes: how many classes there are.
  ///   - steps: how many steps are taken, with a step size that falls from 0.05 to 0.
  /// - Throws: `TrainingError` if there are no examples, or features are not finite.
  package init(
    on features: Tensor, labels: [Int32], classes: Int = 10, steps: Int = 500
  ) throws(TrainingError) {
    let mean = features.mean(along: 0, .kept)
    let deviation = sqrt(square(features - mean).mean(along: 0, .kept))
    // A feature that is always the same is left as it is.
    self.deviation = deviation + equal(deviation, Tensor(0))
    self.mean = mean
    let standardized = Examples(inputs: (features - mean) / self.deviation, labels: labels)
    let zeros = Linear(weight: .zeros([classes, features.shape[1]]), bias: .zeros([classes]))
    var training = try Training(
      of: zeros,
      by: Adam(for: zeros, learningRate: 0.05, weightDecay: 1 / Double(labels.count)),
      on: Batches.inOrder(standardized, size: labels.count), for: .steps(steps),
      schedule: .linearDecay(steps: steps)
    ) { linear, batch in softmaxCrossEntropy(linear(batch.inputs), labels: batch.labels) }
    while !training.isFinished { try training.step() }
    linear = training.model
  }

  /// The class of each row.
  package func predictions(for features: Tensor) -> [Int] {
    linear((features - mean) / deviation).argmax()
  }
}

/// Classification by the k nearest neighbours' majority, the lowest class among equals: scikit-learn's
/// `KNeighborsClassifier`.
package struct NearestNeighbors {
  private let features: Tensor
  private let labels: [Int32]
  private let count: Int

  /// Keeps the features, [count, dimensions], and their classes.
  package init(_ count: Int, among features: Tensor, labels: [Int32]) {
    precondition(
      count >= 1 && count <= labels.count,
      "\(count) neighbours cannot be found among \(labels.count) points")
    self.count = count
    self.features = features
    self.labels = labels
  }

  /// The class of each row.
  package func predictions(for features: Tensor) -> [Int] {
    stride(from: 0, to: features.shape[0], by: 100).flatMap { start in
      let rows = features.sliced(start..<min(start + 100, features.shape[0]))
      let squares = squaredDistances(from: rows, to: self.features)
      return squares.withUnsafeElements { squares in
        (0..<rows.shape[0]).map { row in
          majority(squares[row * labels.count..<(row + 1) * labels.count])
        }
      }
    }
  }

  private func majority(_ squares: Slice<UnsafeBufferPointer<Float>>) -> Int {
    // The nearest so far, in ascending order.
    var nearest: [(square: Float, label: Int)] = []
    for (index, square) in squares.enumerated() {
      guard nearest.count < count || square < nearest[nearest.count - 1].square else { continue }
      let place = nearest.firstIndex { square < $0.square } ?? nearest.count
      nearest.insert((square, Int(labels[index])), at: place)
      if nearest.count > count { nearest.removeLast() }
    }
    let votes = nearest.reduce(into: [Int: Int]()) { $0[$1.label, default: 0] += 1 }
    return votes.min { ($1.value, $0.key) < ($0.value, $1.key) }!.key
  }
}
