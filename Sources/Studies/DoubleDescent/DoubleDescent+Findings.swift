import Figures
import NeuralNetworks
import Runs

extension DoubleDescent {
  /// Every epoch is the same however often the errors are measured; the last is always among them.
  public static var comparableSettings: [ComparableSetting] {
    [
      .anyValue("seeds"), .anyValue("eval-every"), .conditions("models"), .conditions("losses"),
      .conditions("noise"),
    ]
  }

  public static func findings(
    _ configuration: Configuration, _ results: [TrialResult<DoubleDescent>]
  ) -> Findings {
    let outcomes = Outcomes(configuration, results)
    return Findings(
      claims: outcomes.claims, tables: [outcomes.peaks],
      illustrations: [
        Illustration(
          "figure-4",
          caption: "Errors on the training and the test set against the size of the network, "
            + outcomes.spreadWords, figure: outcomes.figure(.size)),
        Illustration(
          "parameters",
          caption:
            "The same against the number of parameters, with the number of training examples n and that of "
            + "examples times outputs n · K marked, " + outcomes.spreadWords,
          figure: outcomes.figure(.parameters)),
      ],
      notes: outcomes.notes,
      attachments: [
        Attachment(
          "errors", type: "csv", caption: "the errors at every size",
          contents: Array(outcomes.errors.csv.utf8))
      ])
  }
}

/// The curves, and the two thresholds at which the paper sees their peaks.
private struct Outcomes {
  let configuration: DoubleDescent.Configuration
  let curves: [ErrorCurve]
  /// n, the number of training examples.
  let examples: Double
  /// K, the number of outputs.
  let outputs = 10.0

  init(_ configuration: DoubleDescent.Configuration, _ results: [TrialResult<DoubleDescent>]) {
    self.configuration = configuration
    curves = ErrorCurve.all(configuration, results)
    examples = Double(configuration.dataset.trainingCount)
  }

  /// The number of parameters at which the paper sees the peak.
  func threshold(_ loss: ClassificationLoss) -> Double {
    loss == .negativeLogLikelihood ? examples : examples * outputs
  }

  var spreadWords: String { spreadOverSeeds(configuration.seeds.count) + "." }

  // MARK: Tables

  /// Where each curve dips, peaks and ends.
  var peaks: Table {
    var table = Table(
      "peaks", title: "Where the test error peaks (errors in percent, sizes in parentheses)",
      columns: [
        "network", "first dip", "peak", "parameters", "÷ n", "÷ (n · K)", "train error there",
        "largest", "train error < 1 from",
      ])
    for curve in curves {
      let interpolating = curve.interpolating.map { Cell.text("\($0.parameters) parameters") }
      let last = curve.points[curve.points.count - 1]
      guard let peak = curve.peak else {
        table.append(
          [.text(curve.label), .empty, "none", .empty, .empty, .empty, .empty]
            + [.text(last.shown), interpolating ?? "none"])
        continue
      }
      let parameters = Double(peak.top.parameters)
      table.append([
        .text(curve.label), .text(peak.dip.shown), .text(peak.top.shown),
        .integer(peak.top.parameters), .number(parameters / examples, decimals: 2),
        .number(parameters / examples / outputs, decimals: 2),
        Cell(meanOf: peak.top.trainErrors), .text(last.shown), interpolating ?? "none",
      ])
    }
    return table
  }

  /// Every point of every curve.
  var errors: Table {
    var table = Table(
      "errors", title: "Errors in percent",
      columns: [
        "model", "loss", "noise", "size", "parameters", "seeds", "train error", "test error",
      ])
    for curve in curves {
      for point in curve.points {
        table.append([
          .text(curve.model.rawValue), .text(curve.loss.rawValue), .number(curve.noise),
          .integer(point.size), .integer(point.parameters), .integer(point.seeds.count),
          Cell(meanOf: point.trainErrors), Cell(meanOf: point.testErrors),
        ])
      }
    }
    return table
  }

  // MARK: Figures

  /// What the horizontal axis counts.
  enum Abscissa {
    case size
    case parameters
  }

  func figure(_ abscissa: Abscissa) -> Figure {
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
    _ error: (ErrorCurve.Point) -> (mean: Double, deviation: Double)
  ) -> Mark {
    let errors = curve.points.map(error)
    return .line(
      Line(
        label, x: curve.points.map { Double(abscissa == .size ? $0.size : $0.parameters) },
        y: errors.map(\.mean),
        band: configuration.seeds.count > 1
          ? Band(around: errors.map(\.mean), by: errors.map(\.deviation)) : nil,
        color: color, marker: .circle))
  }

  // MARK: Claims

  var claims: [Claim] {
    curves.map(descent) + curves.map(location) + configuration.models.compactMap(factor)
      + curves.map(largest) + DoubleDescent.reported.compactMap(reported)
  }

