import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Tensors

/// Beyond the paper's first version: what can be learned from the signals without their labels?
package enum SelfSupervised: Study {
  package static let name = "self-supervised"
  package static let title = "Self-supervised learning"
  package static let question =
    "How much of what a classifier needs can a network learn from the signals alone, without a label?"
  package static let about = """
    An encoder learns to recognise two random views of a signal as the same one, and never sees a label. How \
    good its features are is told by a linear classifier and by nearest neighbours on them; beside it stand \
    the signals themselves, the features of an untrained network, and those of one that was trained with \
    labels.
    """
  package static let variations = ["seeds=42..51", "temperature=0.5", "views.noise=0.1"]

  package static let revision = 2

  /// What is classified.
  package enum Features: String, Codable, Sendable, CaseIterable {
    /// The signals themselves.
    case input
    /// The convolutional network's features as they are at first.
    case untrained
    /// Those after contrastive learning.
    case selfSupervised = "self-supervised"
    /// Those after contrastive learning without a head: the loss is taken on the features.
    case noHead = "no-head"
    /// Those after contrastive learning with a head of four layers.
    case deepHead = "deep-head"
    /// Those after training with labels, as in the baselines.
    case supervised

    /// The name in tables and figures.
    var label: String {
      switch self {
      case .input: "signals"
      case .untrained: "untrained network"
      case .selfSupervised: "self-supervised network"
      case .noHead: "self-supervised, no head"
      case .deepHead: "self-supervised, deep head"
      case .supervised: "supervised network"
      }
    }
  }

  /// One kind of features from one seed.
  package struct Trial: Codable, Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// What is classified.
    package var features: Features
    /// The seed of the network; the first one for the signals, which have none.
    package var seed: Int

    /// Names features.
    package init(features: Features, seed: Int) {
      self.features = features
      self.seed = seed
    }

    package var description: String { "\(features.label), seed \(seed)" }
  }

  /// What features are worth.
  package struct Measurement: Codable, Sendable, Equatable {
    /// The scores of each layer, the deepest last.
    package var layers: [LayerScore] = []
    /// The contrastive loss, a mean over each epoch.
    package var loss: [Double] = []
    /// The features in the plane, where a map of them is wanted.
    package var map: PlaneMap?
    /// The digest of the final weights; empty for the signals.
    package var digest = ""

    /// Features that are yet to be scored.
    package init() {}
  }

  /// How well the classes can be told apart in one layer.
  package struct LayerScore: Codable, Sendable, Equatable {
    /// Which layer: 0 for the signals, ``features`` for the last convolution, then those of the head.
    package var layer: Int
    /// How many features it has.
    package var dimensions: Int
    /// The test accuracy of a linear classifier, in percent.
    package var linear: Double
    /// The test accuracy of the nearest neighbours, in percent.
    package var neighbors: Double
    /// The linear classifier's accuracy on held-out training examples; nil without any, and where the network has
    /// seen their labels.
    package var heldOutLinear: Double?

    /// The layer of the last convolution.
    package static let features = 3

    /// Sets scores side by side.
    package init(
      layer: Int, dimensions: Int, linear: Double, neighbors: Double, heldOutLinear: Double? = nil
    ) {
      self.layer = layer
      self.dimensions = dimensions
      self.linear = linear
      self.neighbors = neighbors
      self.heldOutLinear = heldOutLinear
    }
  }

  package static let curveNames: [String: String?] = ["layers": nil, "map": nil]

  package static func trials(for configuration: Configuration) -> [Trial] {
    configuration.features.flatMap { features in
      let seeds = features == .input ? [configuration.seeds[0]] : configuration.seeds
      return seeds.map { Trial(features: features, seed: $0) }
    }
  }

  /// Measured, in seconds: the training, the probes and the map.
  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    let training: Double =
      switch trial.features {
      case .input, .untrained: 0
      case .supervised: Double(configuration.supervisedSteps) / 4000
      case .selfSupervised, .noHead, .deepHead:
        Double(configuration.contrastive.steps) * Double(configuration.contrastive.batchSize) / 2e5
      }
    return training + 2 + (configuration.hasMap(trial) ? 8 : 0)
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    (settings.seeds, settings.features) = ([], [])
    settings.maps = configuration.hasMap(trial) ? [trial.features] : []
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    let split = try context.shared(configuration.dataset) { try Split($0) }
    return try Kernels.withThreads(context.threads) {
      var measurement = Measurement()
      let network = try network(trial, configuration, split.training, &measurement, context)
      measurement.digest = network?.digest ?? ""
      func layers(of examples: Examples) -> [Examples] {
        let layers = network.map { $0.layers(of: examples.inputs) } ?? [examples.inputs]
        return layers.map { Examples(inputs: $0, labels: examples.labels) }
      }
      let (known, asked) = (layers(of: split.training), layers(of: split.test))
      for index in known.indices {
        try context.checkCancellation()
        measurement.layers.append(
          try configuration.score(
            layer: network == nil ? 0 : index + 1, known[index], asked[index],
            isOutput: trial.features.isContrastive && index == known.count - 1,
            holdingOut: trial.features != .supervised))
      }
      if configuration.hasMap(trial) {
        let place = network == nil ? 0 : LayerScore.features - 1
        let inputs = Tensor.concatenated([known[place].inputs, asked[place].inputs])
        let settings = configuration.mapping
        let embedding = try settings.embedding(of: inputs) { step throws in
          if step % 10 == 0 { try context.checkCancellation() }
          let steps = Double(settings.exaggeratedSteps + settings.steps)
          context.report(0.5 + 0.5 * Double(step) / steps, "t-SNE")
        }
        measurement.map = PlaneMap(embedding, labels: split.training.labels + split.test.labels)
      }
      return measurement
    }
  }

  /// The network whose layers are to be scored; nil for the signals. Contrastive learning notes its loss.
  private static func network(
    _ trial: Trial, _ configuration: Configuration, _ examples: Examples,
    _ measurement: inout Measurement, _ context: TrialContext
  ) throws -> ContrastiveNetwork? {
    let (inputs, channels) = (examples.inputs.shape[1], configuration.channels)
    var generators = ReferenceGenerators(seed: UInt32(trial.seed))
    switch trial.features {
    case .input:
      return nil
    case .untrained, .selfSupervised, .noHead, .deepHead:
      let settings = configuration.contrastive
      let network = ContrastiveNetwork(
        inputs: inputs, channels: channels, head: settings.head(trial.features),
        using: &generators.torch)
      if trial.features == .untrained { return network }
      var training = try settings.training(of: network, on: examples.inputs, using: generators)
      let epoch = examples.count / settings.batchSize
      var losses: [Double] = []
      try context.train(&training, share: 0...0.5) {
        losses.append(Double(try $0.step().trainLoss))
      }
      measurement.loss = stride(from: 0, to: losses.count, by: epoch).map { start in
        let losses = losses[start..<min(start + epoch, losses.count)]
        return losses.reduce(0, +) / Double(losses.count)
      }
      return training.model
    case .supervised:
      let network = ConvolutionalNetwork(
        inputs: inputs, channels: channels, using: &generators.torch)
      var training = try Training(
        of: network, on: examples, testing: examples, by: configuration.supervisedTraining)
      try context.train(&training, share: 0...0.5) { try $0.step() }
      return ContrastiveNetwork(training.model)
    }
  }
}

