import NeuralNetworks
import ReferenceRandom
import Tensors

/// A linear classifier on frozen features: softmax regression on standardised features with an L2 penalty of the weights,
/// not of the biases; what scikit-learn's `StandardScaler` and `LogisticRegression` do by default.
package struct LinearProbe {
  private let mean: Tensor
  private let deviation: Tensor
  private let linear: Linear

  /// Fits a probe, from zero weights to where the objective, which is convex, has its minimum.
  ///
  /// - Parameters:
  ///   - features: [count, dimensions].
  ///   - labels: one class for each row.
  ///   - classes: how many classes there are.
  /// - Throws: `TrainingError` if features are not finite.
  package init(
    on features: Tensor, labels: [Int32], classes: Int = 10
  ) throws(TrainingError) {
    let mean = features.mean(along: 0, .kept)
    let deviation = sqrt(square(features - mean).mean(along: 0, .kept))
    // A feature that is always the same is left as it is.
    self.deviation = deviation + equal(deviation, Tensor(0))
    self.mean = mean
    let inputs = (features - mean) / self.deviation
    let weights = classes * inputs.shape[1]
    func probe(_ parameters: Tensor) -> Linear {
      Linear(
        weight: parameters.sliced(0..<weights).reshaped(to: [classes, inputs.shape[1]]),
        bias: parameters.sliced(weights..<weights + classes))
    }
    func objective(_ parameters: Tensor) -> Tensor {
      let linear = probe(parameters)
      return softmaxCrossEntropy(linear(inputs), labels: labels)
        + square(linear.weight).sum() / Float(2 * labels.count)
    }
    let zeros = Tensor.zeros([weights + classes])
    let start = objective(zeros).scalar
    guard start.isFinite else { throw .diverged(step: 0, loss: start) }
    linear = probe(LimitedMemoryBFGS().minimum(of: objective, from: zeros))
  }

  /// The class of each row.
  package func predictions(for features: Tensor) -> [Int] { scores(for: features).argmax() }

  /// The logarithm of each class's share, up to a number that all of a row have in common: [count, classes].
  package func scores(for features: Tensor) -> Tensor { linear((features - mean) / deviation) }
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

extension Examples {
  /// The share of predictions that are right, in percent.
  func accuracy(of predictions: [Int]) -> Double {
    100 * Double(zip(predictions, labels).count { $0 == Int($1) }) / Double(count)
  }
}
