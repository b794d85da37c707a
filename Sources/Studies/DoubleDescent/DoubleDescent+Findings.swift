import Figures
import NeuralNetworks
import Runs

extension DoubleDescent {
  /// Every epoch is the same however often the errors are measured; the last is always among them.
  package static var comparableSettings: [ComparableSetting] {
    [
      .anyValue("seeds"), .anyValue("eval-every"), .conditions("losses"),
    ]
  }

  package static func findings(_ results: Results<DoubleDescent>) -> Findings {
    let curves = ErrorCurve.all(in: results)
    let spread = Spread.deviation.caption(over: results.configuration.seeds.count) + "."
    return Findings(
      claims: results.claims(curves), tables: [results.peaks(of: curves)],
      illustrations: [
        Illustration(
          "figure-4",
          caption: "Errors on the training and the test set against the size of the network, "
            + spread, figure: results.figure(of: curves, against: .size)),
        Illustration(
          "parameters",
          caption:
            "The same against the number of parameters, with the number of training examples n and that of "
            + "examples times outputs n · K marked, " + spread,
          figure: results.figure(of: curves, against: .parameters)),
      ],
      notes: results.notes,
      attachments: [
        Attachment(csv: errors(of: curves), caption: "the errors at every size")
      ])
  }

  /// Every point of every curve.
  private static func errors(of curves: [ErrorCurve]) -> Table {
    Table(
      "errors", title: "Errors in percent",
      columns: [
        "model", "loss", "noise", "size", "parameters", "seeds", "train error", "test error",
      ],
      rows: curves.flatMap { curve in
        curve.points.map { point in
          [
            .text(curve.model.rawValue), .text(curve.loss.rawValue), .number(curve.noise),
            .integer(point.size), .integer(point.parameters), .integer(point.testError.count),
            Cell(point.trainError), Cell(point.testError),
          ]
        }
      })
  }
}

extension Results<DoubleDescent> {
  /// n, the number of training examples.
  private var examples: Double { Double(configuration.dataset.trainingCount) }
  /// K, the number of outputs.
  private var outputs: Double { 10 }

  // MARK: Table

  /// Where each curve dips, peaks and ends.
  fileprivate func peaks(of curves: [ErrorCurve]) -> Table {
    Table(
      "peaks", title: "Where the test error peaks (errors in percent, sizes in parentheses)",
      columns: [
        "network", "first dip", "peak", "parameters", "÷ n", "÷ (n · K)", "train error there",
        "largest", "train error < 1 from",
      ],
      rows: curves.map { curve in
        let peak = curve.peak.map { peak -> [Cell] in
          let parameters = Double(peak.top.parameters)
          return [
            .text(peak.dip.shown), .text(peak.top.shown), .integer(peak.top.parameters),
            .number(parameters / examples, decimals: 2),
            .number(parameters / examples / outputs, decimals: 2), Cell(peak.top.trainError),
          ]
        }
        return [.text(curve.label)] + (peak ?? [.empty, "none", .empty, .empty, .empty, .empty])
          + [
            .text(curve.last.shown),
            curve.interpolating.map { .text("\($0.parameters) parameters") } ?? "none",
          ]
      })
  }

  // MARK: Figures

  /// What the horizontal axis counts.
  fileprivate enum Abscissa {
    case size
    case parameters
  }

  fileprivate func figure(of curves: [ErrorCurve], against abscissa: Abscissa) -> Figure {
    // Four stand better two by two.
    let columns = curves.count == 4 ? 2 : min(3, max(1, curves.count))
    return Figure(
      title: abscissa == .size
        ? "Errors against the size of the network" : "Errors against the number of parameters",
      subtitle: abscissa == .size
        ? "\(Int(examples)) training examples; NLL: negative log-likelihood, MSE: mean squared error"
        : "Dashed: as many parameters as training examples (n), and as examples times outputs (n · K)",
      panels: curves.map { curve in
        Panel(
          title: curve.label,
          x: Axis(
            abscissa == .size ? curve.model.sizeLabel : "parameters", scale: .logarithmic),
          y: Axis("error (%)", from: 0),
          marks: (abscissa == .size ? [] : thresholds) + [
            line("test", curve, abscissa, .series(0), \.testError),
            line("training", curve, abscissa, .series(1), \.trainError),
          ])
      },
      columns: columns, legend: .below, width: 360 * Double(columns), aspect: 0.8)
  }

