import MNIST1D
import NeuralNetworks

/// A dataset's examples as tensors, which all trainings on it share.
package struct Split: Sendable {
  /// The examples to learn from.
  package let training: Examples
  /// The examples to report on.
  package let test: Examples

  /// Takes both parts.
  init(training: Examples, test: Examples) {
    self.training = training
    self.test = test
  }

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
