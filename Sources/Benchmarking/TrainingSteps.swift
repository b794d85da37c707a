import MNIST1D
import NeuralNetworks

/// Steps of a training.
protocol TrainingWorkload: Workload {
  /// The losses of the first steps, by which peers can tell that they do the same work.
  var firstLosses: [Float] { get }
}

/// Training steps on consecutive batches: forward, gradients, update, no evaluation.
final class TrainingSteps<Network: Classifier>: TrainingWorkload {
  let firstLosses: [Float]
  private let start: RecipeTraining<Network>
  private var training: RecipeTraining<Network>

  init(of network: Network, batchSize: Int, on examples: Examples, testing: Examples) throws {
    var recipe = TrainingRecipe()
    recipe.batchSize = batchSize
    recipe.evalEvery = .max  // only step 0 evaluates
    var training = try Training(of: network, on: examples, testing: testing, by: recipe)
    firstLosses = try (0..<5).map { _ in try training.stepAndEvaluate().trainLoss }
    start = training
    self.training = training
  }

  /// Returns to the start, so that every sample sees the same numbers; the first step copies what the start shares.
  func prepare() throws {
    training = start
    try training.stepAndEvaluate()
  }

  func perform() throws { try training.stepAndEvaluate() }
}

/// The generation of the default dataset.
struct DatasetGeneration: Workload {
  func perform() throws { _ = try Dataset(DatasetConfiguration()) }
}
