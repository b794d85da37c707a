import Figures
import MNIST1D
import Runs

extension Pooling {
  /// The test accuracies after the last step that the authors report, in percent.
  static func reported(_ method: PoolingMethod, _ size: Int) -> Double? {
    switch (method, size) {
    case (.none, 1000): 59.2
    case (.stride, 1000): 57.5
    case (.max, 1000): 79.6
    case (.average, 1000): 78
    case (.l2, 1000): 76
    case (.stride, 50_000): 95.3
    default: nil
    }
  }

  /// How often the accuracy is measured changes no accuracy after the last step.
  public static var comparableSettings: [ComparableSetting] {
    [.anyValue("seeds"), .anyValue("eval-every"), .conditions("methods"), .conditions("sizes")]
  }

  public static func findings(
    _ configuration: Configuration, _ results: [TrialResult<Pooling>]
  ) -> Findings {
    let outcomes = Outcomes(configuration, results)
    return Findings(
      claims: outcomes.claims, tables: [outcomes.accuracies, outcomes.advantages],
      illustrations: [
        Illustration(
          "figure-7",
          caption:
            "Test accuracy while training on ever more examples, "
            + spreadOverSeeds(configuration.seeds.count)
            + ", smoothed by a Gaussian of one evaluation's width.",
          figure: outcomes.figure)
      ],
      notes: outcomes.notes)
  }
}

/// The measurements in the order in which tables and claims want them.
private struct Outcomes {
  private let configuration: Pooling.Configuration
  private let curves: [Pooling.Trial: Pooling.Measurement]

  init(_ configuration: Pooling.Configuration, _ results: [TrialResult<Pooling>]) {
    self.configuration = configuration
    curves = Dictionary(uniqueKeysWithValues: results.map { ($0.trial, $0.measurement) })
  }

  private func curves(_ method: PoolingMethod, _ size: Int) -> [Pooling.Measurement] {
    configuration.seeds.compactMap { curves[.init(method: method, size: size, seed: $0)] }
  }

  /// The accuracies after the last step, one for each seed.
  private func accuracies(_ method: PoolingMethod, _ size: Int) -> [Double] {
    curves(method, size).compactMap(\.testAccuracy.last)
  }

  /// What a method is ahead of no pooling after the last step, one number for each seed: both networks of a pair start
  /// from the same generator.
  private func advantages(_ method: PoolingMethod, _ size: Int) -> [Double] {
    configuration.seeds.compactMap { seed in
      guard let with = curves[.init(method: method, size: size, seed: seed)]?.testAccuracy.last,
        let without = curves[.init(method: .none, size: size, seed: seed)]?.testAccuracy.last
      else { return nil }
      return with - without
    }
  }

  private var fewest: Int { configuration.sizes.min() ?? 0 }
  private var most: Int { configuration.sizes.max() ?? 0 }

  // MARK: Tables

  var accuracies: Table {
    var table = Table(
      "accuracy",
      title: "Test accuracy after the last step in percent, by the number of training examples",
      columns: ["method", "accuracy"] + configuration.sizes.map(String.init))
    for method in configuration.methods {
      let reported = configuration.sizes.map { Pooling.reported(method, $0) }
      if reported.contains(where: { $0 != nil }) {
        table.append(
          [.text(method.label), "reported"] + reported.map { $0.map { .number($0) } ?? .empty })
      }
      table.append(
        [.text(method.label), "measured"]
          + configuration.sizes.map { Cell(meanOf: accuracies(method, $0)) })
    }
    return table
  }

  var advantages: Table {
    var table = Table(
      "advantage",
      title: "Points of test accuracy ahead of no pooling, by the number of training examples",
      columns: ["method"] + configuration.sizes.map(String.init))
    for method in configuration.methods where method != .none {
      table.append(
        [.text(method.label)] + configuration.sizes.map { Cell(meanOf: advantages(method, $0)) })
    }
    return table
  }

  // MARK: Figure 7

  var figure: Figure {
    Figure(
      title: "Pooling helps where examples are scarce",
      subtitle: "One convolutional network with five ways of halving the number of positions",
      panels: configuration.sizes.map { size in
        Panel(
          title: "\(size) training examples", x: Axis("training step"),
          y: Axis("test accuracy (%)", from: 40, to: 100), marks: lines(size))
      },
      columns: min(3, configuration.sizes.count), sharing: .both, legend: .below, width: 1080,
      aspect: 0.8)
  }

  private func lines(_ size: Int) -> [Mark] {
    configuration.methods.enumerated().compactMap { index, method in
      let curves = curves(method, size)
      guard let steps = curves.first?.steps else { return nil }
      let smooth = curves.map { Transform.gaussianFilter($0.testAccuracy, sigma: 1) }
      let points = steps.indices.map { step in meanAndDeviation(smooth.map { $0[step] }) }
      return .line(
        Line(
          method.label, x: steps.map(Double.init), y: points.map(\.mean),
          band: Band(around: points.map(\.mean), by: points.map(\.deviation)),
          color: .series(index)))
    }
  }

