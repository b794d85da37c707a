import NeuralNetworks
import ReferenceRandom

/// Something that can be measured, by its name on the command line.
public enum Subject: String, CaseIterable, Sendable {
  case logistic
  case mlp
  case cnn
  case gru
  /// The fully-connected network with 500 hidden units.
  case mlp500 = "mlp-500"
  /// The same on batches of 500.
  case mlp500Batch500 = "mlp-500-batch-500"
  /// A gradient through 200 steps of training with respect to their learning rate.
  case metalearnLR = "metalearn-lr"
  /// A gradient through 50 steps of training with respect to their activation function.
  case metalearnActivation = "metalearn-activation"
  /// The generation of the default dataset.
  case dataset
  /// Matrix products of the shapes that occur, and the peak they are held against.
  case matmul

  /// The training whose steps are measured; nil for what is no training.
  var training: TrainingSubject? {
    switch self {
    case .logistic: TrainingSubject(.logistic)
    case .mlp: TrainingSubject(.mlp)
    case .cnn: TrainingSubject(.cnn)
    case .gru: TrainingSubject(.gru)
    case .mlp500: TrainingSubject(.mlp, hidden: 500)
    case .mlp500Batch500: TrainingSubject(.mlp, hidden: 500, batchSize: 500)
    case .metalearnLR, .metalearnActivation, .dataset, .matmul: nil
    }
  }
}

/// A training whose steps are measured.
struct TrainingSubject: Sendable {
  let architecture: Architecture
  let hidden: Int
  let batchSize: Int

  init(_ architecture: Architecture, hidden: Int = 100, batchSize: Int = 100) {
    self.architecture = architecture
    self.hidden = hidden
    self.batchSize = batchSize
  }

  /// The network with the weights that `torch.manual_seed(42)` gives it, so that peers can start from the same.
  var network: BaselineNetwork {
    var generator = TorchGenerator(seed: 42)
    return architecture == .mlp
      ? .mlp(MultilayerPerceptron(hidden: hidden, using: &generator))
      : BaselineNetwork(architecture, using: &generator)
  }
}
