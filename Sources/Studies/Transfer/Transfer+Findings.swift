import Figures
import NeuralNetworks
import Runs
import StudyModels
import Tensors

extension Transfer {
  package static var comparableSettings: [ComparableSetting] {
    [
      .anyValue("seeds"), .conditions("activations"), .anyValue("activation"),
      .anyValue("activation-digest"), .anyValue("mnist"), .anyValue("mnist-digest"),
      .anyValue("cifar10"), .anyValue("cifar10-digest"),
    ]
  }

  package static func findings(_ results: Results<Transfer>) -> Findings {
    let data = results.configuration.data
    return Findings(
      claims: data.flatMap(results.claims), tables: data.map(results.table),
      illustrations: [results.earlyLosses, results.places, results.functions], notes: results.notes,
      attachments: [results.learnedFunctions].compactMap(\.self))
  }

  /// What functions are ranked by: the lower, the better.
  enum Criterion: CaseIterable {
    /// The mean loss of the batches of the early steps.
    case earlyLoss
    /// The loss on the test examples after the last step.
    case testLoss

    func callAsFunction(_ measurement: Measurement) -> Double? {
      switch self {
      case .earlyLoss: measurement.earlyLoss
      case .testLoss: measurement.test.loss.last
      }
    }
  }
}

extension Transfer.Activation {
  /// Whether others have found the function.
  var isWellKnown: Bool { nonlinearity != nil }

  /// The functions that it is ranked among, itself one of them: the well-known ones and a learned one, seven in all.
  fileprivate var field: [Transfer.Activation] {
    let learned: Transfer.Activation = self == .learnedLarger ? .learnedLarger : .learned
    return [learned] + Self.allCases.filter(\.isWellKnown)
  }
}

extension Results<Transfer> {
  fileprivate typealias Activation = Transfer.Activation
  fileprivate typealias Data = Transfer.Data
  fileprivate typealias Criterion = Transfer.Criterion

  private var activations: [Transfer.Activation] {
    Activation.allCases.filter(configuration.activations.contains)
  }

  private func sample(
    _ criterion: Criterion, _ activation: Activation, on data: Data
  ) -> Sample? {
    sample(where: { $0.data == data && $0.activation == activation }, criterion.callAsFunction)
  }

  /// For each seed, the place of a function among seven, from 1 for the best; equal ones share the mean of their places.
  private func place(
    of activation: Activation, by criterion: Criterion, on data: Data
  ) -> Sample? {
    let samples = activation.field.compactMap { sample(criterion, $0, on: data) }
    guard samples.count == 7, let own = sample(criterion, activation, on: data) else { return nil }
    let seeds = own.seeds.filter { seed in samples.allSatisfy { $0[seed] != nil } }
    let places = seeds.map { seed in
      let values = samples.compactMap { $0[seed] }
      let value = own[seed] ?? .nan
      let better = values.count { $0 < value }
      return Double(better) + Double(values.count { $0 == value } + 1) / 2
    }
    return Sample(places, seeds: seeds)
  }

  // MARK: Tables

  fileprivate func table(_ data: Data) -> Table {
    let examples = measurements(where: { $0.data == data }).first?.examples ?? 0
    return Table(
      data.rawValue,
      title:
        "On \(data), \(examples.shown) training examples: mean training loss of the first "
        + "\(configuration.earlySteps) steps, and test scores after the last one; places are those "
        + "among seven (\(Activation.learnedLarger): among the well-known and itself)",
      columns: [
        "activation", "early loss", "early place", "test loss", "test place", "test accuracy (%)",
      ],
      rows: activations.map { activation in
        [.text("\(activation)")]
          + Criterion.allCases.flatMap { criterion in
            [
              Cell(sample(criterion, activation, on: data), decimals: 3),
              Cell(place(of: activation, by: criterion, on: data)),
            ]
          } + [
            Cell(
              sample(where: { $0.data == data && $0.activation == activation }) {
                $0.test.accuracy.last
              })
          ]
      })
  }

  // MARK: Figures

  private var seeds: String { Spread.deviation.caption(over: configuration.seeds.count) }

