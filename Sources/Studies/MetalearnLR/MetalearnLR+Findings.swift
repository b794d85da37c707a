import Figures
import Runs

extension MetalearnLR {
  /// What the paper reports.
  private static let reported = (rate: 0.62, objective: 1.716)

  public static func findings(
    _ configuration: Configuration, _ results: [TrialResult<MetalearnLR>]
  ) -> Findings {
    var findings = Findings(
      claims: claims(configuration, results), tables: [table(results)],
      illustrations: [
        Illustration(
          "figure-5",
          caption: "The outer objective, the last inner loss and the learning rate against the outer step.",
          svg: progress(configuration, results).svg())
      ])
    if configuration.schedule == .perStep {
      findings.illustrations.append(
        Illustration(
          "schedule", caption: "The learning rate of every inner step, as learned.",
          svg: schedule(results).svg()))
      findings.notes.append(
        "With a rate for each step, the outer step size is multiplied by the number of inner steps, so that "
          + "the mean rate moves as a shared one would.")
    }
    return findings
  }

  // MARK: Figures

  private static func progress(
    _ configuration: Configuration, _ results: [TrialResult<MetalearnLR>]
  ) -> Figure {
    let rate = configuration.schedule == .shared ? "learning rate η" : "mean learning rate"
    return Figure(
      title: "Gradient descent finds the learning rate from both sides",
      panels: [
        Panel(
          title: "Outer objective", x: Axis("outer step"), y: Axis("mean inner loss"),
          marks: curves(results, \.objective) + [rule(reported.objective)]),
        Panel(
          title: "Final inner loss", x: Axis("outer step"), y: Axis("last inner loss"),
          marks: curves(results, \.finalLoss)),
        Panel(
          title: "Learning rate", x: Axis("outer step"), y: Axis(rate),
          marks: curves(results, \.meanRate) + [rule(reported.rate)]),
      ],
      columns: 3, legend: .below, width: 1080, aspect: 0.85)
  }

  private static func rule(_ value: Double) -> Mark {
    .rule(Rule(.horizontal(value), label: "reported", dash: .dotted))
  }

  private static func curves(
    _ results: [TrialResult<MetalearnLR>], _ values: (Measurement) -> [Float]
  ) -> [Mark] {
    let starts = initialRates(results)
    return results.map { result in
      let values = values(result.measurement)
      let start = starts.firstIndex(of: result.trial.initialRate) ?? 0
      let isFirst = results.first { $0.trial.initialRate == result.trial.initialRate }?.trial.seed
      return .line(
        Line(
          isFirst == result.trial.seed ? "from \(result.trial.initialRate)" : nil,
          x: values.indices.map(Double.init), y: values.map(Double.init), color: .series(start)))
    }
  }

  private static func schedule(_ results: [TrialResult<MetalearnLR>]) -> Figure {
    Figure(
      title: "The learned schedule",
      panels: [
        Panel(
          x: Axis("inner step"), y: Axis("learning rate"),
          marks: curves(results, \.rates) + [rule(reported.rate)])
      ], legend: .below, width: 640)
  }

  /// The rates that searches started from, in the order of the results.
  private static func initialRates(_ results: [TrialResult<MetalearnLR>]) -> [Double] {
    results.reduce(into: []) { rates, result in
      if !rates.contains(result.trial.initialRate) { rates.append(result.trial.initialRate) }
    }
  }

  // MARK: Table

  private static func table(_ results: [TrialResult<MetalearnLR>]) -> Table {
    var table = Table(
      "searches", title: "Where the searches end",
      columns: ["start", "learning rate", "outer objective", "final inner loss"])
    for rate in initialRates(results) {
      let own = results.filter { $0.trial.initialRate == rate }.map(\.measurement)
      table.append([
        .number(rate, decimals: 2), Cell(meanOf: own.map(\.lastRate), decimals: 4),
        Cell(meanOf: own.map(\.lastObjective), decimals: 4),
        Cell(meanOf: own.map { Double($0.finalLoss.last ?? .nan) }, decimals: 4),
      ])
    }
    return table
  }

  // MARK: Claims

  private static func claims(
    _ configuration: Configuration, _ results: [TrialResult<MetalearnLR>]
  ) -> [Claim] {
    let isComplete = results.count == trials(for: configuration).count
    guard let first = results.first?.measurement else { return [] }
    let rates = results.map(\.measurement.lastRate)
    let objectives = results.map(\.measurement.lastObjective)
    let (rate, rateSpread) = meanAndDeviation(rates)
    let (objective, objectiveSpread) = meanAndDeviation(objectives)
    let gap = (rates.max() ?? first.lastRate) - (rates.min() ?? first.lastRate)
    func verdict(_ holds: Bool) -> Verdict { isComplete ? Verdict(holds) : .untested }

    let best = Claim(
      "objective",
      configuration.schedule == .shared
        ? "The outer objective falls to about 1.716 (within 0.01)."
        : "A rate for each step takes the outer objective below the 1.716 of the best shared rate.",
      reported: .number(reported.objective), measured: .number(objective), spread: objectiveSpread,
      decimals: 3,
      verdict: verdict(
        configuration.schedule == .shared
          ? objectives.allSatisfy { abs($0 - reported.objective) <= 0.01 }
          : objectives.allSatisfy { $0 < reported.objective }))
    guard configuration.schedule == .shared else { return [best] }
    return [
      Claim(
        "rate", "The searches end near a learning rate of 0.62 (within 0.03).",
        reported: .number(reported.rate), measured: .number(rate), spread: rateSpread, decimals: 3,
        verdict: verdict(rates.allSatisfy { abs($0 - reported.rate) <= 0.03 })),
      best,
      Claim(
        "convergence",
        "The end does not depend on the start (largest difference between learning rates, at most 0.02).",
        reported: 0, measured: .number(gap), decimals: 4,
        verdict: results.count > 1 ? verdict(gap <= 0.02) : .untested),
    ]
  }
}

extension MetalearnLR.Measurement {
  fileprivate var lastRate: Double { Double(meanRate.last ?? .nan) }
  fileprivate var lastObjective: Double { Double(objective.last ?? .nan) }
}
