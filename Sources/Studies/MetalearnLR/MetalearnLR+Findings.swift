import Figures
import Runs

extension MetalearnLR {
  /// What the paper reports.
  private static let reported = (rate: 0.62, objective: 1.716)

  /// Each kind of schedule has claims of its own.
  public static var comparableSettings: [ComparableSetting] {
    [.anyValue("seeds"), .anyValue("schedule")]
  }

  public static func findings(
    _ configuration: Configuration, _ results: [TrialResult<MetalearnLR>]
  ) -> Findings {
    var findings = Findings(
      claims: claims(configuration, results), tables: [table(results)],
      illustrations: [
        Illustration(
          "figure-5",
          caption:
            "The outer objective, the last inner loss and the learning rate against the outer step.",
          figure: progress(configuration, results))
      ])
    if configuration.schedule == .perStep {
      findings.illustrations.append(
        Illustration(
          "schedule", caption: "The learning rate of every inner step, as learned.",
          figure: schedule(results)))
      findings.notes.append(
        "With a rate for each step, the outer step size is multiplied by a tenth of the number of inner steps, since "
          + "each rate has only its share of a shared one's gradient.")
      if let best = results.min(by: {
        $0.measurement.lastObjective < $1.measurement.lastObjective
      }) {
        let rates = best.measurement.rates.map(Double.init)
        let quarter = (rates.count + 3) / 4
        let first = meanAndDeviation(Array(rates.prefix(quarter))).mean.shown(2)
        let last = meanAndDeviation(Array(rates.suffix(quarter))).mean.shown(2)
        findings.notes.append(
          "The best schedule, \(best.trial), goes from a mean rate of \(first) over the first quarter of the steps "
            + "to \(last) over the last. Single rates scatter with the batch that they are used on, for the same batches are seen in "
            + "every outer step; part of the gain is that fit.")
      }
    }
    findings.notes.append(
      "The best learning rate depends on the network's initial weights. The paper shows those of one seed; over the "
        + "seeds 0 to 9 (seeds=0..9) the searches end at 0.611 ± 0.024 with an objective of 1.715 ± 0.011. The claims "
        + "allow about two of those standard deviations, and were given their bounds with these numbers in view."
    )
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
    guard !results.isEmpty else { return [] }
    let objectives = results.map(\.measurement.lastObjective)

    guard configuration.schedule == .shared else {
      let lowest = objectives.min() ?? .nan
      return [
        Claim(
          "schedule",
          "A rate for each step takes the outer objective below the best shared rate's (best search).",
          reported: .number(reported.objective), measured: .number(lowest), decimals: 3,
          holds: lowest < reported.objective)
      ]
    }
    let (rate, rateSpread) = meanAndDeviation(results.map(\.measurement.lastRate))
    let (objective, objectiveSpread) = meanAndDeviation(objectives)
    var claims = [
      Claim(
        "rate", "The searches end near a learning rate of 0.62 (mean within 0.05).",
        reported: .number(reported.rate), measured: .number(rate), spread: rateSpread, decimals: 3,
        holds: abs(rate - reported.rate) <= 0.05),
      Claim(
        "objective", "The outer objective falls to about 1.716 (mean within 0.02).",
        reported: .number(reported.objective), measured: .number(objective),
        spread: objectiveSpread, decimals: 3,
        holds: abs(objective - reported.objective) <= 0.02),
    ]
    if let gap = largestGap(configuration, results) {
      claims.append(
        Claim(
          "convergence",
          "The end does not depend on the start (largest difference between learning rates, at most 0.02).",
          reported: 0, measured: .number(gap), decimals: 4, holds: gap <= 0.02))
    }
    return claims
  }

  /// The largest difference between the ends of searches that share a seed.
  private static func largestGap(
    _ configuration: Configuration, _ results: [TrialResult<MetalearnLR>]
  ) -> Double? {
    configuration.seeds.compactMap { seed in
      let ends = results.filter { $0.trial.seed == seed }.map(\.measurement.lastRate)
      guard ends.count > 1, let low = ends.min(), let high = ends.max() else { return nil }
      return high - low
    }.max()
  }
}

extension MetalearnLR.Measurement {
  fileprivate var lastRate: Double { Double(meanRate.last ?? .nan) }
  fileprivate var lastObjective: Double { Double(objective.last ?? .nan) }
}
