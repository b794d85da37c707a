import Figures
import Runs

extension Results<MetalearnDecay> {
  private typealias Measurement = MetalearnDecay.Measurement

  var illustrations: [Illustration?] {
    let objectives = configuration.objectives
    let sharing = configuration.hyperparameters
    return [
      sharing.contains(.shared)
        ? Illustration(
          "searches",
          caption:
            "Weight decay, learning rate and the loss on held-out examples against the outer step, shared by both layers; "
            + "\(lines). Dotted: the best of the plain trainings, mean over seeds.",
          figure: searches,
          finding: Illustration.Finding(
            "Gradients find the weight decay from far above and far below", ifHold: "convergence"))
        : nil,
      sharing.contains(.shared) && objectives.contains(.heldOut)
        ? Illustration(
          "optimum",
          caption:
            "The losses of plain trainings against their weight decay, each with the learning rate that is best on "
            + "held-out examples, \(Spread.deviation.caption(over: configuration.seeds.count)); black: where searches "
            + "by the loss on held-out examples end.",
          figure: optimum,
          finding: Illustration.Finding(
            "The searches end in the valley of the plain trainings", ifHold: "optimum", "loss"))
        : nil,
      sharing.contains(.perLayer) && objectives.contains(.heldOut)
        ? Illustration(
          "layers",
          caption:
            "Learning rates and weight decays of the layers, each with its own, learned by the loss on held-out examples; "
            + "\(lines).",
          figure: layers,
          finding: Illustration.Finding(
            "Layers are better off with rates and decays of their own", ifHold: "per-layer"))
        : nil,
    ]
  }

  /// What the lines are, as a clause of a caption.
  private var lines: String {
    let seeds = configuration.seeds.count
    return seeds == 1
      ? "a line for each search from one seed" : "a line for each search, from \(seeds) seeds each"
  }

  /// The searches of one kind, in the order of their starts and seeds.
  private func searches(
    _ objective: MetalearnDecay.Objective, _ sharing: MetalearnDecay.Sharing
  ) -> [(start: Double, measurement: Measurement)] {
    all.compactMap { result in
      guard case .search(let search) = result.trial, search.objective == objective,
        search.hyperparameters == sharing
      else { return nil }
      return (search.initialDecay, result.measurement)
    }
  }

  /// A line of values against the outer step.
  private func line(_ label: String?, _ values: [Double], _ appearance: Appearance) -> Mark {
    .line(
      Line(
        label, x: values.indices.map(Double.init), y: values, color: appearance.color,
        dash: appearance.dash, width: 1.25))
  }

  // MARK: Searches

  private var searches: Figure {
    func curves(
      _ objective: MetalearnDecay.Objective, _ values: (Measurement) -> [Double]
    ) -> [Mark] {
      var named = Set<Double>()
      return searches(objective, .shared).map { start, measurement in
        let label = named.insert(start).inserted ? "from \(start.written)" : nil
        return line(label, values(measurement), .search(from: start))
      }
    }
    func decay(_ objective: MetalearnDecay.Objective) -> Panel {
      Panel(
        title: "Weight decay, by the loss on \(objective.examples)", x: Axis("outer step"),
        y: Axis("weight decay", scale: .logarithmic),
        marks: curves(objective) { $0.decays.hidden.map(Double.init) }
          + (objective == .heldOut ? rule(bestOfGrid { Double($0.decays.hidden[$1]) }) : []))
    }
    let objectives = configuration.objectives
    let results: [Panel] =
      objectives.contains(.heldOut)
      ? [
        Panel(
          title: "Learning rate, by the loss on held-out examples", x: Axis("outer step"),
          y: Axis("learning rate", scale: .logarithmic),
          marks: curves(.heldOut) { $0.rates.hidden.map(Double.init) }
            + rule(bestOfGrid { Double($0.rates.hidden[$1]) })),
        Panel(
          title: "The loss on held-out examples", x: Axis("outer step"), y: Axis("held-out loss"),
          marks: curves(.heldOut, \.heldOutLoss) + rule(bestOfGrid { $0.heldOutLoss[$1] })),
      ] : []
    return Figure(
      title: "Do gradients find the weight decay?",
      subtitle: "Through \(configuration.innerSteps) steps of training on "
        + "\(configuration.trainingExamples) examples",
      panels: objectives.map(decay) + results, columns: 2, legend: .below, width: 960, aspect: 0.6)
  }

  private func rule(_ sample: Sample?) -> [Mark] {
    sample.map { [.rule(Rule(.horizontal($0.mean), label: "best of the grid", dash: .dotted))] }
      ?? []
  }

  // MARK: The optimum

  private var optimum: Figure {
    let decays = configuration.gridDecays.sorted()
    func curve(_ losses: @escaping (Measurement, Int) -> Double) -> SampleCurve {
      SampleCurve(x: decays, decays.map { decay in bestOfGrid(losses) { $0 == decay } })
    }
    let ends = searches(.heldOut, .shared).compactMap { search -> (x: Double, y: Double)? in
      guard let decay = search.measurement.decays.hidden.last,
        let loss = search.measurement.heldOutLoss.last
      else { return nil }
      return (Double(decay), loss)
    }
    return Figure(
      title: "Where is the best weight decay?",
      panels: [
        Panel(
          x: Axis("weight decay", scale: .logarithmic), y: Axis("loss"),
          marks: [
            .line(
              Line("held-out examples", curve { $0.heldOutLoss[$1] }, as: .heldOut, points: .shown)),
            .line(Line("test examples", curve { $0.testLoss[$1] }, as: .test, points: .shown)),
            .points(
              Points(
                "found by gradients", x: ends.map(\.x), y: ends.map(\.y), color: .ink,
                marker: .diamond, size: 8)),
          ])
      ], legend: .below, width: 720)
  }

  // MARK: Layers

  private var layers: Figure {
    let searches = searches(.heldOut, .perLayer).map(\.measurement)
    func panel(
      _ name: String, _ numbers: (Measurement) -> MetalearnDecay.Layers
    ) -> Panel {
      Panel(
        title: name, x: Axis("outer step"), y: Axis(name.lowercased(), scale: .logarithmic),
        marks: searches.enumerated().flatMap { index, search in
          let isFirst = index == 0
          return [
            line(
              isFirst ? "hidden layer" : nil, numbers(search).hidden.map(Double.init), .hiddenLayer),
            line(
              isFirst ? "output layer" : nil, numbers(search).output.map(Double.init), .outputLayer),
          ]
        })
    }
    return Figure(
      title: "Do layers want rates and decays of their own?",
      panels: [panel("Learning rate", \.rates), panel("Weight decay", \.decays)],
      columns: 2, legend: .below, width: 960)
  }
}
