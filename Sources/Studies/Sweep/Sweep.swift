import DataFormats
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Tensors

/// A question of one's own: any settings of the dataset, the network and the training, each with any number of values,
/// in all combinations, under several seeds.
///
///     mnist1d sweep models=logistic,mlp,cnn,gru dataset.corr-noise-scale=linspace(0,1,9) seeds=0..4
package enum Sweep: Study {
  package static let name = "sweep"
  package static let question = "What changes when these settings do?"
  package static let about = """
    Every setting of the dataset, the network and the training takes any number of values, and a network is trained \
    with every combination of them under every seed. The table and the figure show one metric of those trainings, \
    along whatever varies.
    """
  package static let variations = [
    "models=mlp,cnn",
    "dataset.corr-noise-scale=linspace(0,1,5)",
    "label-noise=0,0.2,0.4",
    "learning-rate=geomspace(0.001,0.1,5)",
  ]

  /// One training.
  package struct Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// The kind of network.
    package var model: Architecture
    /// The settings that differ from those of an ``Experiment``, as the command line spells them: everything that the
    /// training depends on is here.
    package var settings: [String: String]
    /// The seed of the initial weights, and of shuffling, augmentation and label noise.
    package var seed: Int

    package var description: String {
      ([model.rawValue] + settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        + ["seed \(seed)"]).joined(separator: " ")
    }

    /// Names a training by the settings that concern its kind of network: what has no channels differs in none.
    init(model: Architecture, all settings: [String: String], seed: Int) {
      let taken = NetworkSettings.names(for: model)
      let others = NetworkSettings.fields.map(\.name).filter { !taken.contains($0) }
      self.model = model
      self.settings = settings.filter { !others.contains($0.key) }
      self.seed = seed
    }

    /// The experiment that the settings describe.
    package func experiment() throws(RunError) -> Experiment {
      try Overrides(settings.map { "\($0.key)=\($0.value)" }).applied(to: Experiment())
    }
  }

  /// What one training yields.
  package struct Measurement: Codable, Sendable, Equatable {
    /// How many numbers the network learned.
    package var parameters: Int
    /// The number of the last step.
    package var lastStep: Int
    /// The accuracy on the test examples in percent and the mean loss on them, in the end.
    package var testAccuracy: Double
    package var testLoss: Double
    /// The same for the examples that were learned from.
    package var trainAccuracy: Double
    package var trainLoss: Double
    /// The evaluations on the way: after which steps, and with what accuracy on the test examples.
    package var steps: [Int]
    package var curve: [Double]
    /// The digest of the final weights.
    package var digest: String
  }

  package static let curveNames: [String: String?] = ["curve": "testAccuracy"]

  package static func trials(for configuration: Configuration) -> [Trial] {
    var known = Set<Trial>()
    return configuration.models.flatMap { model in
      configuration.settings.flatMap { settings in
        configuration.seeds.map { Trial(model: model, all: settings, seed: $0) }
      }
    }.filter { known.insert($0).inserted }
  }

  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    guard let experiment = try? trial.experiment() else { return 1 }
    let recipe = experiment.training
    let examples = Double(experiment.dataset.trainingCount)
    let seen =
      recipe.epochs.map { Double($0) * examples } ?? Double(recipe.steps * recipe.batchSize)
    let evaluations = seen / Double(recipe.batchSize * (recipe.evalEvery ?? 250))
    let scored = evaluations * Double(experiment.dataset.exampleCount)
    return trial.model.relativeCost * (seen + scored / 3) + 1
  }
}

extension Study where Trial == Sweep.Trial, Measurement == Sweep.Measurement {
  /// None: all that a training depends on is in its key.
  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    Configuration()
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    try trial.measure(in: context)
  }
}

extension Sweep.Trial {
  /// Carries out the training, which depends on nothing but what is here.
  func measure(in context: TrialContext) throws -> Sweep.Measurement {
    let experiment = try experiment()
    let data = try context.shared(experiment.dataset) { try Split($0) }
    let learned = try experiment.selection.training(
      from: data.training, classes: 10, seed: UInt32(truncatingIfNeeded: seed))
    let test = try experiment.selection.restricted(data.test, classes: 10)
    var generator = TorchGenerator(seed: UInt64(seed))
    let network = BaselineNetwork(
      model, experiment.network, inputs: data.training.inputs.shape[1], using: &generator)
    var training = try Training(
      of: network, on: learned, testing: test, by: experiment.training, using: generator)
    try Kernels.withThreads(context.threads) { try context.train(&training) }
    let (final, learnedFinal) = (training.model.score(on: test), training.model.score(on: learned))
    let evaluations = training.evaluationsIncludingLast
    return Sweep.Measurement(
      parameters: network.parameterCount, lastStep: training.stepCount - 1,
      testAccuracy: final.accuracy, testLoss: final.loss, trainAccuracy: learnedFinal.accuracy,
      trainLoss: learnedFinal.loss, steps: evaluations.map(\.step),
      curve: evaluations.map(\.test.accuracy), digest: training.model.digest)
  }
}
