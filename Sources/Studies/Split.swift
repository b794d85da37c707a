import MNIST1D
import NeuralNetworks

/// A dataset's examples as tensors, which all trainings on it share.
struct Split: Sendable {
  /// The examples to learn from.
  let training: Examples
  /// The examples to report on.
  let test: Examples

  /// Generates a dataset.
  init(_ configuration: DatasetConfiguration) throws {
    self.init(try Dataset(configuration))
  }

  /// Takes a dataset apart.
  init(_ dataset: Dataset) {
    training = Examples(dataset.x, dataset.y)
    test = Examples(dataset.xTest, dataset.yTest)
  }
}
