import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs

extension DoubleDescent {
  /// The settings; the defaults are the paper's, with sizes that go on far beyond both thresholds.
  package struct Configuration: StudyConfiguration {
    package var seeds = [42, 43, 44]
    package var models = Model.allCases
    package var losses = ClassificationLoss.allCases
    package var noise = [0.15, 0]
    package var widths = [
      2, 3, 4, 5, 7, 9, 12, 16, 21, 27, 36, 47, 61, 80, 104, 135, 177, 230, 300, 390, 480,
    ]
    // The paper's up to 30, among which its peak lies; of those from 35 to 100, where the curve is smooth, four; and three
    // more for the squared error, which take six tenths of the study's time.
    package var channels =
      Array(stride(from: 2, through: 30, by: 2)) + [40, 60, 80, 100, 130, 200, 300]
    package var nllParameters = 106_000
    package var epochs = 500
    package var batchSize = 100
    package var nllLearningRate = 1e-2
    package var mseLearningRate = 1e-1
    package var momentum = 0.9
    package var evalEvery = 100
    package var epochWidths = [16, 47, 300]
    package var dataset = DoubleDescent.dataset

    package static let meanings = [
      "seeds":
        "The seeds of initial weights, order and noise, one training of each network for each.",
      "models": "The kinds of network.",
      "losses": "What the trainings make small.",
      "noise":
        "The probabilities with which a training label is replaced. The first holds for all networks; "
        + "with the others only the first model is trained, by the first loss.",
      "widths":
        "The numbers of hidden units of the MLP: the paper's, `unique(geomspace(2, 300, 20, "
        + "dtype=int))`, and two more for the squared error.",
      "channels": "The numbers of channels of the CNN.",
      "nllParameters":
        "The most parameters that a network trained by negative log-likelihood has; larger sizes are "
        + "left out there, where the peak comes ten times earlier.",
      "epochs": "How often every example is seen.",
      "batchSize": "How many examples a step sees.",
      "nllLearningRate": "The step size with the negative log-likelihood.",
      "mseLearningRate":
        "The step size with the mean squared error, whose slopes are smaller: 1e-2 does not interpolate "
        + "in 500 epochs.",
      "momentum": "How much of the last step is kept.",
      "evalEvery":
        "Every how many epochs the networks are evaluated; they are after the last, too.",
      "epochWidths":
        "The widths at which the MLP is followed through its training by negative log-likelihood: far "
        + "below the threshold, at it, and far above it. A width that is not among `widths` is left out.",
      "dataset": "The dataset: 4000 training and 12,000 test examples.",
    ]

    /// The settings of the paper.
    package init() {}

    /// One seed, fewer sizes, and 2000 training examples, which smaller networks can learn by heart.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [42]
      quick.noise = [0.15]
      quick.dataset.numSamples = 8000
      quick.widths = [6, 10, 16, 21, 27, 36, 47, 80, 135, 230]
      quick.channels = [6, 10, 14, 18, 24, 32, 42, 60, 70]
      quick.nllParameters = 25_000
      quick.epochs = 400
      quick.evalEvery = 400
      quick.epochWidths = [10, 27, 135]
      return quick
    }

    /// The training of a network, on batches that the generator shuffles.
    func training<Network: Classifier>(
      of network: Network, on examples: Examples, shuffledBy generator: TorchGenerator,
      by loss: ClassificationLoss
    ) throws -> Training<Network, SGD, Batches<Examples>> {
      try Training(
        of: network,
        by: SGD(
          for: network,
          learningRate: loss == .negativeLogLikelihood ? nllLearningRate : mseLearningRate,
          momentum: momentum),
        on: .shuffled(examples, size: batchSize, using: generator), for: .epochs(epochs),
        minimizing: loss)
    }

    /// Whether a training is followed from epoch to epoch.
    func follows(_ trial: Trial) -> Bool {
      trial.model == .mlp && trial.loss == .negativeLogLikelihood
        && epochWidths.contains(trial.size)
    }

    /// The epochs after which a training that is followed is evaluated: 1, 2, 3 …, each a fifth more than the one before
    /// once that is more than one, as a training changes fast at first and slowly later.
    var followedEpochs: Set<Int> {
      Set(sequence(first: 1) { $0 + max(1, $0 / 5) }.prefix { $0 < epochs })
    }

    func noiseLevels(_ model: Model, _ loss: ClassificationLoss) -> [Double] {
      model == models.first && loss == losses.first ? noise : Array(noise.prefix(1))
    }

    func sizes(of model: Model, _ loss: ClassificationLoss) -> [Int] {
      let sizes = model == .mlp ? widths : channels
      guard loss == .negativeLogLikelihood else { return sizes }
      return sizes.filter {
        model.parameters(size: $0, inputs: dataset.finalSeqLength) <= nllParameters
      }
    }

    package func validate() throws {
      try requireExamples(of: dataset)
      try requireCounts([("epochs", epochs), ("batch-size", batchSize), ("eval-every", evalEvery)])
      guard (0..<1).contains(momentum) else {
        throw SettingError("momentum is \(momentum); it must be 0 or more and less than 1")
      }
      try requireMagnitudes([
        ("nll-learning-rate", nllLearningRate), ("mse-learning-rate", mseLearningRate),
      ])
      try requireValues([
        ("seeds", seeds.isEmpty), ("models", models.isEmpty), ("losses", losses.isEmpty),
        ("noise", noise.isEmpty), ("widths", models.contains(.mlp) && widths.isEmpty),
        ("channels", models.contains(.cnn) && channels.isEmpty),
      ])
      for (key, sizes) in [
        ("widths", widths), ("channels", channels), ("epoch-widths", epochWidths),
      ] {
        if let size = sizes.first(where: { !(1...10_000).contains($0) }) {
          throw SettingError("\(key) holds \(size); a size must be between 1 and 10000")
        }
      }
      if let level = noise.first(where: { !(0...1).contains($0) }) {
        throw SettingError("noise holds \(level); a probability must be between 0 and 1")
      }
      if let seed = seeds.first(where: { !(0...Int(UInt32.max)).contains($0) }) {
        throw SettingError("seeds holds \(seed); a seed must be between 0 and \(UInt32.max)")
      }
      if models.contains(.cnn) {
        try requireSignals(of: dataset, for: "the cnn", ConvolutionalNetwork.shortestInput)
      }
    }
  }

  /// The dataset of 16,000 examples, a quarter of them to learn from.
  static var dataset: DatasetConfiguration {
    var dataset = DatasetConfiguration()
    dataset.numSamples = 16_000
    dataset.trainSplit = 0.25
    return dataset
  }
}