extension SelfSupervised.Features {
  /// Whether a contrastive loss is taken on the last layer.
  var isContrastive: Bool {
    switch self {
    case .selfSupervised, .noHead, .deepHead: true
    case .input, .untrained, .supervised: false
    }
  }
}

extension ContrastiveSettings {
  /// How many units each layer of the head has.
  package func head(_ features: SelfSupervised.Features) -> [Int] {
    switch features {
    case .noHead: []
    case .deepHead: [hidden, hidden, hidden, outputs]
    default: [hidden, outputs]
    }
  }
}

extension SelfSupervised.Configuration {
  /// Whether the trial's features are to be laid out in the plane.
  func hasMap(_ trial: SelfSupervised.Trial) -> Bool {
    trial.seed == seeds[0] && maps.contains(trial.features)
  }

  var mapping: TSNE {
    var mapping = TSNE()
    mapping.perplexity = perplexity
    mapping.steps = mapSteps
    return mapping
  }

  /// Classifies test examples by training examples, and, where wanted, the last training examples by the others.
  ///
  /// Neighbours in the layer on which a contrastive loss is taken are told by their cosine, as the loss tells them.
  func score(
    layer: Int, _ training: Examples, _ test: Examples, isOutput: Bool, holdingOut: Bool
  ) throws -> SelfSupervised.LayerScore {
    func accuracy(_ known: Examples, _ asked: Examples) throws -> Double {
      asked.accuracy(
        of: try LinearProbe(on: known.inputs, labels: known.labels).predictions(for: asked.inputs))
    }
    func placed(_ inputs: Tensor) -> Tensor {
      isOutput ? inputs / sqrt(square(inputs).sum(along: 1, .kept) + 1e-24) : inputs
    }
    let nearest = NearestNeighbors(
      neighbors, among: placed(training.inputs), labels: training.labels)
    var score = SelfSupervised.LayerScore(
      layer: layer, dimensions: training.inputs.shape[1], linear: try accuracy(training, test),
      neighbors: test.accuracy(of: nearest.predictions(for: placed(test.inputs))))
    if holdingOut, heldOut > 0 {
      let (rest, held) = training.holdingOut(heldOut)
      score.heldOutLinear = try accuracy(rest, held)
    }
    return score
  }
}
