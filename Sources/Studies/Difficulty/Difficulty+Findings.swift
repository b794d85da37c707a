import Figures
import MNIST1D
import NeuralNetworks
import Runs

extension Difficulty {
  /// The study is ours and makes no claim of the paper's; its notes say what the data support.
  package static func findings(_ results: Results<Difficulty>) -> Findings {
    Findings(
      tables: Dimension.allCases.map(results.table),
      illustrations: [
        Illustration(
          "difficulty",
          caption:
            "Test accuracy after the last step against one property of the dataset at a time, the others "
            + "being the paper's, whose value is dotted; \(results.seeds).",
          figure: results.figure)
      ],
      notes: Dimension.allCases.compactMap(results.sentence))
  }
}

extension Results<Difficulty> {
  fileprivate var seeds: String { Spread.deviation.caption(over: configuration.seeds.count) }

  private func accuracy(
    _ model: Architecture, _ dimension: Difficulty.Dimension, _ value: Double
  ) -> Sample? {
    sample(where: { $0 == configuration.trial(model, dimension, value, seed: $0.seed) }) {
      $0.testAccuracy
    }
  }

  // MARK: Tables and figure

  fileprivate func table(_ dimension: Difficulty.Dimension) -> Table {
    Table(
      "\(dimension)", title: "Test accuracy in percent by \(dimension.label)",
      columns: ["classifier"] + configuration.values(of: dimension).map(\.written),
      rows: configuration.models.map { model in
        [.text(model.label)]
          + configuration.values(of: dimension).map { Cell(accuracy(model, dimension, $0)) }
      })
  }

  fileprivate var figure: Figure {
    Figure(
      title: "How hard is the dataset, and for whom?",
      subtitle: "Test accuracy after the last step: \(seeds)",
      panels: Difficulty.Dimension.allCases.map { dimension in
        let isRatio = dimension == .examples || dimension == .length
        let values = configuration.values(of: dimension).sorted()
        return Panel(
          x: Axis(
            dimension.label, scale: isRatio ? .logarithmic : .linear,
            ticks: isRatio ? .at(values) : .automatic),
          y: Axis("test accuracy (%)", from: 0, to: 100),
          marks: [.rule(Rule(.vertical(dimension.paper), dash: .dotted))]
            + Architecture.ordered(configuration.models).map { model in
              let curve = SampleCurve(x: values, values.map { accuracy(model, dimension, $0) })
              return .line(Line(model.label, curve, as: model.appearance, points: .shown))
            })
      }, columns: 3, sharing: .y, legend: .below, width: 1080, aspect: 0.8)
  }

  // MARK: What the data support

  /// Where the CNN leads the next classifier for certain, and where it does not.
  fileprivate func sentence(_ dimension: Difficulty.Dimension) -> String? {
    let values = configuration.values(of: dimension).sorted()
    let leads = values.compactMap { value in lead(dimension, value).map { (value: value, lead: $0) }
    }
    guard leads.count > 1, leads.count == values.count else { return nil }
    let shown = leads.map { entry in
      let lead = entry.lead.difference
      let interval =
        lead.interval.map { " (95 %: \($0.lowerBound.shown(1)) to \($0.upperBound.shown(1)))" }
        ?? ""
      return "\(lead.mean.shown(1))\(interval) over the \(entry.lead.next.label) with "
        + dimension.words(entry.value)
    }
    let start =
      "By \(dimension.label.split(separator: " (")[0]): the CNN's lead in points is "
      + "\(shown[0]), and \(shown[shown.count - 1])."
    guard configuration.seeds.count > 2 else {
      return start + " Fewer than three seeds cannot tell more."
    }
    func places(_ isWanted: (ClosedRange<Double>) -> Bool) -> String? {
      let places = leads.filter { $0.lead.difference.interval.map(isWanted) ?? false }
        .map { dimension.words($0.value) }
      return places.isEmpty ? nil : places.joined(separator: ", ")
    }
    let unsettled = places { $0.contains(0) }.map {
      " The intervals leave open who leads with \($0)."
    }
    let behind = places { $0.upperBound < 0 }.map { " The CNN is behind with \($0)." }
    return start + (unsettled ?? "") + (behind ?? "")
  }

  /// The CNN against the best of the others, seed by seed.
  private func lead(
    _ dimension: Difficulty.Dimension, _ value: Double
  ) -> (difference: Sample, next: Architecture)? {
    let others = configuration.models.filter { $0 != .cnn }.compactMap { model in
      accuracy(model, dimension, value).map { (model: model, accuracy: $0) }
    }
    guard let next = others.max(by: { $0.accuracy.mean < $1.accuracy.mean }),
      let difference = accuracy(.cnn, dimension, value) - next.accuracy
    else { return nil }
    return (difference, next.model)
  }
}