  private var thresholds: [Mark] {
    [
      .rule(Rule(.vertical(examples), label: "n")),
      .rule(Rule(.vertical(examples * outputs), label: "n · K")),
    ]
  }

  private func line(
    _ label: String, _ curve: ErrorCurve, _ abscissa: Abscissa, _ color: Color,
    _ error: (ErrorCurve.Point) -> Sample
  ) -> Mark {
    let x = curve.points.map { Double(abscissa == .size ? $0.size : $0.parameters) }
    return .line(
      Line(label, SampleCurve(x: x, curve.points.map(error)), color: color, marker: .circle))
  }

  // MARK: Claims

  fileprivate func claims(_ curves: [ErrorCurve]) -> [Claim?] {
    curves.map(descent) + curves.map(location)
      + configuration.models.map { factor($0, curves) } + curves.map(largest)
      + DoubleDescent.reported.map { reported($0, curves) }
  }

  private func descent(_ curve: ErrorCurve) -> Claim {
    let height = curve.peak?.height
    return Claim(
      "descends-twice-\(curve.id(in: configuration))",
      "\(curve.label): the test error descends twice (its peak above the higher of the lowest points on both sides, "
        + "by more than a point and its spread).",
      measured: .number(height?.mean ?? 0), spread: height?.deviation,
      holds: curve.clearPeak != nil)
  }

  /// The paper sees the peak at n parameters, or at n · K.
  private func location(_ curve: ErrorCurve) -> Claim {
    let (name, threshold) =
      curve.loss == .negativeLogLikelihood ? ("n", examples) : ("n · K", examples * outputs)
    let peak = curve.clearPeak
    return Claim(
      "peak-\(curve.id(in: configuration))",
      "\(curve.label): the peak lies near \(name) = \(Int(threshold)) parameters (within a factor of two).",
      reported: .number(threshold),
      measured: peak.map { .number(Double($0.top.parameters)) } ?? "no peak",
      spread: peak.flatMap { curve.peakParameters(after: $0.dip)?.deviation },
      decimals: 0,
      holds: peak.map { isNear(Double($0.top.parameters), threshold) })
  }

  /// By which factor the peaks of the two losses lie apart.
  private func factor(_ model: DoubleDescent.Model, _ curves: [ErrorCurve]) -> Claim? {
    let own = curves.filter { $0.model == model && $0.noise == configuration.noise[0] }
    guard let nll = own.first(where: { $0.loss == .negativeLogLikelihood }),
      let mse = own.first(where: { $0.loss == .meanSquaredError })
    else { return nil }
    let ratio = nll.clearPeak.flatMap { early in
      mse.clearPeak.map { Double($0.top.parameters) / Double(early.top.parameters) }
    }
    return Claim(
      "factor-\(model.rawValue)",
      "\(model.label): with the mean squared error the peak lies at about K times as many parameters as with the "
        + "negative log-likelihood (within a factor of two).", reported: .number(outputs),
      measured: ratio.map { .number($0) } ?? "no two peaks",
      holds: ratio.map { isNear($0, outputs) }
    )
  }

  private func isNear(_ value: Double, _ threshold: Double) -> Bool {
    (threshold / 2...threshold * 2).contains(value)
  }

