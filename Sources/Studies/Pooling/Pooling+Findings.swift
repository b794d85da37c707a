import Figures
import MNIST1D
import Runs
import StudyModels

extension Pooling {
  /// The test accuracies after the last step with 1000 examples, in percent, as the paper shows them: seed 0, on a
  /// processor. The later notebook ran on a graphics processor; what it printed are ``Printout/pooling``.
  static let reported = Reported<Int, PoolingMethod>(
    "Figure 7", [1000: [.none: 59.2, .stride: 57.5, .max: 79.6, .average: 78, .l2: 76]])

  /// The accuracy that the later notebook printed after the last step.
  fileprivate static func printed(_ method: PoolingMethod, _ size: Int) -> Double? {
    Printout.pooling.first { $0.computation == .pooling(method: method, examples: size) }?
      .rows.last?.numbers.last?.value
  }

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
          figure: results.figure,
          finding: Illustration.Finding(
            "Pooling helps where examples are scarce", ifHold: "helps-when-scarce", "scarcity"))
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
      let rows: [(String, (Int) -> Cell)] = [
        ("Figure 7", { Cell(Pooling.reported[$0, method]) }),
        ("printed in 7878d96", { Cell(Pooling.printed(method, $0)) }),
        ("measured", { Cell(accuracy(method, $0)) }),
      ]
      for (label, cell) in rows {
        let cells = configuration.sizes.map(cell)
        guard label == "measured" || cells.contains(where: { $0 != .empty }) else { continue }
        table.append([.text(method.label), .text(label)] + cells)
      }
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
      title: "When does pooling help?",
      subtitle: "One convolutional network with five ways of halving the number of positions",
      panels: configuration.sizes.map { size in
        Panel(
          title: "\(size.shown) training examples", x: Axis("training step"),
          y: Axis("test accuracy (%)", from: 40, to: 100), marks: lines(size))
      },
      columns: min(3, configuration.sizes.count), sharing: .both, legend: .below, width: 1080,
      aspect: 0.8)
  }

  private func lines(_ size: Int) -> [Mark] {
    PoolingMethod.allCases.filter(configuration.methods.contains).compactMap { method in
      let curve = curve(where: { $0.method == method && $0.size == size }) {
        ($0.steps, Transform.gaussianFilter($0.testAccuracy, sigma: 1))
      }
      return curve.map { .line(Line(method.label, $0, as: method.appearance)) }
    }
  }

  // MARK: Claims

  /// Where the later notebook's numbers stand.
  private var cell: String { "7878d96, benchmark-pooling, cell 9" }

  fileprivate var claims: [Claim?] {
    configuration.methods.map(scarceAccuracy) + [bestWhenScarce, helpful, scarcity]
      + [indifferent, hindering, maxBehindL2, strideBehind, aboveHuman]
  }

  /// Only the authors' seed has the authors' numbers.
  private func scarceAccuracy(_ method: PoolingMethod) -> Claim? {
    let reported = Pooling.reported[1000, method]
    return Claim(
      "accuracy-\(method.rawValue)",
      "With 1,000 training examples and seed 0, \(method.label) reaches \(reported?.shown(1) ?? "") % (within 0.5 points).",
      source: "Figure 7; the tolerance is half a point, as near as the figure can be read",
      reported: reported, measured: accuracy(method, 1000)?[0].map { Sample($0) },
      within: 0.5 + 1e-9)
  }

  private var bestWhenScarce: Claim? {
    Claim(
      "max-when-scarce",
      "With 1,000 training examples, max pooling does best: better than average pooling, which is next (lead in points).",
      source: "Figure 7, the order of one seed", reported: .number(79.6 - 78),
      difference: accuracy(.max, 1000) - accuracy(.average, 1000), in: .above(0))
  }

  /// The mean advantage of the three ways of pooling.
  private func meanAdvantage(_ size: Int) -> Sample? {
    let ways = [PoolingMethod.max, .average, .l2].compactMap { advantage($0, size) }
    guard ways.count == 3 else { return nil }
    let seeds = configuration.seeds.filter { seed in ways.allSatisfy { $0[seed] != nil } }
    return Sample(
      seeds.map { seed in ways.reduce(0) { $0 + ($1[seed] ?? .nan) } / 3 }, seeds: seeds)
  }

  private var helpful: Claim? {
    Claim(
      "helps-when-scarce",
      "With 1,000 training examples pooling helps (mean advantage of three ways over no pooling, in points).",
      source: "Caption of Figure 7; \(cell)", reported: 18.6, difference: meanAdvantage(1000),
      in: .above(0))
  }

  private var scarcity: Claim? {
    Claim(
      "scarcity",
      "The advantage decreases as the number of training examples increases (that with 1,000, less that with 50,000).",
      source: "5907490, 9. benchmark_pooling, cell 0; \(cell)", reported: 17.4,
      difference: meanAdvantage(1000) - meanAdvantage(50_000), in: .above(0))
  }

  private var indifferent: Claim? {
    Claim(
      "indifferent-with-plenty",
      "With 50,000 training examples pooling does not make much of a difference (mean advantage in points, within 1.1).",
      source:
        "Section 4, Benchmarking pooling methods; \(cell). The tolerance is two standard deviations of a share of 97 % of "
        + "1,000 test examples",
      reported: 1.2, difference: meanAdvantage(50_000), in: -1.1...1.1)
  }

  private var hindering: Claim? {
    Claim(
      "hinders-with-plenty",
      "With 50,000 training examples pooling hinders (mean advantage in points, below 0).",
      source: "Caption of Figure 7, and section 4; \(cell) has the opposite", reported: 1.2,
      difference: meanAdvantage(50_000), in: .below(0))
  }

  private var maxBehindL2: Claim? {
    Claim(
      "max-behind-l2",
      "With 50,000 training examples max pooling falls behind L2 pooling (lead in points, below 0).",
      source: "Section 4, Benchmarking pooling methods, a conjecture; \(cell) has the opposite",
      reported: 1, difference: accuracy(.max, 50_000) - accuracy(.l2, 50_000), in: .below(0))
  }

  private var strideBehind: Claim? {
    let others = PoolingMethod.allCases.filter { $0 != .stride }
      .compactMap { accuracy(.stride, 50_000) - accuracy($0, 50_000) }
    let nearest = others.count == 4 ? others.max { $0.mean < $1.mean } : nil
    return Claim(
      "stride-behind",
      "With 50,000 training examples the stride alone falls behind (lead over the nearest of the others, in points).",
      source: "Figure 7; \(cell)", reported: .number(95.4 - 96.3), difference: nearest,
      in: .below(0))
  }

  private var aboveHuman: Claim? {
    let human = ErrorsByClass.paper.accuracy
    return Claim(
      "above-human",
      "With more examples, 50,000, a convolutional network exceeds the human (no pooling; points above 95.8 %, more than "
        + "0.44).",
      source:
        "Appendix B; \(cell). The margin is the human's standard error (7878d96, building-mnist1d, cell 26)",
      reported: .number(96.3 - 95.8),
      difference: accuracy(.none, 50_000).flatMap { accuracy in
        Sample(accuracy.values.map { $0 - human }, seeds: accuracy.seeds)
      }, in: .above(0.44))
  }

  // MARK: Notes

  fileprivate var notes: [String] {
    [
      "Every number of training examples has a dataset of its own, generated from the same seed: the first examples "
        + "are for training, the last \(configuration.testExamples) for testing. As in the authors' notebook, nothing is "
        + "selected: the tables hold the accuracy after the last step.",
      "The spread is over initial weights alone. That of a share of 1,000 test examples is another 1.3 points where the "
        + "share is 80 %, and 0.5 where it is 97 %.",
      "The authors show one seed, 0, and their numbers are those of that run; what the later notebook (7878d96) printed is of a "
        + "graphics processor. The other claims are about all seeds.",
    ]
  }
}
