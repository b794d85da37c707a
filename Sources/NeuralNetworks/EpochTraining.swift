import ReferenceRandom
import Tensors

/// A classifier on its way through a training by epochs: gradient descent with momentum on shuffled batches.
///
///     var generator = TorchGenerator(seed: 42)
///     let model = ConvolutionalNetwork(channels: 18, using: &generator)
///     var training = try EpochTraining(of: model, on: examples, shuffledBy: generator)
///     while !training.isFinished { try training.advance() }
///
/// Each epoch sees every example once, in the order of PyTorch's `DataLoader(…, shuffle=True)`. Handed a generator
/// that has made the initial weights, a training sees the batches that the same program sees in PyTorch after
/// `torch.manual_seed`. The state is a value: it can be copied, saved as a ``Checkpoint`` and resumed to the same bits.
public struct EpochTraining<Model: Classifier>: Sendable {
  /// How to train.
  public let settings: EpochTrainingSettings
  /// The examples to learn from.
  public let training: Examples
  /// What the training started from.
  public let origin: TrainingOrigin

  /// The model as it is now.
  public private(set) var model: Model
  /// The optimizer as it is now.
  public private(set) var optimizer: SGD
  /// The number of the next epoch.
  public private(set) var epoch = 0

  private let firstGenerator: TorchGenerator
  private var generator: TorchGenerator

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - model: the network to start from.
  ///   - training: what to learn from.
  ///   - generator: what the order of each epoch comes from, PyTorch's default generator.
  ///   - settings: how to train.
  /// - Throws: `TrainingError.setting` for settings that make no sense.
  public init(
    of model: Model, on training: Examples, shuffledBy generator: TorchGenerator,
    settings: EpochTrainingSettings = EpochTrainingSettings()
  ) throws(TrainingError) {
    try settings.validate()
    try requireCount("the number of training examples", training.count)
    self.model = model
    self.training = training
    self.settings = settings
    self.generator = generator
    firstGenerator = generator
    origin = TrainingOrigin(
      [("kind", "epochs"), ("model", TrainingOrigin.shapes(of: model))] + settings.origin + [
        ("training examples", training.identity), ("initial weights", model.digest),
        ("network", TrainingOrigin.behavior(of: model, on: training, by: settings.loss)),
        ("order of the examples", TrainingOrigin.order(of: training.count, from: generator)),
      ])
    optimizer = SGD(
      for: model, learningRate: settings.learningRate, momentum: settings.momentum)
  }

  /// The number of batches of an epoch, the last of which may be short.
  private var stepsPerEpoch: Int { (training.count - 1) / settings.batchSize + 1 }

  /// Whether the last epoch is over.
  public var isFinished: Bool { epoch >= settings.epochs }

  /// Trains for one epoch; the last batch may be short.
  ///
  /// - Returns: the loss of each batch, before its update.
  /// - Throws: `TrainingError.diverged` when a loss is not finite, and `TrainingError.divergedState` when, after the
  ///   epoch, the weights are not; the epoch is not taken up again after that.
  @discardableResult
  public mutating func advance() throws(TrainingError) -> [Float] {
    let order = generator.shuffledEpoch(count: training.count)
    let objective = settings.loss
    let firstStep = epoch * stepsPerEpoch
    var losses: [Float] = []
    for start in stride(from: 0, to: order.count, by: settings.batchSize) {
      let end = Swift.min(start + settings.batchSize, order.count)
      let batch = training.gathered(Array(order[start..<end]))
      let (loss, gradient) = valueAndGradient(at: model) { model in
        objective(model(batch.inputs), labels: batch.labels)
      }
      guard loss.scalar.isFinite else {
        throw .diverged(step: firstStep + losses.count, loss: loss.scalar)
      }
      optimizer.update(&model, along: gradient)
      losses.append(loss.scalar)
    }
    try requireFinite(
      model, optimizer, after: firstStep + losses.count - 1, loss: losses.last ?? .nan)
    epoch += 1
    return losses
  }
}

extension EpochTraining {
  /// The state, to be resumed by ``resume(from:)``.
  public var checkpoint: Checkpoint {
    var numbers = origin.numbers
    numbers["epoch"] = "\(epoch)"
    return Checkpoint(
      parts: [("model", model.namedParameters), ("optimizer", optimizer.namedParameters)],
      numbers: numbers)
  }

  /// Goes on from a saved state, to the same bits as if the training had never stopped.
  ///
  /// This training may take more epochs than the one that was saved was to take, and nothing else may differ.
  ///
  /// - Throws: `TrainingError.mismatch` if the state is that of another training, `TrainingError.checkpoint` if it is
  ///   incomplete or damaged; nothing is changed then.
  public mutating func resume(from checkpoint: Checkpoint) throws(TrainingError) {
    try origin.require(in: checkpoint)
    try checkpoint.requireFiniteTensors()
    var resumed = self
    resumed.epoch = try checkpoint.number("epoch")
    guard (0...settings.epochs).contains(resumed.epoch) else {
      throw .checkpoint("it counts \(resumed.epoch) epochs; it must be 0 to \(settings.epochs)")
    }
    guard resumed.epoch <= mostCounted / stepsPerEpoch else {
      throw .checkpoint(
        "it counts \(resumed.epoch) epochs of \(stepsPerEpoch) steps, more than \(mostCounted) steps"
      )
    }
    do {
      try resumed.model.loadParameters(checkpoint.part("model"))
      resumed.optimizer = SGD(
        for: resumed.model, learningRate: settings.learningRate, momentum: settings.momentum)
      let velocities = checkpoint.part("optimizer")
      // Without velocities, the training had been saved before its first epoch: they are zero.
      if !velocities.isEmpty || resumed.epoch > 0 {
        try resumed.optimizer.loadParameters(velocities)
      }
    } catch {
      throw .checkpoint(error.reason)
    }
    // An epoch takes so little of the stream that drawing it again is simpler than saving the generator.
    resumed.generator = firstGenerator
    for _ in 0..<resumed.epoch { _ = resumed.generator.shuffledEpoch(count: training.count) }
    resumed.optimizer.step = resumed.epoch * stepsPerEpoch
    self = resumed
  }
}

/// How a classifier is trained by epochs; the defaults are those of the paper's study of double descent.
public struct EpochTrainingSettings: Hashable, Sendable {
  /// How often every example is seen.
  public var epochs = 500
  /// How many examples a step sees.
  public var batchSize = 100
  /// The step size.
  public var learningRate = 1e-2
  /// How much of the last step is kept.
  public var momentum = 0.9
  /// What is made small.
  public var loss = ClassificationLoss.negativeLogLikelihood

  /// The settings of the paper.
  public init() {}

  /// What the bits of a training depend on; how many epochs it takes is not among it.
  var origin: [(name: String, value: String)] {
    [
      ("batch-size", "\(batchSize)"), ("learning-rate", "\(learningRate)"),
      ("momentum", "\(momentum)"), ("loss", loss.rawValue),
    ]
  }

  /// Says what is wrong with these settings.
  public func validate() throws(TrainingError) {
    try requireCount("epochs", epochs, from: 0)
    try requireCount("batch-size", batchSize)
    guard learningRate.isFinite && learningRate >= 0 else {
      throw .setting("learning-rate", "\(learningRate)", "a finite number, 0 or more")
    }
    guard (0..<1).contains(momentum) else {
      throw .setting("momentum", "\(momentum)", "0 or more and less than 1")
    }
  }
}
