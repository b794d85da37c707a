import DataFormats
import Figures
import NeuralNetworks
import Runs
import Tensors

extension MetalearnActivation {
  /// What is reported of a training, or of many.
  enum Score {
    case firstObjective
    case objective
    case testAccuracy
    case meanLoss
  }

  /// Losses, and the test accuracy in percent.
  static let reported = Reported<Trial, Score>(
    "Figure 6 and its notebook",
    [
      .learned: [.firstObjective: 1.35, .objective: 0.885, .testAccuracy: 67.5],
      .baseline(.relu): [.meanLoss: 1.337], .baseline(.swish): [.meanLoss: 1.368],
      .baseline(.elu): [.meanLoss: 1.474], .baseline(.softplus): [.meanLoss: 1.647],
      .baseline(.tanh): [.meanLoss: 1.524], .baseline(.sigmoid): [.meanLoss: 1.753],
    ])

  /// The paper says "fresh", its notebook does "same"; the samples are for the figure.
  package static var comparableSettings: [ComparableSetting] {
    [
      .anyValue("seed"), .anyValue("start"), .anyValue("sample-every"), .conditions("baselines"),
    ]
  }

  package static func findings(_ results: Results<MetalearnActivation>) -> Findings {
    let fit = results.fit
    return Findings(
      claims: results.claims, tables: [results.table, fit?.table],
      illustrations: [
        Illustration(
          "figure-6",
          caption:
            "An activation function learned through training: the outer objective, the test accuracy that "
            + "it leads to beside that of six well-known functions, and the function itself.",
          figure: results.figure)
      ],
      notes: results.notes, attachments: results.attachments(fit))
  }
}

extension Results<MetalearnActivation> {
  private typealias Measurement = MetalearnActivation.Measurement

  private var learned: Measurement? { self[.learned] }

  private var baselines: [(function: Nonlinearity, measurement: Measurement)] {
    configuration.baselines.compactMap { function in
      self[.baseline(function)].map { (function, $0) }
    }
  }

  /// The last outer steps, which are averaged: a single one depends on the weights that it starts from.
  private func last(_ values: [Double]?) -> ArraySlice<Double> { values?.suffix(10) ?? [] }

  // MARK: Tables

  fileprivate var table: Table {
    func row(
      _ label: String, _ measurement: Measurement, reported: Double? = nil,
      _ part: ([Double]) -> ArraySlice<Double> = { $0.prefix(1) }
    ) -> [Cell] {
      [
        .text(label), Cell(Sample(part(measurement.meanLoss)), decimals: 3),
        Cell(reported, decimals: 3), Cell(Sample(part(measurement.objective)), decimals: 3),
        Cell(Sample(part(measurement.testAccuracy))),
      ]
    }
    var table = Table(
      "trainings", title: "Inner trainings, each with one activation function",
      columns: ["activation", "mean loss", "reported", "objective", "test accuracy (%)"])
    for (function, measurement) in baselines {
      let reported = MetalearnActivation.reported[.baseline(function), .meanLoss]
      table.append(row(function.rawValue, measurement, reported: reported))
    }
    if let learned {
      table.append(row("learned, first outer step", learned))
      let count = last(learned.objective).count
      table.append(row("learned, last \(count) outer steps", learned, last))
    }
    return table
  }

  /// The learned function as straight pieces.
  fileprivate var fit: PiecewiseLinearFit? {
    learned?.samples.last.map { sample in
      PiecewiseLinearFit(
        x: MetalearnActivation.positions, y: sample.values,
        candidates: stride(from: -4.5, through: 4.5, by: 0.5).map(\.self))
    }
  }

  // MARK: Figure 6

  fileprivate var figure: Figure {
    let steps = learned.map { $0.objective.indices.map(Double.init) } ?? []
    return Figure(
      title: "An activation function can be learned through training",
      subtitle:
        "elu(x) + \(configuration.scale) · m(x), m a network of \(configuration.units) units, by "
        + "gradients through \(configuration.innerSteps) steps of training",
      panels: [
        Panel(
          title: "Outer objective", x: Axis("outer step"),
          y: Axis("mean of the last \(configuration.objectiveSteps) inner losses"),
          marks: [.line(Line(x: steps, y: learned?.objective ?? [], color: .series(0)))]),
        Panel(
          title: "Test accuracy", x: Axis("outer step"), y: Axis("test accuracy (%)"),
          marks: baselines.map { function, measurement in
            .rule(Rule(.horizontal(measurement.testAccuracy[0]), label: function.rawValue))
          } + [.line(Line(x: steps, y: learned?.testAccuracy ?? [], color: .series(0)))]),
        Panel(
          title: "Activation function", x: Axis("x", from: -5, to: 5), y: Axis("f(x)"),
          marks: (learned?.samples ?? []).map { sample in
            .line(
              Line(
                x: MetalearnActivation.positions, y: sample.values,
                color: .value(Double(sample.step)), width: 1.25))
          }, colors: ColorScale(Axis("outer step"))),
      ],
      columns: 3, legend: .hidden, width: 1180, aspect: 0.85)
  }

