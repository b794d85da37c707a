import NeuralNetworks
import Runs

extension DoubleDescent {
  /// By what a network is judged.
  enum Criterion: String, CaseIterable {
    /// The mean loss, as in the paper's Figure 4.
    case loss
    /// The share of examples that are classified wrongly, as in the authors' later notebook.
    case error
  }
}

/// One kind of network, trained by one loss on labels with so much noise, against its size.
struct SizeCurve {
  let model: DoubleDescent.Model
  let loss: ClassificationLoss
  let noise: Double
  /// By ascending size.
  let points: [Point]

  /// What the trainings of one size have shown in the end.
  struct Point {
    let size: Int
    let parameters: Int
    let trainLoss: Sample
    let trainError: Sample
    let testLoss: Sample
    let testError: Sample

    /// What the networks do on the test set.
    func test(_ criterion: DoubleDescent.Criterion) -> Sample {
      criterion == .loss ? testLoss : testError
    }

    /// What they do on the training set.
    func training(_ criterion: DoubleDescent.Criterion) -> Sample {
      criterion == .loss ? trainLoss : trainError
    }
  }

  /// A place where the test is worse than at a smaller and at a larger size.
  struct Peak {
    /// The best size before the peak.
    let dip: Point
    let top: Point
    /// The best size after the peak.
    let end: Point
    /// By how much the test is worse at the top than at the dip.
    let rise: Sample
    /// By how much the test is worse at the top than at the end.
    let fall: Sample
    /// The numbers of parameters at which the single seeds are worst after the dip.
    let parameters: Sample

    /// How far the peak stands out: the smaller of what it rises and what it falls; less than 0 where there is none.
    var height: Sample { rise.mean < fall.mean ? rise : fall }
  }

  /// The size that stands out most from a better one on each side; nil if the test never becomes better before it becomes
  /// worse, or the curve is too short to tell.
  func peak(by criterion: DoubleDescent.Criterion) -> Peak? {
    guard points.count > 3 else { return nil }
    return (2..<points.count - 1).compactMap { peak(at: $0, by: criterion) }
      .max { $0.height.mean < $1.height.mean }
  }

  private func peak(at index: Int, by criterion: DoubleDescent.Criterion) -> Peak? {
    func isLower(_ one: Point, _ other: Point) -> Bool {
      one.test(criterion).mean < other.test(criterion).mean
    }
    let top = points[index]
    guard let dip = points[..<index].min(by: isLower), isLower(dip, points[0]),
      let end = points[(index + 1)...].min(by: isLower)
    else { return nil }
    return Peak(
      dip: dip, top: top, end: end, rise: top.excess(over: dip, by: criterion),
      fall: top.excess(over: end, by: criterion),
      parameters: worst(after: dip, by: criterion) ?? Sample(Double(top.parameters)))
  }

  /// For each seed, the number of parameters at which it is worst after a size.
  private func worst(after dip: Point, by criterion: DoubleDescent.Criterion) -> Sample? {
    var worst: [Int: (value: Double, parameters: Int)] = [:]
    for point in points where point.size > dip.size {
      let sample = point.test(criterion)
      for (seed, value) in zip(sample.seeds, sample.values)
      where worst[seed].map({ $0.value < value }) ?? true {
        worst[seed] = (value, point.parameters)
      }
    }
    let seeds = worst.keys.sorted()
    return Sample(seeds.map { Double(worst[$0]!.parameters) }, seeds: seeds)
  }

  /// The smallest size that misses fewer than one training label in a hundred.
  var interpolating: Point? { points.first { $0.trainError.mean < 1 } }

  /// A name for a person.
  var label: String { "\(model.label) by \(loss.label), \(Self.label(ofNoise: noise))" }

  static func label(ofNoise noise: Double) -> String {
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

extension SizeCurve.Point {
  /// By how much the test is worse than at another size, for each seed that both share; that of the means if they share
  /// none.
  fileprivate func excess(
    over other: SizeCurve.Point, by criterion: DoubleDescent.Criterion
  ) -> Sample {
    let (own, others) = (test(criterion), other.test(criterion))
    return own - others ?? Sample(own.mean - others.mean)
  }

  /// The point of one size; nil without a trial that has all its numbers.
  fileprivate init?(of results: Results<DoubleDescent>) {
    func last(_ values: (DoubleDescent.Measurement) -> [Double]) -> Sample? {
      results.sample { values($0).last.flatMap { $0.isFinite ? $0 : nil } }
    }
    guard let first = results.all.first, let trainLoss = last(\.trainLoss),
      let trainError = last(\.trainError), let testLoss = last(\.testLoss),
      let testError = last(\.testError)
    else { return nil }
    size = first.trial.size
    parameters = first.measurement.parameters
    (self.trainLoss, self.trainError) = (trainLoss, trainError)
    (self.testLoss, self.testError) = (testLoss, testError)
  }
}

extension SizeCurve {
  /// The curves of a run in the order of its trials; sizes at which all trainings failed are absent.
  static func all(in results: Results<DoubleDescent>) -> [SizeCurve] {
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
            ? nil : SizeCurve(model: model, loss: loss, noise: noise, points: points)
        }
      }
    }
  }
}

extension DoubleDescent.Model {
  /// The name in a figure.
  var label: String { self == .mlp ? "MLP" : "CNN" }
}

extension ClassificationLoss {
  /// The name in a figure.
  var label: String { self == .negativeLogLikelihood ? "NLL" : "MSE" }
}
