import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors

/// Something that can be measured, by its name on the command line.
package enum Subject: String, CaseIterable, Sendable {
  case logistic
  case mlp
  case cnn
  case gru
  case resnet
  case tcn
  case transformer
  /// The convolutional network for images, on images of 28 × 28.
  case cnn2D = "cnn-2d"
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
    case .cnn2D: TrainingSubject(.cnn, inputs: .images)
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
  let inputs: Inputs

  /// What the network reads.
  enum Inputs {
    /// The dataset's.
    case signals
    /// 28 of a signal's points by its last 28, each image their products: peers have them by one multiplication, too.
    case images
  }

  init(
    _ architecture: Architecture, hidden: Int = 100, batchSize: Int = 100, sparsity: Double = 0,
    inputs: Inputs = .signals
  ) {
    self.architecture = architecture
    self.hidden = hidden
    self.batchSize = batchSize
    self.sparsity = sparsity
    self.inputs = inputs
  }

  /// The steps from the weights that `torch.manual_seed(42)` gives the network, and the noise after them where it is
  /// pruned, so that peers can start from the same.
  func steps(on dataset: Dataset) throws -> any TrainingWorkload {
    var generator = TorchGenerator(seed: 42)
    let training = Examples(dataset.x, dataset.y)
    let testing = Examples(dataset.xTest, dataset.yTest)
    if inputs == .images {
      let image = ImageShape(height: Self.side, width: Self.side)
      let network = BaselineNetwork(architecture, image: image, using: &generator)
      return try TrainingSteps(
        of: network, batchSize: batchSize, on: Self.images(training), testing: Self.images(testing))
    }
    guard sparsity > 0 else {
      let network = BaselineNetwork(architecture, hidden: hidden, using: &generator)
      return try TrainingSteps(of: network, batchSize: batchSize, on: training, testing: testing)
    }
    let network = MultilayerPerceptron(hidden: hidden, using: &generator)
    let scores = network.uniformScores(using: &generator)
    let pruned = Masked(network, by: Mask(pruning: sparsity, ofLayersScoredBy: scores))
    return try TrainingSteps(
      of: SparsePerceptron(pruned), batchSize: batchSize, on: training, testing: testing)
  }

  private static let side = 28

  private static func images(_ examples: Examples) -> Examples {
    let signals = examples.inputs
    let (count, points) = (signals.shape[0], signals.shape[1])
    let rows = signals.sliced(0..<side, along: 1).reshaped(to: [count, side, 1])
    let columns = signals.sliced(points - side..<points, along: 1)
    let pixels = rows * columns.reshaped(to: [count, 1, side])
    return Examples(inputs: pixels.reshaped(to: [count, side * side]), labels: examples.labels)
  }
}
