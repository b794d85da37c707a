import Runs

extension SelfSupervised {
  /// The maps are for looking at; no claim rests on them.
  package static var comparableSettings: [ComparableSetting] {
    [
      .anyValue("seeds"), .conditions("features"), .anyValue("maps"), .anyValue("perplexity"),
      .anyValue("map-steps"), .anyValue("held-out"),
    ]
  }

  package static func findings(_ results: Results<SelfSupervised>) -> Findings {
    Findings(
      claims: results.claims, tables: [results.featureTable, results.layerTable],
      illustrations: [results.layerFigure, results.featureFigure, results.maps],
      notes: results.notes, paperNotes: results.paperNotes)
  }
}

extension Results<SelfSupervised> {
  typealias Features = SelfSupervised.Features
  typealias Score = SelfSupervised.LayerScore

  /// A score over seeds of what one layer tells.
  func score(
    _ features: Features, _ layer: Int, _ value: (Score) -> Double?
  ) -> Sample? {
    sample(where: { $0.features == features }) { measurement in
      measurement.layers.first { $0.layer == layer }.flatMap(value)
    }
  }

  /// How many units a layer has.
  private func dimensions(_ features: Features, _ layer: Int) -> Int? {
    measurements { $0.features == features }.lazy
      .flatMap(\.layers).first { $0.layer == layer }?.dimensions
  }

  /// Where the features of a network are, and its output if it was trained by the contrastive loss behind a head.
  var rows: [(label: String, short: String, features: Features, layer: Int)] {
    configuration.features.flatMap {
      features -> [(label: String, short: String, features: Features, layer: Int)] in
      let place = features == .input ? 0 : Score.features
      let own = (features.label, features.rawValue, features, place)
      let head = features.isContrastive ? configuration.contrastive.head(features).count : 0
      return head == 0
        ? [own] : [own, (features.label + ", output", "its output", features, place + head)]
    }.filter { score($0.features, $0.layer, \.linear) != nil }
  }

  // MARK: Tables

  fileprivate var featureTable: Table {
    let hasHeldOut = rows.contains { score($0.features, $0.layer, \.heldOutLinear) != nil }
    return Table(
      "features", title: "Test accuracy of two simple classifiers on features, in percent",
      columns: [
        "features", "dimensions", "linear probe", "reported",
        "\(configuration.neighbors) neighbours", "reported",
      ] + (hasHeldOut ? ["linear probe, held out"] : []),
      rows: rows.map { label, _, features, layer in
        let isLast = layer != Score.features || features == .noHead
        return [
          .text(label), dimensions(features, layer).map { .integer($0) } ?? .empty,
          Cell(score(features, layer, \.linear)), Cell(printed(features, layer)),
          Cell(score(features, layer, \.neighbors)),
          Cell(isLast ? SelfSupervised.Printed.neighbors[features] : nil),
        ] + (hasHeldOut ? [Cell(score(features, layer, \.heldOutLinear))] : [])
      })
  }

  /// What the notebook printed for a layer.
  func printed(_ features: Features, _ layer: Int) -> Double? {
    SelfSupervised.Printed.probes[features].flatMap { layer < $0.count ? $0[layer] : nil }
  }

  /// The networks of which every layer is scored, each with its depth.
  var networks: [(features: Features, depth: Int)] {
    configuration.features.filter { $0 != .input }.compactMap { features in
      measurements { $0.features == features }.flatMap(\.layers).map(\.layer).max()
        .map { (features, $0) }
    }
  }

  fileprivate var layerTable: Table? {
    let networks = networks
    guard let deepest = networks.map(\.depth).max() else { return nil }
    return Table(
      "layers", title: "Test accuracy of a linear probe on every layer, in percent",
      columns: ["layer"]
        + networks.flatMap { network in
          [network.features.label]
            + (SelfSupervised.Printed.probes[network.features] == nil ? [] : ["reported"])
        },
      rows: (0...min(max(deepest, 0), 20)).map { layer in
        [.text(layerName(layer))]
          + networks.flatMap { network -> [Cell] in
            let features = network.features
            let score =
              layer == 0 ? score(.input, 0, \.linear) : score(features, layer, \.linear)
            return [Cell(score)]
              + (SelfSupervised.Printed.probes[features] == nil
                ? [] : [Cell(printed(features, layer))])
          }
      })
  }

  private func layerName(_ layer: Int) -> String {
    switch layer {
    case 0: "0, the signals"
    case ...Score.features: "\(layer), convolution"
    default: "\(layer), head"
    }
  }

  // MARK: Notes

  fileprivate var notes: [String] {
    [
      "The contrastive learning sees the \(configuration.dataset.trainSplit.shown(2)) of the dataset that is for "
        + "training, without labels.",
      "The linear probe is softmax regression on standardised features with scikit-learn's default penalty, taken to its "
        + "minimum; the neighbours vote with equal weights, and are told by the cosine in the layer that the loss is "
        + "taken on.",
    ]
      + (configuration.heldOut == 0
        ? []
        : [
          "\"Held out\" are scores on the last \(configuration.heldOut) of the training examples, with a probe fitted to "
            + "the others."
        ])
  }

  fileprivate var paperNotes: [String] {
    [
      "The reported numbers are those that the authors' notebook on self-supervised learning printed, with the seed 42. "
        + "Weights, batches and views start from the same bits here; rounding parts the trainings in the second epoch, so "
        + "that only their level can be compared."
    ]
  }
}