  /// A peak that stands out: by more than a point, which single curves wobble by, and by more than its spread.
  private func clearPeak(_ curve: ErrorCurve) -> ErrorCurve.Peak? {
    guard let peak = curve.peak, peak.height.mean > max(1, peak.height.deviation) else {
      return nil
    }
    return peak
  }

  private func descent(_ curve: ErrorCurve) -> Claim {
    let height = curve.peak?.height
    return Claim(
      "descends-twice-\(curve.id(in: configuration))",
      "\(curve.label): the test error descends twice (its peak above the higher of the lowest points on both sides, "
        + "by more than a point and its spread).",
      measured: .number(height?.mean ?? 0), spread: height.flatMap { spread($0.deviation) },
      holds: clearPeak(curve) != nil)
  }

  private func location(_ curve: ErrorCurve) -> Claim {
    let threshold = threshold(curve.loss)
    let name = curve.loss == .negativeLogLikelihood ? "n" : "n · K"
    let peak = clearPeak(curve)
    let deviation = peak.map { meanAndDeviation(curve.peakParameters(after: $0.dip)).deviation }
    return Claim(
      "peak-\(curve.id(in: configuration))",
      "\(curve.label): the peak lies near \(name) = \(Int(threshold)) parameters (within a factor of two).",
      reported: .number(threshold),
      measured: peak.map { .number(Double($0.top.parameters)) } ?? "no peak",
      spread: deviation.flatMap(spread),
      decimals: 0,
      holds: peak.map { isNear(Double($0.top.parameters), threshold) })
  }

  /// By which factor the peaks of the two losses lie apart.
  private func factor(_ model: DoubleDescent.Model) -> Claim? {
    let noise = configuration.noise[0]
    let own = curves.filter { $0.model == model && $0.noise == noise }
    guard let nll = own.first(where: { $0.loss == .negativeLogLikelihood }),
      let mse = own.first(where: { $0.loss == .meanSquaredError })
    else { return nil }
    let statement =
      "\(model.label): with the mean squared error the peak lies at about K times as many parameters as with the "
      + "negative log-likelihood (within a factor of two)."
    guard let early = clearPeak(nll), let late = clearPeak(mse) else {
      return Claim(
        "factor-\(model.rawValue)", statement, reported: .number(outputs), measured: "no two peaks",
        holds: nil)
    }
    let ratio = Double(late.top.parameters) / Double(early.top.parameters)
    return Claim(
      "factor-\(model.rawValue)", statement, reported: .number(outputs), measured: .number(ratio),
      holds: isNear(ratio, outputs))
  }

  /// A deviation over seeds; one seed has none.
  private func spread(_ deviation: Double) -> Double? {
    configuration.seeds.count > 1 ? deviation : nil
  }

  private func isNear(_ value: Double, _ threshold: Double) -> Bool {
    (threshold / 2...threshold * 2).contains(value)
  }

  /// Whether it pays to go on: the largest network against the best one before the peak.
  private func largest(_ curve: ErrorCurve) -> Claim {
    let last = curve.points[curve.points.count - 1]
    let id = "largest-\(curve.id(in: configuration))"
    let statement =
      "\(curve.label): the largest network does better than the best one before the peak (by points)."
    guard let peak = clearPeak(curve) else {
      return Claim(id, statement, measured: "no peak", holds: nil)
    }
    let gain = ErrorCurve.Peak(dip: peak.dip, top: peak.dip, end: last).falls
    let (mean, deviation) = meanAndDeviation(gain)
    return Claim(
      id, statement, measured: .number(mean), spread: spread(deviation),
      holds: mean > deviation)
  }

  /// A number that the authors published, at a size or at the peak.
  private func reported(_ report: DoubleDescent.Report) -> Claim? {
    guard
      let curve = curves.first(where: {
        $0.model == report.model && $0.loss == .negativeLogLikelihood && $0.noise == report.noise
      })
    else { return nil }
    let point =
      report.size.map { size in curve.points.first { $0.size == size } } ?? curve.peak?.top
    guard let point else { return nil }
    let (mean, deviation) = point.testError
    return Claim(
      "reported-\(report.id)", report.statement + " (within 3 points).",
      reported: .number(report.error), measured: .number(mean), spread: spread(deviation),
      holds: abs(mean - report.error) <= 3)
  }

  // MARK: Notes

  var notes: [String] {
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

extension ErrorCurve.Point {
  /// The error with the size.
  fileprivate var shown: String {
    let (mean, deviation) = testError
    let spread = testErrors.count > 1 ? " ± \(deviation.shown(1))" : ""
    return "\(mean.shown(1))\(spread) (\(size))"
  }
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