  /// Whether it pays to go on: the largest network against the best one before the peak.
  private func largest(_ curve: ErrorCurve) -> Claim {
    let gain = curve.clearPeak?.dip.excess(over: curve.last)
    return Claim(
      "largest-\(curve.id(in: configuration))",
      "\(curve.label): the largest network does better than the best one before the peak (by points).",
      measured: gain.map { .number($0.mean) } ?? "no peak", spread: gain?.deviation,
      holds: gain.map { $0.mean > $0.deviation })
  }

  /// A number that the authors published, at a size or at the peak.
  private func reported(_ report: DoubleDescent.Report, _ curves: [ErrorCurve]) -> Claim? {
    let curve = curves.first {
      $0.model == report.model && $0.loss == .negativeLogLikelihood && $0.noise == report.noise
    }
    let point =
      report.size.map { size in curve?.points.first { $0.size == size } } ?? curve?.peak?.top
    return Claim(
      "reported-\(report.id)", report.statement + " (within 3 points).",
      reported: report.error, measured: point?.testError, within: 3)
  }

  // MARK: Notes

  fileprivate var notes: [String] {
    [
      "A wrong label is drawn from all ten digits for each label with the given probability, so a tenth of the draws "
        + "leave it as it was. Each seed has its own initial weights, order of examples and wrong labels.",
      "The peak is the size whose test error, in the mean over seeds, lies highest above the lowest one before it; a "
        + "size that was not trained could lie higher. \"Near\" allows a factor of two, as the sizes are a third apart.",
      "With the mean squared error the learning rate is \(configuration.mseLearningRate): with the 0.01 of the "
        + "negative log-likelihood, networks of 300 hidden units still miss 2.5 % of the training labels after 500 "
        + "epochs, and no peak is seen.",
      "One version of the authors' notebook puts the noisy labels into a shallow copy of the dataset, so that what it "
        + "prints under \"without label noise\", 46.3 % with 300 hidden units, was trained with noise, too.",
    ]
  }
}

extension ErrorCurve {
  /// The point of the largest network.
  fileprivate var last: Point { points[points.count - 1] }

  /// A peak that stands out: by more than a point, which single curves wobble by, and by more than its spread.
  fileprivate var clearPeak: Peak? {
    peak.flatMap { $0.height.mean > max(1, $0.height.deviation) ? $0 : nil }
  }
}

extension ErrorCurve.Point {
  /// The error with the size.
  fileprivate var shown: String { "\(testError.shown()) (\(size))" }
}

extension DoubleDescent {
  /// A test error that the authors published, in percent; all are with the negative log-likelihood.
  fileprivate struct Report {
    let id: String
    let statement: String
    let model: Model
    let noise: Double
    /// The size; nil at the peak.
    let size: Int?
    let error: Double
  }

  fileprivate static let reported = [
    Report(
      id: "mlp-dip", statement: "The MLP's first dip, at 16 hidden units, lies at 44.6 to 47.2 %",
      model: .mlp, noise: 0.15, size: 16, error: 45.9),
    Report(
      id: "mlp-peak", statement: "The MLP's error peaks at 54.1 %", model: .mlp, noise: 0.15,
      size: nil, error: 54.1),
    Report(
      id: "mlp-largest", statement: "With 300 hidden units the MLP's error is 45.5 %", model: .mlp,
      noise: 0.15, size: 300, error: 45.5),
    Report(
      id: "mlp-largest-clean",
      statement: "Without label noise the MLP's error with 300 hidden units is 37.2 %", model: .mlp,
      noise: 0, size: 300, error: 37.2),
    Report(
      id: "cnn-dip", statement: "The CNN's first dip, at 10 channels, lies at 19.6 %", model: .cnn,
      noise: 0.15, size: 10, error: 19.6),
    Report(
      id: "cnn-peak", statement: "The CNN's error peaks at 33.8 %", model: .cnn, noise: 0.15,
      size: nil, error: 33.8),
    Report(
      id: "cnn-80", statement: "With 80 channels the CNN's error is about 27.5 %", model: .cnn,
      noise: 0.15, size: 80, error: 27.5),
  ]
}
