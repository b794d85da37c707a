import Figures
import MNIST1D
import Runs

extension Pooling {
  /// The test accuracies after the last step, in percent, by the number of training examples.
  static let reported = Reported<Int, PoolingMethod>(
    "Figure 7 and its notebook",
    [
      1000: [.none: 59.2, .stride: 57.5, .max: 79.6, .average: 78, .l2: 76],
      50_000: [.stride: 95.3],
    ])

  /// Not how often the accuracy is measured: where that does not divide the steps, the last measurement is an earlier one.
  package static var comparableSettings: [ComparableSetting] {
    [.anyValue("seeds"), .conditions("methods"), .conditions("sizes")]
  }

  package static func findings(_ results: Results<Pooling>) -> Findings {
    Findings(
      claims: results.claims, tables: [results.accuracies, results.advantages],
      illustrations: [
        Illustration(
          "figure-7",
          caption:
            "Test accuracy while training on ever more examples, "
            + Spread.deviation.caption(over: results.configuration.seeds.count)
            + ", smoothed by a Gaussian of one evaluation's width.",
          figure: results.figure)
      ],
      notes: results.notes)
  }
}

extension Results<Pooling> {
  /// The accuracy after the last step.
  private func accuracy(_ method: PoolingMethod, _ size: Int) -> Sample? {
    sample(where: { $0.method == method && $0.size == size }, \.testAccuracy.last)
  }

  /// What a method is ahead of no pooling after the last step: for each seed, both networks start from the same
  /// generator.
  private func advantage(_ method: PoolingMethod, _ size: Int) -> Sample? {
    accuracy(method, size) - accuracy(.none, size)
  }

  // MARK: Tables

  fileprivate var accuracies: Table {
    var table = Table(
      "accuracy",
      title: "Test accuracy after the last step in percent, by the number of training examples",
      columns: ["method", "accuracy"] + configuration.sizes.map(String.init))
    for method in configuration.methods {
      let reported = configuration.sizes.map { Cell(Pooling.reported[$0, method]) }
      if reported.contains(where: { $0 != .empty }) {
        table.append([.text(method.label), "reported"] + reported)
      }
      table.append(
        [.text(method.label), "measured"]
          + configuration.sizes.map { Cell(accuracy(method, $0)) })
    }
    return table
  }

  fileprivate var advantages: Table {
    Table(
      "advantage",
      title: "Points of test accuracy ahead of no pooling, by the number of training examples",
      columns: ["method"] + configuration.sizes.map(String.init),
      rows: configuration.methods.filter { $0 != .none }.map { method in
        [.text(method.label)] + configuration.sizes.map { Cell(advantage(method, $0)) }
      })
  }

  // MARK: Figure 7

  fileprivate var figure: Figure {
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
      let curve = curve(where: { $0.method == method && $0.size == size }) {
        ($0.steps, Transform.gaussianFilter($0.testAccuracy, sigma: 1))
      }
      return curve.map { .line(Line(method.label, $0, color: .series(index))) }
    }
  }

  // MARK: Claims

  fileprivate var claims: [Claim?] {
    configuration.methods.map(scarceAccuracy) + [bestWhenScarce, scarcity, plenty, strideBehind]
  }

  private func scarceAccuracy(_ method: PoolingMethod) -> Claim? {
    let reported = Pooling.reported[1000, method]
    return Claim(
      "accuracy-\(method.rawValue)",
      "With 1000 training examples, \(method.label) reaches \(reported?.shown(1) ?? "") % (within 3 points).",
      reported: reported, measured: accuracy(method, 1000), within: 3)
  }

  /// Over five seeds a lead is believed if it exceeds its standard error.
  private var bestWhenScarce: Claim? {
    let others = configuration.methods.filter { $0 != .max }.compactMap { method in
      accuracy(method, 1000).map { (method: method, accuracy: $0) }
    }
    guard others.count == PoolingMethod.allCases.count - 1,
      let nearest = others.max(by: { $0.accuracy.mean < $1.accuracy.mean })
    else { return nil }
    return Claim(
      "max-when-scarce",
      "With 1000 training examples, max pooling does best (points ahead of the next, \(nearest.method.label), "
        + "more than their standard error).",
      reported: 1.6, measured: accuracy(.max, 1000) - nearest.accuracy
    ) { $0.mean > $0.error }
  }

  /// The mean advantage of the three ways of pooling.
  private func meanAdvantage(_ size: Int) -> Sample? {
    let ways = [PoolingMethod.max, .average, .l2].compactMap { advantage($0, size) }
    guard ways.count == 3 else { return nil }
    let seeds = configuration.seeds.filter { seed in ways.allSatisfy { $0[seed] != nil } }
    return Sample(
      seeds.map { seed in ways.reduce(0) { $0 + ($1[seed] ?? .nan) } / 3 }, seeds: seeds)
  }

  private var scarcity: Claim? {
    guard let fewest = configuration.sizes.min(), let most = configuration.sizes.max(),
      fewest < most
    else { return nil }
    let isPapers = fewest == 1000 && most == 50_000
    return Claim(
      "scarcity",
      "Pooling helps most when data is scarce: its mean advantage with \(fewest) examples, less that with "
        + "\(most), exceeds 10 points.",
      reported: isPapers ? 18.5 : nil, measured: meanAdvantage(fewest) - meanAdvantage(most)
    ) { isPapers ? $0.mean > 10 : nil }
  }

  /// The lowest and the highest mean of all methods but the stride with 50,000 examples.
  private var rangeOfPlenty: (low: Double, high: Double)? {
    let means = configuration.methods.filter { $0 != .stride }
      .compactMap { accuracy($0, 50_000)?.mean }
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
    rangeOfPlenty.flatMap { low, _ in
      Claim(
        "stride-behind", "With 50000 training examples the stride alone falls behind (95.3 %).",
        reported: 95.3, measured: accuracy(.stride, 50_000)
      ) { $0.mean < low }
    }
  }

  // MARK: Notes

  fileprivate var notes: [String] {
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
