import CKernels
import Tensors

/// Points in the plane whose neighbourhoods are those of points in many dimensions: exact t-SNE.
///
///     let map = TSNE().embedding(of: features)
///     map.positions     // [count, 2]
///
/// Every pair of points is looked at in every step, nothing is approximated, and the affinities of all pairs are kept:
/// 100 MB for 5000 points, for which a step takes about 10 ms.
///
/// Sources: L. van der Maaten and G. Hinton, "Visualizing data using t-SNE", *JMLR* 9 (2008); rules and constants of
/// the descent are those of scikit-learn's `TSNE(method="exact")`, the start that of its `init="pca"`.
public struct TSNE: Hashable, Sendable {
  /// How many neighbours a point has, in effect: two to the power of the entropy of its affinities in bits.
  public var perplexity = 30.0
  /// What the affinities are multiplied by at first, which pulls clusters together before they find their places.
  public var earlyExaggeration = 12.0
  /// For how many steps they are.
  public var exaggeratedSteps = 250
  /// How many steps follow.
  public var steps = 750
  /// The step size; a quarter of count / earlyExaggeration, but at least 50, if nil.
  public var learningRate: Double?

  /// scikit-learn's settings.
  public init() {}

  /// Where the points have come to lie.
  public struct Embedding: Sendable {
    /// [count, 2].
    public var positions: Tensor
    /// The Kullback-Leibler divergence of the affinities in the plane from those of the points, in nats: what the
    /// steps have made small.
    public var divergence: Double
  }

  /// Lays points out in the plane.
  ///
  /// The same points give the same bits, for any number of threads.
  ///
  /// - Parameters:
  ///   - points: [count, dimensions].
  ///   - start: [count, 2]; the first two principal components, made small, if nil.
  /// - Returns: the places of the points, and how well they fit.
  /// - Precondition: the perplexity is at least 1 and below the number of points.
  public func embedding(of points: Tensor, from start: Tensor? = nil) -> Embedding {
    embedding(of: points, from: start) { _ in }
  }

  /// Lays points out in the plane, and calls `onStep` after each step with its number; what that throws ends the
  /// descent. See ``embedding(of:from:)``.
  public func embedding<Failure: Error>(
    of points: Tensor, from start: Tensor? = nil, onStep: (Int) throws(Failure) -> Void
  ) throws(Failure) -> Embedding {
    precondition(
      exaggeratedSteps >= 0 && steps >= 0 && exaggeratedSteps <= mostCounted
        && steps <= mostCounted,
      "t-SNE takes 0 to \(mostCounted) steps of either kind, found \(exaggeratedSteps) and \(steps)"
    )
    precondition(
      earlyExaggeration > 0 && earlyExaggeration.isFinite && learningRate ?? 1 > 0,
      "an exaggeration and a learning rate are positive, found \(earlyExaggeration) and \(learningRate ?? 1)"
    )
    let affinities = affinities(of: points)
    let count = points.shape[0]
    let start = start ?? Self.start(for: points)
    precondition(
      start.shape == [count, 2], "\(count) points came with a start of shape \(start.shape)")
    var descent = Descent(
      from: start, rate: learningRate ?? max(Double(count) / earlyExaggeration / 4, 50))
    for step in 0..<exaggeratedSteps + steps {
      if step == exaggeratedSteps { descent.rest() }
      let isEarly = step < exaggeratedSteps
      descent.step(
        along: affinities, times: isEarly ? earlyExaggeration : 1, momentum: isEarly ? 0.5 : 0.8)
      try onStep(step)
    }
    let positions = Tensor(descent.coordinates, shape: [2, count]).transposed()
    return Embedding(
      positions: positions, divergence: Self.divergence(of: positions, from: affinities))
  }

  /// The first two principal components, scaled so that the first has a standard deviation of 1e-4.
  private static func start(for points: Tensor) -> Tensor {
    let centered = points - points.mean(along: 0, .kept)
    let scores = centered.matmul(principalComponents(of: centered, 2), transposing: .right)
    let deviation = sqrt(square(scores.sliced(0..<1, along: 1)).mean()).scalar
    return deviation > 0 ? scores * (1e-4 / deviation) : scores
  }

  /// Σ p ln (p / q) over all pairs, q = 1 / (1 + d²) divided by the sum over all pairs.
  private static func divergence(of positions: Tensor, from affinities: Tensor) -> Double {
    let axes = [positions.sliced(0..<1, along: 1), positions.sliced(1..<2, along: 1)]
    var (divergence, total) = (0.0, 0.0)
    for rows in blocks(of: positions.shape[0]) {
      let differences = axes.map { $0.sliced(rows) - $0.transposed() }
      let squares = square(differences[0]) + square(differences[1])
      let p = affinities.sliced(rows)
      // p · (ln p + ln (1 + d²)); the logarithm of the total follows at the end, as the affinities have the sum 1.
      divergence += Double((p * (log(maximum(p, Tensor(1e-37))) + log1p(squares))).sum().scalar)
      // A point is no partner of its own, where the quotient is 1.
      total += Double((1 / (squares + 1)).sum().scalar) - Double(rows.count)
    }
    return divergence + Double(log(Tensor(Float(total))).scalar)
  }
}

/// Gradient descent with momentum and a gain for each coordinate, which grows while its gradient keeps its sign.
private struct Descent {
  /// All x, then all y.
  private(set) var coordinates: [Float]
  private var velocities: [Float]
  private var gains: [Float]
  private var forces: [Float]
  private let rate: Float

  init(from start: Tensor, rate: Double) {
    coordinates = start.transposed().elements
    velocities = coordinates.map { _ in 0 }
    gains = coordinates.map { _ in 1 }
    forces = [Float](repeating: 0, count: coordinates.count / 2 * 5)
    self.rate = Float(rate)
  }

  /// Forgets where the coordinates were going.
  mutating func rest() {
    for index in velocities.indices { (velocities[index], gains[index]) = (0, 1) }
  }

  mutating func step(along affinities: Tensor, times exaggeration: Double, momentum: Float) {
    let count = coordinates.count / 2
    coordinates.withUnsafeBufferPointer { coordinates in
      affinities.withUnsafeElements { affinities in
        forces.withUnsafeMutableBufferPointer { forces in
          let (x, p, to) = (coordinates.baseAddress!, affinities.baseAddress!, forces.baseAddress!)
          // At least a hundred thousand pairs at a time, which take tens of microseconds.
          split(count, grain: 100_000 / Swift.max(count, 1) + 1) { first, points in
            ck_tsne_forces(first, first + points, count, x, x + count, p, to)
          }
        }
      }
    }
    let total = forces[(4 * count)...].reduce(0.0) { $0 + Double($1) }
    let (attraction, repulsion) = (Float(4 * exaggeration), Float(4 / total))
    for index in coordinates.indices {
      let gradient = attraction * forces[index] - repulsion * forces[2 * count + index]
      let keepsGoing = velocities[index] * gradient < 0
      gains[index] = max(keepsGoing ? gains[index] + 0.2 : gains[index] * 0.8, 0.01)
      velocities[index] = momentum * velocities[index] - rate * (gradient * gains[index])
      coordinates[index] += velocities[index]
    }
  }
}
