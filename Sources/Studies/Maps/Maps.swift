import DataFormats
import MNIST1D
import NeuralNetworks
import Runs
import Tensors

/// Beyond the paper's first version: are the classes apart before anything is learned, on MNIST-1D and on MNIST?
package enum Maps: Study {
  package static let name = "t-sne"
  package static let title = "MNIST-1D beside MNIST"
  package static let question =
    "Do examples of a class lie together before anything is learned, on MNIST-1D and on MNIST?"
  package static let about = """
    Exact t-SNE lays as many examples of MNIST-1D and of MNIST out in the plane by their values alone, and nearest \
    neighbours classify the test examples, by the values and in the plane. Without mnist=DIR, a folder of MNIST's files, \
    MNIST-1D is shown alone.
    """
  package static let variations = ["perplexity=100", "dataset.corr-noise-scale=0"]

  /// What is laid out.
  package enum Data: String, Codable, Sendable, CaseIterable {
    case mnist1D = "mnist-1d"
    case mnist

    /// The name in tables and figures.
    var label: String { self == .mnist ? PublishedImages.mnist.label : "MNIST-1D" }
  }

  /// One dataset.
  package struct Trial: Codable, Hashable, Sendable, CustomStringConvertible {
    package var data: Data

    package init(_ data: Data) { self.data = data }

    package var description: String { data.label }
  }

  /// How a dataset's classes lie.
  package struct Measurement: Codable, Sendable, Equatable {
    /// How many values an example has.
    package var dimensions: Int
    /// The test accuracy of the nearest training examples, in percent.
    package var neighbors: Double
    /// The same in the plane.
    package var mapNeighbors: Double
    package var map: PlaneMap

    /// Sets what was measured side by side.
    package init(dimensions: Int, neighbors: Double, mapNeighbors: Double, map: PlaneMap) {
      self.dimensions = dimensions
      self.neighbors = neighbors
      self.mapNeighbors = mapNeighbors
      self.map = map
    }
  }

  package static let curveNames: [String: String?] = ["map": nil]

  package static func trials(for configuration: Configuration) -> [Trial] {
    configuration.mnist.isEmpty ? [Trial(.mnist1D)] : [Trial(.mnist1D), Trial(.mnist)]
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = configuration
    settings.mnist = ""
    if trial.data == .mnist {
      settings.dataset = DatasetConfiguration()
      settings.dataset.numSamples = configuration.dataset.numSamples
      settings.dataset.trainSplit = configuration.dataset.trainSplit
    } else {
      settings.mnistDigest = ""
    }
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    let split = try configuration.split(trial.data)
    return try Kernels.withThreads(context.threads) {
      let inputs = Tensor.concatenated([split.training.inputs, split.test.inputs])
      let mapping = configuration.mapping
      let embedding = try mapping.embedding(of: inputs) { step throws in
        if step % 10 == 0 { try context.checkCancellation() }
        context.report(Double(step) / Double(mapping.exaggeratedSteps + mapping.steps), "t-SNE")
      }
      let known = split.training.count
      func accuracy(_ points: Tensor) -> Double {
        let nearest = NearestNeighbors(
          configuration.neighbors, among: points.sliced(0..<known), labels: split.training.labels)
        let asked = points.sliced(known..<inputs.shape[0])
        return split.test.accuracy(of: nearest.predictions(for: asked))
      }
      return Measurement(
        dimensions: inputs.shape[1], neighbors: accuracy(inputs),
        mapNeighbors: accuracy(embedding.positions),
        map: PlaneMap(embedding, labels: split.training.labels + split.test.labels))
    }
  }
}

extension Maps.Configuration {
  /// The examples of a dataset, as many of either.
  fileprivate func split(_ data: Maps.Data) throws -> Split {
    guard data == .mnist else { return try Split(dataset) }
    let images = try PublishedImages.mnist.read(mnist, digest: mnistDigest)
      .first(training: dataset.trainingCount, test: dataset.testCount)
    return Split(training: Examples(images.training), test: Examples(images.test))
  }

  fileprivate var mapping: TSNE {
    var mapping = TSNE()
    mapping.perplexity = perplexity
    mapping.steps = steps
    return mapping
  }

  package mutating func resolve() throws {
    guard let images = try PublishedImages.mnist.resolve(&mnist, digest: &mnistDigest) else {
      return
    }
    try requireExamples(of: dataset)
    guard images.training.count >= dataset.trainingCount, images.test.count >= dataset.testCount
    else {
      throw SettingError(
        "mnist is \(mnist), which holds \(images.training.count) images for training and \(images.test.count) for "
          + "testing; with dataset.num-samples=\(dataset.numSamples) it must hold \(dataset.trainingCount) and \(dataset.testCount)"
      )
    }
  }

  package func validate() throws {
    try requireExamples(of: dataset)
    try requireCounts([("steps", steps)], from: 0)
    try requireCounts([("neighbors", neighbors)], to: dataset.trainingCount)
    guard perplexity >= 1, perplexity < Double(dataset.exampleCount) else {
      throw SettingError(
        "perplexity is \(perplexity); it must be 1 or more and below the number of examples, "
          + "\(dataset.exampleCount)")
    }
  }
}

extension Maps {
  /// The settings.
  package struct Configuration: StudyConfiguration {
    package var mnist = ""
    package var mnistDigest = ""
    package var neighbors = 10
    package var perplexity = 30.0
    package var steps = 500
    package var dataset = DatasetConfiguration()

    package static let meanings = [
      "mnist":
        "The folder of MNIST's four files, plain or by gzip; without it MNIST-1D is shown alone.",
      "mnistDigest": "The digest of those images, filled in from the files.",
      "neighbors": "How many neighbours vote.",
      "perplexity": "How many neighbours a point has in a map, in effect.",
      "steps": "How many steps a map takes after the first 250.",
      "dataset":
        "The dataset; as many of MNIST's images are shown, the first ones of either part.",
    ]

    /// The settings of the authors' notebook, with as many images as signals.
    package init() {}

    /// A fifth of the examples, and half of the steps.
    package static var quick: Configuration {
      var quick = Configuration()
      quick.steps = 250
      quick.dataset.numSamples = 1000
      return quick
    }
  }
}
