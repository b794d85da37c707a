import MNIST1D
import Figures
import NeuralNetworks
import Runs

extension Baselines {
  /// The test accuracies in percent. Table 1 states each give or take ``spread(of:)``.
  static let reported = Reported<Columns, Architecture>(
    "Table 1",
    [
      .ordered: [.logistic: 32, .mlp: 68, .cnn: 94, .gru: 91],
      .shuffled: [.logistic: 32, .mlp: 68, .cnn: 56, .gru: 57],
    ])

  /// The spread that Table 1 states, in points: "32 ± 1", "68 ± 2", "94 ± 2" and so on.
  fileprivate static func spread(of model: Architecture) -> Double { model == .logistic ? 1 : 2 }

  package static var comparableSettings: [ComparableSetting] {
    [
      .anyValue("seeds"), .conditions("models"), .conditions("columns"), .conditions("examples"),
      .anyValue("mnist"), .anyValue("mnist-digest"), .conditions("mnist-images"),
    ]
  }

  package static func findings(_ results: Results<Baselines>) -> Findings {
    Findings(
      claims: results.claims + results.imageClaims,
      tables: [results.table, results.errorTable, results.imageTable],
      illustrations: [
        Illustration(
          "figure-2",
          caption: "Test accuracy while training, "
            + Spread.deviation.caption(over: results.configuration.seeds.count)
            + "; human: the paper’s (Table 1); chance: guessing.",
          figure: results.figure,
          finding: Illustration.Finding(
            "Spatial priors help where there is spatial structure", ifHold: "ranking",
            "prior-lost-cnn", "prior-lost-gru")),
        results.errors, results.imageIllustration,
      ],
      notes: results.notes + results.imageNotes, paperNotes: results.paperNotes)
  }

  /// How one number is taken from a learning curve.
  fileprivate enum Selection: String, CaseIterable {
    case last = "last step"
    case best = "best evaluation, selected on the test set"
    case validated = "early stopping on held-out training examples"
  }
}

extension Results<Baselines> {
  // MARK: Table 1

  /// The best evaluations of one classifier on MNIST-1D.
  func best(_ model: Architecture, _ columns: Baselines.Columns) -> Sample? {
    accuracy(model, columns)
  }

  private func accuracy(
    _ model: Architecture, _ columns: Baselines.Columns, _ selection: Baselines.Selection = .best
  ) -> Sample? {
    func isWanted(_ examples: Baselines.TrainingExamples) -> (Baselines.Trial) -> Bool {
      { $0.images == nil && $0.model == model && $0.columns == columns && $0.examples == examples }
    }
    return switch selection {
    case .last: sample(where: isWanted(.all), \.last)
    case .best: sample(where: isWanted(.all), \.best)
    case .validated: sample(where: isWanted(.heldOut), \.selectedTestAccuracy)
    }
  }

  fileprivate var table: Table {
    var table = Table(
      "table-1", title: "Test accuracy in percent (Table 1)",
      columns: ["columns", "accuracy"] + configuration.models.map(\.rawValue)
        + (isPaperKind ? ["human"] : []))
    for columns in configuration.columns {
      if isPaperKind { table.append(reportedRow(columns)) }
      for selection in Baselines.Selection.allCases {
        let cells = configuration.models.map { Cell(accuracy($0, columns, selection)) }
        guard cells.contains(where: { $0 != .empty }) else { continue }
        table.append(
          [.text(columns.rawValue), .text(selection.rawValue)] + cells
            + (isPaperKind ? [.empty] : []))
      }
    }
    return table
  }

  /// Whether the examples are of the paper's kind, if perhaps more or others: beside any other kind neither what it
  /// reports nor its human is shown.
  private var isPaperKind: Bool {
    var dataset = configuration.dataset
    let paper = DatasetConfiguration()
    (dataset.numSamples, dataset.seed) = (paper.numSamples, paper.seed)
    return dataset == paper
  }

