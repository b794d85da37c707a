import MNIST1D
import NeuralNetworks
import ReferenceRandom
import StudyModels
import Tensors

/// The kinds of trial, by the names of the command's studies.
package enum TrialKind: String, CaseIterable {
  /// A classifier's training by a recipe.
  case training
  /// A training of the network with one way of pooling.
  case pooling
  /// A training of a network of some size on labels of which some are wrong.
  case doubleDescent = "double-descent"
  /// A network that is pruned and trained again, sparser and sparser.
  case lottery
  /// A learning rate that is learned.
  case metalearnLR = "metalearn-lr"
  /// An activation function that is learned, or well-known ones.
  case metalearnActivation = "metalearn-activation"

  /// Prepares a trial on a dataset.
  func trial(_ settings: inout Settings, on data: Split) throws(LabError) -> Trial {
    switch self {
    case .training: try training(&settings, data)
    case .pooling: try pooling(&settings, data)
    case .doubleDescent: try doubleDescent(&settings, data)
    case .lottery: try LotteryTrial(&settings, data)
    case .metalearnLR: try LearningRateTrial(&settings, data)
    case .metalearnActivation: try ActivationTrial(&settings, data)
    }
  }
}

/// A dataset's examples as tensors.
struct Split {
  let training: Examples
  let test: Examples

  init(_ dataset: Dataset) {
    training = Examples(dataset.x, dataset.y)
    test = Examples(dataset.xTest, dataset.yTest)
  }

  /// The length of a signal.
  var inputs: Int { training.inputs.shape[1] }
}

/// Gives an error of the core to the page.
func reporting<Value>(
  _ call: () throws(TrainingError) -> Value
) throws(LabError) -> Value {
  do throws(TrainingError) {
    return try call()
  } catch {
    throw LabError(error.description)
  }
}

/// The most steps that a trial may take, so that the page's numbers of 32 bits can count them.
let mostSteps = 1_000_000_000

