import ReferenceRandom
import Tensors

/// Random changes of the signals that a training sees, drawn anew whenever a signal comes up.
///
/// Each is off unless it is given. They are applied in the order in which they stand here.
public struct Augmentation: Hashable, Sendable {
  /// By how many points a signal is rotated at most, to either side.
  public var shift = 0
  /// The probability with which a signal runs backwards.
  public var flip = 0.0
  /// How far the factor of a signal's height is from 1 at most.
  public var scale = 0.0
  /// The standard deviation of the normal noise that is added to each point.
  public var noise = 0.0

  /// No change.
  public init() {}

  /// Whether there is nothing to draw.
  public var isNone: Bool { self == Augmentation() }

  /// Says what is wrong with the settings.
  func validate() throws(TrainingError) {
    try requireCount("augment-shift", shift, from: 0)
    guard (0...1).contains(flip) else {
      throw .setting("augment-flip", "\(flip)", "a probability, 0 to 1")
    }
    try requireMagnitude("augment-scale", scale)
    try requireMagnitude("augment-noise", noise)
  }

  /// The kinds and their numbers, by which a checkpoint tells augmentations apart.
  var description: String {
    "shift \(shift), flip \(flip), scale \(scale), noise \(noise)"
  }

  /// The signals of a batch, changed.
  ///
  /// What is off draws nothing. Otherwise each signal takes one number for its rotation, one for its direction and one
  /// for its height, in this order; the noise is then drawn for the whole batch.
  func applied(
    to batch: Examples, using generator: inout some FloatRandomNumberGenerator
  ) -> Examples {
    let (count, length) = (batch.inputs.shape[0], batch.inputs.shape[1])
    guard !isNone, length > 0 else { return batch }
    var signals = batch.inputs.elements
    for row in 0..<count {
      var signal = Array(signals[row * length..<(row + 1) * length])
      if shift > 0 {
        // Of 64 bits also where an Int has 32, so that as much is drawn.
        let by = Int(Int64.random(in: Int64(-shift)...Int64(shift), using: &generator)) % length
        signal = signal.indices.map { signal[($0 + length - by) % length] }
      }
      if flip > 0, Double.random(in: 0..<1, using: &generator) < flip { signal.reverse() }
      if scale > 0 {
        let factor = Float(1 + scale * Double.random(in: -1...1, using: &generator))
        for index in signal.indices { signal[index] *= factor }
      }
      signals.replaceSubrange(row * length..<(row + 1) * length, with: signal)
    }
    if noise > 0 {
      let noise = generator.normal(count: signals.count, standardDeviation: noise)
      for index in signals.indices { signals[index] += noise[index] }
    }
    return Examples(inputs: Tensor(signals, shape: batch.inputs.shape), labels: batch.labels)
  }
}

/// Batches of examples for a classifier.
public protocol ExampleSource: BatchSource where Batch == Examples {
  /// The examples that the batches are made of.
  var data: Examples { get }
}

extension Batches: ExampleSource where Data == Examples {}

// So that a training can be given `.shuffled(…)`.
extension ExampleSource where Self == Batches<Examples> {
  /// Batches in the order of the examples: ``Batches/inOrder(_:size:)``.
  public static func inOrder(_ data: Examples, size: Int) -> Self {
    Batches<Examples>.inOrder(data, size: size)
  }

  /// Batches of examples that are shuffled for every epoch: ``Batches/shuffled(_:size:using:)``.
  public static func shuffled(
    _ data: Examples, size: Int, using generator: TorchGenerator
  ) -> Self {
    Batches<Examples>.shuffled(data, size: size, using: generator)
  }
}

/// Batches whose signals are changed at random.
///
///     var augmentation = Augmentation()
///     augmentation.shift = 4
///     let batches = AugmentedBatches(
///       .shuffled(examples, size: 100, using: generator), by: augmentation, using: TorchGenerator(seed: 7))
public struct AugmentedBatches: ExampleSource {
  /// The batches as they are.
  public private(set) var batches: Batches<Examples>
  /// How their signals are changed.
  public let augmentation: Augmentation
  private var generator: TorchGenerator

  /// Changes batches by numbers that the generator draws.
  public init(
    _ batches: Batches<Examples>, by augmentation: Augmentation, using generator: TorchGenerator
  ) {
    self.batches = batches
    self.augmentation = augmentation
    self.generator = generator
  }

  public var data: Examples { batches.data }
  public var stepsPerEpoch: Int { batches.stepsPerEpoch }

  public mutating func next() -> Examples {
    augmentation.applied(to: batches.next(), using: &generator)
  }

  public mutating func skip(_ count: Int) {
    guard augmentation.isNone else {
      for _ in 0..<count { _ = next() }
      return
    }
    batches.skip(count)
  }

  public func validate() throws(TrainingError) {
    try batches.validate()
    try augmentation.validate()
  }

  public var origin: [TrainingOrigin.Part] {
    guard !augmentation.isNone else { return batches.origin }
    // The seed shows in the first number that is drawn.
    var generator = generator
    let drawn = "\(augmentation.description), first draw \(generator.next())"
    return batches.origin + [.init("augmentation", drawn, standard: "none")]
  }
}