  /// What the paper reports, its human last.
  private func reportedRow(_ columns: Baselines.Columns) -> [Cell] {
    let human: (mean: Double, spread: Double) = columns == .ordered ? (96, 1) : (30, 10)
    return [.text(columns.rawValue), "reported"]
      + configuration.models.map { model in
        Baselines.reported[columns, model].map {
          .estimate(mean: $0, spread: Baselines.spread(of: model), decimals: 0)
        } ?? .empty
      } + [.estimate(mean: human.mean, spread: human.spread, decimals: 0)]
  }

  // MARK: Figure 2

  fileprivate var figure: Figure {
    Figure(
      title: "How much do classifiers owe to the order of the columns?",
      subtitle: "Classifiers on MNIST-1D and on the same data with its columns shuffled",
      panels: configuration.columns.map { columns in
        Panel(
          title: columns == .ordered ? "Columns in order" : "Columns shuffled",
          x: Axis("training step"), y: Axis("test accuracy (%)", from: 0, to: 100),
          marks: references(columns) + curves(columns))
      },
      columns: 2, sharing: .y, legend: .hidden, width: 920, aspect: 0.85)
  }

  /// Whether the examples are those that the paper's human saw.
  private var isPaperData: Bool { configuration.dataset == DatasetConfiguration() }

  /// What guessing reaches, and the paper's human (Table 1).
  private func references(_ columns: Baselines.Columns) -> [Mark] {
    func rule(_ label: String, _ accuracy: Double, _ appearance: Appearance) -> Mark {
      .rule(
        Rule(
          .horizontal(accuracy), label: label, color: appearance.color, dash: appearance.dash))
    }
    let human = columns == .ordered ? ErrorsByClass.paper.accuracy : 30
    return [rule("chance", 10, .chance)] + (isPaperData ? [rule("human", human, .human)] : [])
  }

  private func curves(_ columns: Baselines.Columns) -> [Mark] {
    Architecture.ordered(configuration.models).compactMap { model in
      curve(where: {
        $0.images == nil && $0.model == model && $0.columns == columns && $0.examples == .all
      }) {
        ($0.steps, $0.testAccuracy)
      }.map {
        .line(Line(model.label, $0, as: model.appearance, endLabel: model.shortLabel))
      }
    }
  }

  // MARK: Figure 8

  /// The percentages of each digit's test examples that the CNN takes for another; empty where they were not measured.
  private var errorRates: [Sample] {
    (0...9).compactMap { digit in
      sample(where: {
        $0.images == nil && $0.model == .cnn && $0.columns == .ordered && $0.examples == .all
      }) { $0.errors?.rates[digit] }
    }
  }

  fileprivate var errorTable: Table? {
    let (human, distinct) = (ErrorsByClass.paper, ErrorsByClass.paperDistinct)
    let cnn = errorRates
    guard cnn.count == 10 else { return nil }
    guard isPaperKind else {
      return Table(
        "figure-8",
        title: "Test examples of each digit that were taken for another, in percent",
        columns: ["digit", "cnn"], rows: (0...9).map { [.text("\($0)"), Cell(cnn[$0])] })
    }
    return Table(
      "figure-8",
      title: "Test examples of each digit that were taken for another, in percent (Figure 8)",
      columns: [
        "digit", "shown to the human", "wrong", "human", "distinct", "wrong of those",
        "human on those", "cnn",
      ],
      rows: (0...9).map { digit in
        [
          .text("\(digit)"), .integer(human.shown[digit]), .integer(human.wrong[digit]),
          .number(human.rates[digit]), .integer(distinct.shown[digit]),
          .integer(distinct.wrong[digit]), .number(distinct.rates[digit]), Cell(cnn[digit]),
        ]
      })
  }