/// Refuses a count that is too small or too large.
func require(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws(LabError) {
  guard range.contains(value) else {
    let right =
      range.upperBound == .max
      ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
    throw LabError("\(key) is \(value); it must be \(right).")
  }
}

/// Refuses a step size, a strength or the like that is negative.
func require(_ key: String, _ number: Double) throws(LabError) {
  guard number >= 0 else { throw LabError("\(key) is \(number); it must be 0 or more.") }
}

extension Settings {
  /// A seed.
  mutating func seed(_ standard: Int) throws(LabError) -> Int {
    let seed = try integer("seed", standard)
    guard seed >= 0 else { throw LabError("seed is \(seed); it must be 0 or more.") }
    return seed
  }
}

// MARK: Trainings

extension TrialKind {
  private func training(_ settings: inout Settings, _ data: Split) throws(LabError) -> Trial {
    let architecture = try settings.choice("model", Architecture.mlp)
    let seed = try settings.seed(42)
    let network = try NetworkSettings(from: &settings)
    let recipe = try TrainingRecipe(from: &settings)
    try settings.finish()
    try recipe.check(on: data)
    try reporting { () throws(TrainingError) in
      try network.validate(for: architecture, inputs: data.inputs)
    }
    var generator = TorchGenerator(seed: UInt64(seed))
    let model = BaselineNetwork(architecture, network, inputs: data.inputs, using: &generator)
    return try trial(
      of: model, on: data.training, testing: data.test, by: recipe, using: generator)
  }

  /// A classifier's training as a trial.
  private func trial(
    of model: some Classifier, on training: Examples, testing test: Examples,
    by recipe: TrainingRecipe, using generator: TorchGenerator
  ) throws(LabError) -> Trial {
    try reporting { () throws(TrainingError) in
      TrainingTrial(
        try Training(of: model, on: training, testing: test, by: recipe, using: generator),
        on: training, testing: test, by: recipe.loss)
    }
  }

  private func pooling(_ settings: inout Settings, _ data: Split) throws(LabError) -> Trial {
    let method = try settings.choice("method", PoolingMethod.max)
    let channels = try settings.integer("channels", 20)
    let seed = try settings.seed(0)
    var recipe = TrainingRecipe()
    recipe.steps = try settings.integer("steps", 6000)
    recipe.batchSize = try settings.integer("batch-size", 100)
    recipe.learningRate = try settings.number("learning-rate", 1e-2)
    try settings.finish()
    try require("channels", channels, in: 1...10_000)
    try recipe.check(on: data)
    try require(
      "final-seq-length", data.inputs, in: PoolingNetwork.shortestInput...Int.max)
    var generator = TorchGenerator(seed: UInt64(seed))
    let network = PoolingNetwork(method, inputs: data.inputs, channels: channels, using: &generator)
    return try trial(
      of: network, on: data.training, testing: data.test, by: recipe, using: generator)
  }

  private enum Size: String, CaseIterable { case mlp, cnn }

  private func doubleDescent(_ settings: inout Settings, _ data: Split) throws(LabError) -> Trial {
    let model = try settings.choice("model", Size.mlp)
    let size = try settings.integer("size", 16)
    var recipe = TrainingRecipe()
    recipe.optimizer = .sgd
    recipe.order = .shuffled
    recipe.loss = try settings.choice("loss", recipe.loss)
    let noise = try settings.number("noise", 0.15)
    let seed = try settings.seed(42)
    recipe.epochs = try settings.integer("epochs", 500)
    recipe.batchSize = try settings.integer("batch-size", recipe.batchSize)
    recipe.learningRate = try settings.number(
      "learning-rate", recipe.loss == .negativeLogLikelihood ? 1e-2 : 1e-1)
    recipe.momentum = try settings.number("momentum", 0.9)
    try settings.finish()
    try recipe.check(on: data)
    try require("size", size, in: 1...10_000)
    guard (0...1).contains(noise) else {
      throw LabError("noise is \(noise); it must be between 0 and 1.")
    }
    let learned = Examples(
      inputs: data.training.inputs,
      labels: noisyLabels(data.training.labels, noise: noise, seed: seed))
    var generator = TorchGenerator(seed: UInt64(seed))
    switch model {
    case .mlp:
      let network = MultilayerPerceptron(
        inputs: data.inputs, hidden: size, connection: .plain, using: &generator)
      return try trial(of: network, on: learned, testing: data.test, by: recipe, using: generator)
    case .cnn:
      try require(
        "final-seq-length", data.inputs, in: ConvolutionalNetwork.shortestInput...Int.max)
      let network = ConvolutionalNetwork(inputs: data.inputs, channels: size, using: &generator)
      return try trial(of: network, on: learned, testing: data.test, by: recipe, using: generator)
    }
  }
}

extension NetworkSettings {
  /// Takes the settings of a network, under the names that the command line has for them.
  init(from settings: inout Settings) throws(LabError) {
    self.init()
    hidden = try settings.integer("hidden")
    depth = try settings.integer("depth")
    widths = try settings.integers("widths", widths)
    channels = try settings.integer("channels")
    kernel = try settings.integer("kernel")
    patch = try settings.integer("patch")
    heads = try settings.integer("heads")
    dropout = try settings.number("dropout", dropout)
    positions = try settings.flag("positions", positions)
  }
}

extension TrainingRecipe {
  /// Refuses what the training of a command refuses, and more steps than the page can count.
  func check(on data: Split) throws(LabError) {
    try reporting { () throws(TrainingError) in try validate() }
    try require("batch-size", batchSize, in: 1...1_000_000)
    if let epochs {
      try require("epochs", epochs, in: 1...mostSteps / ((data.training.count - 1) / batchSize + 1))
    } else {
      try require("steps", steps, in: 0...mostSteps)
    }
  }

  /// Takes a recipe, under the names that the command line has for its settings.
  init(from settings: inout Settings) throws(LabError) {
    self.init()
    steps = try settings.integer("steps", steps)
    epochs = try settings.integer("epochs")
    batchSize = try settings.integer("batch-size", batchSize)
    order = try settings.choice("order", order)
    optimizer = try settings.choice("optimizer", optimizer)
    learningRate = try settings.number("learning-rate", learningRate)
    momentum = try settings.number("momentum", momentum)
    nesterov = try settings.flag("nesterov", nesterov)
    weightDecay = try settings.number("weight-decay", weightDecay)
    schedule = try settings.choice("schedule", schedule)
    decayEvery = try settings.integer("decay-every", decayEvery)
    decayFactor = try settings.number("decay-factor", decayFactor)
    warmUp = try settings.integer("warm-up", warmUp)
    loss = try settings.choice("loss", loss)
    labelSmoothing = try settings.number("label-smoothing", labelSmoothing)
    clipNorm = try settings.number("clip-norm")
    augmentation.shift = try settings.integer("augment-shift", augmentation.shift)
    augmentation.flip = try settings.number("augment-flip", augmentation.flip)
    augmentation.scale = try settings.number("augment-scale", augmentation.scale)
    augmentation.noise = try settings.number("augment-noise", augmentation.noise)
  }
}
