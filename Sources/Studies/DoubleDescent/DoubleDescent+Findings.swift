import Figures
import Runs

extension DoubleDescent {
  /// Every epoch is the same however often the networks are evaluated; the last evaluation is always among them.
  package static var comparableSettings: [ComparableSetting] {
    [
      .anyValue("seeds"), .anyValue("eval-every"), .conditions("losses"),
      .conditions("epoch-widths"),
    ]
  }

  package static func findings(_ results: Results<DoubleDescent>) -> Findings {
    let curves = SizeCurve.all(in: results)
    let followed = EpochCurve.all(in: results)
    return Findings(
      claims: results.claims(curves, followed),
      tables: Criterion.allCases.map { results.peaks(of: curves, by: $0) }
        + [followed.isEmpty ? nil : results.epochs(of: followed)],
      illustrations: results.illustrations(of: curves, followed),
      notes: results.notes,
      attachments: [
        Attachment(csv: points(of: curves), caption: "losses and errors at every size")
      ])
  }

  /// Every point of every curve.
  private static func points(of curves: [SizeCurve]) -> Table {
    Table(
      "sizes", title: "Losses, and errors in percent",
      columns: [
        "model", "loss", "noise", "size", "parameters", "seeds", "train loss", "train error",
        "test loss", "test error",
      ],
      rows: curves.flatMap { curve in
        curve.points.map { point in
          [
            .text(curve.model.rawValue), .text(curve.loss.rawValue), .number(curve.noise),
            .integer(point.size), .integer(point.parameters), .integer(point.testLoss.count),
            Cell(point.trainLoss), Cell(point.trainError), Cell(point.testLoss),
            Cell(point.testError),
          ]
        }
      })
  }
}

extension Results<DoubleDescent> {
  /// n, the number of training examples.
  var examples: Double { Double(configuration.dataset.trainingCount) }
  /// K, the number of outputs.
  var outputs: Double { 10 }

  // MARK: Tables

  /// Where each curve dips, peaks and ends.
  fileprivate func peaks(of curves: [SizeCurve], by criterion: DoubleDescent.Criterion) -> Table {
    func shown(_ point: SizeCurve.Point) -> Cell {
      .text("\(point.test(criterion).shown(criterion == .loss ? 3 : 1)) (\(point.size))")
    }
    return Table(
      "peaks-\(criterion)",
      title: "Where the test \(criterion) peaks "
        + (criterion == .loss ? "(sizes in parentheses)" : "(in percent, sizes in parentheses)"),
      columns: [
        "network", "first dip", "peak", "parameters", "÷ n", "÷ (n · K)", "train error there",
        "largest", "train error < 1 from",
      ],
      rows: curves.map { curve in
        let peak = curve.peak(by: criterion).flatMap { $0.height.mean > 0 ? $0 : nil }
        let cells = peak.map { peak -> [Cell] in
          let parameters = Double(peak.top.parameters)
          return [
            shown(peak.dip), shown(peak.top), .integer(peak.top.parameters),
            .number(parameters / examples, decimals: 2),
            .number(parameters / examples / outputs, decimals: 2), Cell(peak.top.trainError),
          ]
        }
        return [.text(curve.label)] + (cells ?? [.empty, "none", .empty, .empty, .empty, .empty])
          + [
            shown(curve.points[curve.points.count - 1]),
            curve.interpolating.map { .text("\($0.parameters) parameters") } ?? "none",
          ]
      })
  }

  /// When the networks that were followed were best, and how they ended.
  fileprivate func epochs(of followed: [EpochCurve]) -> Table {
    Table(
      "epochs",
      title: "Along the training of the MLP by NLL (errors in percent, epochs in parentheses)",
      columns: [
        "hidden units", "label noise", "lowest test loss", "final test loss", "lowest test error",
        "final test error", "final train error",
      ],
      rows: followed.map { curve in
        [.text("\(curve.width)"), .text("\((100 * curve.noise).shown(0)) %")]
          + DoubleDescent.Criterion.allCases.flatMap { criterion -> [Cell] in
            let decimals = criterion == .loss ? 3 : 1
            return [
              curve.best(by: criterion).map {
                .text("\($0.value.shown(decimals)) (\($0.epoch.shown(0)))")
              } ?? .empty,
              Cell(curve.test(criterion).samples.last, decimals: decimals),
            ]
          } + [Cell(curve.trainError.samples.last)]
      })
  }

  // MARK: Notes

  fileprivate var notes: [String] {
    [
      "A wrong label is drawn from all ten digits for each label with the given probability, so a tenth of the draws "
        + "leave it as it was. Each seed has its own initial weights, order of examples and wrong labels.",
      "The peak is the size at which the test, in the mean over seeds, stands out most from a lower point on each side; a "
        + "size that was not trained could lie higher.",
      "With the mean squared error the learning rate is \(configuration.mseLearningRate): with the 0.01 of the "
        + "negative log-likelihood, networks of 300 hidden units still miss 2.5 % of the training labels after 500 "
        + "epochs, and no peak is seen.",
      "One version of the authors' notebook (commit 508335f) puts the noisy labels into a shallow copy of the dataset, so "
        + "that what it prints under \"without label noise\", 46.3 % with 300 hidden units, was trained with noise, too.",
    ]
  }
}