  fileprivate var errors: Illustration? {
    let rates = errorRates
    guard rates.count == 10, let seeds = rates.first?.count else { return nil }
    let human = Bars(
      "paper’s human", values: ErrorsByClass.paper.rates, color: Appearance.human.color)
    return Illustration(
      "figure-8",
      caption:
        "Test examples of each digit that were taken for another: by the CNN after its last step, "
        + Spread.deviation.caption(over: seeds)
        + (isPaperData
          ? ", and by the paper's human, who saw \(ErrorsByClass.paper.count) of them." : "."),
      figure: Figure(
        title: isPaperData
          ? "Which digits do a human and a network take for others?"
          : "Which digits does a network take for others?",
        panels: [
          Panel(
            x: Axis("digit", ticks: .names((0...9).map(String.init))),
            y: Axis("errors (%)", from: 0),
            marks: [
              .bars(Bars("CNN", rates, color: Architecture.cnn.appearance.color))
            ] + (isPaperData ? [.bars(human)] : []))
        ], legend: .below, aspect: 0.45))
  }

  // MARK: Claims

  fileprivate var claims: [Claim?] {
    configuration.columns.flatMap { columns in
      configuration.models.map { accuracyClaim($0, columns) }
    } + [ranking, indifference(.logistic), indifference(.mlp), loss(.cnn), loss(.gru), overtaking]
      + [humanAboveCNN] + errorClaims
  }

  private func accuracyClaim(_ model: Architecture, _ columns: Baselines.Columns) -> Claim? {
    let reported = Baselines.reported[columns, model]
    let spread = Baselines.spread(of: model)
    let shuffled = columns == .shuffled
    return Claim(
      "accuracy-\(model.rawValue)\(shuffled ? "-shuffled" : "")",
      "\(model.subject) reaches \(reported?.shown(0) ?? "") % test accuracy\(shuffled ? " on shuffled columns" : "") "
        + "(best evaluation, within \(spread.shown(0)) point\(spread == 1 ? "" : "s")).",
      source: "Table 1, which states the spread too", reported: reported,
      measured: accuracy(model, columns), within: spread)
  }

  /// For each seed that all have, a quantity of several accuracies.
  func each(
    _ samples: [Sample?], _ quantity: ([Double]) -> Double
  ) -> Sample? {
    let known = samples.compactMap(\.self)
    guard known.count == samples.count, let first = known.first else { return nil }
    let seeds = first.seeds.filter { seed in known.allSatisfy { $0[seed] != nil } }
    return Sample(seeds.map { seed in quantity(known.compactMap { $0[seed] }) }, seeds: seeds)
  }

  private var ranking: Claim? {
    Claim(
      "ranking",
      "The dataset tells linear, nonlinear and convolutional classifiers apart (for each seed the smaller of two gaps, in "
        + "points).",
      source: "Abstract and Table 1: 32, 68 and 94 %", reported: .number(94 - 68),
      difference: each([
        accuracy(.logistic, .ordered), accuracy(.mlp, .ordered), accuracy(.cnn, .ordered),
      ]) { min($0[1] - $0[0], $0[2] - $0[1]) }, in: .above(0))
  }

  /// What shuffling the columns costs, in points.
  private func drop(_ model: Architecture) -> Sample? {
    accuracy(model, .ordered) - accuracy(model, .shuffled)
  }

  private func indifference(_ model: Architecture) -> Claim? {
    let spread = Baselines.spread(of: model)
    return Claim(
      "no-prior-no-loss-\(model.rawValue)",
      "\(model.subject), which has no spatial prior, performs about the same on shuffled columns (drop in points, within "
        + "\(spread.shown(0))).",
      source: "Section 3, Benchmarking the dataset; Table 1, which states the spread",
      reported: 0, difference: drop(model), in: -spread...spread)
  }

  private func loss(_ model: Architecture) -> Claim? {
    let reported = Baselines.reported
    guard let ordered = reported[.ordered, model], let shuffled = reported[.shuffled, model] else {
      return nil
    }
    return Claim(
      "prior-lost-\(model.rawValue)",
      "Shuffling the columns costs the \(model.label), which has a spatial prior, test accuracy (drop in points).",
      source:
        "Table 1 and its caption; section 3 says \"about 38 %\" of both, the later version \"about 35 percentage points\"",
      reported: .number(ordered - shuffled), difference: drop(model), in: .above(0))
  }

