import Figures
import NeuralNetworks
import Runs

extension Results<DoubleDescent> {
  func illustrations(of curves: [SizeCurve], _ followed: [EpochCurve]) -> [Illustration?] {
    let spread = Spread.deviation.caption(over: configuration.seeds.count) + "."
    return [
      Illustration(
        "figure-4",
        caption:
          "Loss and error on the training and the test set against the number of parameters, with the number of "
          + "training examples n and that of examples times outputs n · K marked, " + spread,
        figure: figure4(curves)),
      followed.isEmpty
        ? nil
        : Illustration(
          "epochs",
          caption:
            "Loss and error of the MLP while it learns by negative log-likelihood, far below the threshold, at it, and "
            + "far above it, with and without label noise, " + spread, figure: epochs(followed)),
    ]
  }

  private func figure4(_ curves: [SizeCurve]) -> Figure {
    Figure(
      title: "Loss and error against the number of parameters",
      subtitle:
        "\(Int(examples).shown) training examples; NLL: negative log-likelihood, MSE: mean squared error; "
        + "dashed: as many parameters as examples (n), and as examples times outputs (n · K)",
      panels: curves.flatMap { curve in
        DoubleDescent.Criterion.allCases.map { panel(curve, $0) }
      },
      columns: 2, rowTitles: curves.map(\.label), sharing: .alike, legend: .below, width: 760,
      aspect: 0.6)
  }

  private func panel(_ curve: SizeCurve, _ criterion: DoubleDescent.Criterion) -> Panel {
    func line(
      _ label: String, _ appearance: Appearance, _ sample: (SizeCurve.Point) -> Sample
    ) -> Mark {
      let samples = SampleCurve(
        x: curve.points.map { Double($0.parameters) }, curve.points.map(sample))
      return .line(Line(label, samples, as: appearance, points: .shown))
    }
    return Panel(
      x: Axis("parameters", scale: .logarithmic), y: Axis(criterion.label(curve.loss), from: 0),
      marks: [
        .rule(Rule(.vertical(examples), label: "n")),
        .rule(Rule(.vertical(examples * outputs), label: "n · K")),
        line("test", .test) { $0.test(criterion) },
        line("training", .training) { $0.training(criterion) },
      ])
  }

  private func epochs(_ followed: [EpochCurve]) -> Figure {
    let widths = configuration.epochWidths.filter { width in
      followed.contains { $0.width == width }
    }
    return Figure(
      title: "Loss and error against the epoch",
      subtitle: "The MLP by negative log-likelihood; dashed: on the training set",
      panels: DoubleDescent.Criterion.allCases.flatMap { criterion in
        widths.map { width in
          let own = followed.filter { $0.width == width }
          let share = (Double(own[0].parameters) / examples).shown(2)
          return Panel(
            title: "\(width.shown) hidden units, \(share) n parameters",
            x: Axis("epoch", scale: .logarithmic),
            y: Axis(criterion.label(.negativeLogLikelihood), from: 0),
            marks: own.flatMap { lines($0, criterion) })
        }
      },
      columns: widths.count, sharing: .alike, legend: .below, width: 1080, aspect: 0.8)
  }

  private func lines(_ curve: EpochCurve, _ criterion: DoubleDescent.Criterion) -> [Mark] {
    let label = SizeCurve.label(ofNoise: curve.noise)
    let color = Appearance.labelNoise(curve.noise).color
    return [
      .line(Line(label, curve.test(criterion), color: color)),
      .line(Line(nil, curve.training(criterion), color: color, dash: .dashed)),
    ]
  }
}

extension DoubleDescent.Criterion {
  /// The axis's label; panels that say the same have the same limits, and the two losses are no one scale.
  fileprivate func label(_ loss: ClassificationLoss) -> String {
    switch self {
    case .loss:
      loss == .negativeLogLikelihood ? "negative log-likelihood" : "mean squared error"
    case .error: "error (%)"
    }
  }
}
