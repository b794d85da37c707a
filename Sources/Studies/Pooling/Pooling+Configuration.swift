import MNIST1D
import NeuralNetworks
import Runs
import StudyModels

extension Pooling {
  /// The settings; the defaults are the paper's, with three seeds besides the authors', which is 0.
  package struct Configuration: StudyConfiguration {
    package var seeds = [0, 1, 2, 3]
    package var methods = PoolingMethod.allCases
    package var sizes = [1000, 2000, 5000, 10_000, 20_000, 50_000]
    package var testExamples = 1000
    package var channels = 20
    package var steps = 6000
    package var batchSize = 100
    package var learningRate = 1e-2
    package var evalEvery = 100
    package var dataset = DatasetConfiguration()

    package static let meanings = [
      "seeds": "The seeds of the initial weights, one training each.",
      "methods": "The ways of halving the number of positions.",
      "sizes": "How many training examples there are, multiples of ten.",
      "testExamples": "How many test examples there are, a multiple of ten.",
      "channels": "How many channels either convolution has.",
      "steps": "The number of the last step.",
      "batchSize": "How many examples a step sees.",
      "learningRate": "Adam's step size.",
      "evalEvery": "Every how many steps the network is evaluated.",
      "dataset":
        "The dataset, but for its number of samples and its split, which follow from `sizes` and "
        + "`testExamples`.",
    ]

    /// The settings of the paper.
    package init() {}

    /// One seed, two sizes and a tenth of the steps.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [0]
      quick.sizes = [1000, 10_000]
      quick.steps = 600
      quick.evalEvery = 50
      return quick
    }

    var training: TrainingRecipe {
      var recipe = TrainingRecipe()
      recipe.steps = steps
      recipe.batchSize = batchSize
      recipe.learningRate = learningRate
      recipe.evalEvery = evalEvery
      return recipe
    }

    /// A dataset of its own for each size, all from the same seed: the first `size` of size + testExamples examples
    /// are for training, the others for testing.
    func dataset(of size: Int) -> DatasetConfiguration {
      var dataset = dataset
      dataset.numSamples = size + testExamples
      dataset.trainSplit = Double(size) / Double(dataset.numSamples)
      // The reference rounds the product down, which must not lose an example to the rounding of the quotient.
      if Int(Double(dataset.numSamples) * dataset.trainSplit) < size {
        dataset.trainSplit = dataset.trainSplit.nextUp
      }
      return dataset
    }

    package func validate() throws {
      try training.validate()
      try requireValues([
        ("seeds", seeds.isEmpty), ("methods", methods.isEmpty), ("sizes", sizes.isEmpty),
      ])
      try requireSeeds(seeds)
      if let size = sizes.first(where: { $0 < 10 || $0 % 10 != 0 }) {
        throw SettingError("sizes holds \(size); a size must be a positive multiple of 10")
      }
      guard testExamples >= 10, testExamples % 10 == 0 else {
        throw SettingError("test-examples is \(testExamples); it must be a positive multiple of 10")
      }
      try requireCounts(sizes.map { ("sizes", $0) } + [("test-examples", testExamples)])
      try requireWidths([("channels", channels)])
      for size in sizes { try dataset(of: size).validate() }
      try requireSignals(of: dataset, for: "pooling twice", PoolingNetwork.shortestInput)
    }
  }
}
