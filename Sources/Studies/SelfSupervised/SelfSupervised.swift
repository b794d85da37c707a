import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Tensors

/// Beyond the paper's first version: what can be learned from the signals without their labels?
///
/// An encoder learns to recognise two random views of a signal as the same one, and never sees a label. How good its
/// features are is told by a linear classifier and by nearest neighbours on them; beside it stand the signals
/// themselves, the features of an untrained network, and those of one that was trained with labels.
package enum SelfSupervised: Study {
  package static let name = "self-supervised"
  package static let title = "Self-supervised learning"
  package static let question =
    "How much of what a classifier needs can a network learn from the signals alone, without a label?"

  /// What is classified.
  package enum Features: String, Codable, Sendable, CaseIterable {
    /// The signals themselves.
    case input
    /// The convolutional network's features as they are at first.
    case untrained
    /// Those after contrastive learning.
    case selfSupervised = "self-supervised"
    /// Those after training with labels, as in the baselines.
    case supervised

    /// The name in tables and figures.
    var label: String {
      switch self {
      case .input: "signals"
      case .untrained: "untrained network"
      case .selfSupervised: "self-supervised network"
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
    /// The scores of each layer that was looked at, the deepest last.
    package var layers: [LayerScore] = []
    /// The contrastive loss, each a mean over a fiftieth of the steps.
    package var loss: [Double] = []
    /// The features in the plane, where a map of them is wanted.
    package var map: Map?
    /// The digest of the final weights; empty for the signals.
    package var digest = ""

    /// Features that are yet to be scored.
    package init() {}
  }

  /// How well the classes can be told apart in one layer.
  package struct LayerScore: Codable, Sendable, Equatable {
    /// The layer.
    package var layer: Layer
    /// How many features it has.
    package var dimensions: Int
    /// The test accuracy of a linear classifier, in percent.
    package var linear: Double
    /// The test accuracy of the nearest neighbours, in percent.
    package var neighbors: Double
    /// The same on held-out training examples; nil where the network has seen their labels.
    package var heldOutLinear: Double?
    /// The same on held-out training examples.
    package var heldOutNeighbors: Double?

    /// Sets scores side by side.
    package init(
      layer: Layer, dimensions: Int, linear: Double, neighbors: Double,
      heldOutLinear: Double? = nil, heldOutNeighbors: Double? = nil
    ) {
      self.layer = layer
      self.dimensions = dimensions
      self.linear = linear
      self.neighbors = neighbors
      self.heldOutLinear = heldOutLinear
      self.heldOutNeighbors = heldOutNeighbors
    }
  }

  /// Where features are taken from.
  package enum Layer: String, Codable, Sendable {
    /// Nowhere: the signals.
    case input
    /// The last convolution.
    case encoder
    /// The end of the head, on which the contrastive loss is taken.
    case projection
  }

  /// Features in the plane.
  package struct Map: Codable, Sendable, Equatable {
    /// The horizontal positions, to a hundredth.
    package var x: [Double]
    /// The vertical positions, to a hundredth.
    package var y: [Double]
    /// The class of each point.
    package var labels: [Int]
    /// The divergence that t-SNE ended at, in nats.
    package var divergence: Double

    /// Sets points side by side.
    package init(x: [Double], y: [Double], labels: [Int], divergence: Double) {
      self.x = x
      self.y = y
      self.labels = labels
      self.divergence = divergence
    }
  }

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
      case .selfSupervised: Double(configuration.steps) / 250
      }
    return training + 1 + (configuration.hasMap(trial) ? 8 : 0)
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    let dataset = try context.shared(configuration.dataset) { try Dataset($0) }
    let training = Examples(dataset.x, dataset.y)
    let test = Examples(dataset.xTest, dataset.yTest)
    return try Kernels.withThreads(context.threads) {
      var measurement = Measurement()
      let layers = try layers(trial, configuration, training, &measurement, context)
      for (layer, features) in layers {
        try context.checkCancellation()
        measurement.layers.append(
          try configuration.score(
            layer, Examples(inputs: features(training.inputs), labels: training.labels),
            Examples(inputs: features(test.inputs), labels: test.labels),
            holdingOut: trial.features != .supervised))
      }
      if configuration.hasMap(trial) {
        let inputs = Tensor.concatenated([training.inputs, test.inputs])
        let settings = configuration.mapping
        let embedding = try settings.embedding(of: layers[0].features(inputs)) { step throws in
          if step % 10 == 0 { try context.checkCancellation() }
          let steps = Double(settings.exaggeratedSteps + settings.steps)
          context.report(0.5 + 0.5 * Double(step) / steps, "t-SNE")
        }
        measurement.map = Map(embedding, labels: training.labels + test.labels)
      }
      return measurement
    }
  }

  /// The layers to score, each as a function of the signals; what is trained on the way notes loss and digest.
  private static func layers(
    _ trial: Trial, _ configuration: Configuration, _ examples: Examples,
    _ measurement: inout Measurement, _ context: TrialContext
  ) throws -> [(layer: Layer, features: (Tensor) -> Tensor)] {
    var generator = TorchGenerator(seed: UInt64(trial.seed))
    func encoder(_ network: ConvolutionalNetwork) -> (Layer, (Tensor) -> Tensor) {
      (.encoder, { network.features(of: $0).transposed() })
    }
    switch trial.features {
    case .input:
      return [(.input, { $0 })]
    case .untrained, .selfSupervised:
      var network = configuration.contrastiveNetwork(
        inputs: examples.inputs.shape[1], using: &generator)
      if trial.features == .selfSupervised {
        var training = try configuration.contrastiveTraining(
          of: network, on: examples.inputs, using: generator)
        var losses: [Double] = []
        try context.train(&training, share: 0...0.5) {
          losses.append(Double(try $0.step().trainLoss))
        }
        network = training.model
        measurement.loss = means(of: losses, parts: 50)
      }
      measurement.digest = network.digest
      let layers = [encoder(network.encoder)]
      return trial.features == .untrained ? layers : layers + [(.projection, { network($0) })]
    case .supervised:
      let network = ConvolutionalNetwork(
        inputs: examples.inputs.shape[1], channels: configuration.channels, using: &generator)
      var training = try Training(
        of: network, on: examples, testing: examples, settings: configuration.supervisedTraining)
      try context.train(&training, share: 0...0.5) { try $0.step() }
      measurement.digest = training.model.digest
      return [encoder(training.model)]
    }
  }

  /// The means of that many equal parts of some values, of as many as there are if these are fewer.
  private static func means(of values: [Double], parts: Int) -> [Double] {
    let parts = min(parts, values.count)
    return (0..<parts).map { part in
      let slice = values[part * values.count / parts..<(part + 1) * values.count / parts]
      return slice.reduce(0, +) / Double(slice.count)
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
  func score(
    _ layer: SelfSupervised.Layer, _ training: Examples, _ test: Examples, holdingOut: Bool
  ) throws -> SelfSupervised.LayerScore {
    func accuracies(
      _ known: Examples, _ asked: Examples
    ) throws -> (linear: Double, neighbors: Double) {
      let probe = try LinearProbe(on: known.inputs, labels: known.labels)
      let nearest = NearestNeighbors(self.neighbors, among: known.inputs, labels: known.labels)
      return (
        asked.accuracy(of: probe.predictions(for: asked.inputs)),
        asked.accuracy(of: nearest.predictions(for: asked.inputs))
      )
    }
    let (linear, neighbors) = try accuracies(training, test)
    var score = SelfSupervised.LayerScore(
      layer: layer, dimensions: training.inputs.shape[1], linear: linear, neighbors: neighbors)
    if holdingOut {
      let (rest, held) = training.holdingOut(heldOut)
      let scores = try accuracies(rest, held)
      (score.heldOutLinear, score.heldOutNeighbors) = (scores.linear, scores.neighbors)
    }
    return score
  }
}

extension Examples {
  /// The share of predictions that are right, in percent.
  fileprivate func accuracy(of predictions: [Int]) -> Double {
    100 * Double(zip(predictions, labels).count { $0 == Int($1) }) / Double(count)
  }
}

extension SelfSupervised.Map {
  init(_ embedding: TSNE.Embedding, labels: [Int32]) {
    let positions = embedding.positions.elements.map { (Double($0) * 100).rounded() / 100 }
    self.init(
      x: stride(from: 0, to: positions.count, by: 2).map { positions[$0] },
      y: stride(from: 1, to: positions.count, by: 2).map { positions[$0] },
      labels: labels.map(Int.init), divergence: embedding.divergence)
  }
}