  // MARK: Claims

  fileprivate var claims: [Claim?] {
    let objective = Sample(last(learned?.objective))
    let accuracy = Sample(last(learned?.testAccuracy))
    return [
      Claim(
        "objective-start", "The outer objective starts near 1.35 (within 0.1).",
        reported: MetalearnActivation.reported[.learned, .firstObjective],
        measured: Sample(learned?.objective.prefix(1) ?? []), within: 0.1, decimals: 3),
      Claim(
        "objective-end",
        "Learning brings the outer objective down to about 0.885 (last ten outer steps, within 0.05).",
        reported: MetalearnActivation.reported[.learned, .objective], measured: objective,
        within: 0.05, decimals: 3),
      Claim(
        "test-accuracy",
        "The learned function leads to 66 to 69 % test accuracy (last ten outer steps, within 2 points).",
        reported: MetalearnActivation.reported[.learned, .testAccuracy].map { .number($0) },
        measured: accuracy
      ) { (64...71).contains($0.mean) },
      accuracy.flatMap(lead),
    ] + baselines.map(baselineClaim)
  }

  private func lead(_ accuracy: Sample) -> Claim? {
    baselines.map(\.measurement.testAccuracy[0]).max().map { best in
      Claim(
        "above-baselines",
        "The learned function leads to a higher test accuracy than each of the well-known ones (lead over the best in "
          + "points).", measured: .number(accuracy.mean - best), spread: accuracy.deviation,
        holds: baselines.count == Nonlinearity.allCases.count ? accuracy.mean > best : nil)
    }
  }

  private func baselineClaim(_ function: Nonlinearity, _ measurement: Measurement) -> Claim? {
    let reported = MetalearnActivation.reported[.baseline(function), .meanLoss]
    return Claim(
      "loss-\(function.rawValue)",
      "Trained with \(function.rawValue), the mean loss is \(reported?.shown(3) ?? "") (within 0.05).",
      reported: reported, measured: Sample(measurement.meanLoss.prefix(1)), within: 0.05,
      decimals: 3)
  }

  // MARK: Files and notes

  fileprivate func attachments(_ fit: PiecewiseLinearFit?) -> [Attachment] {
    guard let learned, let sample = learned.samples.last, let fit else { return [] }
    let x = MetalearnActivation.positions
    let elu = elu(Tensor(x.map(Float.init))).elements
    let table = Table(
      "learned-activation", title: "", columns: ["x", "learned", "piecewise-linear", "elu"],
      rows: x.indices.map { index in
        [
          .number(x[index]), .number(sample.values[index]), .number(fit(x[index])),
          .number(Double(elu[index])),
        ]
      })
    let file = Attachment(
      csv: table, caption: "the learned function on [−5, 5], its fit by straight pieces, and elu")
    let activation = LearnedActivation(
      scale: Float(configuration.scale), network: ActivationNetwork(weights: learned.weights))
    guard let weights = try? SafeTensors(parametersOf: activation).encode() else { return [file] }
    return [
      file,
      Attachment(
        "learned-activation", type: "safetensors",
        caption:
          "its weights, for mnist1d train --model mlp --activation learned-activation.safetensors",
        contents: weights),
    ]
  }

  fileprivate var notes: [String] {
    [
      "Every outer step trains from \(configuration.start == .fresh ? "fresh" : "the same") weights. The authors' "
        + "notebook seeds each training alike, so that from its second outer step on all start from the same "
        + "weights and see the same noise (start=same does that). A function that always meets the same start fits "
        + "it too, so the objective falls lower: the reported 0.885 probably owes something to it.",
      "The \(configuration.testExamples) test examples limit the accuracy to about ±2 points; the objective is the "
        + "mean of the last \(configuration.objectiveSteps) of \(configuration.innerSteps) training losses.",
    ]
  }
}

extension PiecewiseLinearFit {
  fileprivate var table: Table {
    Table(
      "piecewise-linear-fit",
      title: "The learned function as straight pieces, by least squares (root mean square error "
        + "\(error.shown(3)))", columns: ["from", "to", "value at from", "slope"],
      rows: slopes.enumerated().map { piece, slope in
        [
          .number(knots[piece]), .number(knots[piece + 1]), .number(values[piece], decimals: 3),
          .number(slope, decimals: 3),
        ]
      })
  }
}
