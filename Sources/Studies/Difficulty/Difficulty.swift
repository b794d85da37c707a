import Figures
import MNIST1D
import NeuralNetworks
import Runs

/// How hard may the dataset be made before a network no longer profits from what it knows of space?
package enum Difficulty: Study {
  package static let name = "difficulty"
  package static let question =
    "Where does the CNN lose its lead as noise, translation, shear, resolution and the number of examples change?"
  package static let about = """
    The paper asks for a dataset of which one can "smoothly vary parameters such as background noise, \
    translation, and resolution". Here each is varied alone, the others being the paper's, and the paper's \
    four classifiers learn.
    """
  package static let variations = ["seeds=42..51", "models=mlp,cnn"]

  /// One training, told as a sweep tells it.
  package typealias Trial = Sweep.Trial
  package typealias Measurement = Sweep.Measurement

  /// What is varied.
  enum Dimension: CaseIterable {
    case noise, translation, shear, length, examples
  }

  package static let curveNames: [String: String?] = Sweep.curveNames

  package static func trials(for configuration: Configuration) -> [Trial] {
    var known = Set<Trial>()
    return Dimension.allCases.flatMap { dimension in
      configuration.values(of: dimension).flatMap { value in
        configuration.models.flatMap { model in
          configuration.seeds.map { configuration.trial(model, dimension, value, seed: $0) }
        }
      }
    }.filter { known.insert($0).inserted }
  }

  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    let length = trial.settings["dataset.final-seq-length"].flatMap(Double.init) ?? 40
    return trial.model.relativeCost * (trial.model == .logistic ? 1 : length)
  }
}

extension Difficulty {
  /// The settings.
  package struct Configuration: StudyConfiguration {
    package var seeds = [42, 43, 44]
    package var models = Architecture.paper
    package var noise = [0, 0.125, 0.25, 0.5, 0.75, 1]
    package var translations = [1, 12, 24, 48, 72]
    package var shears = [0, 0.75, 1.5, 3, 6]
    package var lengths = [10, 20, 40, 80]
    package var examples = [125, 250, 500, 1000, 2000, 4000]
    package var steps = 6000

    package static let meanings = [
      "seeds": "The seeds of the initial weights, one training each.",
      "models": "The classifiers.",
      "noise": "The sizes of the correlated noise; the paper's is 0.25.",
      "translations": "By how many points a signal is shifted at most; the paper's is 48.",
      "shears": "The sizes of the added slope; the paper's is 0.75.",
      "lengths": "How many points an example has in the end; the paper's is 40.",
      "examples": "How many examples are learned from; the paper's is 4000.",
      "steps": "The number of the last step.",
    ]

    /// All dimensions, with three seeds.
    package init() {}

    /// One seed, a tenth of the steps, and the ends and the middle of each dimension.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.seeds = [42]
      quick.noise = [0, 0.25, 1]
      quick.translations = [1, 48, 72]
      quick.shears = [0, 0.75, 6]
      quick.lengths = [10, 40, 80]
      quick.examples = [125, 1000, 4000]
      quick.steps = 600
      return quick
    }

    func values(of dimension: Dimension) -> [Double] {
      switch dimension {
      case .noise: noise
      case .translation: translations.map(Double.init)
      case .shear: shears
      case .length: lengths.map(Double.init)
      case .examples: examples.map(Double.init)
      }
    }

    /// The training of a classifier with one dimension changed; what is the paper's is left out, so that all dimensions
    /// share it.
    func trial(_ model: Architecture, _ dimension: Dimension, _ value: Double, seed: Int) -> Trial {
      var settings = steps == TrainingRecipe().steps ? [:] : ["steps": "\(steps)"]
      if value != dimension.paper {
        settings[dimension.key] = value.written
      }
      return Trial(model: model, all: settings, seed: seed)
    }

    package func validate() throws {
      try requireValues(
        [("seeds", seeds.isEmpty), ("models", models.isEmpty)]
          + [
            ("noise", noise.isEmpty), ("translations", translations.isEmpty),
            ("shears", shears.isEmpty), ("lengths", lengths.isEmpty),
            ("examples", examples.isEmpty),
          ])
      try requireSeeds(seeds)
      try requireCounts([("steps", steps)], from: 0)
      for dimension in Dimension.allCases {
        for value in values(of: dimension) {
          for model in models {
            try trial(model, dimension, value, seed: 0).experiment().validate(for: model)
          }
        }
      }
    }
  }
}

extension Difficulty.Dimension {
  /// The setting of an experiment.
  var key: String {
    switch self {
    case .noise: "dataset.corr-noise-scale"
    case .translation: "dataset.max-translation"
    case .shear: "dataset.shear-scale"
    case .length: "dataset.final-seq-length"
    case .examples: "training-examples"
    }
  }

  /// The paper's value.
  var paper: Double {
    let dataset = DatasetConfiguration()
    return switch self {
    case .noise: dataset.corrNoiseScale
    case .translation: Double(dataset.maxTranslation)
    case .shear: dataset.shearScale
    case .length: Double(dataset.finalSeqLength)
    case .examples: Double(dataset.trainingCount)
    }
  }

  /// What an axis says.
  var label: String {
    switch self {
    case .noise: "correlated noise"
    case .translation: "maximal translation (points)"
    case .shear: "shear"
    case .length: "points of an example"
    case .examples: "training examples"
    }
  }

  /// A value in a sentence.
  func words(_ value: Double) -> String {
    let number = value.written
    return switch self {
    case .noise: "noise of \(number)"
    case .translation: "translations of up to \(number) points"
    case .shear: "a shear of \(number)"
    case .length: "\(number) points"
    case .examples: "\(number) examples"
    }
  }
}
