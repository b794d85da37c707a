import ReferenceRandom
import Tensors

/// Where the batches of a training come from, one for each step.
///
///     struct Signals: BatchSource {
///       let data: Tensor
///       var generator: TorchGenerator
///       let stepsPerEpoch = 40
///       mutating func next() -> Tensor {
///         data.gathered(generator.randomIntegers(count: 100, in: 0..<data.shape[0]).map { Int($0) })
///       }
///     }
///
/// A source is a value: a copy yields the same batches, so that a training can be resumed from its first state.
public protocol BatchSource: Sendable {
  /// What a step sees.
  associatedtype Batch

  /// How many steps make an epoch, 1 or more.
  var stepsPerEpoch: Int { get }

  /// The batch of the next step.
  mutating func next() -> Batch

  /// Passes over the batches of `count` steps, by drawing them unless the source knows a shorter way.
  mutating func skip(_ count: Int)

  /// Says what is wrong with the source's settings; by default nothing.
  func validate() throws(TrainingError)

  /// The settings and data that the batches depend on, by which a checkpoint tells one source from another.
  ///
  /// Empty by default: then only what the network makes of the first batch tells them apart.
  var origin: [TrainingOrigin.Part] { get }
}

extension BatchSource {
  public mutating func skip(_ count: Int) {
    for _ in 0..<count { _ = next() }
  }

  public func validate() throws(TrainingError) {}

  public var origin: [TrainingOrigin.Part] { [] }
}

/// Examples that can be taken in batches.
public protocol TrainingData: Sendable {
  /// How many there are.
  var count: Int { get }

  /// Some of them, in their order.
  subscript(range: Range<Int>) -> Self { get }

  /// Those that `rows` names, in that order.
  func gathered(_ rows: [Int]) -> Self

  /// How many there are and a digest of what they hold, by which a checkpoint tells them from others.
  var identity: String { get }
}

/// Batches of a set of examples, in order or shuffled.
///
///     let ordered = Batches.inOrder(examples, size: 100)
///     let shuffled = Batches.shuffled(examples, size: 100, using: TorchGenerator(seed: 42))
public struct Batches<Data: TrainingData>: BatchSource {
  /// The examples.
  public let data: Data
  /// How many examples a batch holds; the last one of an epoch may hold fewer.
  public let size: Int
  /// What the order of the next epoch comes from; nil for batches in order.
  private var generator: TorchGenerator?
  /// The order of this epoch; empty for batches in order.
  private var order: [Int] = []
  /// The place of the next batch's first example.
  private var start = 0

  /// Batches in the order of the examples, from `size` places behind the last batch's start, counted round.
  public static func inOrder(_ data: Data, size: Int) -> Batches {
    Batches(data: data, size: size, generator: nil)
  }

  /// Batches of examples that are shuffled anew for every epoch, as PyTorch's `DataLoader(…, shuffle=True)` does it.
  ///
  /// Handed a generator that has made the initial weights, a training sees the batches that the same program sees in
  /// PyTorch after `torch.manual_seed`.
  public static func shuffled(
    _ data: Data, size: Int, using generator: TorchGenerator
  ) -> Batches {
    Batches(data: data, size: size, generator: generator)
  }

  private init(data: Data, size: Int, generator: TorchGenerator?) {
    self.data = data
    self.size = size
    self.generator = generator
  }

  public var stepsPerEpoch: Int { (data.count - 1) / size + 1 }

  public mutating func next() -> Data {
    let end = Swift.min(start + size, data.count)
    guard generator != nil else {
      let batch = data[start..<end]
      start = (start + size) % data.count
      return batch
    }
    if start == 0 { shuffle() }
    let batch = data.gathered(Array(order[start..<end]))
    start = end < data.count ? end : 0
    return batch
  }

  public mutating func skip(_ count: Int) {
    guard generator != nil else {
      start = Int((Int64(start) + Int64(count) * Int64(size)) % Int64(data.count))
      return
    }
    let steps = start / size + count
    // The orders of the epochs that begin on the way; that of one which is under way is there.
    for epoch in 0..<(steps + stepsPerEpoch - 1) / stepsPerEpoch where epoch > 0 || start == 0 {
      shuffle()
    }
    start = steps % stepsPerEpoch * size
  }

  private mutating func shuffle() {
    guard var generator else { return }
    order = generator.shuffledEpoch(count: data.count)
    self.generator = generator
  }

  public func validate() throws(TrainingError) {
    try requireCount("batch-size", size)
    try requireCount("the number of training examples", data.count)
  }

  public var origin: [TrainingOrigin.Part] {
    var fingerprint = Fingerprint()
    if var generator {
      for row in generator.shuffledEpoch(count: data.count) {
        fingerprint.add(UInt32(truncatingIfNeeded: row))
      }
    }
    return [
      .init("batch-size", "\(size)"), .init("training examples", data.identity),
      .init(
        "order of the examples", generator == nil ? "in order" : fingerprint.digits,
        standard: "in order"),
    ]
  }
}
