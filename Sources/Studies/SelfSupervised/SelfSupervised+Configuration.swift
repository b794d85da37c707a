import MNIST1D
import NeuralNetworks
import Runs
import Storage

extension SelfSupervised {
  /// The settings. Those of the contrastive learning are the ``recipe``'s where they are nil.
  package struct Configuration: StudyConfiguration {
    package var seeds = [42, 43, 44]
    package var features = Features.allCases
    package var recipe = Recipe.published
    package var views = ViewChanges()
    package var loss: ContrastiveLoss?
    package var steps: Int?
    package var batchSize: Int?
    package var learningRate: Double?
    package var schedule: ContrastiveSchedule?
    package var weightDecay = 0.0
    package var temperature: Double?
    package var channels = 25
    package var hidden: Int?
    package var outputs: Int?
    package var supervisedSteps = 6000
    package var neighbors = 10
    package var heldOut = 0
    package var maps: [Features] = [.selfSupervised]
    package var perplexity = 30.0
    package var mapSteps = 500
    package var dataset = DatasetConfiguration()

    package static let meanings = [
      "seeds":
        "The seeds of the networks' weights, batches and views, one training each; the authors' is 42.",
      "features": "What is classified.",
      "recipe": "Whose settings the contrastive learning has.",
      "views": "How the two views of a signal are made.",
      "loss": "What is minimised.",
      "steps": "How many steps of contrastive learning there are.",
      "batchSize": "How many signals a step sees, each in two views.",
      "learningRate": "Adam's step size.",
      "schedule": "How the step size changes.",
      "weightDecay": "The factor of the L2 penalty's gradient.",
      "temperature": "What cosines are divided by in the loss.",
      "channels": "How many channels each of the encoder's convolutions has.",
      "hidden": "How many units a hidden layer of the head has.",
      "outputs": "How many dimensions the head projects onto.",
      "supervisedSteps":
        "How many steps the supervised network is trained for, with the settings of the baselines.",
      "neighbors": "How many neighbours vote.",
      "heldOut":
        "How many training examples are held out for a second score, by which settings can be chosen; 0 "
        + "for none.",
      "maps": "The features that are laid out in the plane by t-SNE, those of the first seed.",
      "perplexity": "How many neighbours a point has in a map, in effect.",
      "mapSteps": "How many steps a map takes after the first 250.",
      "dataset": "The dataset.",
    ]

    /// The settings of the authors' notebook.
    package init() {}

    /// One seed, a fraction of the steps, and a dataset of a fifth.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [42]
      quick.steps = 800
      quick.supervisedSteps = 600
      quick.mapSteps = 250
      quick.dataset.numSamples = 1000
      return quick
    }

    var supervisedTraining: TrainingRecipe {
      var recipe = TrainingRecipe()
      recipe.steps = supervisedSteps
      return recipe
    }

    /// The recipe with what was set.
    package var contrastive: ContrastiveSettings {
      var settings = recipe.settings
      views.apply(to: &settings.views)
      settings.loss = loss ?? settings.loss
      settings.steps = steps ?? settings.steps
      settings.batchSize = batchSize ?? settings.batchSize
      settings.learningRate = learningRate ?? settings.learningRate
      settings.weightDecay = weightDecay
      settings.schedule = schedule ?? settings.schedule
      settings.temperature = temperature ?? settings.temperature
      settings.hidden = hidden ?? settings.hidden
      settings.outputs = outputs ?? settings.outputs
      return settings
    }

    package func validate() throws {
      try requireExamples(of: dataset)
      try requireValues([("seeds", seeds.isEmpty), ("features", features.isEmpty)])
      try requireSeeds(seeds)
      if let seed = seeds.first(where: { $0 > UInt32.max }) {
        throw SettingError("seeds holds \(seed); a seed must be at most \(UInt32.max)")
      }
      let contrastive = contrastive
      try requireCounts(
        [
          ("steps", contrastive.steps), ("supervised-steps", supervisedSteps),
          ("map-steps", mapSteps), ("held-out", heldOut),
        ], from: 0)
      try requireCounts([
        ("batch-size", contrastive.batchSize), ("neighbors", neighbors),
        ("views.shift", contrastive.views.shift),
      ])
      try requireWidths([
        ("channels", channels), ("hidden", contrastive.hidden), ("outputs", contrastive.outputs),
      ])
      try requireMagnitudes([
        ("learning-rate", contrastive.learningRate), ("weight-decay", weightDecay),
        ("views.slope", contrastive.views.slope),
        ("views.offset", contrastive.views.offset), ("views.scale", contrastive.views.scale),
        ("views.noise", contrastive.views.noise),
      ])
      guard contrastive.temperature.isFinite && contrastive.temperature > 0 else {
        throw SettingError(
          "temperature is \(contrastive.temperature); it must be a positive number")
      }
      guard (0..<1).contains(contrastive.views.stretch) else {
        throw SettingError(
          "views.stretch is \(contrastive.views.stretch); it must be 0 or more and below 1")
      }
      try validateAgainstDataset()
    }

    private func validateAgainstDataset() throws {
      try requireSignals(of: dataset, for: "the network", ConvolutionalNetwork.shortestInput)
      for (key, count) in [
        ("batch-size", contrastive.batchSize), ("held-out plus neighbors", heldOut + neighbors),
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

  /// What is to be other than the recipe says about views; see ``Views``.
  package struct ViewChanges: Codable, Sendable, Equatable, ExplainedSettings {
    package var shift: Int?
    package var slope: Double?
    package var offset: Double?
    package var stretch: Double?
    package var scale: Double?
    package var noise: Double?

    package static let meanings = [
      "shift": "By how many points, below this number, a signal is rotated; 1 for not at all.",
      "slope": "The standard deviation of the slope per point.",
      "offset": "The standard deviation of the offset.",
      "stretch":
        "By how much a signal is stretched or compressed about its middle at most, as a share of its length.",
      "scale": "The width of the range of amplitudes, around 1.",
      "noise": "The standard deviation of white noise.",
    ]

    func apply(to views: inout Views) {
      views.shift = shift ?? views.shift
      views.slope = slope ?? views.slope
      views.offset = offset ?? views.offset
      views.stretch = stretch ?? views.stretch
      views.scale = scale ?? views.scale
      views.noise = noise ?? views.noise
    }
  }
}
