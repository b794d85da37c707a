import Figures
import Runs

extension Maps {
  package static var comparableSettings: [ComparableSetting] {
    [.anyValue("mnist"), .anyValue("mnist-digest")]
  }

  package static func findings(_ results: Results<Maps>) -> Findings {
    Findings(
      claims: [results.separable, results.clustered],
      tables: [results.table], illustrations: [results.illustration], notes: results.notes)
  }
}

extension Results<Maps> {
  private func measurement(_ data: Maps.Data) -> Maps.Measurement? {
    measurements { $0.data == data }.first
  }

  /// The datasets that were measured.
  private var shown: [(data: Maps.Data, measurement: Maps.Measurement)] {
    Maps.Data.allCases.compactMap { data in measurement(data).map { (data, $0) } }
  }

  // MARK: Claims

  private static var source: String {
    "the authors' repository, README, “Dimensionality reduction”"
  }

  fileprivate var separable: Claim? {
    guard let mnist = measurement(.mnist) else { return nil }
    return Claim(
      "mnist-separable",
      "“The majority of the examples are separable via a kNN classifier in pixel space”: on MNIST nearest neighbours are "
        + "right about more than half of the test examples.",
      source:
        "\(Self.source): “The well-defined clusters in the MNIST plot indicate that the majority of the examples are "
        + "separable via a kNN classifier in pixel space.”",
      reported: "the majority", measured: .number(mnist.neighbors), holds: mnist.neighbors > 50)
  }

  /// Of a difference of two shares, the deviation is largest where both are a half.
  fileprivate var clustered: Claim? {
    guard let mnist = measurement(.mnist), let signals = measurement(.mnist1D) else { return nil }
    let difference = mnist.mapNeighbors - signals.mapNeighbors
    let tests = configuration.dataset.testCount
    let deviation = 100 * (0.5 / Double(max(tests, 1))).squareRoot()
    return Claim(
      "mnist-1d-lacks-clusters",
      "MNIST-1D's map shows “a lack of well-defined clusters”: nearest neighbours in the plane are right about fewer test "
        + "examples than in MNIST's (by how many points; more than two standard deviations of the two shares).",
      source:
        "\(Self.source): “The MNIST-1D plot, meanwhile, reveals a lack of well-defined clusters”",
      reported: "fewer", measured: .number(difference), holds: difference > 2 * deviation)
  }

  // MARK: Table and figure

  fileprivate var table: Table {
    Table(
      "neighbours",
      title: "Test accuracy in percent of \(configuration.neighbors) nearest neighbours",
      columns: [
        "dataset", "examples", "dimensions", "by the values", "in the plane", "divergence",
      ],
      rows: shown.map { data, measurement in
        [
          .text(data.label), .integer(measurement.map.labels.count),
          .integer(measurement.dimensions), .number(measurement.neighbors, decimals: 1),
          .number(measurement.mapNeighbors, decimals: 1),
          .number(measurement.map.divergence, decimals: 3),
        ]
      })
  }

  fileprivate var illustration: Illustration? {
    guard !shown.isEmpty else { return nil }
    return Illustration(
      "t-sne",
      caption: "Exact t-SNE with a perplexity of \(configuration.perplexity.shown(0)) of "
        + "\(configuration.dataset.exampleCount.shown) examples, by the values alone; colours are classes.",
      figure: Figure(
        title: "Are the classes apart before anything is learned?",
        subtitle:
          "Neighbourhoods of training and test examples in the plane; positions have no unit",
        maps: shown.map { ($0.data.label, $0.measurement.map) }),
      finding: Illustration.Finding(
        "MNIST’s classes lie apart in pixel space, and MNIST-1D’s do not",
        ifHold: "mnist-separable", "mnist-1d-lacks-clusters"))
  }

  fileprivate var notes: [String] {
    shown.contains { $0.data == .mnist }
      ? [] : [PublishedImages.mnist.invitation(to: "MNIST beside MNIST-1D")]
  }
}
