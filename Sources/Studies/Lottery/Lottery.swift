import Foundation
import MNIST1D
import Runs
import Tensors

/// Figures 3 and 9 of the paper: why do lottery tickets win?
package enum Lottery: Study {
  package static let name = "lottery"
  package static let revision = 2
  package static let title = "Lottery tickets"
  package static let question =
    "Which part of a network trains as well as the whole, and how much of that does it owe to the order of the "
    + "columns?"
  package static let about = """
    A network is trained, the smallest of its parameters are pruned, the others go back to their initial \
    values, and what is left is trained again; a hundred times, until nothing is left. Pruning at random is \
    the control. The ticket at about 92 % sparsity is then trained on new data, whose columns are shuffled, \
    reversed or exchanged, and from new initial weights, to see what its advantage rests on.
    """
  package static let variations = [
    "seeds=42..51",
    "hidden=200",
    "sparsities=50 ticket=46",
    "dataset.num-samples=2000",
    "scales=wide",
  ]

  /// One network on its way through search and analysis.
  package struct Trial: Hashable, Sendable, SeededTrial, CustomStringConvertible {
    /// How wide it is, and what it sees.
    package var scale: Scale
    /// How it is pruned.
    package var network: Network
    /// The seed of its initial weights, and of random scores.
    package var seed: Int

    /// Names a network.
    package init(_ scale: Scale = .paper, network: Network, seed: Int) {
      self.scale = scale
      self.network = network
      self.seed = seed
    }

    package var description: String {
      (scale == .paper ? "" : "\(scale.rawValue) ") + "\(network.rawValue), seed \(seed)"
    }
  }

  /// How large a network is, and what it sees.
  package enum Scale: String, Codable, Sendable, CaseIterable {
    /// The paper's network, on MNIST-1D.
    case paper
    /// A wide network, on MNIST-1D.
    case wide
    /// A network that sees the pixels of MNIST's images.
    case pixels
  }

  /// How a network is pruned.
  package enum Network: String, Codable, Sendable, CaseIterable {
    /// By the magnitude of the parameters as they were last trained.
    case lottery
    /// By uniform noise, drawn anew for every sparsity.
    case random
    /// Not at all.
    case dense
    /// By the sign: the most negative of the parameters as they were last trained go first. The paper has no such
    /// network; it is a question of the exercises.
    case sign
  }

  /// What a network is trained on in the analysis.
  package enum Condition: String, Codable, Sendable, CaseIterable {
    /// Columns as generated, initial weights as in the search.
    case ordered
    /// Columns in the order of `RandomState(42).permutation(40)`.
    case shuffled
    /// Columns from the last to the first.
    case reversed
    /// The second half of the columns before the first: 20 … 39, 0 … 19.
    case swapped
    /// Columns as generated, other initial weights under the same mask.
    case reinitialized
  }

  /// What a network yields.
  package struct Measurement: Codable, Sendable, Equatable {
    /// The search, one entry per sparsity at which the network was trained; empty for a network that is not pruned.
    package var rounds: [Round] = []
    /// The mask of the ticket that is analysed, packed as by `numpy.packbits`; nil for a network that is not pruned, and at
    /// other scales than the paper's.
    package var mask: Data?
    /// Which inputs its units keep, at other scales than the paper's.
    package var inputMask: InputMask?
    /// The analysis, one entry per condition.
    package var curves: [Curve] = []
  }

  /// A pruned network after its training in the search.
  package struct Round: Codable, Sendable, Equatable {
    /// The share of each layer's parameters that was pruned.
    package var sparsity: Double
    /// The mean loss on the training examples at the last evaluation.
    package var trainLoss: Double
    /// The mean loss on the test examples then.
    package var testLoss: Double
    /// The accuracy on the test examples then, in percent.
    package var testAccuracy: Double
    /// The digest of the trained weights.
    package var digest: String
  }

  /// Which inputs the units of a first layer keep.
  package struct InputMask: Codable, Sendable, Equatable {
    /// How the inputs lie; see ``Adjacency/shape``.
    package var shape: [Int]
    /// Unit by unit, packed as by `numpy.packbits`.
    package var bits: Data
  }

  /// A training of the analysis.
  package struct Curve: Codable, Sendable, Equatable {
    /// What the network was trained on.
    package var condition: Condition
    /// The steps that were followed by an evaluation.
    package var steps: [Int]
    /// The accuracy on the test examples after each of them, in percent.
    package var testAccuracy: [Double]
    /// The digest of the trained weights.
    package var digest: String
  }

  package static func trials(for configuration: Configuration) -> [Trial] {
    // The paper's are the first.
    Scale.allCases.filter(configuration.scales.contains).flatMap { scale in
      configuration.networks.flatMap { network in
        configuration.seeds.map { Trial(scale, network: network, seed: $0) }
      }
    }
  }

  /// How often the trainings use a weight, about.
  package static func cost(of trial: Trial, _ configuration: Configuration) -> Double {
    Workload(trial.network, configuration.plan(for: trial.scale)).total
  }

  package static func settings(
    _ configuration: Configuration, thatMatterTo trial: Trial
  ) -> Configuration {
    var settings = trial.scale == .paper ? configuration : Configuration()
    (settings.seeds, settings.networks, settings.scales) = ([], [], [])
    // Images are known by what the folder holds, wherever that lies.
    settings.mnist = ""
    settings.mnistDigest = trial.scale == .pixels ? configuration.mnistDigest : ""
    settings.dataset = trial.scale == .pixels ? DatasetConfiguration() : configuration.dataset
    settings.wide = trial.scale == .wide ? configuration.wide : .wide
    settings.pixels = trial.scale == .pixels ? configuration.pixels : .pixels
    return settings
  }

  package static func measure(
    _ trial: Trial, _ configuration: Configuration, in context: TrialContext
  ) throws -> Measurement {
    var laboratory = try LotteryLaboratory(trial, configuration, context)
    return try Kernels.withThreads(context.threads) {
      try laboratory.search()
      return try laboratory.analyse()
    }
  }
}

extension Lottery.Trial: Codable {
  private enum CodingKeys: String, CodingKey { case scale, network, seed }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try members.decodeIfPresent(Lottery.Scale.self, forKey: .scale) ?? .paper,
      network: try members.decode(Lottery.Network.self, forKey: .network),
      seed: try members.decode(Int.self, forKey: .seed))
  }

  /// The paper's trials have the keys that they had when there was no other scale.
  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    if scale != .paper { try members.encode(scale, forKey: .scale) }
    try members.encode(network, forKey: .network)
    try members.encode(seed, forKey: .seed)
  }
}
