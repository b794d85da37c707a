import Figures
import Runs

extension SelfSupervised {
  /// What is told by the features of a layer.
  enum Classifier {
    case linear
    case neighbors
  }

  /// The test accuracies in percent.
  static let reported = Reported<Features, Classifier>(
    "the authors' later version", [.input: [.neighbors: 59.6], .selfSupervised: [.linear: 82.1]])

  /// The maps are for looking at; no claim rests on them.
  package static var comparableSettings: [ComparableSetting] {
    [
      .anyValue("seeds"), .conditions("features"), .anyValue("maps"), .anyValue("perplexity"),
      .anyValue("map-steps"),
    ]
  }

  package static func findings(_ results: Results<SelfSupervised>) -> Findings {
    Findings(
      claims: results.claims, tables: [results.table],
      illustrations: [
        Illustration(
          "features",
          caption:
            "The test accuracy of two simple classifiers on each kind of features, and the contrastive loss "
            + "while learning; "
            + Spread.deviation.caption(over: results.configuration.seeds.count) + ".",
          figure: results.figure),
        results.maps,
      ], notes: results.notes)
  }
}

extension Results<SelfSupervised> {
  private typealias Features = SelfSupervised.Features
  private typealias Layer = SelfSupervised.Layer
  private typealias Score = SelfSupervised.LayerScore

  /// A score over seeds of what one layer tells.
  private func score(
    _ features: Features, _ layer: Layer, _ value: (Score) -> Double?
  ) -> Sample? {
    sample(where: { $0.features == features }) { measurement in
      measurement.layers.first { $0.layer == layer }.flatMap(value)
    }
  }

  /// The layers that were scored, each with its name.
  private var rows: [(label: String, features: Features, layer: Layer)] {
    configuration.features.flatMap {
      features -> [(label: String, features: Features, layer: Layer)] in
      let layer: Layer = features == .input ? .input : .encoder
      let own = (features.label, features, layer)
      return features == .selfSupervised
        ? [own, (features.label + ", head", features, .projection)] : [own]
    }.filter { score($0.features, $0.layer, \.linear) != nil }
  }

  // MARK: Table

  fileprivate var table: Table {
    Table(
      "features", title: "Test accuracy of two simple classifiers on features, in percent",
      columns: [
        "features", "dimensions", "linear probe", "reported",
        "\(configuration.neighbors) neighbours",
        "reported", "linear probe, held out", "neighbours, held out",
      ],
      rows: rows.map { label, features, layer in
        func cell(_ value: (Score) -> Double?) -> Cell { Cell(score(features, layer, value)) }
        func reported(_ classifier: SelfSupervised.Classifier) -> Cell {
          layer == .projection ? .empty : Cell(SelfSupervised.reported[features, classifier])
        }
        let dimensions = score(features, layer) { Double($0.dimensions) }?.values[0] ?? 0
        return [
          .text(label), .integer(Int(dimensions)), cell(\.linear), reported(.linear),
          cell(\.neighbors), reported(.neighbors), cell(\.heldOutLinear), cell(\.heldOutNeighbors),
        ]
      })
  }

  // MARK: Figures

  fileprivate var figure: Figure {
    let rows = rows
    // Short enough to stand side by side.
    let names = rows.map { $0.layer == .projection ? "its head" : $0.features.rawValue }
    func bars(_ label: String, _ color: Int, _ value: (Score) -> Double) -> Mark {
      .bars(
        Bars(
          label, rows.compactMap { score($0.features, $0.layer, value) }, color: .series(color)))
    }
    var panels = [
      Panel(
        title: "What features are worth",
        x: Axis(ticks: .names(names)), y: Axis("test accuracy (%)", from: 0, to: 100),
        marks: [
          bars("linear probe", 0, \.linear),
          bars("\(configuration.neighbors) nearest neighbours", 1, \.neighbors),
        ])
    ]
    let losses = measurements { $0.features == .selfSupervised }.map(\.loss)
    if let parts = losses.first?.indices, !parts.isEmpty {
      let steps = Double(configuration.steps) / Double(parts.count)
      if let curve = SampleCurve(x: parts.map { (Double($0) + 0.5) * steps }, losses) {
        panels.append(
          Panel(
            title: "Contrastive learning", x: Axis("training step"), y: Axis("NT-Xent loss"),
            marks: [.line(Line(nil, curve, color: .series(2)))]))
      }
    }
    return Figure(
      title: "A network learns from signals alone most of what their classes are",
      panels: panels, columns: 2, legend: .below, width: 1080, aspect: 0.75)
  }