  // MARK: Claims

  var claims: [Claim] {
    configuration.methods.compactMap(scarceAccuracy)
      + [bestWhenScarce, scarcity, plenty, strideBehind]
      .compactMap(\.self)
  }

  private func scarceAccuracy(_ method: PoolingMethod) -> Claim? {
    let values = accuracies(method, 1000)
    guard let reported = Pooling.reported(method, 1000), !values.isEmpty else { return nil }
    let (mean, deviation) = meanAndDeviation(values)
    return Claim(
      "accuracy-\(method.rawValue)",
      "With 1000 training examples, \(method.label) reaches \(reported.shown(1)) % (within 3 points).",
      reported: .number(reported), measured: .number(mean), spread: deviation,
      holds: abs(mean - reported) <= 3)
  }

  /// Over five seeds a lead is believed if it exceeds its standard error.
  private var bestWhenScarce: Claim? {
    let others = configuration.methods.filter { $0 != .max }
    let nearest = others.max { mean($0, 1000) < mean($1, 1000) }
    guard others.count == PoolingMethod.allCases.count - 1, let nearest,
      accuracies(.max, 1000).count == configuration.seeds.count,
      accuracies(nearest, 1000).count == configuration.seeds.count
    else { return nil }
    let leads = zip(accuracies(.max, 1000), accuracies(nearest, 1000)).map { $0 - $1 }
    let (lead, deviation) = meanAndDeviation(leads)
    return Claim(
      "max-when-scarce",
      "With 1000 training examples, max pooling does best (points ahead of the next, \(nearest.label), "
        + "more than their standard error).",
      reported: 1.6, measured: .number(lead), spread: deviation,
      holds: lead > meanAndError(leads).error)
  }

  private func mean(_ method: PoolingMethod, _ size: Int) -> Double {
    let values = accuracies(method, size)
    return values.isEmpty ? -.infinity : meanAndDeviation(values).mean
  }

  /// The mean advantage of the three ways of pooling, one number for each seed.
  private func meanAdvantages(_ size: Int) -> [Double]? {
    let methods = [PoolingMethod.max, .average, .l2].map { advantages($0, size) }
    let count = configuration.seeds.count
    guard methods.allSatisfy({ $0.count == count }) else { return nil }
    return (0..<count).map { seed in methods.reduce(0) { $0 + $1[seed] } / 3 }
  }

  private var scarcity: Claim? {
    guard fewest < most, let few = meanAdvantages(fewest), let many = meanAdvantages(most) else {
      return nil
    }
    let (mean, deviation) = meanAndDeviation(zip(few, many).map { $0 - $1 })
    let isPapers = fewest == 1000 && most == 50_000
    return Claim(
      "scarcity",
      "Pooling helps most when data is scarce: its mean advantage with \(fewest) examples, less that with "
        + "\(most), exceeds 10 points.",
      reported: isPapers ? 18.5 : nil, measured: .number(mean), spread: deviation,
      holds: isPapers ? mean > 10 : nil)
  }

  /// The lowest and the highest mean of all methods but the stride with 50,000 examples.
  private var rangeOfPlenty: (low: Double, high: Double)? {
    let means = configuration.methods.filter { $0 != .stride && !accuracies($0, 50_000).isEmpty }
      .map { mean($0, 50_000) }
    guard means.count == PoolingMethod.allCases.count - 1, let low = means.min(),
      let high = means.max()
    else { return nil }
    return (low, high)
  }

  private var plenty: Claim? {
    rangeOfPlenty.map { low, high in
      Claim(
        "plenty",
        "With 50000 training examples all but the stride lie within a narrow range (at most 1.5 points).",
        reported: "97.1 to 97.7", measured: .text("\(low.shown(1)) to \(high.shown(1))"),
        holds: high - low <= 1.5)
    }
  }

  private var strideBehind: Claim? {
    let values = accuracies(.stride, 50_000)
    guard let worst = rangeOfPlenty?.low, !values.isEmpty else { return nil }
    let (mean, deviation) = meanAndDeviation(values)
    return Claim(
      "stride-behind", "With 50000 training examples the stride alone falls behind (95.3 %).",
      reported: 95.3, measured: .number(mean), spread: deviation, holds: mean < worst)
  }

  // MARK: Notes

  var notes: [String] {
    [
      "Every number of training examples has a dataset of its own, generated from the same seed: the first examples "
        + "are for training, the last \(configuration.testExamples) for testing. As in the authors' notebook, nothing is "
        + "selected: the tables hold the accuracy after the last step.",
      "The spread is over initial weights alone. That of a share of 1000 test examples is another 1.3 points where the "
        + "share is 80 %, and 0.5 where it is 97 %.",
      "The authors show one seed, and their reported numbers are those of that run. One seed cannot rank the three ways "
        + "of pooling: from seed to seed their accuracies with 1000 examples differ by more than from way to way.",
    ]
  }
}
