import DataFormats
import Figures
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Tensors

/// Does a network that knows of neighbours bear more noise than one that does not?
enum NoiseTolerance: Study {
  static let name = "noise-tolerance"
  static let question =
    "How much accuracy does correlated noise cost a fully-connected and a convolutional network?"

  /// The settings; what is written here is what runs unless the command line says otherwise.
  struct Configuration: StudyConfiguration {
    /// The classifiers.
    var models: [Architecture] = [.mlp, .cnn]
    /// The scales of the correlated noise.
    var noises = [0, 0.25, 0.5, 1]
    /// The seeds of the initial weights.
    var seeds = [0, 1, 2]
    /// The number of the last training step.
    var steps = 3000

    static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [0]
      quick.steps = 300
      return quick
    }
  }

  /// Besides other seeds, fewer of these scales leave the claim what it is.
  static let comparableSettings: [ComparableSetting] = [.anyValue("seeds"), .conditions("noises")]

  /// One training.
  struct Trial: Codable, Hashable, Sendable, SeededTrial {
    var model: Architecture
    var noise: Double
    var seed: Int
  }

  /// What one training yields.
  struct Measurement: Codable, Sendable {
    /// In percent, after the last step.
    var testAccuracy: Double
  }

  static func trials(for configuration: Configuration) -> [Trial] {
    configuration.models.flatMap { model in
      configuration.noises.flatMap { noise in
        configuration.seeds.map { Trial(model: model, noise: noise, seed: $0) }
      }
    }
  }

  static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    // Trials that need the same dataset share it.
    let dataset = try context.shared(trial.noise) { noise in
      try Dataset(DatasetConfiguration(corrNoiseScale: noise))
    }
    let test = Examples(dataset.xTest, dataset.yTest)
    var recipe = TrainingRecipe()
    recipe.steps = configuration.steps
    recipe.evalEvery = configuration.steps
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    var training = try Training(
      of: BaselineNetwork(trial.model, inputs: dataset.length, using: &generator),
      on: Examples(dataset.x, dataset.y), testing: test, by: recipe)
    try Kernels.withThreads(context.threads) {
      while !training.isFinished {
        try context.checkCancellation()
        try training.stepAndEvaluate()
      }
    }
    return Measurement(testAccuracy: training.model.score(on: test).accuracy)
  }

  static func findings(_ results: Results<NoiseTolerance>) -> Findings {
    let (models, noises) = (results.configuration.models, results.configuration.noises)
    func accuracy(_ model: Architecture, _ noise: Double) -> Sample? {
      results.sample(where: { $0.model == model && $0.noise == noise }, \.testAccuracy)
    }
    let table = Table(
      "accuracy", title: "Test accuracy in percent",
      columns: ["noise"] + models.map(\.rawValue),
      rows: noises.map { noise in
        [.number(noise, decimals: 2)] + models.map { Cell(accuracy($0, noise)) }
      })
    let figure = Figure(
      title: "What noise costs",
      panels: [
        Panel(
          x: Axis("corr_noise_scale"), y: Axis("test accuracy (%)", from: 0, to: 100),
          marks: models.enumerated().map { index, model in
            .line(
              Line(
                model.rawValue,
                SampleCurve(x: noises, noises.map { accuracy(model, $0) }),
                color: .series(index), marker: .circle))
          })
      ])
    let claim = Claim(
      "cnn-bears-noise",
      "With four times the noise, the CNN still beats the MLP (lead in points).",
      measured: accuracy(.cnn, 1) - accuracy(.mlp, 1)
    ) { $0.mean > 0 }
    return Findings(
      claims: [claim], tables: [table],
      illustrations: [
        Illustration("accuracy", caption: "Mean and deviation over seeds.", figure: figure)
      ])
  }
}
