import NeuralNetworks
import Runs
import Studies
import Tensors
import Testing

@Suite("The findings of the double-descent study")
struct DoubleDescentFindingsTests {
  private typealias Trial = DoubleDescent.Trial
  private typealias Configuration = DoubleDescent.Configuration

  /// The findings where every trial of the configuration has measured this.
  private func findings(
    _ configuration: Configuration, _ measure: (Trial, inout DoubleDescent.Measurement) -> Void
  ) -> Findings {
    let results = DoubleDescent.trials(for: configuration).map { trial in
      var measurement = DoubleDescent.Measurement(parameters: parameters(of: trial))
      measure(trial, &measurement)
      return TrialResult<DoubleDescent>(trial: trial, measurement: measurement)
    }
    return DoubleDescent.findings(Results(configuration, results))
  }

  private func parameters(of trial: Trial) -> Int {
    let size = trial.size
    return trial.model == .mlp
      ? 41 * size + (size + 1) * size + (size + 1) * 10
      : 6 * size + 2 * (3 * size + 1) * size + (5 * size + 1) * 10
  }

  private func claims(in findings: Findings) -> [String: Claim] {
    Dictionary(uniqueKeysWithValues: findings.claims.map { ($0.id, $0) })
  }

  /// The claims for an MLP with these test errors, one list for each seed, and losses of a tenth of them.
  private func claims(
    _ loss: ClassificationLoss, _ curves: [[Double]]
  ) -> [String: Claim] {
    var configuration = Configuration()
    configuration.models = [.mlp]
    configuration.losses = [loss]
    configuration.noise = [0.15]
    configuration.widths = widths
    configuration.seeds = Array(curves.indices)
    return claims(
      in: findings(configuration) { trial, measurement in
        let error = curves[trial.seed][widths.firstIndex(of: trial.size)!]
        (measurement.epochs, measurement.trainLoss, measurement.trainError) = ([500], [0.1], [0])
        (measurement.testLoss, measurement.testError) = ([error / 10], [error])
      })
  }

  private let widths = [4, 16, 47, 104, 177, 300]

  // MARK: Against the size

  @Test("a peak between two lower values is a double descent, and is held against its threshold")
  func peak() throws {
    let curves: [[Double]] = [
      [60, 46, 56, 49, 46, 45], [62, 48, 57, 50, 47, 46], [61, 47, 57, 49, 46, 44],
    ]
    let nll = claims(.negativeLogLikelihood, curves)
    for suffix in ["", "-error"] {
      let descent = try #require(nll["descends-twice-mlp-nll" + suffix])
      #expect(descent.verdict == .holds && descent.interval != nil)
      let place = try #require(nll["peak-mlp-nll" + suffix])
      #expect(place.verdict == .holds && place.measured == 4663 && place.reported == 4000)
    }
    // From 46 to 56, from 48 to 57 and from 47 to 57; it falls by more.
    let height = try #require(nll["descends-twice-mlp-nll-error"])
    #expect(height.measured == .number(29.0 / 3))
    #expect(nll["reported-mlp-largest-error"]?.verdict == .holds)
    #expect(nll["reported-mlp-largest-error"]?.reported == 45.47)
    // The same curve lies far from the threshold of the squared error.
    #expect(claims(.meanSquaredError, curves)["peak-mlp-mse"]?.verdict == .fails)
  }

  @Test(
    "a curve that only falls, only rises, rises at once, wobbles, or still rises at the end does not descend twice",
    arguments: [
      [60, 55, 50, 48, 46, 45], [40, 45, 50, 55, 58, 60], [40, 45, 50, 45, 43, 42],
      [60, 50, 50.8, 50, 50, 49], [60, 46, 50, 52, 54, 55],
    ])
  func noPeak(_ curve: [Double]) {
    let curves = [curve, curve.map { $0 + 0.2 }, curve.map { $0 - 0.1 }]
    let claims = claims(.negativeLogLikelihood, curves)
    #expect(claims["descends-twice-mlp-nll"]?.verdict == .fails)
    #expect(claims["descends-twice-mlp-nll-error"]?.verdict == .fails)
    #expect(claims["peak-mlp-nll"]?.verdict == .untested)
    #expect(claims["peak-mlp-nll"]?.measured == "no peak")
  }

  @Test("two seeds, and three of which one alone has the peak, decide nothing")
  func undecided() {
    for curves in [
      [[60, 46, 56, 49, 46, 45], [60, 46, 56, 49, 46, 45]],
      [[60, 50, 50, 50, 50, 50], [60, 50, 59, 50, 50, 50], [60, 50, 50, 50, 50, 50]],
    ] as [[[Double]]] {
      let claims = claims(.negativeLogLikelihood, curves)
      #expect(claims["descends-twice-mlp-nll"]?.verdict == .untested)
      #expect(claims["peak-mlp-nll"]?.verdict == .untested)
    }
  }

