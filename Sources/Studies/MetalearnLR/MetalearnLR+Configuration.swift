import MNIST1D
import Runs

extension MetalearnLR {
  /// The settings; the defaults are the paper's, with four seeds besides the authors', which is 0.
  package struct Configuration: StudyConfiguration {
    /// The learning rates to start from, one search each.
    package var initialRates = [1.5, 0.15]
    /// The seeds of the network's initial weights.
    package var seeds = [0, 1, 2, 3, 4]
    /// Whether all inner steps share a learning rate.
    package var schedule = Schedule.shared
    /// How many steps the network is trained for.
    package var innerSteps = 200
    /// How many examples an inner step sees. They are taken in order, from the start again after the last.
    package var batchSize = 50
    /// How many units the network's hidden layer has.
    package var hidden = 50
    /// How often the learning rate is improved.
    package var outerSteps = 50
    /// The step size of the learning rate's own gradient descent; with a rate for each step, that of each of them is
    /// a tenth of this for every inner step.
    package var outerLearningRate = 0.3
    /// The dataset.
    package var dataset = DatasetConfiguration()

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
