import Figures
import MNIST1D
import NeuralNetworks
import Runs

extension Priors {
  /// The study is ours and makes no claim of the paper's; its notes say what the data support.
  package static func findings(_ results: Results<Priors>) -> Findings {
    Findings(
      tables: [results.table],
      illustrations: [
        Illustration(
          "priors",
          caption:
            "Test accuracy after the last step with columns in order against that with columns shuffled: the "
            + "higher above the diagonal, the more a network knows of space; \(results.seeds).",
          figure: results.map),
        Illustration(
          "sample-efficiency",
          caption:
            "Test accuracy after the last step by the number of training examples, \(results.seeds).",
          figure: results.efficiency),
      ], notes: results.notes)
  }
}

extension Results<Priors> {
  fileprivate typealias Subject = (network: Priors.Network, window: Int?)

  fileprivate var seeds: String { Spread.deviation.caption(over: configuration.seeds.count) }
  private var most: Int { configuration.examples.max() ?? 0 }

  private func accuracy(
    _ subject: Subject, _ columns: Baselines.Columns, examples: Int? = nil
  ) -> Sample? {
    sample(where: {
      $0.network == subject.network && $0.window == subject.window && $0.columns == columns
        && $0.examples == examples ?? most
    }) { $0.testAccuracy }
  }

  // MARK: Table and figures

  fileprivate var table: Table {
    let fewer = configuration.examples.sorted().dropLast()
    return Table(
      "networks", title: "Test accuracy in percent after the last step",
      columns: ["network", "parameters", "ordered", "shuffled", "difference"]
        + fewer.map { "\($0) examples" },
      rows: configuration.subjects.map { subject in
        let count = measurements {
          $0.network == subject.network && $0.window == subject.window
        }.first?.parameters
        let (ordered, shuffled) = (accuracy(subject, .ordered), accuracy(subject, .shuffled))
        return [
          .text(Self.label(subject)), count.map { .integer($0) } ?? .empty, Cell(ordered),
          Cell(shuffled), Cell(ordered - shuffled),
        ] + fewer.map { Cell(accuracy(subject, .ordered, examples: $0)) }
      })
  }

  private static func label(_ subject: Subject) -> String {
    switch subject.network {
    case .mlp: "MLP"
    case .window: "MLP, windows of \(subject.window ?? 0)"
    case .ticket: "lottery ticket"
    case .local: "locally connected"
    case .mixer: "MLP-Mixer"
    case .transformer: "transformer"
    case .bag: "transformer without positions"
    case .gru: "GRU"
    case .tcn: "TCN"
    case .resnet: "ResNet"
    case .cnn: "CNN"
    }
  }

  /// A name that has room at the end of a line.
  private static func shortLabel(_ subject: Subject) -> String {
    switch subject.network {
    case .window: "windows of \(subject.window ?? 0)"
    case .bag: "no positions"
    default: label(subject)
    }
  }

  private func appearance(_ subject: Subject) -> Appearance {
    subject.network.appearance(window: subject.window)
  }

  fileprivate var map: Figure {
    let points = configuration.subjects.compactMap { subject -> Mark? in
      guard let ordered = accuracy(subject, .ordered), let shuffled = accuracy(subject, .shuffled)
      else { return nil }
      return .points(
        Points(
          Self.label(subject), x: [shuffled.mean], y: [ordered.mean],
          errors: ordered.count > 1 ? [ordered.deviation] : nil,
          color: appearance(subject).color, marker: appearance(subject).marker, size: 9))
    }
    return Figure(
      title: "What do networks know of space?",
      subtitle: "\(most.shown) training examples, \(seeds)",
      panels: [
        Panel(
          x: Axis("test accuracy, columns shuffled (%)", from: 10, to: 100),
          y: Axis("test accuracy, columns in order (%)", from: 10, to: 100),
          marks: [
            .line(Line("equal", x: [10, 100], y: [10, 100], color: .muted, dash: .dotted))
          ] + points)
      ], legend: .right, width: 900, aspect: 0.9)
  }

  fileprivate var efficiency: Figure {
    let examples = configuration.examples.sorted().map(Double.init)
    return Figure(
      title: "What do networks make of few examples?", subtitle: "Columns in order, \(seeds)",
      panels: [
        Panel(
          x: Axis("training examples", scale: .logarithmic, ticks: .at(examples)),
          y: Axis("test accuracy (%)", from: 0, to: 100),
          marks: configuration.subjects.map { subject in
            let curve = SampleCurve(
              x: examples, examples.map { accuracy(subject, .ordered, examples: Int($0)) })
            return .line(
              Line(
                nil, curve, as: appearance(subject), points: .shown,
                endLabel: Self.shortLabel(subject)))
          })
      ], legend: .hidden, width: 900, aspect: 0.9)
  }

  // MARK: What the data support

  fileprivate var notes: [String] {
    let known = configuration.subjects.compactMap { subject in
      (accuracy(subject, .ordered) - accuracy(subject, .shuffled)).map {
        (name: Self.label(subject), gain: $0)
      }
    }.sorted { $0.gain.mean < $1.gain.mean }
    guard let least = known.first, let most = known.last, known.count > 1 else { return [] }
    var notes = [
      "Shuffling the columns costs the \(least.name) \(least.gain.mean.shown(1)) points and the \(most.name) "
        + "\(most.gain.mean.shown(1)); in between, in this order: "
        + known.dropFirst().dropLast().map { "\($0.name) \($0.gain.mean.shown(1))" }
        .joined(separator: ", ") + "."
    ]
    if let mlp = accuracy((.mlp, nil), .ordered), let cnn = accuracy((.cnn, nil), .ordered) {
      let between = configuration.subjects.filter { subject in
        guard let own = accuracy(subject, .ordered) else { return false }
        let above = (own - mlp)?.interval, below = (cnn - own)?.interval
        return (above?.lowerBound ?? 0) > 0 && (below?.lowerBound ?? 0) > 0
      }.map { Self.label($0) }
      if configuration.seeds.count > 2 {
        notes.append(
          "With columns in order, for certain better than the MLP and worse than the CNN (95 % intervals of paired "
            + "differences): \(between.isEmpty ? "none" : between.joined(separator: ", ")).")
      } else {
        notes.append(
          "Fewer than three seeds cannot tell which networks lie between the MLP and the CNN.")
      }
    }
    return notes
  }
}
