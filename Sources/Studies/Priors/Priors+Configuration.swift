import MNIST1D
import NeuralNetworks
import Runs

extension Priors {
  /// The settings.
  package struct Configuration: StudyConfiguration, DatasetSettings, Hashable {
    package var seeds = [42, 43, 44]
    package var networks = Network.allCases
    package var windows = [3, 5, 9, 15, 25]
    package var examples = [250, 1000, 4000]
    package var steps = 6000
    package var learningRate = 1e-2
    package var ticketHidden = 500
    package var sparsity = 0.92
    package var rounds = 23
    package var searchSteps = 1501
    package var dataset = DatasetConfiguration()

    package static let meanings = [
      "seeds": "The seeds of the initial weights, one training each.",
      "networks": "The networks.",
      "windows": "How many inputs a unit sees in the masked MLPs.",
      "examples":
        "How many examples are learned from; shuffled columns are compared with the most.",
      "steps": "The number of the last step.",
      "learningRate": "Adam's step size.",
      "ticketHidden":
        "How many units each hidden layer has of the network that a ticket is found in.",
      "sparsity": "The share of its parameters that is pruned in the end.",
      "rounds": "In how many rounds it is.",
      "searchSteps": "The number of the last step of a training that searches.",
      "dataset": "The dataset.",
    ]

    /// All networks, with three seeds.
    package init() {}

    /// One seed, a tenth of the steps, fewer windows, numbers of examples and rounds.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [42]
      quick.windows = [3, 9, 25]
      quick.examples = [1000, 4000]
      quick.steps = 600
      (quick.ticketHidden, quick.rounds, quick.searchSteps) = (100, 5, 150)
      return quick
    }

    /// The networks, each window by itself.
    var subjects: [(network: Network, window: Int?)] {
      networks.flatMap { network -> [(network: Network, window: Int?)] in
        network == .window ? windows.map { (network, $0) } : [(network, nil)]
      }
    }

    var training: TrainingRecipe {
      var recipe = TrainingRecipe()
      recipe.steps = steps
      recipe.learningRate = learningRate
      return recipe
    }

    /// The paper's search.
    var search: TrainingRecipe {
      var recipe = TrainingRecipe()
      recipe.steps = searchSteps
      recipe.learningRate = 2e-2
      return recipe
    }

    package func validate() throws {
      try training.validate()
      try search.validate()
      try requireExamples(of: dataset)
      try requireValues([
        ("seeds", seeds.isEmpty), ("networks", networks.isEmpty), ("examples", examples.isEmpty),
        ("windows", networks.contains(.window) && windows.isEmpty),
      ])
      try requireSeeds(seeds)
      try requireCounts([("rounds", rounds)], to: 1000)
      try requireWidths([("ticket-hidden", ticketHidden)])
      guard (0...1).contains(sparsity) else {
        throw SettingError("sparsity is \(sparsity); it must be 0 to 1")
      }
      let inputs = dataset.finalSeqLength
      if let window = windows.first(where: { !(1...inputs).contains($0) }) {
        throw SettingError(
          "windows holds \(window); a window must be 1 to \(inputs), the length of the signals")
      }
      if let count = examples.first(where: { !(1...dataset.trainingCount).contains($0) }) {
        throw SettingError(
          "examples holds \(count); it must be 1 to \(dataset.trainingCount), the number of training examples"
        )
      }
      for architecture in networks.compactMap(\.architecture) {
        try NetworkSettings().validate(for: architecture, inputs: inputs)
      }
    }
  }
}
