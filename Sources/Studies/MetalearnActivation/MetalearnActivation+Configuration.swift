import MNIST1D
import NeuralNetworks
import Runs
import StudyModels

extension MetalearnActivation {
  /// The settings; the defaults are the paper's.
  package struct Configuration: StudyConfiguration {
    package var outerSteps = 301
    package var outerLearningRate = 0.3
    package var clip = 0.1
    package var units = InnerTraining.Settings().units
    package var scale = InnerTraining.Settings().scale
    package var innerSteps = InnerTraining.Settings().steps
    package var objectiveSteps = InnerTraining.Settings().objectiveSteps
    package var batchSize = InnerTraining.Settings().batchSize
    package var hidden = InnerTraining.Settings().hidden
    package var learningRate = InnerTraining.Settings().learningRate
    package var smoothing = InnerTraining.Settings().smoothing
    package var initialSquare = InnerTraining.Settings().initialSquare
    package var noise = InnerTraining.Settings().noise
    package var start = Start.fresh
    package var testExamples = 500
    package var sampleEvery = 10
    package var baselines = Nonlinearity.allCases.sorted { $0.order < $1.order }
    package var seed = 0
    package var dataset = MetalearnActivation.dataset

    package static let meanings = [
      "outerSteps": "How often the activation function is changed.",
      "outerLearningRate": "The step size of those changes.",
      "clip": "No component of the outer gradient is taken for larger than this.",
      "units": "How many hidden units the activation function has.",
      "scale": "How much its network adds to elu.",
      "innerSteps": "How many steps an inner training takes.",
      "objectiveSteps": "How many of its last losses the outer objective averages.",
      "batchSize": "How many examples an inner step sees.",
      "hidden": "How many hidden units the trained network has.",
      "learningRate": "The step size of the inner training.",
      "smoothing": "How much of the mean squared gradient is kept from step to step.",
      "initialSquare": "The mean squared gradient before the first step.",
      "noise":
        "The bound of the uniform noise that is added to the hidden units of both networks at every "
        + "inner step.",
      "start": "Where the inner training starts.",
      "testExamples": "How many test examples a trained network is scored on.",
      "sampleEvery":
        "Every how many outer steps the activation function is sampled for the figure.",
      "baselines": "The activation functions to compare with.",
      "seed": "The seed of all weights and all noise.",
      "dataset": "The dataset.",
    ]

    /// The settings of the paper.
    package init() {}

    /// A third of the inner and a twelfth of the outer steps.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.outerSteps = 25
      quick.innerSteps = 101
      quick.objectiveSteps = 67
      quick.sampleEvery = 4
      quick.dataset.numSamples = 5000
      return quick
    }

    /// How many of the last outer steps the learned function is judged by, each with other initial weights.
    static let judgedSteps = 10

    /// The outer steps from whose initial weights, and with whose noise, the baselines are trained: the first, and those
    /// that the learned function is judged by. Where all start the same, these are one.
    package var starts: [Int] {
      guard start == .fresh else { return [0] }
      return [0] + (max(outerSteps - Self.judgedSteps, 1)..<max(outerSteps, 1))
    }

    /// What an inner training is like.
    var inner: InnerTraining.Settings {
      var inner = InnerTraining.Settings()
      inner.units = units
      inner.scale = scale
      inner.steps = innerSteps
      inner.objectiveSteps = objectiveSteps
      inner.batchSize = batchSize
      inner.hidden = hidden
      inner.learningRate = learningRate
      inner.smoothing = smoothing
      inner.initialSquare = initialSquare
      inner.noise = noise
      return inner
    }

    /// The search for a function on examples.
    func search(on examples: Examples) -> ActivationSearch {
      ActivationSearch(
        inner, learningRate: outerLearningRate, clip: clip, start: start, seed: seed, on: examples)
    }

    package func validate() throws {
      try requireExamples(of: dataset)
      try requireCounts([
        ("outer-steps", outerSteps), ("objective-steps", objectiveSteps),
        ("batch-size", batchSize), ("test-examples", testExamples), ("sample-every", sampleEvery),
      ])
      try requireCounts([("inner-steps", innerSteps)], to: 100_000)
      try requireWidths([("units", units), ("hidden", hidden)])
      try requireMagnitudes([
        ("outer-learning-rate", outerLearningRate), ("clip", clip), ("learning-rate", learningRate),
        ("initial-square", initialSquare), ("noise", noise),
      ])
      guard scale.isFinite else { throw SettingError("scale is \(scale); it must be finite") }
      guard (0...1).contains(smoothing) else {
        throw SettingError("smoothing is \(smoothing); it must be between 0 and 1")
      }
      guard objectiveSteps <= innerSteps else {
        throw SettingError(
          "objective-steps is \(objectiveSteps); it must be at most inner-steps, \(innerSteps)")
      }
      guard seed >= 0 else { throw SettingError("seed is \(seed); it must be 0 or more") }
    }
  }

  /// Where an inner training starts.
  package typealias Start = ActivationSearch.Start

  /// The dataset of 10,000 examples.
  static var dataset: DatasetConfiguration {
    var dataset = DatasetConfiguration()
    dataset.numSamples = 10_000
    return dataset
  }
}

extension ActivationSearch.Start: Codable {}

extension Nonlinearity: Codable {
  /// The place in the paper's list.
  fileprivate var order: Int {
    switch self {
    case .relu: 0
    case .swish: 1
    case .elu: 2
    case .softplus: 3
    case .tanh: 4
    case .sigmoid: 5
    }
  }
}
