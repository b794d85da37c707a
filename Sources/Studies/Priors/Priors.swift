import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Tensors

/// From no knowledge of space to much: which networks lie between the MLP and the CNN?
package enum Priors: Study {
  package static let name = "priors"
  package static let question =
    "Which networks lie between the MLP and the CNN in what they know of space?"
  package static let about = """
    The paper suspects networks "with more moderate spatial priors" there. Here every network learns the \
    dataset as it is and with its columns shuffled, which takes away what its knowledge is about, and from \
    fewer examples.
    """
  package static let variations = ["seeds=42..51", "windows=3,5", "examples=250,4000"]

  /// A kind of network, by what it knows.
  package enum Network: String, Codable, Sendable, CaseIterable {
    /// Nothing.
    case mlp
    /// An MLP whose first layer sees windows of neighbouring inputs.
    case window
    /// An MLP that is a lottery ticket: its mask was found on ordered columns.
    case ticket
    /// A CNN that does not share its weights over the positions.
    case local
    /// Patches that are mixed.
    case mixer
    /// Patches that attend to each other.
    case transformer
    /// The same without knowing where a patch stands.
    case bag
    /// A sequence, in both directions.
    case gru
    /// Dilated convolutions that see only the past.
    case tcn
    /// Convolutions with residual connections, averaged over the positions.
    case resnet
    case cnn
  }

  /// One training.
  package struct Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    package var network: Network
    /// How many inputs a unit of the first layer sees; nil but for ``Network/window``.
    package var window: Int?
    package var columns: Baselines.Columns
    /// How many examples are learned from, the first ones.
    package var examples: Int
    package var seed: Int

    package var description: String {
      "\(network.rawValue)\(window.map { " of \($0)" } ?? "") on \(columns.rawValue) columns, \(examples) examples, "
        + "seed \(seed)"
    }
  }

  /// What one training yields.
  package struct Measurement: Codable, Sendable, Equatable {
    /// How many numbers are learned.
    package var parameters: Int
    /// The accuracy on the test examples after the last step, in percent.
    package var testAccuracy: Double
    /// The digest of the final weights.
    package var digest: String
  }

  package static func trials(for configuration: Configuration) -> [Trial] {
    configuration.subjects.flatMap { subject in
      configuration.examples.flatMap { examples in
        // Shuffled columns are compared where there are the most examples.
        (examples == configuration.examples.max() ? Baselines.Columns.allCases : [.ordered])
          .flatMap { columns in
            configuration.seeds.map {
              Trial(
                network: subject.network, window: subject.window, columns: columns,
                examples: examples, seed: $0)
            }
          }
      }
    }
  }

  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    trial.network == .ticket
      ? Double(configuration.rounds) * 20 : (trial.network.architecture ?? .mlp).relativeCost
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    settings.seeds = []
    settings.networks = []
    settings.windows = []
    settings.examples = []
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    let data = try context.shared(ColumnOrderKey(configuration.dataset, trial.columns)) {
      Split(try $0.dataset())
    }
    let learned = data.training[0..<trial.examples]
    return try Kernels.withThreads(context.threads) {
      var generator = TorchGenerator(seed: UInt64(trial.seed))
      let inputs = learned.inputs.shape[1]
      switch trial.network {
      case .window:
        let network = MultilayerPerceptron(inputs: inputs, using: &generator)
        let mask = network.window(of: trial.window ?? inputs)
        return try train(Masked(network, by: mask), learned, data.test, configuration, context)
      case .ticket:
        let ticket = try context.shared(Ticket(configuration, trial.seed)) { try $0.find(context) }
        return try train(ticket, learned, data.test, configuration, context)
      case .mlp, .local, .mixer, .transformer, .bag, .gru, .tcn, .resnet, .cnn:
        guard let architecture = trial.network.architecture else {
          preconditionFailure("\(trial.network) has no name of its own")
        }
        var settings = NetworkSettings()
        settings.positions = trial.network != .bag
        let network = BaselineNetwork(architecture, settings, inputs: inputs, using: &generator)
        return try train(network, learned, data.test, configuration, context)
      }
    }
  }

  private static func train<Model: Classifier & Prunable>(
    _ model: Model, _ learned: Examples, _ test: Examples, _ configuration: Configuration,
    _ context: TrialContext
  ) throws -> Measurement {
    var training = try Training(
      of: model, on: learned, testing: test, by: configuration.training)
    try context.train(&training) { try $0.step() }
    return Measurement(
      parameters: model.learned, testAccuracy: training.model.score(on: test).accuracy,
      digest: training.model.digest)
  }
}

extension Priors.Network {
  /// The kind of network; nil for those that are masked.
  var architecture: Architecture? {
    switch self {
    case .mlp: .mlp
    case .window, .ticket: nil
    case .local: .local
    case .mixer: .mixer
    case .transformer, .bag: .transformer
    case .gru: .gru
    case .tcn: .tcn
    case .resnet: .resnet
    case .cnn: .cnn
    }
  }
}

/// A network that knows how many of its parameters are learned.
protocol Prunable {
  var learned: Int { get }
}

extension BaselineNetwork: Prunable {
  var learned: Int { parameterCount }
}

extension Masked: Prunable {
  var learned: Int { mask.count }
}

extension MultilayerPerceptron {
  /// A mask of the first layer's weights: each unit sees so many neighbouring inputs, at places that are spread evenly
  /// from the first to the last.
  func window(of width: Int) -> Mask<MultilayerPerceptron> {
    var survivors = mapParameters { .ones($0.shape) }
    let (units, inputs) = (linear1.weight.shape[0], linear1.weight.shape[1])
    let room = inputs - width
    var mask = [Float](repeating: 0, count: units * inputs)
    for unit in 0..<units {
      let start = (2 * unit * room + units - 1) / max(2 * (units - 1), 1)
      for input in start..<start + width { mask[unit * inputs + input] = 1 }
    }
    survivors.linear1.weight = Tensor(mask, shape: [units, inputs])
    guard let window = Mask(survivors) else {
      preconditionFailure("a window is made of ones and zeros")
    }
    return window
  }
}

/// A lottery ticket that trials share, found on ordered columns as the paper finds it, in fewer rounds.
private struct Ticket: Hashable, Sendable {
  let configuration: Priors.Configuration
  let seed: Int

  init(_ configuration: Priors.Configuration, _ seed: Int) {
    (self.configuration, self.seed) = (configuration, seed)
  }

  func find(_ context: TrialContext) throws -> Masked<MultilayerPerceptron> {
    let data = try context.shared(ColumnOrderKey(configuration.dataset, .ordered)) {
      Split(try $0.dataset())
    }
    var generator = TorchGenerator(seed: UInt64(seed))
    let initial = MultilayerPerceptron(
      inputs: data.training.inputs.shape[1], hidden: configuration.ticketHidden, using: &generator)
    var ticket = Masked(initial, by: Mask(keepingAll: initial))
    for round in 1...configuration.rounds {
      var search = try Training(
        of: ticket, on: data.training, testing: data.test, by: configuration.search)
      while !search.isFinished {
        try context.checkCancellation()
        try search.step()
      }
      let sparsity =
        configuration.sparsity * Double(round) / Double(configuration.rounds)
      let mask = Mask(pruning: sparsity, ofLayersScoredBy: search.model.network.magnitudes)
      ticket = Masked(initial, by: mask)
    }
    return ticket
  }
}
