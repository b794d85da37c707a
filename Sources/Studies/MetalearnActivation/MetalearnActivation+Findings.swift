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

  /// Losses, and the test accuracy in percent: of the learned function in the first and, on average, the last ten outer
  /// steps.
  static let reported = Reported<Trial, Score>(
    "7878d96, metalearn-activation-function, cells 14 and 17",
    Printout.activations.reduce(
      into: [.learned: [.firstObjective: 1.352, .objective: 0.886, .testAccuracy: 67.2]]
    ) { reported, printout in
      guard case .activation(let function) = printout.computation else { return }
      reported[.baseline(function)] = [.meanLoss: printout.rows[0].numbers[0].value]
    })

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
            + "it leads to beside that of well-known functions, and the function itself; one search. Levels are means "
            + "over the outer steps that the learned function is judged by.",
          figure: results.figure,
          finding: Illustration.Finding(
            "An activation function can be learned through training", ifHold: "above-baselines"))
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

  /// One of what the trials list, in the outer steps that the learned function is judged by. Each of them starts
  /// elsewhere, so that a step is what a seed is in other studies.
  private func judged(
    _ trial: MetalearnActivation.Trial, _ values: (Measurement) -> [Double]
  ) -> Sample? {
    guard let listed = self[trial].map(values) else { return nil }
    let steps = trial == .learned ? Array(0..<configuration.outerSteps) : configuration.starts
    // Where all steps start alike, a baseline has one.
    let count = Swift.min(
      MetalearnActivation.Configuration.judgedSteps, Swift.max(steps.count - 1, 1))
    guard listed.count == steps.count else { return nil }
    return Sample(listed.suffix(count), seeds: steps.suffix(count))
  }

  // MARK: Tables

  fileprivate var table: Table {
    func row(
      _ label: String, reported: Double? = nil, _ sample: ((Measurement) -> [Double]) -> Sample?
    ) -> [Cell] {
      [
        .text(label), Cell(sample(\.meanLoss), decimals: 3), Cell(reported, decimals: 3),
        Cell(sample(\.objective), decimals: 3), Cell(sample(\.testAccuracy)),
      ]
    }
    var table = Table(
      "trainings",
      title: "Inner trainings, each with one activation function, from the same initial weights",
      columns: ["activation", "mean loss", "reported", "objective", "test accuracy (%)"])
    for (function, _) in baselines {
      let trial = MetalearnActivation.Trial.baseline(function)
      table.append(
        row(function.rawValue, reported: MetalearnActivation.reported[trial, .meanLoss]) {
          judged(trial, $0)
        })
    }
    if let learned {
      table.append(row("learned, first outer step") { Sample($0(learned).prefix(1)) })
      let count = judged(.learned, \.objective)?.count ?? 0
      table.append(row("learned, last \(count) outer steps") { judged(.learned, $0) })
    }
    return table
  }

  /// The learned function at last.
  private var lastSample: MetalearnActivation.Sample? { samples.last }

  /// The learned function on its way; what a file holds of another length is none.
  private var samples: [MetalearnActivation.Sample] {
    (learned?.samples ?? []).filter { $0.values.count == MetalearnActivation.positions.count }
  }

  /// The learned function as straight pieces.
  fileprivate var fit: PiecewiseLinearFit? {
    lastSample.map { sample in
      PiecewiseLinearFit(
        x: MetalearnActivation.positions, y: sample.values,
        candidates: stride(from: -4.5, through: 4.5, by: 0.5).map(\.self))
    }
  }

  // MARK: Figure 6

  fileprivate var figure: Figure {
    func line(_ values: [Double]?) -> Mark {
      let values = values ?? []
      return .line(Line(x: values.indices.map(Double.init), y: values, color: .series(0)))
    }
    return Figure(
      title: "Can an activation function be learned through training?",
      subtitle:
        "elu(x) + \(configuration.scale) · m(x), m a network of \(configuration.units) units, by "
        + "gradients through \(configuration.innerSteps) steps of training",
      panels: [
        Panel(
          title: "Outer objective", x: Axis("outer step"),
          y: Axis("mean of the last \(configuration.objectiveSteps) inner losses"),
          marks: [line(learned?.objective)]),
        Panel(
          title: "Test accuracy", x: Axis("outer step"), y: Axis("test accuracy (%)"),
          marks: baselines.compactMap { function, _ in
            judged(.baseline(function), \.testAccuracy).map {
              .rule(Rule(.horizontal($0.mean), label: function.rawValue))
            }
          } + [line(learned?.testAccuracy)]),
        Panel(
          title: "Activation function", x: Axis("x", from: -5, to: 5), y: Axis("f(x)"),
          marks: samples.map { sample in
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
    let (reported, cell) = (
      MetalearnActivation.reported, "7878d96, metalearn-activation-function, cell 14"
    )
    return [
      Claim(
        "objective-start", "The outer objective starts at 1.352 (within 0.038).",
        source: "\(cell), step 0; the tolerance is the distance to what step 1 printed",
        reported: reported[.learned, .firstObjective],
        measured: Sample(learned?.objective.prefix(1) ?? []), within: 0.038, decimals: 3),
      Claim(
        "objective-end",
        "Learning brings the outer objective down to 0.886 (mean of the last ten outer steps, within 0.009).",
        source:
          "\(cell), steps 291 to 300; the tolerance is the range of those steps in the notebook's version of 2020 (5907490)",
        reported: reported[.learned, .objective], measured: judged(.learned, \.objective),
        within: 0.009, decimals: 3),
      Claim(
        "test-accuracy",
        "The learned function leads to 67.2 % test accuracy (mean of the last ten outer steps, within 2.1 points).",
        source:
          "\(cell), steps 291 to 300; the tolerance is the standard deviation of such a share of 500 test examples",
        reported: reported[.learned, .testAccuracy], measured: judged(.learned, \.testAccuracy),
        within: 2.1),
      lead("above-baselines", "", above: 0, source: "Section 4 and Figure 6"),
      lead(
        "far-above-baselines", ", more than 5", above: 5,
        source: "The later version (arXiv 2011.14439v5), section 5.4: \"over 5 percentage points\""),
      eluLikeTanh,
    ] + baselines.map { baselineClaim($0.function) }
  }

  private func lead(_ id: String, _ extent: String, above bound: Double, source: String) -> Claim? {
    let leads = baselines.compactMap {
      judged(.learned, \.testAccuracy) - judged(.baseline($0.function), \.testAccuracy)
    }
    guard leads.count == Nonlinearity.allCases.count else { return nil }
    return Claim(
      id,
      "The learned function leads to a higher test accuracy than each of the well-known ones (lead over the best, in points"
        + "\(extent)).",
      source: source, reported: bound > 0 ? .number(bound) : nil,
      difference: leads.min { $0.mean < $1.mean }, in: .above(bound))
  }

  private var eluLikeTanh: Claim? {
    Claim(
      "elu-like-tanh",
      "Elu leads to about the same test accuracy as tanh (difference in points, within 2.2).",
      source:
        "Caption of Figure 6: the one's line hides the other's. The tolerance is the standard deviation of a share of 60 % of "
        + "500 test examples",
      difference: judged(.baseline(.elu), \.testAccuracy)
        - judged(.baseline(.tanh), \.testAccuracy), in: -2.2...2.2)
  }

  private func baselineClaim(_ function: Nonlinearity) -> Claim? {
    let trial = MetalearnActivation.Trial.baseline(function)
    let reported = MetalearnActivation.reported[trial, .meanLoss]
    return Claim(
      "loss-\(function.rawValue)",
      "Trained with \(function.rawValue), the mean loss is \(reported?.shown(3) ?? "") (within 0.015).",
      source:
        "7878d96, metalearn-activation-function, cell 17; the tolerance is half the smallest distance between two of the six",
      reported: reported, measured: judged(trial, \.meanLoss), within: 0.015, decimals: 3)
  }

  // MARK: Files and notes

  fileprivate func attachments(_ fit: PiecewiseLinearFit?) -> [Attachment] {
    guard let learned, let sample = lastSample, let fit else { return [] }
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
    guard let network = ActivationNetwork(weights: learned.weights),
      let weights = try? SafeTensors(
        parametersOf: LearnedActivation(scale: Float(configuration.scale), network: network)
      ).encode()
    else { return [file] }
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
        + "it too, so the objective falls lower: the reported 0.886 probably owes something to it.",
      "The functions are compared from the same initial weights, with the same noise and batches: those of the last outer "
        + "steps (with start=same there is one start, and no spread). Digit for digit as the notebook has them, with its own "
        + "random numbers, the six well-known ones are in the study \"published\".",
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
