import Figures
import NeuralNetworks
import Runs
import StudyModels

extension PublishedOutcomes {
  var illustrations: [Illustration?] {
    var illustrations: [Illustration?] = []
    let panels = trainings + searches
    if !panels.isEmpty {
      illustrations.append(
        Illustration(
          "digits",
          caption:
            "How far the printed numbers are from those computed here (points: the test loss, the learning rate, the outer "
            + "objective), and how far rounding takes the same computation (lines): against twins, whose initial weights "
            + "differ by one unit in the last place, and against double precision; for the baselines these are differences "
            + "of the batch's loss. Below the dotted line four digits agree; points at the bottom are printed digit for "
            + "digit.",
          figure: Figure(
            title: "Do numbers part where rounding parts them?",
            panels: panels, columns: 3, legend: .below, width: 1080, aspect: 0.75),
          finding: Illustration.Finding(
            "Numbers part where rounding parts them", ifHold: "rounding")))
    }
    if let pooling {
      illustrations.append(
        Illustration(
          "pooling",
          caption:
            "Test accuracy after the last step: lines as computed here, with the range of the twins, and points as printed.",
          figure: pooling))
    }
    return illustrations
  }

  /// The least difference that is drawn.
  private static let least = 1e-8

  private static func axis(_ label: String) -> Axis {
    Axis(label, scale: .logarithmic, from: least / 2, to: 4)
  }

  private static let fourDigits = Mark.rule(
    Rule(.horizontal(5e-4), label: nil, dash: .dotted))

  /// The baselines: the twins' losses at every tenth step, and the printed numbers.
  private var trainings: [Panel] {
    printouts.compactMap { printout in
      guard case .quickstart(let model) = printout.printout.computation else { return nil }
      let differences = printout.lossDifferences.map { max($0, Self.least) }
      let roundings = roundings(model, printout.measurement.losses).map { max($0, Self.least) }
      return Panel(
        title: model.label, x: Axis("training step"), y: Self.axis("relative difference"),
        marks: [
          Self.fourDigits,
          .line(
            Line(
              "twins", x: differences.indices.map { Double(10 * $0) }, y: differences,
              color: Appearance.twins.color, width: 1.25)),
          .line(
            Line(
              "double precision", x: roundings.indices.map { Double(10 * $0) }, y: roundings,
              color: Appearance.doublePrecision.color, dash: Appearance.doublePrecision.dash,
              width: 1.25)),
          points(printout, "test loss"),
        ])
    }
  }

  private func points(
    _ printout: ComparedPrintout, _ quantity: String
  ) -> Mark {
    let own = printout.comparisons.filter { $0.quantity == quantity }
    return .points(
      Points(
        "printed", x: own.map { Double($0.step) },
        y: own.map { $0.isExact ? Self.least : max($0.distance, Self.least) },
        color: Appearance.printed.color, marker: Appearance.printed.marker))
  }

  /// The learning rate and the activation function, by outer step.
  private var searches: [Panel] {
    let rates = printouts.filter {
      if case .learningRate(_, 4000) = $0.printout.computation { true } else { false }
    }
    let learned = printouts.filter { $0.printout.computation == .learnedActivation }
    return [
      panel("Learning rate", rates, "learning rate"),
      panel("Learned activation function", Array(learned.prefix(1)), "outer objective"),
    ].compactMap(\.self)
  }

  private func panel(
    _ title: String, _ printouts: [ComparedPrintout], _ quantity: String
  ) -> Panel? {
    guard !printouts.isEmpty else { return nil }
    let marks = printouts.flatMap { printout -> [Mark] in
      let own = printout.comparisons.filter { $0.quantity == quantity }
      let spread = own.map { number -> Double in
        let squares = number.twinDistances.map { $0 * $0 }
        guard !squares.isEmpty else { return Self.least }
        return max((squares.reduce(0, +) / Double(squares.count)).squareRoot(), Self.least)
      }
      return [
        .line(
          Line(
            "twins", x: own.map { Double($0.step) }, y: spread, color: Appearance.twins.color,
            width: 1.25)),
        points(printout, quantity),
      ]
    }
    return Panel(
      title: title, x: Axis("outer step"), y: Self.axis("relative difference"),
      marks: [Self.fourDigits] + marks)
  }

  private var pooling: Figure? {
    let sizes = configuration.sizes.sorted()
    let marks = PoolingMethod.allCases.flatMap { method -> [Mark] in
      let own = sizes.compactMap { size -> (size: Double, number: Comparison)? in
        comparisons { $0 == .pooling(method: method, examples: size) }
          .first { $0.step == 6000 && $0.quantity == "test accuracy" }
          .map { (Double(size), $0) }
      }
      guard !own.isEmpty else { return [] }
      let x = own.map(\.size)
      return [
        .line(
          Line(
            method.label, x: x, y: own.map(\.number.measured),
            band: Band(
              lower: own.map { ([$0.number.measured] + $0.number.twins).min() ?? .nan },
              upper: own.map { ([$0.number.measured] + $0.number.twins).max() ?? .nan }),
            color: method.appearance.color, dash: method.appearance.dash)),
        .points(
          Points(
            x: x, y: own.map(\.number.printed.value), color: method.appearance.color,
            marker: method.appearance.marker)),
      ]
    }
    guard !marks.isEmpty else { return nil }
    return Figure(
      title: "Is pooling as printed?",
      panels: [
        Panel(
          x: Axis("training examples", scale: .logarithmic),
          y: Axis("test accuracy (%)", from: 50, to: 100), marks: marks)
      ], legend: .right, width: 640)
  }
}