  @Test("without label noise the loss is judged, and the error is not")
  func clean() {
    var configuration = Configuration()
    configuration.models = [.mlp]
    let ids = findings(configuration) { _, measurement in
      (measurement.trainLoss, measurement.trainError) = ([0.1], [0])
      (measurement.testLoss, measurement.testError) = ([2], [50])
    }.claims.map(\.id).filter { $0.hasPrefix("descends-twice") }
    #expect(
      ids == [
        "descends-twice-mlp-nll", "descends-twice-mlp-nll-noise-0-0", "descends-twice-mlp-mse",
        "descends-twice-mlp-nll-error", "descends-twice-mlp-mse-error",
      ])
  }

  @Test("the peaks of the two networks are compared, seed by seed")
  func prominence() throws {
    var configuration = Configuration()
    configuration.losses = [.negativeLogLikelihood]
    configuration.noise = [0.15]
    (configuration.widths, configuration.channels) = ([4, 16, 61, 300], [4, 10, 24, 100])
    let claims = claims(
      in: findings(configuration) { trial, measurement in
        let index = [4, 16, 61, 300, 10, 24, 100].firstIndex(of: trial.size)!
        let loss = [1.8, 1.3, 5.8, 2.6, 0.6, 3.1, 1.8][index] + 0.1 * Double(trial.seed - 42)
        (measurement.trainLoss, measurement.trainError) = ([0.1], [0])
        (measurement.testLoss, measurement.testError) = ([loss], [10 * loss])
      })
    let claim = try #require(claims["less-pronounced"])
    #expect(claim.verdict == .holds)
    // 5.8 − 2.6 of the one, 3.1 − 1.8 of the other; as printed, 3.157076 and 1.323930.
    guard case .number(let measured) = claim.measured, case .number(let printed) = claim.reported
    else {
      Issue.record("no numbers")
      return
    }
    #expect(abs(measured - 1.9) < 1e-9 && abs(printed - 1.833146) < 1e-9)
  }

  // MARK: Against the epoch

  @Test("the network nearest to the threshold is judged by what becomes worse along its training")
  func steps() throws {
    var configuration = Configuration()
    configuration.models = [.mlp]
    configuration.losses = [.negativeLogLikelihood]
    let found = findings(configuration) { trial, measurement in
      let seed = Double(trial.seed - 42)
      measurement.epochs = [1, 10, 500]
      measurement.testLoss = [2, 1.2, trial.size == 47 ? 5 + 0.1 * seed : 1]
      measurement.testError = [70, 50, trial.size == 47 ? 54 : 49]
      (measurement.trainLoss, measurement.trainError) = ([2, 1, 0.1], [70, 40, 0])
    }
    let claims = claims(in: found)
    let loss = try #require(claims["steps"])
    #expect(loss.verdict == .holds && loss.statement.contains("47 hidden units"))
    #expect(loss.statement.contains("after 10 epochs"))
    #expect(claims["steps-error"]?.measured == 4)
    let table = try #require(found.tables.first { $0.name == "epochs" })
    // Three widths, with and without noise.
    #expect(table.rows.count == 6 && table.rows[2][2] == "1.200 ± 0.000 (10)")
  }

  // MARK: What a store may hold

  @Test("every claim says where it stands in the paper or in the notebook")
  func sources() {
    let claims = findings(Configuration()) { _, measurement in
      (measurement.epochs, measurement.trainLoss, measurement.trainError) = ([500], [0.1], [0])
      (measurement.testLoss, measurement.testError) = ([2], [50])
    }.claims
    #expect(claims.count > 30 && claims.allSatisfy { $0.source?.isEmpty == false })
  }

  @Test(
    "lists of any length, numbers that are not finite and sizes of no network are no reason to stop",
    arguments: [[], [.nan], [.infinity, -.infinity], [1], [3, 2, 1]] as [[Double]])
  func forged(_ values: [Double]) {
    var configuration = Configuration()
    (configuration.widths, configuration.channels) = ([2, 16, 47, 61, 300], [2, 10, 24, 80, 100])
    for keep in 0..<5 {
      let found = findings(configuration) { trial, measurement in
        let lists = [[500], [2], [50], [1], [10]] as [[Double]]
        func list(_ index: Int) -> [Double] {
          index == keep || trial.seed == 43 ? lists[index] : values
        }
        measurement.parameters = [0, .max, .min, -1, 4000][trial.size % 5]
        measurement.epochs = keep == 0 ? [.max, .min] : [Int](repeating: .max, count: values.count)
        (measurement.testLoss, measurement.testError) = (list(1), list(2))
        (measurement.trainLoss, measurement.trainError) = (list(3), list(4))
      }
      for illustration in found.illustrations {
        #expect(!illustration.svg.isEmpty && illustration.narrowSVG != nil)
      }
      #expect(found.tables.allSatisfy { !$0.csv.isEmpty })
    }
  }
}
