import ReferenceRandom
import Tensors

/// How a classifier is trained, every choice a value that a command line, a file or a sweep can name; the defaults are
/// those of the paper's baselines.
///
///     var recipe = TrainingRecipe()
///     recipe.optimizer = .sgd
///     recipe.momentum = 0.9
///     recipe.schedule = .cosine
///     recipe.order = .shuffled
///     var training = try Training(
///       of: model, on: examples, testing: test, by: recipe, using: generator)
///     while !training.isFinished { try training.stepAndEvaluate() }
public struct TrainingRecipe: Hashable, Sendable {
  /// The number of the last step; with step 0 there is one more.
  public var steps = 6000
  /// How often every example is seen, instead of `steps`; nil counts steps.
  public var epochs: Int?
  /// How many examples a step sees.
  public var batchSize = 100
  /// The order in which batches take the examples.
  public var order = Order.inOrder
  /// The rule that moves the weights.
  public var optimizer = OptimizerName.adam
  /// The step size.
  public var learningRate = 1e-2
  /// How much of the last step `sgd` keeps.
  public var momentum = 0.0
  /// Whether that momentum is Nesterov's.
  public var nesterov = false
  /// The factor of the L2 penalty's gradient; for `adamw`, how strongly the weights shrink.
  public var weightDecay = 0.0
  /// How the learning rate changes.
  public var schedule = Schedule.constant
  /// After how many steps `step` multiplies the rate.
  public var decayEvery = 1000
  /// By what it does.
  public var decayFactor = 0.5
  /// Over how many steps the rate rises from 0 before the schedule begins.
  public var warmUp = 0
  /// What is made small.
  public var loss = ClassificationLoss.negativeLogLikelihood
  /// How much of a target's weight all classes share.
  public var labelSmoothing = 0.0
  /// The greatest Euclidean norm of a gradient; nil for any.
  public var clipNorm: Double?
  /// How training signals are changed at random.
  public var augmentation = Augmentation()
  /// Every how many steps the network is evaluated, from step 0 on; nil takes 250 or, where epochs are counted, the end of
  /// each.
  public var evalEvery: Int?
  /// After how many evaluations in a row without a better one the training stops; nil trains to the end.
  public var patience: Int?

  /// The order in which batches take the examples.
  public enum Order: String, CaseIterable, Hashable, Sendable {
    /// As they stand, from the start again after the last.
    case inOrder = "in-order"
    /// Shuffled for every epoch, as PyTorch's `DataLoader` does it.
    case shuffled
  }

  /// How the learning rate changes.
  public enum Schedule: String, CaseIterable, Hashable, Sendable {
    /// Not at all.
    case constant
    /// Times `decayFactor` every `decayEvery` steps.
    case step
    /// In a straight line to 0 at the end.
    case linear
    /// Half a cosine to 0 at the end.
    case cosine
  }

  /// The training of the paper's baselines.
  public init() {}

  /// Says what is wrong with these settings, as far as that does not depend on the data.
  public func validate() throws(TrainingError) {
    if epochs == nil {
      try requireCount("steps", steps, from: 0)
    } else {
      try requireCount("epochs", epochs ?? 1)
      guard steps == TrainingRecipe().steps else {
        throw .setting("steps", "\(steps)", "absent where epochs are counted")
      }
    }
    try requireCount("batch-size", batchSize)
    try requireMagnitude("learning-rate", learningRate)
    try requireMagnitude("weight-decay", weightDecay)
    guard (0..<1).contains(momentum) else {
      throw .setting("momentum", "\(momentum)", "0 or more and less than 1")
    }
    guard momentum == 0 || optimizer == .sgd else {
      throw .setting("momentum", "\(momentum)", "0 for any optimizer but sgd")
    }
    guard !nesterov || momentum > 0 else {
      throw .setting("nesterov", "true", "false unless momentum is above 0")
    }
    try requireCount("decay-every", decayEvery)
    try requireMagnitude("decay-factor", decayFactor)
    try requireCount("warm-up", warmUp, from: 0)
    guard (0..<1).contains(labelSmoothing) else {
      throw .setting("label-smoothing", "\(labelSmoothing)", "0 or more and less than 1")
    }
    guard labelSmoothing == 0 || loss == .negativeLogLikelihood else {
      throw .setting("label-smoothing", "\(labelSmoothing)", "0 for any loss but nll")
    }
    if let clipNorm, !(clipNorm.isFinite && clipNorm > 0) {
      throw .setting("clip-norm", "\(clipNorm)", "a positive number")
    }
    try augmentation.validate()
    if let evalEvery, evalEvery < 1 { throw .setting("eval-every", "\(evalEvery)", "1 or more") }
    if let patience, patience < 1 { throw .setting("patience", "\(patience)", "1 or more") }
  }

