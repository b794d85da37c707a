import NeuralNetworks
import Runs

/// The errors of one kind of network, trained by one loss on labels with so much noise, against its size.
struct ErrorCurve {
  let model: DoubleDescent.Model
  let loss: ClassificationLoss
  let noise: Double
  /// By ascending size.
  let points: [Point]

  /// What the trainings of one size have shown, one number for each seed in the order of the seeds.
  struct Point {
    let size: Int
    let parameters: Int
    let seeds: [Int]
    let trainErrors: [Double]
    let testErrors: [Double]

    var trainError: (mean: Double, deviation: Double) { meanAndDeviation(trainErrors) }
    var testError: (mean: Double, deviation: Double) { meanAndDeviation(testErrors) }
  }

  /// A place where the test error is higher than at a smaller and at a larger size.
  struct Peak {
    /// The size with the lowest error before the peak, which itself lies below that of the smallest size.
    let dip: Point
    let top: Point
    /// The size with the lowest error after the peak.
    let end: Point

    /// By how much the error rises, and falls again, for each seed that all three sizes share.
    var rises: [Double] { Self.differences(top, dip) }
    var falls: [Double] { Self.differences(top, end) }

    /// The smaller of the two, in points, and its deviation over seeds.
    var height: (mean: Double, deviation: Double) {
      let (rise, fall) = (meanAndDeviation(rises), meanAndDeviation(falls))
      return rise.mean < fall.mean ? rise : fall
    }

    private static func differences(_ top: Point, _ other: Point) -> [Double] {
      let shared = top.seeds.filter(other.seeds.contains)
      guard !shared.isEmpty else { return [top.testError.mean - other.testError.mean] }
      return shared.map { top.testError(of: $0) - other.testError(of: $0) }
    }
  }

  /// The place where the error has risen most above the lowest one before it; nil if nothing falls before that, or
  /// nothing falls after it because the error still rises at the largest size.
  var peak: Peak? {
    let errors = points.map(\.testError.mean)
    guard errors.count > 3 else { return nil }
    func dip(before top: Int) -> Int { (0..<top).min { errors[$0] < errors[$1] }! }
    let top = (2..<errors.count).max {
      errors[$0] - errors[dip(before: $0)] < errors[$1] - errors[dip(before: $1)]
    }!
    let dip = dip(before: top)
    guard errors[dip] < errors[0], errors[dip] < errors[top],
      let end = (top + 1..<errors.count).min(by: { errors[$0] < errors[$1] }),
      errors[end] < errors[top]
    else { return nil }
    return Peak(dip: points[dip], top: points[top], end: points[end])
  }

  /// The numbers of parameters at which single seeds have their highest test error after the dip.
  func peakParameters(after dip: Point) -> [Double] {
    let seeds = points.first?.seeds ?? []
    return seeds.compactMap { seed in
      points.filter { $0.size > dip.size && $0.seeds.contains(seed) }
        .max { $0.testError(of: seed) < $1.testError(of: seed) }
        .map { Double($0.parameters) }
    }
  }

  /// The smallest size that misses fewer than one training label in a hundred.
  var interpolating: Point? { points.first { $0.trainError.mean < 1 } }

  /// A name for a person.
  var label: String { "\(model.label) by \(loss.label), \(noiseLabel)" }

  var noiseLabel: String {
    noise == 0
      ? "labels as they are"
      : "\((100 * noise).shown(noise * 100 == (noise * 100).rounded() ? 0 : 1)) % label noise"
  }

  /// A name for scripts; that of the first noise level does without it.
  func id(in configuration: DoubleDescent.Configuration) -> String {
    let name = "\(model.rawValue)-\(loss.rawValue)"
    guard noise != configuration.noise.first else { return name }
    return name + "-noise-" + (100 * noise).shown(1).replacing(".", with: "-")
  }
}

extension ErrorCurve.Point {
  func testError(of seed: Int) -> Double { testErrors[seeds.firstIndex(of: seed)!] }
}

extension ErrorCurve {
  /// The curves of a run in the order of its trials; sizes at which all trainings failed are absent.
  static func all(
    _ configuration: DoubleDescent.Configuration, _ results: [TrialResult<DoubleDescent>]
  ) -> [ErrorCurve] {
    configuration.models.flatMap { model in
      configuration.losses.flatMap { loss in
        configuration.noiseLevels(model, loss).compactMap { noise in
          let own = results.filter {
            $0.trial.model == model && $0.trial.loss == loss && $0.trial.noise == noise
          }
          let points = Set(own.map(\.trial.size)).sorted().map { size in
            Point(of: own.filter { $0.trial.size == size })
          }
          return points.isEmpty
            ? nil : ErrorCurve(model: model, loss: loss, noise: noise, points: points)
        }
      }
    }
  }
}

extension ErrorCurve.Point {
  init(of results: [TrialResult<DoubleDescent>]) {
    size = results[0].trial.size
    parameters = results[0].measurement.parameters
    seeds = results.map(\.trial.seed)
    trainErrors = results.map { $0.measurement.trainError.last ?? .nan }
    testErrors = results.map { $0.measurement.testError.last ?? .nan }
  }
}

extension DoubleDescent.Model {
  /// The name in a figure.
  var label: String { self == .mlp ? "MLP" : "CNN" }
  /// What its size counts.
  var sizeLabel: String { self == .mlp ? "hidden units in each layer" : "channels" }
}

extension ClassificationLoss {
  /// The name in a figure.
  var label: String { self == .negativeLogLikelihood ? "NLL" : "MSE" }
}
