import DataFormats
import MNIST1D
import NeuralNetworks
import Runs
import Storage

extension Baselines {
  /// The settings; the defaults are the paper's, with three seeds.
  package struct Configuration: StudyConfiguration {
    package var seeds = [42, 43, 44]
    package var models = Architecture.paper
    package var columns = Columns.allCases
    package var examples = TrainingExamples.allCases
    package var steps = 6000
    package var batchSize = 100
    package var learningRate = 1e-2
    package var weightDecay = 0.0
    package var evalEvery = 250
    package var patience = 5
    package var network = NetworkSettings()
    package var dataset = DatasetConfiguration()
    package var mnist = ""
    package var mnistDigest = ""
    package var mnistImages = Images.allCases
    package var mnistSteps = 2000

    package static let meanings = [
      "seeds": "The seeds of the initial weights, one training each.",
      "models": "The classifiers.",
      "columns": "The orders of the columns.",
      "examples": "What the classifiers learn from.",
      "steps": "The number of the last step.",
      "batchSize": "How many examples a step sees.",
      "learningRate": "Adam's step size.",
      "weightDecay": "The factor of the L2 penalty's gradient.",
      "evalEvery": "Every how many steps the classifiers are evaluated.",
      "patience":
        "After how many evaluations in a row without a better one a training with held-out examples "
        + "stops.",
      "network":
        "What the classifiers are like, where a kind has a choice; the others stay as they are.",
      "dataset": "The dataset.",
      "mnist":
        "The folder of MNIST's four files, plain or by gzip; without it the classifiers learn MNIST-1D alone.",
      "mnistDigest": "The digest of those images, filled in from the files.",
      "mnistImages":
        "Which of them: as many as MNIST-1D has examples, or the whole, where the files hold more.",
      "mnistSteps": "The number of the last step on those images.",
    ]

    /// The settings of the paper.
    package init() {}

    /// One seed and a tenth of the steps.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [42]
      quick.steps = 600
      quick.evalEvery = 50
      quick.mnistSteps = 600
      return quick
    }

    package func training(on examples: TrainingExamples) -> TrainingRecipe {
      var recipe = TrainingRecipe()
      recipe.steps = steps
      recipe.batchSize = batchSize
      recipe.learningRate = learningRate
      recipe.weightDecay = weightDecay
      recipe.evalEvery = evalEvery
      recipe.patience = examples == .heldOut ? patience : nil
      return recipe
    }

    package func validate() throws {
      try training(on: .heldOut).validate()
      try requireExamples(of: dataset)
      try requireValues([
        ("seeds", seeds.isEmpty), ("models", models.isEmpty), ("columns", columns.isEmpty),
        ("examples", examples.isEmpty),
      ])
      try requireSeeds(seeds)
      guard !examples.contains(.heldOut) || dataset.trainingCount >= 10 else {
        throw SettingError(
          "dataset.num-samples is \(dataset.numSamples), of which \(dataset.trainingCount) are for training; to hold "
            + "a tenth of those out takes 10 or more")
      }
      if models.contains(.cnn) {
        try requireSignals(of: dataset, for: "the cnn", ConvolutionalNetwork.shortestInput)
      }
      for model in models {
        try network.validate(for: model, inputs: dataset.finalSeqLength)
      }
      let (given, usual) = (try JSON(encoding: network), try JSON(encoding: NetworkSettings()))
      let changed = NetworkSettings.fields.map(\.name).filter { given[$0] != usual[$0] }
      try requireTaken(changed.map { ("network.\($0)", $0) }, by: models)
      try validateMNIST()
    }
  }
}
