import MNIST1D
import NeuralNetworks
import ReferenceRandom

/// Something that can be measured, by its name on the command line.
package enum Subject: String, CaseIterable, Sendable {
  case logistic
  case mlp
  case cnn
  case gru
  case resnet
  case tcn
  case transformer
  /// The fully-connected network with 500 hidden units.
  case mlp500 = "mlp-500"
  /// The same on batches of 500.
  case mlp500Batch500 = "mlp-500-batch-500"
  /// A retraining of the search for lottery tickets: 500 hidden units of whose weights 92 % are pruned.
  case lottery500 = "lottery-500"
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
    case .resnet: TrainingSubject(.resnet)
    case .tcn: TrainingSubject(.tcn)
    case .transformer: TrainingSubject(.transformer)
    case .mlp500: TrainingSubject(.mlp, hidden: 500)
    case .mlp500Batch500: TrainingSubject(.mlp, hidden: 500, batchSize: 500)
    case .lottery500: TrainingSubject(.mlp, hidden: 500, sparsity: 0.92)
    case .metalearnLR, .metalearnActivation, .dataset, .matmul: nil
    }
  }
}

/// A training whose steps are measured.
struct TrainingSubject: Sendable {
  let architecture: Architecture
  let hidden: Int
  let batchSize: Int
  let sparsity: Double

  init(
    _ architecture: Architecture, hidden: Int = 100, batchSize: Int = 100, sparsity: Double = 0
  ) {
    self.architecture = architecture
    self.hidden = hidden
    self.batchSize = batchSize
    self.sparsity = sparsity
  }

  /// The steps from the weights that `torch.manual_seed(42)` gives the network, and the noise after them where it is
  /// pruned, so that peers can start from the same.
  func steps(on dataset: Dataset) throws -> any TrainingWorkload {
    var generator = TorchGenerator(seed: 42)
    guard sparsity > 0 else {
      let network = BaselineNetwork(architecture, hidden: hidden, using: &generator)
      return try TrainingSteps(of: network, batchSize: batchSize, on: dataset)
    }
    let network = MultilayerPerceptron(hidden: hidden, using: &generator)
    let scores = network.uniformScores(using: &generator)
    let pruned = Masked(network, by: Mask(pruning: sparsity, ofLayersScoredBy: scores))
    return try TrainingSteps(of: SparsePerceptron(pruned), batchSize: batchSize, on: dataset)
  }
}