  /// The maps side by side.
  fileprivate var maps: Illustration? {
    let maps = configuration.maps.compactMap { features in
      measurements { $0.features == features }.compactMap(\.map).first.map { (features, $0) }
    }
    guard !maps.isEmpty else { return nil }
    let figure = Figure(
      title: "Classes as t-SNE sees them",
      subtitle: "Neighbourhoods of training and test examples in the plane; positions have no unit",
      panels: maps.map { features, map in
        Panel(
          title: features.label, x: Axis(ticks: .hidden), y: Axis(ticks: .hidden),
          marks: (0..<10).map { label in
            let rows = map.labels.indices.filter { map.labels[$0] == label }
            return .points(
              Points(
                "class \(label)", x: rows.map { map.x[$0] }, y: rows.map { map.y[$0] },
                color: .series(label), size: 3))
          })
      },
      columns: maps.count, legend: .below, width: 200 + 340 * Double(maps.count), aspect: 1)
    return Illustration(
      "t-sne",
      caption: "Exact t-SNE with a perplexity of \(configuration.perplexity.shown(0)) of "
        + "\(maps[0].1.labels.count) examples. The network that has seen no label pulls classes apart that lie across "
        + "each other among the signals.",
      figure: figure)
  }

  // MARK: Claims

  fileprivate var claims: [Claim?] {
    [
      Claim(
        "input-neighbors",
        "Ten nearest neighbours among the signals reach 59.6 % (within half a point).",
        reported: SelfSupervised.reported[.input, .neighbors],
        measured: score(.input, .input, \.neighbors), within: 0.5)
    ]
      + (score(.selfSupervised, .encoder, \.linear).map(probeClaims) ?? [])
  }

  private func probeClaims(_ probe: Sample) -> [Claim?] {
    let reported = SelfSupervised.reported[.selfSupervised, .linear] ?? .nan
    let input = score(.input, .input, \.linear)
    let supervised = score(.supervised, .encoder, \.linear)
    return [
      Claim(
        "probe",
        "A linear probe on self-supervised features reaches 82.1 % (no more than 2 points below).",
        reported: .number(reported), measured: probe
      ) { $0.mean >= reported - 2 },
      input.map { input in
        Claim(
          "learned",
          "Self-supervised features tell a linear probe far more than the signals (more than 30 points).",
          // Table 1 reports 32 % for a linear classifier of the signals.
          reported: .number(reported - 32), measured: .number(probe.mean - input.mean),
          spread: probe.deviation, holds: probe.mean - input.mean > 30)
      },
      Claim(
        "guillotine",
        "Features before the head are worth more than those that the loss is taken on (points of the linear probe).",
        measured: probe - score(.selfSupervised, .projection, \.linear)
      ) { $0.mean > 0 },
      supervised.map { supervised in
        Claim(
          "labels",
          "Labels still help: the same network trained with them has better features (points of the linear probe).",
          measured: .number(supervised.mean - probe.mean), holds: supervised.mean > probe.mean)
      },
    ]
  }

  // MARK: Notes

  fileprivate var notes: [String] {
    [
      "The reported numbers are those of the authors' later version, which names the method, SimCLR. The encoder, the "
        + "views and all settings here are this study's own: the encoder is the body of the baselines' CNN, and the "
        + "settings were chosen by the linear probe's accuracy on held-out training examples, never by the test set.",
      "The contrastive learning sees the \(configuration.dataset.trainSplit.shown(2)) of the dataset that is for "
        + "training, without labels. \"Held out\" are scores on the last \(configuration.heldOut) of the training "
        + "examples, with probe and neighbours fitted to the others.",
      "The linear probe is softmax regression on standardised features with scikit-learn's default penalty; the "
        + "neighbours vote with equal weights.",
    ]
  }
}
