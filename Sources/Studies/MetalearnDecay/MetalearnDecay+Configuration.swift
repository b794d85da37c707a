import MNIST1D
import Runs

extension MetalearnDecay {
  /// The settings.
  package struct Configuration: StudyConfiguration {
    package var seeds = [0, 1, 2, 3, 4]
    package var objectives = Objective.allCases
    package var hyperparameters = Sharing.allCases
    package var initialDecays = [1e-5, 1e-3, 1e-1]
    package var initialRate = 0.1
    package var outerSteps = 40
    package var outerStep = 0.2
    package var gridDecays = [
      1e-5, 1e-4, 5e-4, 1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2, 3.2e-2, 6.4e-2, 0.1,
    ]
    package var gridRates = [0.05, 0.1, 0.2, 0.4, 0.8]
    package var innerSteps = 1000
    package var batchSize = 50
    package var hidden = 100
    package var trainingExamples = 1000
    package var dataset = DatasetConfiguration()

    package static let meanings = [
      "seeds": "The seeds of the network's initial weights.",
      "objectives":
        "Which loss of the trained network is differentiated: that on held-out examples, or that on "
        + "those it was trained on.",
      "hyperparameters":
        "Whether the network's layers share a learning rate and a weight decay, or have each its own.",
      "initialDecays": "The weight decays to start from, one search each.",
      "initialRate": "The learning rate to start from.",
      "outerSteps": "How often learning rate and weight decay are improved.",
      "outerStep": "By how much their natural logarithms change in the first outer step.",
      "gridDecays": "The weight decays of the plain trainings to compare with.",
      "gridRates": "Their learning rates, each of which goes with each decay.",
      "innerSteps": "How many steps the network is trained for.",
      "batchSize":
        "How many examples an inner step sees. They are taken in order, from the start again after the "
        + "last.",
      "hidden": "How many units the network's hidden layer has.",
      "trainingExamples":
        "How many of the dataset's training examples are trained on; the others are held out.",
      "dataset": "The dataset.",
    ]

    /// The paper's dataset, a quarter of whose training examples are trained on.
    package init() {}

    /// One seed, two starts, and a training of 300 steps on 250 examples, which wants a larger weight decay.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [0]
      quick.initialDecays = [1e-3, 0.5]
      quick.outerSteps = 30
      quick.gridDecays = [1e-3, 1e-2, 4e-2, 8e-2, 0.16, 0.5]
      quick.gridRates = [0.05, 0.2]
      quick.innerSteps = 300
      quick.trainingExamples = 250
      return quick
    }

    package func validate() throws {
      try requireExamples(of: dataset)
      try requireValues([
        ("seeds", seeds.isEmpty), ("objectives", objectives.isEmpty),
        ("hyperparameters", hyperparameters.isEmpty), ("initial-decays", initialDecays.isEmpty),
        ("grid-decays", gridDecays.isEmpty), ("grid-rates", gridRates.isEmpty),
      ])
      try requireSeeds(seeds)
      for (key, numbers) in [
        ("initial-decays", initialDecays), ("grid-decays", gridDecays), ("grid-rates", gridRates),
      ] {
        if let number = numbers.first(where: { !Self.hasLogarithm($0) }) {
          throw SettingError("\(key) holds \(number); \(Self.bounds)")
        }
      }
      for (key, number) in [("initial-rate", initialRate), ("outer-step", outerStep)]
      where !Self.hasLogarithm(number) {
        throw SettingError("\(key) is \(number); \(Self.bounds)")
      }
      try requireCounts([("outer-steps", outerSteps), ("batch-size", batchSize)])
      try requireCounts([("inner-steps", innerSteps)], to: 100_000)
      try requireWidths([("hidden", hidden)])
      let most = dataset.trainingCount - 1
      guard (1...max(most, 1)).contains(trainingExamples) else {
        throw SettingError(
          "training-examples is \(trainingExamples); it must be 1 to \(most), as the dataset has "
            + "\(most + 1) training examples, of which one or more are held out")
      }
    }

    /// Whether a number and its logarithm are numbers in single precision, too.
    private static func hasLogarithm(_ number: Double) -> Bool { (1e-30...1e30).contains(number) }

    private static let bounds = "it must be positive: 1e-30 to 1e30, as its logarithm is taken"
  }

  /// What a search brings down: a loss of the trained network.
  package enum Objective: String, Codable, Sendable, CaseIterable {
    /// That on examples that it has not seen.
    case heldOut = "held-out"
    /// That on those it was trained on.
    case training
  }

  /// How many learning rates and weight decays there are.
  package enum Sharing: String, Codable, Sendable, CaseIterable {
    /// One of each for both layers.
    case shared
    /// One of each for every layer.
    case perLayer = "per-layer"

    /// How many of each.
    var count: Int { self == .shared ? 1 : 2 }
  }
}

extension MetalearnDecay.Configuration: DatasetSettings {}
