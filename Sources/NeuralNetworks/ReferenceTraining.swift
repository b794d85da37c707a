import MNIST1D
import ReferenceRandom
import Tensors

/// The training by which machines are held against each other: a classifier with the initial weights of seed 42, on
/// the default dataset, with the default settings.
package enum ReferenceTraining {
  /// The digests of the weights after 300 steps.
  package static let after300: [Architecture: String] = [
    .logistic: "cd7ff2f475b84eb2", .mlp: "9e5e34e1f6d544ae", .cnn: "36a17878713bc5c1",
    .gru: "07ce11c6f6502a6c",
  ]

  /// The digests of the weights after 10 steps.
  package static let after10: [Architecture: String] = [
    .logistic: "a998ca46b748538d", .mlp: "57ee31031ef6faee", .cnn: "de32ab11ba70698e",
    .gru: "237b5ed6446ad46d",
  ]

  /// Trains a classifier for so many steps.
  ///
  /// - Returns: the digest of its weights.
  /// - Throws: `TrainingError.diverged`, which no machine should meet.
  package static func digest(
    of architecture: Architecture, steps: Int, on dataset: Dataset
  ) throws(TrainingError) -> String {
    var generator = TorchGenerator(seed: 42)
    var recipe = TrainingRecipe()
    recipe.steps = steps - 1
    recipe.evalEvery = 1000
    var training = try Training(
      of: BaselineNetwork(architecture, using: &generator), on: Examples(dataset.x, dataset.y),
      testing: Examples(dataset.xTest, dataset.yTest)[0..<10], by: recipe)
    while !training.isFinished { try training.stepAndEvaluate() }
    return training.model.digest
  }
}
