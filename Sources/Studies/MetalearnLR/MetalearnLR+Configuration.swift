import MNIST1D
import Runs

extension MetalearnLR {
  /// The settings; the defaults are the paper's, with four seeds besides the authors', which is 0.
  package struct Configuration: StudyConfiguration {
    package var initialRates = [1.5, 0.15]
    package var seeds = [0, 1, 2, 3, 4]
    package var schedule = Schedule.shared
    package var innerSteps = 200
    package var batchSize = 50
    package var hidden = 50
    package var outerSteps = 50
    package var outerLearningRate = 0.3
    package var dataset = DatasetConfiguration()

    package static let meanings = [
      "initialRates": "The learning rates to start from, one search each.",
      "seeds": "The seeds of the network's initial weights.",
      "schedule": "Whether all inner steps share a learning rate.",
      "innerSteps": "How many steps the network is trained for.",
      "batchSize":
        "How many examples an inner step sees. They are taken in order, from the start again after the "
        + "last.",
      "hidden": "How many units the network's hidden layer has.",
      "outerSteps": "How often the learning rate is improved.",
      "outerLearningRate":
        "The step size of the learning rate's own gradient descent; with a rate for each step, that of "
        + "each of them is a tenth of this for every inner step.",
      "dataset": "The dataset.",
    ]

    /// The settings of the paper.
    package init() {}

    /// One seed, and half the outer steps on half the inner ones.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [0]
      quick.innerSteps = 100
      quick.outerSteps = 25
      return quick
    }

    package func validate() throws {
      try requireExamples(of: dataset)
      try requireValues([("initial-rates", initialRates.isEmpty), ("seeds", seeds.isEmpty)])
      if let rate = initialRates.first(where: { !$0.isFinite }) {
        throw SettingError("initial-rates holds \(rate); a learning rate must be a finite number")
      }
      try requireSeeds(seeds)
      try requireCounts([("outer-steps", outerSteps), ("batch-size", batchSize)])
      try requireCounts([("inner-steps", innerSteps)], to: 100_000)
      try requireWidths([("hidden", hidden)])
      try requireMagnitudes([("outer-learning-rate", outerLearningRate)])
    }
  }

  /// How many learning rates are learned.
  package enum Schedule: String, Codable, Sendable, CaseIterable {
    /// One for all inner steps, as in the paper.
    case shared
    /// One for each inner step.
    case perStep = "per-step"
  }
}
