import MNIST1D
import NeuralNetworks
import Runs

extension SelfSupervised {
  /// The settings. The authors' text leaves those of the contrastive learning open: the defaults were chosen by the
  /// accuracy of the linear probe on held-out training examples, with the seed 0.
  package struct Configuration: StudyConfiguration {
    /// The seeds of the networks' weights, batches and views, one training each.
    package var seeds = [42, 43, 44]
    /// What is classified.
    package var features = Features.allCases
    /// How the two views of a signal are made.
    package var views = Views()
    /// How many steps of contrastive learning there are.
    package var steps = 3000
    /// How many signals a step sees, each in two views.
    package var batchSize = 250
    /// Adam's first step size, from which it falls linearly to 0.
    package var learningRate = 1e-2
    /// The factor of the L2 penalty's gradient.
    package var weightDecay = 0.0
    /// What cosines are divided by in the loss.
    package var temperature = 0.2
    /// How many channels each of the encoder's convolutions has.
    package var channels = 25
    /// How many units the head has.
    package var hidden = 64
    /// How many dimensions the head projects onto.
    package var outputs = 32
    /// How many steps the supervised network is trained for, with the settings of the baselines.
    package var supervisedSteps = 6000
    /// How many neighbours vote.
    package var neighbors = 10
    /// How many training examples are held out for a second pair of scores, by which settings can be chosen.
    package var heldOut = 500
    /// The features that are laid out in the plane by t-SNE, those of the first seed.
    package var maps: [Features] = [.input, .selfSupervised, .supervised]
    /// How many neighbours a point has in a map, in effect.
    package var perplexity = 30.0
    /// How many steps a map takes after the first 250.
    package var mapSteps = 500
    /// The dataset.
    package var dataset = DatasetConfiguration()

    /// The settings that were found.
    package init() {}

    /// One seed, a fraction of the steps, and a dataset of a fifth.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [42]
      quick.steps = 300
      quick.supervisedSteps = 600
      quick.heldOut = 100
      quick.mapSteps = 250
      quick.dataset.numSamples = 1000
      return quick
    }

    var supervisedTraining: TrainingSettings {
      var settings = TrainingSettings()
      settings.steps = supervisedSteps
      return settings
    }

    package func validate() throws {
      try requireExamples(of: dataset)
      try requireValues([("seeds", seeds.isEmpty), ("features", features.isEmpty)])
      try requireSeeds(seeds)
      try requireCounts(
        [("steps", steps), ("supervised-steps", supervisedSteps), ("map-steps", mapSteps)], from: 0)
      try requireCounts([
        ("batch-size", batchSize), ("neighbors", neighbors), ("held-out", heldOut),
        ("views.shift", views.shift),
      ])
      try requireWidths([("channels", channels), ("hidden", hidden), ("outputs", outputs)])
      try requireMagnitudes([
        ("learning-rate", learningRate), ("weight-decay", weightDecay),
        ("views.scale", views.scale), ("views.shear", views.shear), ("views.noise", views.noise),
      ])
      guard temperature.isFinite && temperature > 0 else {
        throw SettingError("temperature is \(temperature); it must be a positive number")
      }
      guard (0..<1).contains(views.stretch) else {
        throw SettingError("views.stretch is \(views.stretch); it must be 0 or more and below 1")
      }
      try validateAgainstDataset()
    }

    private func validateAgainstDataset() throws {
      try requireSignals(of: dataset, for: "the network", ConvolutionalNetwork.shortestInput)
      for (key, count) in [
        ("batch-size", batchSize), ("held-out plus neighbors", heldOut + neighbors),
      ]
      where count > dataset.trainingCount {
        throw SettingError(
          "\(key) is \(count); it must be at most \(dataset.trainingCount), the number of training examples"
        )
      }
      guard perplexity >= 1, perplexity < Double(dataset.exampleCount) else {
        throw SettingError(
          "perplexity is \(perplexity); it must be 1 or more and below the number of examples, "
            + "\(dataset.exampleCount)")
      }
    }
  }
}
