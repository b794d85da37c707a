import MNIST1D
import NeuralNetworks
import Runs

extension SelfSupervised {
  /// The settings. Those of the contrastive learning are the ``recipe``'s where they are nil.
  package struct Configuration: StudyConfiguration {
    /// The seeds of the networks' weights, batches and views, one training each; the authors' is 42.
    package var seeds = [42, 43, 44]
    /// What is classified.
    package var features = Features.allCases
    /// Whose settings the contrastive learning has.
    package var recipe = Recipe.published
    /// How the two views of a signal are made.
    package var views = ViewChanges()
    /// What is minimised.
    package var loss: ContrastiveLoss?
    /// How many steps of contrastive learning there are.
    package var steps: Int?
    /// How many signals a step sees, each in two views.
    package var batchSize: Int?
    /// Adam's step size.
    package var learningRate: Double?
    /// How the step size changes.
    package var schedule: ContrastiveSchedule?
    /// The factor of the L2 penalty's gradient.
    package var weightDecay = 0.0
    /// What cosines are divided by in the loss.
    package var temperature: Double?
    /// How many channels each of the encoder's convolutions has.
    package var channels = 25
    /// How many units a hidden layer of the head has.
    package var hidden: Int?
    /// How many dimensions the head projects onto.
    package var outputs: Int?
    /// How many steps the supervised network is trained for, with the settings of the baselines.
    package var supervisedSteps = 6000
    /// How many neighbours vote.
    package var neighbors = 10
    /// How many training examples are held out for a second score, by which settings can be chosen; 0 for none.
    package var heldOut = 0
    /// The features that are laid out in the plane by t-SNE, those of the first seed.
    package var maps: [Features] = [.selfSupervised]
    /// How many neighbours a point has in a map, in effect.
    package var perplexity = 30.0
    /// How many steps a map takes after the first 250.
    package var mapSteps = 500
    /// The dataset.
    package var dataset = DatasetConfiguration()

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
  package struct ViewChanges: Codable, Sendable, Equatable {
    package var shift: Int?
    package var slope: Double?
    package var offset: Double?
    package var stretch: Double?
    package var scale: Double?
    package var noise: Double?

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