  fileprivate var earlyLosses: Illustration {
    let panels = configuration.data.map { data in
      Panel(
        title: "\(data)", x: Axis("training step"), y: Axis("training loss", from: 0),
        marks: activations.compactMap { activation in
          let curve = curve(where: { $0.data == data && $0.activation == activation }) {
            let shown = $0.training.steps.count { $0 < 2 * configuration.earlySteps }
            return (Array($0.training.steps.prefix(shown)), Array($0.training.loss.prefix(shown)))
          }
          return curve.map { .line(Line("\(activation)", $0, as: activation.appearance)) }
        } + [.rule(Rule(.vertical(Double(configuration.earlySteps)), dash: .dotted))])
    }
    return Illustration(
      "early-training",
      caption:
        "Training losses early on by activation function, means of ten batches: \(seeds). "
        + "The functions are ranked by the mean of the steps before the dotted line.",
      figure: Figure(
        title: "Which activation function learns fastest at first?",
        subtitle: "The paper's convolutional network, whose nonlinearity is replaced",
        panels: panels, columns: panels.count, legend: .below,
        width: panels.count == 1 ? 900 : 1080, aspect: panels.count == 1 ? 0.6 : 0.9),
      finding: finding("A learned activation function learns fast at first", "early"))
  }

  fileprivate var places: Illustration? {
    let criteria: [Criterion] = [.earlyLoss, .testLoss]
    let panels = criteria.map { criterion in
      Panel(
        title: criterion == .earlyLoss ? "By training loss early on" : "By test loss at the end",
        x: Axis(ticks: .names(activations.map { "\($0)" })),
        y: Axis(
          "place among seven", from: 0.5, to: 7.5, ticks: .at((1...7).map(Double.init)),
          direction: .backward),
        marks: configuration.data.enumerated().compactMap { index, data in
          let places = activations.enumerated().compactMap { column, activation in
            place(of: activation, by: criterion, on: data).map {
              (x: Double(column) + 0.15 * Double(index - configuration.data.count / 2), place: $0)
            }
          }
          guard !places.isEmpty else { return nil }
          return .points(
            Points(
              "\(data)", x: places.map(\.x), y: places.map(\.place.mean),
              errors: places.map(\.place.deviation), color: data.appearance.color,
              marker: data.appearance.marker, size: 9))
        })
    }
    guard panels.contains(where: { !$0.marks.isEmpty }) else { return nil }
    return Illustration(
      "places",
      caption:
        "The place of each activation function among the six well-known and a learned one, from 1 for the lowest "
        + "loss: \(seeds).",
      figure: Figure(
        title: "Where does a learned activation function stand among the well-known?",
        subtitle:
          "Places by the mean training loss of the first \(configuration.earlySteps) steps and by the test loss after "
          + "the last",
        panels: panels, columns: 2, legend: .below, width: 1080, aspect: 0.7),
      finding: finding(
        "The learned function is fast at first, and in the middle of the pack at the end",
        "early", "middle"))
  }

  /// A sentence that rests on these claims about all data.
  private func finding(_ sentence: String, _ claims: String...) -> Illustration.Finding {
    var finding = Illustration.Finding(sentence, ifHold: claims[0])
    finding.claims = configuration.data.flatMap { data in claims.map { "\($0)-\(data.rawValue)" } }
    return finding
  }

  /// A function on ``StudyModels/SampledActivation/places``; what a file holds of another length is none.
  private func values(of activation: Activation) -> [Double]? {
    let places = SampledActivation.places
    let values =
      activation.nonlinearity.map { $0(Tensor(places)).elements }
      ?? measurements(where: { $0.activation == activation }).first?.function ?? []
    return values.count == places.count ? values.map(Double.init) : nil
  }

  fileprivate var functions: Illustration {
    let x = SampledActivation.places.map(Double.init)
    let shown = x.indices.filter { abs(x[$0]) <= 5 }
    let lines = activations.compactMap { activation in
      values(of: activation).map { values in
        Mark.line(
          Line(
            "\(activation)", x: shown.map { x[$0] }, y: shown.map { values[$0] },
            color: activation.appearance.color, dash: activation.appearance.dash,
            width: activation.isWellKnown ? 1.25 : 2.5))
      }
    }
    return Illustration(
      "functions", caption: "The activation functions that are compared.",
      figure: Figure(
        title: "The activation functions",
        panels: [Panel(x: Axis("x", from: -5, to: 5), y: Axis("f(x)"), marks: lines)],
        legend: .right, width: 900, aspect: 0.7))
  }

