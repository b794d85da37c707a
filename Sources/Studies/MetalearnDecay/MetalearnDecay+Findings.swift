import Figures
import Foundation
import Runs

extension MetalearnDecay {
  /// The sentence that the study takes up.
  fileprivate static let paper =
    "Section 4: \"to optimize hyperparameters like learning rate and weight decay\"; the paper shows the learning rate"
  fileprivate static let own = "This study's own question"

  package static let comparableSettings: [ComparableSetting] = [
    .anyValue("seeds"), .conditions("objectives"), .conditions("hyperparameters"),
  ]

  package static func findings(_ results: Results<MetalearnDecay>) -> Findings {
    Findings(
      claims: results.claims, tables: [results.ends, results.hyperparameters],
      illustrations: results.illustrations, notes: results.notes)
  }
}

extension Results<MetalearnDecay> {
  private typealias Measurement = MetalearnDecay.Measurement
  private typealias Objective = MetalearnDecay.Objective
  private typealias Sharing = MetalearnDecay.Sharing

  private var starts: [Double] { configuration.initialDecays }

  private func measurement(
    _ objective: Objective, _ sharing: Sharing, from start: Double, seed: Int
  ) -> Measurement? {
    self[.search(MetalearnDecay.Search(objective, sharing, from: start, seed: seed))]
  }

  // MARK: Where searches end

  /// A number at the end of the searches from one start, for each seed.
  private func end(
    _ objective: Objective, _ sharing: Sharing, from start: Double,
    _ number: (Measurement) -> Double?
  ) -> Sample? {
    sample(
      where: { trial in
        guard case .search(let search) = trial else { return false }
        return search.objective == objective && search.hyperparameters == sharing
          && search.initialDecay == start
      }, number)
  }

  /// What the searches from all starts come to together, for each seed that has all of them.
  private func ends(
    _ objective: Objective, _ sharing: Sharing, _ number: (Measurement) -> Double?,
    together combine: ([Double]) -> Double? = { Sample($0)?.mean }
  ) -> Sample? {
    let values = configuration.seeds.compactMap { seed -> (seed: Int, value: Double)? in
      let ends = starts.compactMap {
        measurement(objective, sharing, from: $0, seed: seed).flatMap(number)
      }
      guard ends.count == starts.count else { return nil }
      return combine(ends).map { (seed, $0) }
    }
    return Sample(values.map(\.value), seeds: values.map(\.seed))
  }

  // MARK: The grid

  /// The best training of the grid by the loss on held-out examples, for each seed, among some of them.
  func bestOfGrid(
    _ number: (MetalearnDecay.Measurement, Int) -> Double?,
    among isCandidate: (_ decay: Double) -> Bool = { _ in true }
  ) -> Sample? {
    let decays = configuration.gridDecays
    let count = decays.count * configuration.gridRates.count
    let values = configuration.seeds.compactMap { seed -> (seed: Int, value: Double)? in
      guard let grid = self[.grid(seed: seed)], grid.isComplete(count) else { return nil }
      let best = (0..<count).filter { isCandidate(decays[$0 % decays.count]) }
        .min { grid.heldOutLoss[$0] < grid.heldOutLoss[$1] }
      return best.flatMap { number(grid, $0) }.map { (seed, $0) }
    }
    return Sample(values.map(\.value), seeds: values.map(\.seed))
  }

  private var leastDecay: Double { configuration.gridDecays.min() ?? 0 }

  // MARK: Claims

  fileprivate var claims: [Claim?] {
    let lead =
      ends(.heldOut, .shared, \.end.logDecay) - bestOfGrid { logarithm($0.decays.hidden[$1]) }
    return [
      Claim(
        "convergence",
        "From weight decays of \(starts.map(\.written).formatted) the searches come to the same one (the largest over the "
          + "smallest, below 2).",
        source: MetalearnDecay.paper,
        difference: starts.count > 1
          ? ends(.heldOut, .shared, \.end.logDecay) { ends in
            pow(10, (ends.max() ?? .nan) - (ends.min() ?? .nan))
          } : nil,
        in: .below(2), decimals: 2),
      Claim(
        "optimum",
        "The weight decay that they come to is that of the best of the plain trainings, within a factor of 2, the grid's "
          + "step (decimal logarithm of their ratio).",
        source: MetalearnDecay.paper, difference: lead, in: -log10(2)...log10(2), decimals: 2),
      Claim(
        "loss",
        "On held-out examples the training that they come to is as good as the best of the plain ones (difference of the "
          + "losses, below 0.01).",
        source: MetalearnDecay.paper,
        difference: ends(.heldOut, .shared, \.end.heldOutLoss) - bestOfGrid { $0.heldOutLoss[$1] },
        in: .below(0.01), decimals: 4),
      Claim(
        "training-loss",
        "By the loss on the training examples weight decay goes to nothing: below a hundredth of what it is by the loss on "
          + "held-out examples (decimal logarithm of their ratio).",
        source: MetalearnDecay.own,
        difference: ends(.training, .shared, \.end.logDecay)
          - ends(.heldOut, .shared, \.end.logDecay),
        in: .below(-2), decimals: 2),
      Claim(
        "gain",
        "The learned weight decay leads to a lower test loss than next to none, \(leastDecay.written), with the learning "
          + "rate that is best then (difference).",
        source: MetalearnDecay.own,
        difference: ends(.heldOut, .shared, \.end.testLoss)
          - bestOfGrid({ $0.testLoss[$1] }, among: { $0 == leastDecay }),
        in: .below(0), decimals: 3),
      Claim(
        "per-layer",
        "A learning rate and a weight decay for each layer lead to a lower test loss than shared ones (difference).",
        source: MetalearnDecay.own,
        difference: ends(.heldOut, .perLayer, \.end.testLoss)
          - ends(.heldOut, .shared, \.end.testLoss),
        in: .below(0), decimals: 3),
    ]
  }