  /// How long the training lasts.
  var length: TrainingLength { epochs.map { .epochs($0) } ?? .steps(steps + 1) }

  /// A fresh optimizer for a model.
  public func makeOptimizer(for model: some Parameterized) -> NamedOptimizer {
    switch optimizer {
    case .sgd:
      .sgd(
        SGD(
          for: model, learningRate: learningRate, momentum: momentum,
          nesterov ? .nesterov : .heavyBall, weightDecay: weightDecay))
    case .rmsprop:
      .rmsprop(RMSProp(for: model, learningRate: learningRate, weightDecay: weightDecay))
    case .adam: .adam(Adam(for: model, learningRate: learningRate, weightDecay: weightDecay))
    case .adamw: .adamw(AdamW(for: model, learningRate: learningRate, weightDecay: weightDecay))
    }
  }

  /// The schedule of a training that takes so many steps.
  func learningRateSchedule(over steps: Int) -> LearningRateSchedule {
    let rest = Swift.max(steps - warmUp, 0)
    let schedule: LearningRateSchedule =
      switch schedule {
      case .constant: .constant
      case .step: .stepDecay(every: decayEvery, factor: decayFactor)
      case .linear: .linearDecay(steps: rest)
      case .cosine: .cosine(steps: rest)
      }
    return warmUp == 0 ? schedule : .warmUp(steps: warmUp, from: 0, then: schedule)
  }
}

/// A classifier's training by a recipe.
public typealias RecipeTraining<Model: Classifier> = Training<
  Model, NamedOptimizer, AugmentedBatches
>

extension Training where Model: Classifier, Rule == NamedOptimizer, Source == AugmentedBatches {
  /// Prepares a classifier's training by a recipe.
  ///
  /// - Parameters:
  ///   - model: the network to start from.
  ///   - training: what to learn from.
  ///   - validation: examples held out of it, for selection and early stopping.
  ///   - test: what to report on.
  ///   - recipe: how to train.
  ///   - generator: what shuffles and augments, where the recipe says so, and what dropout draws from. Handed the one that
  ///     has made the initial weights, the training sees the batches that PyTorch's `DataLoader` yields after
  ///     `torch.manual_seed`.
  ///   - history: which evaluations to remember.
  /// - Throws: `TrainingError.setting` for settings that make no sense.
  public init(
    of model: Model, on training: Examples, validating validation: Examples? = nil,
    testing test: Examples, by recipe: TrainingRecipe = TrainingRecipe(),
    using generator: TorchGenerator = TorchGenerator(seed: 0),
    remembering history: Evaluator<Model>.History = .whole
  ) throws(TrainingError) {
    try recipe.validate()
    let plain: Batches<Examples> =
      switch recipe.order {
      case .inOrder: .inOrder(training, size: recipe.batchSize)
      case .shuffled: .shuffled(training, size: recipe.batchSize, using: generator)
      }
    try plain.validate()
    // Augmentation takes numbers of its own, so that it does not change the order of the examples.
    var source = generator
    let augmenting = TorchGenerator(seed: source.next() ^ 0x6175_676d_656e_7421)
    let isByEpoch = recipe.epochs != nil && recipe.evalEvery == nil
    let interval = isByEpoch ? plain.stepsPerEpoch : recipe.evalEvery ?? 250
    try self.init(
      of: model, by: recipe.makeOptimizer(for: model),
      on: AugmentedBatches(plain, by: recipe.augmentation, using: augmenting), for: recipe.length,
      minimizing: recipe.loss, smoothing: recipe.labelSmoothing,
      schedule: recipe.learningRateSchedule(
        over: recipe.length.steps(perEpoch: plain.stepsPerEpoch)),
      clipping: recipe.clipNorm.map { .norm($0) },
      evaluating: .scores(
        every: interval, from: isByEpoch ? interval - 1 : 0, training: training,
        validation: validation, test: test,
        patience: recipe.patience, remembering: history), random: generator)
  }
}
