import NeuralNetworks
import Runs

/// The errors of one kind of network, trained by one loss on labels with so much noise, against its size.
struct ErrorCurve {
  let model: DoubleDescent.Model
  let loss: ClassificationLoss
  let noise: Double
  /// By ascending size.
  let points: [Point]

  /// What the trainings of one size have shown.
  struct Point {
    let size: Int
    let parameters: Int
    let trainError: Sample
    let testError: Sample

    /// By how much the test error exceeds that of another size, for each seed that both share; that of the means if
    /// they share none.
    func excess(over other: Point) -> Sample {
      testError - other.testError ?? Sample(testError.mean - other.testError.mean)
    }
  }

  /// A place where the test error is higher than at a smaller and at a larger size.
  struct Peak {
    /// The size with the lowest error before the peak, which itself lies below that of the smallest size.
    let dip: Point
    let top: Point
    /// The size with the lowest error after the peak.
    let end: Point

    /// By how much the error rises before the peak, or falls after it, in points: the smaller of the two.
    var height: Sample {
      let (rise, fall) = (top.excess(over: dip), top.excess(over: end))
      return rise.mean < fall.mean ? rise : fall
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
  func peakParameters(after dip: Point) -> Sample? {
    let seeds = points.first?.testError.seeds ?? []
    return Sample(
      seeds.compactMap { seed in
        points.filter { $0.size > dip.size }
          .compactMap { point in point.testError[seed].map { (point: point, error: $0) } }
          .max { $0.error < $1.error }
          .map { Double($0.point.parameters) }
      })
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

extension ErrorCurve {
  /// The curves of a run in the order of its trials; sizes at which all trainings failed are absent.
  static func all(in results: Results<DoubleDescent>) -> [ErrorCurve] {
    let configuration = results.configuration
    return configuration.models.flatMap { model in
      configuration.losses.flatMap { loss in
        configuration.noiseLevels(model, loss).compactMap { noise in
          let own = results.all.filter {
            $0.trial.model == model && $0.trial.loss == loss && $0.trial.noise == noise
          }
          let points = Set(own.map(\.trial.size)).sorted().compactMap { size in
            Point(of: Results(configuration, own.filter { $0.trial.size == size }))
          }
          return points.isEmpty
            ? nil : ErrorCurve(model: model, loss: loss, noise: noise, points: points)
        }
      }
    }
  }
}

extension ErrorCurve.Point {
  /// The point of one size; nil without results.
  fileprivate init?(of results: Results<DoubleDescent>) {
    guard let first = results.all.first,
      let trainError = results.sample({ $0.trainError.last ?? .nan }),
      let testError = results.sample({ $0.testError.last ?? .nan })
    else { return nil }
    size = first.trial.size
    parameters = first.measurement.parameters
    (self.trainError, self.testError) = (trainError, testError)
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
