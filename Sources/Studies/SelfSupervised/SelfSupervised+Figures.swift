import Figures
import Runs

extension Results<SelfSupervised> {
  /// The linear probe's accuracy on every layer.
  var layerFigure: Illustration? {
    let networks = networks
    guard !networks.isEmpty else { return nil }
    let marks = networks.flatMap { features, depth -> [Mark] in
      let layers = Array(0...min(max(depth, 0), 20))
      let appearance = features.appearance
      let curve = SampleCurve(
        x: layers.map(Double.init),
        layers.map { score($0 == 0 ? .input : features, $0, \.linear) })
      let printed = SelfSupervised.Printed.probes[features]
      return [.line(Line(features.label, curve, as: appearance, points: .shown))]
        + (printed.map { printed in
          [
            .line(
              Line(
                nil, x: printed.indices.map(Double.init), y: printed, color: appearance.color,
                dash: .dotted))
          ]
        } ?? [])
    }
    return Illustration(
      "layers",
      caption:
        "The test accuracy of a linear probe on each layer: the signals, three convolutions, the head's layers. "
        + "Lines: " + Spread.deviation.caption(over: configuration.seeds.count)
        + "; dotted: what the authors printed.",
      figure: Figure(
        title: "Which layer tells the classes apart?",
        panels: [
          Panel(
            x: Axis("layer"), y: Axis("test accuracy (%)", from: 0, to: 100), marks: marks)
        ], legend: .below, width: 720, aspect: 0.7))
  }

  /// What features are worth, and how the contrastive loss falls.
  var featureFigure: Illustration {
    let rows = rows
    func bars(_ label: String, _ appearance: Appearance, _ value: (Score) -> Double) -> Mark {
      .bars(
        Bars(
          label, rows.compactMap { score($0.features, $0.layer, value) }, color: appearance.color))
    }
    var panels = [
      Panel(
        title: "What features are worth",
        x: Axis(ticks: .names(rows.map(\.short))),
        y: Axis("test accuracy (%)", from: 0, to: 100),
        marks: [
          bars("linear probe", .linearProbe, \.linear),
          bars("\(configuration.neighbors) nearest neighbours", .nearestNeighbors, \.neighbors),
        ])
    ]
    let losses = measurements { $0.features == .selfSupervised }.map(\.loss)
    if let count = losses.map(\.count).max(), count > 0,
      let curve = SampleCurve(x: (1...count).map(Double.init), losses)
    {
      panels.append(
        Panel(
          title: "Contrastive learning", x: Axis("epoch"), y: Axis("contrastive loss"),
          marks: [.line(Line(nil, curve, as: Features.selfSupervised.appearance))]))
    }
    return Illustration(
      "features",
      caption:
        "The test accuracy of two simple classifiers on each kind of features, and the contrastive loss "
        + "while learning; " + Spread.deviation.caption(over: configuration.seeds.count) + ".",
      figure: Figure(
        title: "How much of the classes can be learned from signals alone?",
        panels: panels, columns: 2, legend: .below, width: 1080, aspect: 0.75))
  }

  /// The maps side by side.
  var maps: Illustration? {
    let maps = configuration.maps.compactMap { features in
      measurements { $0.features == features }.compactMap(\.map).first.map { (features, $0) }
    }
    guard !maps.isEmpty else { return nil }
    let figure = Figure(
      title: "Does t-SNE see the classes?",
      subtitle: "Neighbourhoods of training and test examples in the plane; positions have no unit",
      maps: maps.map { ($0.0.label, $0.1) })
    return Illustration(
      "t-sne",
      caption: "Exact t-SNE with a perplexity of \(configuration.perplexity.shown(0)) of "
        + "\(maps[0].1.labels.count.shown) examples, by the last convolution's outputs where there is a network.",
      figure: figure)
  }
}