  /// The functions that were learned, number by number.
  fileprivate var learnedFunctions: Attachment? {
    let known = activations.compactMap { activation in
      activation.isWellKnown ? nil : values(of: activation).map { (activation, $0) }
    }
    guard !known.isEmpty else { return nil }
    let table = Table(
      "learned-functions", title: "", columns: ["x"] + known.map { "\($0.0)" },
      rows: SampledActivation.places.enumerated().map { index, x in
        [.number(Double(x))] + known.map { .number($0.1[index]) }
      })
    return Attachment(
      csv: table,
      caption: "the learned functions as they were used: straight between these values, and beyond")
  }

  // MARK: Claims

  fileprivate func claims(_ data: Data) -> [Claim?] {
    let source =
      "Section 4, Metalearning an activation function"
      + (data == .mnist1d ? ", which says it of MNIST and CIFAR10" : "")
    return [
      Claim(
        "early-\(data.rawValue)",
        "\"It is especially good at producing low training loss early in optimization\": on \(data) the learned "
          + "function is first or second of seven (place by the mean training loss of the first \(configuration.earlySteps) steps).",
        source: "\(source); what is especially good is our reading",
        difference: place(of: .learned, by: .earlyLoss, on: data), in: 1...2),
      Claim(
        "middle-\(data.rawValue)",
        "\"When we rank nonlinearities by final test loss, though, it achieves middle-of-the-pack performance\": on "
          + "\(data) the learned function is third to fifth of seven (place by the test loss after the last step).",
        source: "\(source); what the middle of the pack is is our reading",
        difference: place(of: .learned, by: .testLoss, on: data), in: 3...5),
      Claim(
        "refined-\(data.rawValue)",
        "\"We suspect that running the same metalearning algorithm on larger models and datasets would further refine "
          + "our activation function\": on \(data) the function learned on the larger network has the lower test loss "
          + "(difference).",
        source: "\(source), a conjecture",
        difference: sample(.testLoss, .learnedLarger, on: data)
          - sample(.testLoss, .learned, on: data), in: .below(0), decimals: 3),
      Claim(
        "match-\(data.rawValue)",
        "\"… allowing it to at least match the best hand-designed activation function\": on \(data) the function "
          + "learned on the larger network has no higher test loss than any of the well-known ones (difference from the best).",
        source: "\(source), a conjecture",
        difference: lag(on: data), in: -.infinity...0, decimals: 3),
    ]
  }

  /// How far the test loss with the function learned on a larger network lies above the lowest with a well-known one.
  private func lag(on data: Data) -> Sample? {
    let samples = Activation.allCases.filter(\.isWellKnown).compactMap {
      sample(.testLoss, $0, on: data)
    }
    guard samples.count == 6 else { return nil }
    return sample(.testLoss, .learnedLarger, on: data) - samples.min { $0.mean < $1.mean }
  }

  // MARK: Notes

  fileprivate var notes: [String] {
    PublishedImages.allCases.filter { configuration.place(of: $0).folder.isEmpty }
      .map { $0.invitation(to: "Transfer to \($0.label)") } + [
        "Learned is the function of metalearn-activation "
          + (configuration.activation.isEmpty
            ? "with its own settings" : "in \(configuration.activation)")
          + ", and \(Activation.learnedLarger) that of mnist1d reproduce \(SampledActivation.largerSettings); both are "
          + "taken at \(SampledActivation.places.count) places from -10 to 10 and straight in between. Each was learned once: "
          + "the spread is over the networks that are trained with it.",
        "All functions learn with Adam and the same step size, \(configuration.learningRate) on MNIST-1D and "
          + "\(configuration.imageLearningRate) on images; of 0.01 and 0.001, which were tried, the one at which more of "
          + "them learn.",
      ]
  }
}
