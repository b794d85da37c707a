import Figures
import Runs

extension MetalearnLR {
  /// What the paper reports.
  fileprivate static let reported = (rate: 0.62, objective: 1.716)

  /// Each kind of schedule has claims of its own.
  package static var comparableSettings: [ComparableSetting] {
    [.anyValue("seeds"), .anyValue("schedule")]
  }

  package static func findings(_ results: Results<MetalearnLR>) -> Findings {
    let isSchedule = results.configuration.schedule == .perStep
    return Findings(
      claims: results.claims, tables: [results.table],
      illustrations: [
        Illustration(
          "figure-5",
          caption:
            "The outer objective, the last inner loss and the learning rate against the outer step.",
          figure: results.progress),
        isSchedule
          ? Illustration(
            "schedule", caption: "The learning rate of every inner step, as learned.",
            figure: results.learnedSchedule) : nil,
      ],
      notes: (isSchedule ? results.notesOnSchedule : []) + [
        "The best learning rate depends on the network's initial weights. The paper shows those of one seed; over the "
          + "seeds 0 to 9 (seeds=0..9) the searches end at 0.611 ± 0.024 with an objective of 1.715 ± 0.011. The claims "
          + "allow about two of those standard deviations, and were given their bounds with these numbers in view."
      ])
  }
}

extension Results<MetalearnLR> {
  // MARK: Figures

  fileprivate var progress: Figure {
    let rate = configuration.schedule == .shared ? "learning rate η" : "mean learning rate"
    return Figure(
      title: "Gradient descent finds the learning rate from both sides",
      panels: [
        Panel(
          title: "Outer objective", x: Axis("outer step"), y: Axis("mean inner loss"),
          marks: curves(\.objective) + [rule(MetalearnLR.reported.objective)]),
        Panel(
          title: "Final inner loss", x: Axis("outer step"), y: Axis("last inner loss"),
          marks: curves(\.finalLoss)),
        Panel(
          title: "Learning rate", x: Axis("outer step"), y: Axis(rate),
          marks: curves(\.meanRate) + [rule(MetalearnLR.reported.rate)]),
      ],
      columns: 3, legend: .below, width: 1080, aspect: 0.85)
  }

  fileprivate var learnedSchedule: Figure {
    Figure(
      title: "The learned schedule",
      panels: [
        Panel(
          x: Axis("inner step"), y: Axis("learning rate"),
          marks: curves(\.rates) + [rule(MetalearnLR.reported.rate)])
      ], legend: .below, width: 640)
  }

  private func rule(_ value: Double) -> Mark {
    .rule(Rule(.horizontal(value), label: "reported", dash: .dotted))
  }

  /// A line for each search, with one entry in the legend for each start.
  private func curves(_ values: (MetalearnLR.Measurement) -> [Float]) -> [Mark] {
    let starts = initialRates
    return all.map { result in
      let values = values(result.measurement)
      let start = result.trial.initialRate
      let isFirst = all.first { $0.trial.initialRate == start }?.trial == result.trial
      return .line(
        Line(
          isFirst ? "from \(start)" : nil, x: values.indices.map(Double.init),
          y: values.map(Double.init), color: .series(starts.firstIndex(of: start) ?? 0)))
    }
  }

  /// The rates that searches started from, in the order of the results.
  private var initialRates: [Double] {
    all.map(\.trial.initialRate).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  // MARK: Table

  fileprivate var table: Table {
    Table(
      "searches", title: "Where the searches end",
      columns: ["start", "learning rate", "outer objective", "final inner loss"],
      rows: initialRates.map { rate in
        [.number(rate, decimals: 2)]
          + [\.meanRate, \.objective, \.finalLoss].map { (values: (S.Measurement) -> [Float]) in
            Cell(sample(where: { $0.initialRate == rate }) { $0.last(values) }, decimals: 4)
          }
      })
  }

  // MARK: Claims

  fileprivate var claims: [Claim?] {
    let (reported, objectives) = (MetalearnLR.reported, sample { $0.last(\.objective) })
    guard configuration.schedule == .shared else {
      return [
        Claim(
          "schedule",
          "A rate for each step takes the outer objective below the best shared rate's (best search).",
          reported: .number(reported.objective),
          measured: objectives?.values.min().map { Sample($0) }, decimals: 3
        ) { $0.mean < reported.objective }
      ]
    }
    return [
      Claim(
        "rate", "The searches end near a learning rate of 0.62 (mean within 0.05).",
        reported: reported.rate, measured: sample { $0.last(\.meanRate) }, within: 0.05,
        decimals: 3),
      Claim(
        "objective", "The outer objective falls to about 1.716 (mean within 0.02).",
        reported: reported.objective, measured: objectives, within: 0.02, decimals: 3),
      Claim(
        "convergence",
        "The end does not depend on the start (largest difference between learning rates, at most 0.02).",
        reported: 0, measured: largestGap.map { Sample($0) }, decimals: 4
      ) { $0.mean <= 0.02 },
    ]
  }

  /// The largest difference between the ends of searches that share a seed.
  private var largestGap: Double? {
    configuration.seeds.compactMap { seed in
      let ends = sample(where: { $0.seed == seed }) { $0.last(\.meanRate) }?.values ?? []
      guard ends.count > 1, let low = ends.min(), let high = ends.max() else { return nil }
      return high - low
    }.max()
  }

  // MARK: Notes

  fileprivate var notesOnSchedule: [String] {
    var notes = [
      "With a rate for each step, the outer step size is multiplied by a tenth of the number of inner steps, since "
        + "each rate has only its share of a shared one's gradient."
    ]
    let best = all.min { $0.measurement.last(\.objective) < $1.measurement.last(\.objective) }
    guard let best else { return notes }
    let rates = best.measurement.rates.map(Double.init)
    let quarter = (rates.count + 3) / 4
    if let first = Sample(rates.prefix(quarter))?.mean,
      let last = Sample(rates.suffix(quarter))?.mean
    {
      notes.append(
        "The best schedule, \(best.trial), goes from a mean rate of \(first.shown(2)) over the first quarter of the "
          + "steps to \(last.shown(2)) over the last. Single rates scatter with the batch that they are used on, for the "
          + "same batches are seen in every outer step; part of the gain is that fit.")
    }
    return notes
  }
}

extension MetalearnLR.Measurement {
  /// The last of some values.
  fileprivate func last(_ values: (Self) -> [Float]) -> Double {
    Double(values(self).last ?? .nan)
  }
}