  private var overtaking: Claim? {
    Claim(
      "prior-misleads",
      "On shuffled columns the fully-connected network beats both spatial ones (lead over the better of them, in points).",
      source: "Table 1; the sentence is in the caption of the later version's Figure 2",
      reported: .number(68 - 57),
      difference: each([
        accuracy(.mlp, .shuffled), accuracy(.cnn, .shuffled), accuracy(.gru, .shuffled),
      ]) { $0[0] - max($0[1], $0[2]) }, in: .above(0))
  }

  // MARK: The human

  private var humanAboveCNN: Claim? {
    Claim(
      "human-above-cnn",
      "An experienced human does better than the CNN (95.8 % less its best evaluation, in points, more than 0.44).",
      source:
        "Appendix B, 96 and 94 %. The margin is the human's standard error (7878d96, building-mnist1d, cell 26)",
      reported: .number(96 - 94),
      difference: each([accuracy(.cnn, .ordered)]) { ErrorsByClass.paper.accuracy - $0[0] },
      in: .above(0.44))
  }

  private var errorClaims: [Claim?] {
    let (rates, human) = (errorRates, ErrorsByClass.paper.rates)
    guard rates.count == 10, rates.allSatisfy(\.mean.isFinite) else { return [] }
    return [
      Claim(
        "hardest-digits",
        "The CNN struggles primarily with 2s and 7s (percent of errors: the fewer of the two, less the most of any other "
          + "digit).",
        source: "Appendix B; Figure 8", reported: "2 and 7",
        difference: each(rates) { rates in
          min(rates[2], rates[7])
            - (0...9).reduce(0) { $1 == 2 || $1 == 7 ? $0 : max($0, rates[$1]) }
        }, in: .above(0)),
      Claim(
        "easiest-digits",
        "The CNN takes no 3 and no 6 for another digit (the larger error of the two in percent).",
        source: "Appendix B; Figure 8", reported: 0,
        measured: each(rates) { max($0[3], $0[6]) }
      ) { $0.values.allSatisfy { $0 == 0 } },
      Claim(
        "human-nines",
        "The human has a harder time with 9s than the CNN (errors of the one, \(human[9].shown(1)) %, less the other's).",
        source: "Appendix B; Figure 8", difference: each([rates[9]]) { human[9] - $0[0] },
        in: .above(0)),
      Claim(
        "cnn-ones",
        "The CNN has a harder time with 1s than the human (errors of the one, less the other's, \(human[1].shown(1)) %).",
        source: "Appendix B; Figure 8", difference: each([rates[1]]) { $0[0] - human[1] },
        in: .above(0)),
    ]
  }

  // MARK: Notes

  fileprivate var notes: [String] {
    var notes = [
      "The paper selects by early stopping on the test set, which is what \"best evaluation\" does; \"last step\" "
        + "selects nothing, and \"early stopping\" trains on nine tenths of the training examples, stops and selects by the rest."
    ]
    let paperData = [
      "The human is the paper's, an expert who was right in \(ErrorsByClass.paperSentence).",
      "Figure 8's CNN was trained for 3,000 steps and asked the first 500 test examples (7878d96, building-mnist1d, cells 33 "
        + "and 34: 90.4 %); here it is the network after the last step, and all test examples.",
    ]
    if isPaperKind { notes += paperData }
    if let most = errorRates.filter({ $0.count > 1 }).map(\.deviation).max() {
      notes.append(
        "The paper names the digits that one CNN found hard. The share of a digit's test examples that is taken for "
          + "another differs from seed to seed by up to \(most.shown(1)) points (standard deviation)."
      )
    }
    return notes
  }

  fileprivate var paperNotes: [String] {
    guard let accuracy = accuracy(.mlp, .ordered) else { return [] }
    return [
      "The paper reports 68 % for the MLP. Its own notebook prints 64.6 to 65.1 %, and this run's best evaluation "
        + "is \(accuracy.mean.shown(1)) %: the 68 is not what these settings give."
    ]
  }
}

extension Architecture {
  /// The classifier as the subject of a sentence.
  fileprivate var subject: String { self == .logistic ? "Logistic regression" : "The \(label)" }
}