  // MARK: Tables

  /// A row for each kind of search.
  private func rows(_ row: (String, Objective, Sharing, Double) -> [[Cell]]) -> [[Cell]] {
    configuration.objectives.flatMap { objective in
      configuration.hyperparameters.flatMap { sharing in
        starts.flatMap { start in
          row(
            "\(objective.rawValue), \(sharing.rawValue), from \(start.written)", objective, sharing,
            start)
        }
      }
    }
  }

  fileprivate var ends: Table {
    let losses: [KeyPath<Measurement, [Double]>] = [\.trainingLoss, \.heldOutLoss, \.testLoss]
    let searches = rows { label, objective, sharing, start in
      func cell(_ values: KeyPath<Measurement, [Double]>, _ decimals: Int) -> Cell {
        Cell(end(objective, sharing, from: start) { $0[keyPath: values].last }, decimals: decimals)
      }
      return [[.text(label)] + losses.map { cell($0, 3) } + [cell(\.testAccuracy, 1)]]
    }
    func plain(_ label: String, _ isCandidate: (Double) -> Bool) -> [Cell] {
      [.text(label)]
        + losses.map { losses in
          Cell(bestOfGrid({ $0[keyPath: losses][$1] }, among: isCandidate), decimals: 3)
        }
        + [Cell(bestOfGrid({ $0.testAccuracy[$1] }, among: isCandidate))]
    }
    return Table(
      "ends", title: "The trainings that searches end at, and the best plain ones by held-out loss",
      columns: ["search", "training loss", "held-out loss", "test loss", "test accuracy (%)"],
      rows: searches + [
        plain("plain, any decay") { _ in true },
        plain("plain, decay \(leastDecay.written)") { $0 == leastDecay },
      ])
  }

  fileprivate var hyperparameters: Table {
    Table(
      "hyperparameters", title: "The learning rates and weight decays that searches end at",
      columns: ["search", "layer", "learning rate", "log10 of weight decay"],
      rows: rows { label, objective, sharing, start in
        func row(_ layer: String, _ numbers: KeyPath<MetalearnDecay.Layers, [Float]>) -> [Cell] {
          let rate = end(objective, sharing, from: start) {
            $0.rates[keyPath: numbers].last.map(Double.init)
          }
          let decay = end(objective, sharing, from: start) {
            $0.decays[keyPath: numbers].last.map(logarithm)
          }
          return [
            .text(label), .text(layer),
            Cell(rate, decimals: 3), Cell(decay, decimals: 2),
          ]
        }
        return sharing == .shared
          ? [row("both", \.hidden)] : [row("hidden", \.hidden), row("output", \.output)]
      })
  }

  // MARK: Notes

  fileprivate var notes: [String] {
    guard let rate = ends(.heldOut, .shared, { $0.rates.hidden.last.map(Double.init) }),
      let decay = ends(.heldOut, .shared, { $0.decays.hidden.last.map(Double.init) }),
      let bestRate = bestOfGrid({ Double($0.rates.hidden[$1]) }),
      let bestDecay = bestOfGrid({ Double($0.decays.hidden[$1]) })
    else { return [] }
    return [
      "By the loss on held-out examples, with shared hyperparameters, searches come to a learning rate of "
        + "\(rate.shown(3)) and a weight decay of \(decay.shown(4)); the best of the grid have \(bestRate.shown(3)) and "
        + "\(bestDecay.shown(4)).",
      "A step is w ← w − rate · (g + decay · w), as PyTorch's SGD has it, so that what a weight loses in a step is the "
        + "product of both.",
    ]
  }
}

/// The decimal logarithm of a weight decay; that of the smallest number for one that has become 0.
private func logarithm(_ decay: Float) -> Double {
  log10(Double(max(decay, .leastNormalMagnitude)))
}

/// What a search ends at.
private struct End {
  var logDecay: Double?
  var heldOutLoss: Double?
  var testLoss: Double?
}

extension MetalearnDecay.Measurement {
  fileprivate var end: End {
    End(
      logDecay: decays.hidden.last.map(logarithm), heldOutLoss: heldOutLoss.last,
      testLoss: testLoss.last)
  }

  /// Whether there are numbers of so many trainings.
  func isComplete(_ count: Int) -> Bool {
    [
      rates.hidden.count, rates.output.count, decays.hidden.count, decays.output.count,
      trainingLoss.count, heldOutLoss.count, testLoss.count, testAccuracy.count,
    ].allSatisfy { $0 == count }
  }
}

extension [String] {
  /// The words in a row: "a, b and c".
  fileprivate var formatted: String {
    count > 1 ? dropLast().joined(separator: ", ") + " and " + self[count - 1] : joined()
  }
}
