import NeuralNetworks
import Runs

/// The training of an MLP of one width by negative log-likelihood, followed from epoch to epoch.
struct EpochCurve {
  let width: Int
  let parameters: Int
  let noise: Double
  let trainLoss: SampleCurve
  let trainError: SampleCurve
  let testLoss: SampleCurve
  let testError: SampleCurve

  /// What the network does on the test set.
  func test(_ criterion: DoubleDescent.Criterion) -> SampleCurve {
    criterion == .loss ? testLoss : testError
  }

  /// What it does on the training set.
  func training(_ criterion: DoubleDescent.Criterion) -> SampleCurve {
    criterion == .loss ? trainLoss : trainError
  }

  /// The evaluation at which the test was best, in the mean over seeds.
  func best(by criterion: DoubleDescent.Criterion) -> (epoch: Double, value: Sample)? {
    let curve = test(criterion)
    return zip(curve.x, curve.samples).min { $0.1.mean < $1.1.mean }
      .map { (epoch: $0.0, value: $0.1) }
  }

  /// By how much the test is worse at the end than where it was best.
  func excess(by criterion: DoubleDescent.Criterion) -> Sample? {
    test(criterion).samples.last - best(by: criterion)?.value
  }
}

extension EpochCurve {
  /// The trainings that were followed, by width and then by noise.
  static func all(in results: Results<DoubleDescent>) -> [EpochCurve] {
    let configuration = results.configuration
    return configuration.epochWidths.flatMap { width in
      configuration.noise.compactMap { noise in
        let own = Results(
          configuration,
          results.all.filter {
            $0.trial.size == width && $0.trial.noise == noise && configuration.follows($0.trial)
          })
        guard let first = own.all.first,
          let trainLoss = own.curve({ ($0.epochs, $0.trainLoss) }),
          let trainError = own.curve({ ($0.epochs, $0.trainError) }),
          let testLoss = own.curve({ ($0.epochs, $0.testLoss) }),
          let testError = own.curve({ ($0.epochs, $0.testError) })
        else { return nil }
        return EpochCurve(
          width: width, parameters: first.measurement.parameters, noise: noise,
          trainLoss: trainLoss, trainError: trainError, testLoss: testLoss, testError: testError)
      }
    }
  }
}
