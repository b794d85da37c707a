import MNIST1D
import Tensors

/// Signals with their classes, as a network trains on them.
public struct Examples: Sendable {
  /// [count, length].
  public var inputs: Tensor
  /// The class of each signal.
  public var labels: [Int32]

  /// Creates examples from signals and as many classes.
  public init(inputs: Tensor, labels: [Int32]) {
    precondition(
      inputs.rank == 2 && inputs.shape[0] == labels.count,
      "inputs of shape \(inputs.shape) came with \(labels.count) labels")
    self.inputs = inputs
    self.labels = labels
  }

  /// Creates examples from a dataset's signals, rounded to single precision, and their classes.
  public init(_ signals: Signals, _ labels: [Int]) {
    self.init(
      inputs: Tensor(signals.floats, shape: [signals.count, signals.length]),
      labels: labels.map { label in
        guard let number = Int32(exactly: label) else {
          preconditionFailure("a class is a number of 32 bits, found \(label)")
        }
        return number
      })
  }

  /// The number of examples.
  public var count: Int { labels.count }

  /// Some of the examples, in their order.
  public subscript(range: Range<Int>) -> Examples {
    requireAgreement()
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count,
      "\(range) is out of range for \(count) examples")
    // All of them need no copy.
    guard range.count < count else { return self }
    return Examples(inputs: inputs.sliced(range), labels: Array(labels[range]))
  }

  /// The examples that `rows` names, in that order.
  public func gathered(_ rows: [Int]) -> Examples {
    requireAgreement()
    return Examples(inputs: inputs.gathered(rows), labels: rows.map { labels[$0] })
  }

  /// Both parts can be replaced, one after the other.
  private func requireAgreement() {
    precondition(
      inputs.rank == 2 && inputs.shape[0] == labels.count,
      "inputs of shape \(inputs.shape) came with \(labels.count) labels")
  }

  /// The examples in two parts, of which the second holds the last `count`.
  public func holdingOut(_ count: Int) -> (rest: Examples, heldOut: Examples) {
    precondition(
      count >= 0 && count < self.count, "cannot hold \(count) of \(self.count) examples out")
    return (self[0..<self.count - count], self[self.count - count..<self.count])
  }
}
