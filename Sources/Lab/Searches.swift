import NeuralNetworks
import ReferenceRandom
import StudyModels
import Tensors

/// A search for the best learning rate, one step of which trains a network and differentiates the training.
final class LearningRateTrial: Trial {
  private let loop: InnerLoop
  private let network: TanhNetwork
  private let stepSize: Float
  private let outerSteps: Int
  private var taken = 0
  private var rates: [Float]

  private enum Schedule: String, CaseIterable {
    case shared
    case perStep = "per-step"
  }

  init(_ settings: inout Settings, _ data: Split) throws(LabError) {
    let rate = try settings.number("initial-rate", 1.5)
    let seed = try settings.seed(0)
    let schedule = try settings.choice("schedule", Schedule.shared)
    let innerSteps = try settings.integer("inner-steps", 200)
    let batchSize = try settings.integer("batch-size", 50)
    let hidden = try settings.integer("hidden", 50)
    outerSteps = try settings.integer("outer-steps", 50)
    let outerRate = try settings.number("outer-learning-rate", 0.3)
    try settings.finish()
    try require("inner-steps", innerSteps, in: 1...100_000)
    try require("outer-steps", outerSteps, in: 1...mostSteps)
    try require("batch-size", batchSize, in: 1...1_000_000)
    try require("hidden", hidden, in: 1...10_000)
    try require("outer-learning-rate", outerRate)
    loop = InnerLoop(steps: innerSteps, batchSize: batchSize, of: data.training)
    var generator = TorchGenerator(seed: UInt64(seed))
    network = TanhNetwork(inputs: data.inputs, hidden: hidden, using: &generator)
    rates = [Float](repeating: Float(rate), count: schedule == .shared ? 1 : innerSteps)
    stepSize =
      schedule == .shared
      ? Float(outerRate)
      : InnerLoop.stepSize(ofEachRate: Float(outerRate), innerSteps: innerSteps)
    super.init(inputs: data.inputs)
  }

  override var columns: [String] { ["objective", "last-loss", "rate-before", "rate"] }
  override var steps: (taken: Int, total: Int) { (taken, outerSteps) }

  override func step() throws(LabError) -> [Double] {
    let before = InnerLoop.mean(of: rates)
    do throws(InnerLoop.Divergence) {
      let outcome = try loop.outerStep(
        from: network, rates: rates, stepSize: stepSize, number: taken)
      rates = outcome.improved
      taken += 1
      return [
        outcome.objective, outcome.losses[outcome.losses.count - 1], before,
        InnerLoop.mean(of: rates),
      ].map { Double($0) }
    } catch {
      throw LabError(error.description + ".")
    }
  }

  override var tensors: [(name: String, tensor: Tensor)] { [("rates", Tensor(rates))] }
  override var digest: String { Learned(tensor: Tensor(rates)).digest }
}

/// One tensor that is learned.
private struct Learned: Parameterized {
  var tensor: Tensor

  mutating func visitParameters(_ visit: inout some ParameterVisitor) { visit("", &tensor) }
}

/// A search for an activation function, one step of which trains a classifier and differentiates the training; or, for
/// comparison, trainings with a well-known function from the same starts.
final class ActivationTrial: Trial {
  private let search: ActivationSearch
  private let test: Examples
  private let settings: InnerTraining.Settings
  private let outerSteps: Int
  private let function: Function
  private var taken = 0
  private var network: ActivationNetwork

  private enum Function: String, CaseIterable {
    case learned, relu, elu, swish, tanh, softplus, sigmoid
  }

  /// Where the function is sampled: −5, −4.9 … 5.
  private static let positions = Tensor((0...100).map { Float($0 - 50) / 10 })

  init(_ given: inout Settings, _ data: Split) throws(LabError) {
    function = try given.choice("function", .learned)
    var settings = InnerTraining.Settings()
    settings.units = try given.integer("units", settings.units)
    settings.scale = try given.number("scale", settings.scale)
    settings.steps = try given.integer("inner-steps", settings.steps)
    settings.objectiveSteps = try given.integer("objective-steps", settings.objectiveSteps)
    settings.batchSize = try given.integer("batch-size", settings.batchSize)
    settings.hidden = try given.integer("hidden", settings.hidden)
    settings.learningRate = try given.number("learning-rate", settings.learningRate)
    settings.smoothing = try given.number("smoothing", settings.smoothing)
    settings.initialSquare = try given.number("initial-square", settings.initialSquare)
    settings.noise = try given.number("noise", settings.noise)
    outerSteps = try given.integer("outer-steps", 301)
    let outerRate = try given.number("outer-learning-rate", 0.3)
    let clip = try given.number("clip", 0.1)
    let start = try given.choice("start", ActivationSearch.Start.fresh)
    let testExamples = try given.integer("test-examples", 500)
    let seed = try given.seed(0)
    try given.finish()
    try require("outer-steps", outerSteps, in: 1...mostSteps)
    for (key, value) in [
      ("outer-learning-rate", outerRate), ("clip", clip), ("learning-rate", settings.learningRate),
      ("initial-square", settings.initialSquare), ("noise", settings.noise),
    ] {
      try require(key, value)
    }
    guard (0...1).contains(settings.smoothing) else {
      throw LabError("smoothing is \(settings.smoothing); it must be between 0 and 1.")
    }
    for (key, value, most) in [
      ("units", settings.units, 10_000), ("hidden", settings.hidden, 10_000),
      ("inner-steps", settings.steps, 100_000),
      ("objective-steps", settings.objectiveSteps, settings.steps),
      ("batch-size", settings.batchSize, 1_000_000), ("test-examples", testExamples, 1_000_000),
    ] {
      try require(key, value, in: 1...most)
    }
    self.settings = settings
    search = ActivationSearch(
      settings, learningRate: outerRate, clip: clip, start: start, seed: seed, on: data.training)
    network = search.initialActivation
    test = data.test[0..<min(testExamples, data.test.count)]
    super.init(inputs: data.inputs)
  }

  override var columns: [String] { ["objective", "mean-loss", "test-accuracy"] }
  override var steps: (taken: Int, total: Int) { (taken, outerSteps) }

  override func step() throws(LabError) -> [Double] {
    let outcome: InnerTraining.Outcome
    let activation: Activation
    if function == .learned {
      let gradient: ActivationNetwork
      (outcome, gradient) = search.training(taken).outerGradient(at: network)
      activation = .learned(search.learned(network))
      do throws(ActivationSearch.Divergence) {
        network = try search.moved(network, along: gradient, taken)
      } catch {
        throw LabError(error.description + ".")
      }
    } else {
      outcome = search.training(taken)(nonlinearity)
      activation = .named(nonlinearity)
    }
    let losses = outcome.losses.map { Double($0) }
    if let step = losses.firstIndex(where: { !$0.isFinite }) {
      throw LabError("The loss at inner step \(step) of outer step \(taken) is \(losses[step]).")
    }
    taken += 1
    let counted = losses.suffix(settings.objectiveSteps)
    return [
      counted.reduce(0, +) / Double(counted.count), losses.reduce(0, +) / Double(losses.count),
      outcome.network.detached().accuracy(on: test, activation: activation),
    ]
  }

  private var nonlinearity: Nonlinearity { Nonlinearity(rawValue: function.rawValue) ?? .elu }

  override var tensors: [(name: String, tensor: Tensor)] {
    let values =
      function == .learned
      ? search.learned(network)(Self.positions) : nonlinearity(Self.positions)
    return [("positions", Self.positions), ("values", values)] + network.namedParameters
  }
  override var digest: String { network.digest }
}
