import Runs

extension SelfSupervised {
  /// What the authors' notebook printed. All of its randomness is seeded, with 42.
  enum Printed {
    static let notebook = "notebook self-supervised-learning (7878d96)"

    /// The linear probe's test accuracy on each layer, in percent: cells 3, 13, 16 and 19.
    static let probes: [Features: [Double]] = [
      .input: [32.8],
      .selfSupervised: [32.8, 75.1, 80.9, 82.1, 76.1, 75.0],
      .noHead: [32.8, 82.2, 79.5, 53.4],
      .deepHead: [32.8, 75.9, 82.4, 79.5, 77.3, 72.8, 65.0, 61.1],
    ]

    /// The test accuracy of ten nearest neighbours, in percent, among the signals and in the layer that the loss is
    /// taken on: cells 3, 10, 15 and 18.
    static let neighbors: [Features: Double] = [
      .input: 59.6, .selfSupervised: 74.1, .noHead: 48.7, .deepHead: 61.3,
    ]

    /// The loss of the last epoch: cell 10.
    static let loss = 2.88

    /// The difference of two probes, in points.
    static func difference(
      _ features: Features, _ layer: Int, _ other: Features, _ otherLayer: Int
    ) -> Quantity? {
      guard let first = probes[features]?[layer], let second = probes[other]?[otherLayer] else {
        return nil
      }
      return .number(first - second)
    }
  }
}

extension Results<SelfSupervised> {
  /// The sentences of the notebook. What depends on a seed may differ by two standard deviations of the share of
  /// 1000 test examples: 2.4 points at 82 %, 2.8 at 74 %.
  var claims: [Claim?] {
    typealias Printed = SelfSupervised.Printed
    let features = SelfSupervised.LayerScore.features
    let notebook = Printed.notebook
    let signals = score(.input, 0, \.linear)
    let probe = score(.selfSupervised, features, \.linear)
    return [
      Claim(
        "input-neighbors",
        "Ten nearest neighbours among the signals reach 59.6 % (in the printed digits).",
        source: "\(notebook), cell 3", reported: Printed.neighbors[.input],
        measured: score(.input, 0, \.neighbors), within: 0.05),
      Claim(
        "input-probe", "A linear probe on the signals reaches 32.8 % (in the printed digits).",
        source: "\(notebook), cells 3 and 13", reported: Printed.probes[.input]?[0],
        measured: signals, within: 0.05),
      Claim(
        "loss", "The contrastive loss ends at 2.88 (within 0.02).",
        source: "\(notebook), cell 10, whose last ten values lie between 2.88 and 2.90",
        reported: Printed.loss,
        measured: sample(where: { $0.features == .selfSupervised }) { $0.loss.last }, within: 0.02,
        decimals: 2),
      Claim(
        "probe", "A linear probe on self-supervised features reaches 82.1 % (within 2.4 points).",
        source: "\(notebook), cells 10 and 13; two standard deviations of 1,000 test examples",
        reported: Printed.probes[.selfSupervised]?[features], measured: probe, within: 2.4),
      Claim(
        "output-neighbors",
        "Ten nearest neighbours in the head's output, by the cosine, reach 74.1 % (within 2.8 points).",
        source: "\(notebook), cell 10; two standard deviations of 1,000 test examples",
        reported: Printed.neighbors[.selfSupervised],
        measured: score(.selfSupervised, features + 2, \.neighbors), within: 2.8),
      Claim(
        "learned", "A linear probe tells more from self-supervised features than from the signals.",
        source: "\(notebook), cells 3 and 13",
        reported: Printed.difference(.selfSupervised, features, .input, 0),
        difference: signals.flatMap { signals in
          probe.flatMap { Sample($0.values.map { $0 - signals.mean }, seeds: $0.seeds) }
        }, in: .above(0)),
      Claim(
        "guillotine",
        "Features before the head are worth more than the output that the loss is taken on.",
        source: "\(notebook), cell 13",
        reported: Printed.difference(.selfSupervised, features, .selfSupervised, features + 2),
        difference: probe - score(.selfSupervised, features + 2, \.linear), in: .above(0)),
      Claim(
        "head", "Without a head the same features are worth less.",
        source: "\(notebook), cells 13 and 16",
        reported: Printed.difference(.selfSupervised, features, .noHead, features),
        difference: probe - score(.noHead, features, \.linear), in: .above(0)),
      Claim(
        "deep-head", "The output of a deeper head is worth less than that of a shallow one.",
        source: "\(notebook), cells 13 and 19",
        reported: Printed.difference(.selfSupervised, features + 2, .deepHead, features + 4),
        difference: score(.selfSupervised, features + 2, \.linear)
          - score(.deepHead, features + 4, \.linear), in: .above(0)),
    ]
  }
}
