import Figures
import Runs

extension MetalearnLR {
  /// What the paper reports, of seed 0: the later version's Figure 6, and both searches of the notebook.
  fileprivate static let reported = (rate: 0.62, objective: 1.716)

  /// What the notebook printed last of a search from seed 0.
  fileprivate static func printed(from start: Double) -> (
    step: Int, objective: Double, rate: Double
  )? {
    let computation = Published.Computation.learningRate(start: start, examples: 4000)
    guard let row = Printout.learningRate.first(where: { $0.computation == computation })?.rows.last
    else { return nil }
    return (row.step, row.numbers[0].value, row.numbers[2].value)
  }

  package static func findings(_ results: Results<MetalearnLR>) -> Findings {
    let isSchedule = results.configuration.schedule == .perStep
    return Findings(
      claims: results.claims, tables: [results.table],
      illustrations: [
        Illustration(
          "figure-5",
          caption:
            "The outer objective, the last inner loss and the learning rate against the outer step, "
            + results.searches + "; dotted: what the authors report.",
          figure: results.progress,
          finding: Illustration.Finding(
            "Gradient descent finds the learning rate from both sides", ifHold: "convergence")),
        isSchedule
          ? Illustration(
            "schedule",
            caption: "The learning rate of every inner step, as learned, " + results.searches + ".",
            figure: results.learnedSchedule) : nil,
      ],
      notes: (isSchedule ? results.notesOnSchedule : []) + results.notes)
  }
}

extension Results<MetalearnLR> {
  // MARK: Figures

  fileprivate var progress: Figure {
    let rate = configuration.schedule == .shared ? "learning rate η" : "mean learning rate"
    return Figure(
      title: "Does gradient descent find the learning rate?",
      panels: [
        Panel(
          title: "Outer objective: the mean inner loss", x: Axis("outer step"),
          y: Axis("inner loss"),
          marks: curves(\.objective) + [rule(MetalearnLR.reported.objective)]),
        Panel(
          title: "The last inner loss", x: Axis("outer step"), y: Axis("inner loss"),
          marks: curves(\.finalLoss)),
        Panel(
          title: "Learning rate", x: Axis("outer step"), y: Axis(rate),
          marks: curves(\.meanRate) + [rule(MetalearnLR.reported.rate)]),
      ],
      columns: 3, sharing: .alike, legend: .below, width: 1080, aspect: 0.85)
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
    all.map { result in
      let values = values(result.measurement)
      let start = result.trial.initialRate
      let isFirst = all.first { $0.trial.initialRate == start }?.trial == result.trial
      let appearance = Appearance.search(from: start)
      return .line(
        Line(
          isFirst ? "from \(start)" : nil, x: values.indices.map(Double.init),
          y: values.map(Double.init), color: appearance.color, dash: appearance.dash))
    }
  }

  /// What the lines are, as a clause of a caption.
  fileprivate var searches: String {
    let seeds = configuration.seeds.count
    return seeds == 1
      ? "a line for each search from one seed" : "a line for each search, from \(seeds) seeds each"
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

  /// The paper shares one rate; to a schedule there are no claims.
  fileprivate var claims: [Claim?] {
    configuration.schedule == .shared ? [rate, objective, convergence] : []
  }

  /// The searches from seed 0 at the last outer step that the notebook printed, and what it printed.
  private var authors: [(rate: Double, objective: Double, printedRate: Double)] {
    initialRates.compactMap { start in
      guard let printed = MetalearnLR.printed(from: start),
        let search = self[MetalearnLR.Trial(initialRate: start, seed: 0)],
        search.objective.indices.contains(printed.step),
        search.meanRate.indices.contains(printed.step + 1)
      else { return nil }
      return (
        Double(search.meanRate[printed.step + 1]), Double(search.objective[printed.step]),
        printed.rate
      )
    }
  }

  private var rate: Claim? {
    let authors = authors
    guard !authors.isEmpty else { return nil }
    func list(_ rates: [Double]) -> Quantity {
      .text(rates.map { $0.shown(4) }.joined(separator: " and "))
    }
    return Claim(
      "rate",
      "With seed 0 the searches come to learning rates of 0.6243 and 0.6203, 0.62 in the paper (each within 0.005).",
      source:
        "7878d96, metalearn-learn-rate, cell 16, outer step 48; the tolerance is half a unit of the last digit of 0.62, which "
        + "the caption of the later version's Figure 6 names",
      reported: list(authors.map(\.printedRate)), measured: list(authors.map(\.rate)),
      holds: authors.allSatisfy { abs($0.rate - $0.printedRate) <= 0.005 })
  }

  private var objective: Claim? {
    Claim(
      "objective",
      "With seed 0 the outer objective falls to 1.716 (mean of the searches, to the printed digit).",
      source: "7878d96, metalearn-learn-rate, cell 16, outer step 48", reported: 1.716,
      measured: Sample(authors.map(\.objective)), within: 0.0005, decimals: 4)
  }

  /// The learning rate at the end of the searches that started highest, less that of those that started lowest.
  private var gaps: Sample? {
    func end(from start: Double?) -> Sample? {
      sample(where: { $0.initialRate == start }) { $0.last(\.meanRate) }
    }
    return initialRates.count > 1
      ? end(from: initialRates.max()) - end(from: initialRates.min()) : nil
  }

  private var convergence: Claim? {
    Claim(
      "convergence",
      "The searches end at the same learning rate, whether the first is too high or too low (difference between the ends, "
        + "within 0.005).",
      source:
        "Caption of the later version's Figure 6: to \"0.62 regardless\", of which the tolerance is half a unit of the last "
        + "digit; 7878d96, metalearn-learn-rate, cell 16, outer step 48",
      reported: .number(0.6243 - 0.6203), difference: gaps, in: -0.005...0.005, decimals: 4)
  }

  // MARK: Notes

  fileprivate var notes: [String] {
    let ends = sample { $0.last(\.meanRate) }
    guard let ends, let widest = gaps?.values.map(\.magnitude).max(), configuration.seeds.count > 1
    else { return [] }
    return [
      "The best learning rate depends on the network's initial weights. The paper shows those of one seed, 0; over the "
        + "\(configuration.seeds.count) seeds here the searches end at \(ends.shown(3)), and the two of one seed up to "
        + "\(widest.shown(3)) apart: where the objective is a flat valley, they stop on its two sides."
    ]
  }

  fileprivate var notesOnSchedule: [String] {
    var notes = [
      "With a rate for each step, the outer step size is multiplied by a tenth of the number of inner steps, since "
        + "each rate has only its share of a shared one's gradient."
    ]
    let best = all.min { $0.measurement.last(\.objective) < $1.measurement.last(\.objective) }
    guard let best else { return notes }
    notes.append(
      "The best search takes the outer objective to \(best.measurement.last(\.objective).shown(3)); with one rate the paper's "
        + "comes to \(MetalearnLR.reported.objective.shown(3)).")
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
