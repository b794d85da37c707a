import NeuralNetworks
import ReferenceRandom
import Tensors

/// A search for a lottery ticket: a network is trained, the smallest of its parameters are pruned, the others go back to
/// their initial values, and what is left is trained again, sparser and sparser.
///
///     var search = TicketSearch(from: initial, by: .magnitude, sparsities: 100, using: generator)
///     while let round = search.next() {
///       search.trained = try train(Masked(search.initial, by: round.mask))
///     }
package struct TicketSearch {
  /// The network before any training.
  package let initial: MultilayerPerceptron
  /// The share of each layer's parameters that each round prunes.
  package let sparsities: [Double]
  /// The network as it was last trained, by which the next pruning scores; whoever trains sets it.
  package var trained: MultilayerPerceptron
  /// How many rounds have begun.
  package private(set) var begun = 0
  private let criterion: Criterion
  private var generator: TorchGenerator

  /// What the parameters are worth.
  package enum Criterion: Sendable {
    /// Their magnitude as they were last trained.
    case magnitude
    /// Uniform noise, drawn anew for every sparsity.
    case noise
    /// Their value as they were last trained: the most negative go first.
    case sign
  }

  /// A pruned network is trained.
  package struct Round {
    /// The number of the round, from 0.
    package let index: Int
    /// The share of each layer's parameters that is pruned.
    package let sparsity: Double
    /// What is left.
    package let mask: Mask<MultilayerPerceptron>
  }

  /// Starts before the first round of `sparsities`, evenly from 0 to 1; `generator` goes on where the initial weights were
  /// drawn.
  package init(
    from initial: MultilayerPerceptron, by criterion: Criterion, sparsities count: Int,
    using generator: TorchGenerator
  ) {
    self.init(
      from: initial, by: criterion, sparsities: Self.sparsities(count), using: generator)
  }

  /// Starts before the first round; `generator` goes on where the initial weights were drawn.
  package init(
    from initial: MultilayerPerceptron, by criterion: Criterion, sparsities: [Double],
    using generator: TorchGenerator
  ) {
    self.initial = initial
    self.criterion = criterion
    self.generator = generator
    trained = initial
    self.sparsities = sparsities
  }

  /// The sparsity from which on a network trains faster as a ``SparsePerceptron``.
  package static let sparseFrom = 0.8

  /// The sparsities from 0 to 1, which NumPy's `linspace(0, 1, count)` gives.
  package static func sparsities(_ count: Int) -> [Double] {
    let step = 1 / Double(max(count - 1, 1))
    return (0..<count).map { $0 > 0 && $0 == count - 1 ? 1 : Double($0) * step }
  }

  /// Begins the next round; nil after the last one.
  package mutating func next() -> Round? {
    guard begun < sparsities.count else { return nil }
    let round = Round(
      index: begun, sparsity: sparsities[begun],
      mask: Mask(pruning: sparsities[begun], ofLayersScoredBy: scores()))
    begun += 1
    return round
  }

  /// Passes over rounds. Noise is drawn for them too, so that what follows does not depend on whether they are left out.
  package mutating func skip(_ count: Int) {
    for _ in 0..<count {
      if case .noise = criterion { _ = scores() }
    }
    begun += count
  }

  /// What the parameters are worth before a pruning.
  private mutating func scores() -> MultilayerPerceptron {
    switch criterion {
    case .noise: initial.uniformScores(using: &generator)
    case .magnitude: trained.magnitudes
    // A pruned parameter is 0, which would be worth more than a negative one.
    case .sign:
      trained.mapParameters { tensor in
        Tensor(tensor.elements.map { $0 == 0 ? -.infinity : $0 }, shape: tensor.shape)
      }
    }
  }
}

extension Mask where Model == MultilayerPerceptron {
  /// Whether a network is trained faster as a ``SparsePerceptron``, which changes no bit.
  package var isSparse: Bool { sparsity >= TicketSearch.sparseFrom }
}
