import DataFormats
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels

extension Lottery {
  /// A search and an analysis at one scale.
  struct Plan {
    let scale: Scale
    /// How many units each hidden layer has.
    let hidden: Int
    /// What each round of the search prunes.
    let sparsities: [Double]
    /// The round whose ticket is analysed, counted from 0.
    let ticket: Int
    /// The rounds in which a network that is pruned at random is trained.
    let randomRounds: [Int]
    let search: TrainingRecipe
    /// The step of a training in the search after which it is evaluated, since nothing before it is recorded.
    let lastEvaluation: Int
    let analysis: TrainingRecipe
    /// Every how many steps of the analysis a network is evaluated.
    let evalEvery: Int
    let conditions: [Condition]

    /// The rounds of the search, counted from 0, in which a network is trained.
    ///
    /// The lottery's are all, as each pruning scores what the one before has left, and so are those by sign. Noise scores
    /// alike whatever was trained before, so that the control's rounds depend on no other.
    func rounds(of network: Network) -> [Int] {
      switch network {
      case .lottery, .sign: Array(sparsities.indices)
      case .random: randomRounds
      case .dense: []
      }
    }

    var ticketSparsity: Double { sparsities[ticket] }

    /// The network with its initial weights.
    func network(inputs: Int, using generator: inout TorchGenerator) -> MultilayerPerceptron {
      MultilayerPerceptron(inputs: inputs, hidden: hidden, using: &generator)
    }
  }

  /// How much the trainings of a trial have to do: how often they use a weight, about.
  struct Workload {
    /// For each training of the search.
    let rounds: [Double]
    /// For each training of the analysis.
    let curve: Double
    let total: Double

    init(_ network: Network, _ plan: Plan) {
      let inputs = Double(plan.scale.usualInputs)
      let weights = Double(plan.hidden) * (inputs + Double(plan.hidden))
      func work(_ recipe: TrainingRecipe, _ sparsity: Double) -> Double {
        // What is left of a sparse network costs about five times as much as in a dense one, and a step is never free.
        let share = max(min(1, (1 - sparsity) / (1 - TicketSearch.sparseFrom)), 0.05)
        return Double(recipe.steps + 1) * Double(recipe.batchSize) * weights * share
      }
      rounds = plan.rounds(of: network).map { work(plan.search, plan.sparsities[$0]) }
      curve = work(plan.analysis, network == .dense ? 0 : plan.ticketSparsity)
      total = rounds.reduce(0, +) + Double(plan.conditions.count) * curve
    }
  }

  /// What a network is trained and tested on.
  struct Material: Sendable {
    let split: Split
    /// How the inputs lie: in a line, or in rows and columns.
    let shape: [Int]
  }

  /// The data of a search, or of an analysis under a condition, which several trials share.
  struct MaterialKey: Hashable, Sendable {
    private let source: Source
    /// Nil for the search.
    private let condition: Condition?

    private enum Source: Hashable {
      case signals(DatasetConfiguration)
      case images(folder: String, digest: String)
    }

    init(_ scale: Scale, _ configuration: Configuration, _ condition: Condition? = nil) {
      source =
        switch scale {
        case .paper, .wide: .signals(configuration.dataset)
        case .pixels: .images(folder: configuration.mnist, digest: configuration.mnistDigest)
        }
      self.condition = condition == .reinitialized ? .ordered : condition
    }

    func material(in context: TrialContext) throws -> Material {
      switch source {
      case .signals(let dataset):
        return Material(split: try split(dataset), shape: [dataset.finalSeqLength])
      case .images(let folder, let digest):
        let all = MaterialKey(source: source, condition: nil)
        let images = try context.shared(all) { _ in
          try PublishedImages.mnist.read(folder, digest: digest)
        }
        return Material(split: try split(images), shape: [images.shape.height, images.shape.width])
      }
    }

    private init(source: Source, condition: Condition?) {
      self.source = source
      self.condition = condition
    }

    /// The dataset of the search, or that of the next seed.
    private func split(_ dataset: DatasetConfiguration) throws -> Split {
      guard let condition else { return try Split(dataset) }
      var next = dataset
      next.seed += 1
      let dataset = try Dataset(next)
      return switch condition {
      case .ordered, .reinitialized: Split(dataset)
      case .shuffled: Split(dataset.shufflingColumns())
      case .reversed: Split(dataset.reversingColumns())
      case .swapped: Split(dataset.swappingHalves())
      }
    }

    /// The search sees the first half of the images for training, and the analysis the other half.
    private func split(_ images: ImageDataset) throws -> Split {
      let half = images.training.count / 2
      guard half > 0 else {
        throw SettingError(
          "mnist has 1 image to train on; the search and the analysis take half each")
      }
      let order = order(of: images.shape.count)
      func examples(_ part: LabelledImages, _ range: Range<Int>) throws -> Examples {
        let size = part.shape.count
        let pixels = range.flatMap { image in order.map { part.pixels[image * size + $0] } }
        return Examples(
          try LabelledImages(shape: part.shape, pixels: pixels, labels: Array(part.labels[range])))
      }
      return Split(
        training: try examples(
          images.training, condition == nil ? 0..<half : half..<images.training.count),
        test: try examples(images.test, 0..<images.test.count))
    }

    /// Which pixel comes first, second and so on.
    private func order(of count: Int) -> [Int] {
      switch condition {
      case nil, .ordered, .reinitialized: return Array(0..<count)
      case .shuffled:
        var random = NumPyRandomState(seed: 42)
        return random.permutation(count)
      case .reversed: return (0..<count).reversed()
      case .swapped: return Array(count / 2..<count) + Array(0..<count / 2)
      }
    }
  }
}

extension Lottery.Scale {
  /// How many inputs a network has, unless its data are others than usual.
  var usualInputs: Int {
    switch self {
    case .paper, .wide: 40
    case .pixels: 28 * 28
    }
  }
}

extension Lottery.Network {
  /// By what it is pruned, if it is.
  var criterion: TicketSearch.Criterion {
    switch self {
    case .lottery, .dense: .magnitude
    case .random: .noise
    case .sign: .sign
    }
  }
}
