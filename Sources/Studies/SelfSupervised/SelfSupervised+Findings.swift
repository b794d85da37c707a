import Figures
import Runs

extension SelfSupervised {
  /// What the authors report in percent: the nearest neighbours among the signals, and the linear probe of what a
  /// network has learned from them.
  private static let reported = (neighbors: 59.6, probe: 82.1)

  /// The maps are for looking at; no claim rests on them.
  public static var comparableSettings: [ComparableSetting] {
    [
      .anyValue("seeds"), .conditions("features"), .anyValue("maps"), .anyValue("perplexity"),
      .anyValue("map-steps"),
    ]
  }

  public static func findings(
    _ configuration: Configuration, _ results: [TrialResult<SelfSupervised>]
  ) -> Findings {
    let outcomes = Outcomes(configuration, results)
    return Findings(
      claims: outcomes.claims(reported: reported), tables: [outcomes.table(reported: reported)],
      illustrations: [
        Illustration(
          "features",
          caption:
            "The test accuracy of two simple classifiers on each kind of features, and the contrastive loss "
            + "while learning; " + spreadOverSeeds(configuration.seeds.count) + ".",
          figure: outcomes.figure)
      ] + [outcomes.maps].compactMap(\.self), notes: outcomes.notes)
  }
}

/// The measurements in the order in which table, figures and claims want them.
private struct Outcomes {
  private typealias Features = SelfSupervised.Features
  private typealias Layer = SelfSupervised.Layer
  private typealias Score = SelfSupervised.LayerScore
  private let configuration: SelfSupervised.Configuration
  private let results: [TrialResult<SelfSupervised>]

  init(
    _ configuration: SelfSupervised.Configuration, _ results: [TrialResult<SelfSupervised>]
  ) {
    self.configuration = configuration
    self.results = results
  }

  private func measurements(_ features: Features) -> [SelfSupervised.Measurement] {
    results.filter { $0.trial.features == features }.map(\.measurement)
  }

  private func scores(_ features: Features, _ layer: Layer) -> [Score] {
    measurements(features).compactMap { $0.layers.first { $0.layer == layer } }
  }

  /// The kinds of features that were scored, each with its name.
  private var rows: [(label: String, features: Features, layer: Layer)] {
    var rows: [(label: String, features: Features, layer: Layer)] = []
    for features in configuration.features {
      rows.append((features.label, features, features == .input ? .input : .encoder))
      if features == .selfSupervised {
        rows.append((features.label + ", head", features, .projection))
      }
    }
    return rows.filter { !scores($0.features, $0.layer).isEmpty }
  }

  // MARK: Table

  func table(reported: (neighbors: Double, probe: Double)) -> Table {
    var table = Table(
      "features", title: "Test accuracy of two simple classifiers on features, in percent",
      columns: [
        "features", "dimensions", "linear probe", "reported",
        "\(configuration.neighbors) neighbours",
        "reported", "linear probe, held out", "neighbours, held out",
      ])
    for (label, features, layer) in rows {
      let scores = scores(features, layer)
      table.append([
        .text(label), .integer(scores[0].dimensions), Cell(meanOf: scores.map(\.linear)),
        features == .selfSupervised && layer == .encoder ? .number(reported.probe) : .empty,
        Cell(meanOf: scores.map(\.neighbors)),
        features == .input ? .number(reported.neighbors) : .empty,
        Cell(meanOf: scores.compactMap(\.heldOutLinear)),
        Cell(meanOf: scores.compactMap(\.heldOutNeighbors)),
      ])
    }
    return table
  }

  // MARK: Figures

  var figure: Figure {
    let rows = rows
    // Short enough to stand side by side.
    let names = rows.map { $0.layer == .projection ? "its head" : $0.features.rawValue }
    func bars(_ label: String, _ color: Int, _ value: (Score) -> Double) -> Mark {
      let spreads = rows.map { meanAndDeviation(scores($0.features, $0.layer).map(value)) }
      return .bars(
        Bars(
          label, values: spreads.map(\.mean), errors: spreads.map(\.deviation),
          color: .series(color)))
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
    let losses = measurements(.selfSupervised).map(\.loss)
    if let count = losses.first?.count, count > 0 {
      let points = (0..<count).map { part in meanAndDeviation(losses.map { $0[part] }) }
      let steps = Double(configuration.steps) / Double(count)
      panels.append(
        Panel(
          title: "Contrastive learning", x: Axis("training step"), y: Axis("NT-Xent loss"),
          marks: [
            .line(
              Line(
                x: points.indices.map { (Double($0) + 0.5) * steps }, y: points.map(\.mean),
                band: Band(around: points.map(\.mean), by: points.map(\.deviation)),
                color: .series(2)))
          ]))
    }
    return Figure(
      title: "A network learns from signals alone most of what their classes are",
      panels: panels, columns: 2, legend: .below, width: 1080, aspect: 0.75)
  }

  /// The maps side by side.
  var maps: Illustration? {
    let maps = configuration.maps.compactMap { features in
      measurements(features).compactMap(\.map).first.map { (features, $0) }
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

  func claims(reported: (neighbors: Double, probe: Double)) -> [Claim] {
    let neighbors = scores(.input, .input).map(\.neighbors)
    let probe = scores(.selfSupervised, .encoder).map(\.linear)
    let inputProbe = scores(.input, .input).map(\.linear)
    let head = scores(.selfSupervised, .projection).map(\.linear)
    let supervised = scores(.supervised, .encoder).map(\.linear)
    var claims: [Claim] = []
    if let value = neighbors.first {
      claims.append(
        Claim(
          "input-neighbors",
          "Ten nearest neighbours among the signals reach 59.6 % (within half a point).",
          reported: .number(reported.neighbors), measured: .number(value),
          holds: abs(value - reported.neighbors) <= 0.5))
    }
    guard !probe.isEmpty else { return claims }
    let (mean, deviation) = meanAndDeviation(probe)
    claims.append(
      Claim(
        "probe",
        "A linear probe on self-supervised features reaches 82.1 % (no more than 2 points below).",
        reported: .number(reported.probe), measured: .number(mean), spread: deviation,
        holds: mean >= reported.probe - 2))
    if let input = inputProbe.first {
      claims.append(
        Claim(
          "learned",
          "Self-supervised features tell a linear probe far more than the signals (more than 30 points).",
          // Table 1 reports 32 % for a linear classifier of the signals.
          reported: .number(reported.probe - 32), measured: .number(mean - input),
          spread: deviation,
          holds: mean - input > 30))
    }
    if !head.isEmpty {
      let (lost, spread) = meanAndDeviation(zip(probe, head).map { $0 - $1 })
      claims.append(
        Claim(
          "guillotine",
          "Features before the head are worth more than those that the loss is taken on (points of the linear probe).",
          measured: .number(lost), spread: spread, holds: lost > 0))
    }
    if !supervised.isEmpty {
      let (with, _) = meanAndDeviation(supervised)
      claims.append(
        Claim(
          "labels",
          "Labels still help: the same network trained with them has better features (points of the linear probe).",
          measured: .number(with - mean), holds: with > mean))
    }
    return claims
  }

  // MARK: Notes

  var notes: [String] {
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
