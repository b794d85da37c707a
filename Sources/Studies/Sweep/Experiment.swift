import DataFormats
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Storage

/// One training with every choice that a sweep can vary, besides the kind of network and the seed.
///
/// Its settings are those of its parts side by side; the dataset's are within `dataset`.
package struct Experiment: Hashable, Sendable {
  /// What the network is like, besides its kind.
  package var network = NetworkSettings()
  /// How the network is trained.
  package var training = TrainingRecipe()
  /// What it learns from.
  package var selection = ExampleSelection()
  /// The dataset.
  package var dataset = DatasetConfiguration()

  /// The paper's training on the paper's dataset.
  package init() {}

  /// Says what is wrong with these settings for a kind of network.
  func validate(for model: Architecture) throws {
    try requireExamples(of: dataset)
    try network.validate(for: model, inputs: dataset.finalSeqLength)
    try training.validate()
    try selection.validate(examples: dataset.trainingCount, classes: 10)
  }
}

extension Experiment: Codable {
  private static var groups: [CodedField<Experiment>] {
    [.init("dataset", \.dataset, "The dataset.")]
  }

  package init(from decoder: any Decoder) throws {
    self.init()
    try CodedField.decode(&self, as: Self.groups, from: decoder)
    network = try NetworkSettings(from: decoder)
    training = try TrainingRecipe(from: decoder)
    selection = try ExampleSelection(from: decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    try network.encode(to: encoder)
    try training.encode(to: encoder)
    try selection.encode(to: encoder)
    try CodedField.encode(self, as: Self.groups, to: encoder)
  }
}
