import DataFormats
import NeuralNetworks
import ReferenceRandom
import Runs

extension Lottery {
  /// The test accuracies in percent after step 6000, means of two trials. Those of the 2024 notebook (7878d96) are of no
  /// seed: what seeds there no longer reaches PyTorch.
  static let reported = Reported<Condition, Network>(
    "5907490, 5. lottery_tickets, cells 28, 32, 38, 45 and 58",
    [
      .ordered: [.dense: 63.55, .lottery: 70.6, .random: 59.2],
      .shuffled: [.dense: 64.55, .lottery: 62.8, .random: 58.1],
      .reversed: [.dense: 64.6, .lottery: 68.75, .random: 60.75],
      .swapped: [.dense: 64.45, .lottery: 66.2, .random: 61.55],
      .reinitialized: [.dense: 63.95, .lottery: 67.25, .random: 58.25],
    ])

  package static var comparableSettings: [ComparableSetting] {
    [
      .anyValue("seeds"), .conditions("networks"), .conditions("conditions"), .anyValue("scales"),
      .anyValue("mnist"), .anyValue("mnist-digest"),
    ]
  }

  package static func findings(_ results: Results<Lottery>) -> Findings {
    let scales = results.configuration.scales
    var findings = scales.contains(.paper) ? results.of(.paper).findings : Findings()
    for tickets in TicketsAtScale.all(in: results) {
      let scale = tickets.scale
      findings.append(section: scale.title, about: scale.about, tickets.findings)
    }
    findings.notes += notes(on: scales)
    return findings
  }

  /// A mask that is analysed, of a network whose trial has succeeded.
  struct Ticket {
    let trial: Trial
    let initial: MultilayerPerceptron
    let mask: Mask<MultilayerPerceptron>
    /// Which inputs the units of the first layer keep.
    let adjacency: Adjacency

    static func all(in results: Results<Lottery>) -> [Ticket] {
      results.all.compactMap { result in
        var generator = TorchGenerator(seed: UInt64(result.trial.seed))
        let configuration = results.configuration
        let initial = configuration.plan(for: .paper).network(
          inputs: configuration.dataset.finalSeqLength, using: &generator)
        guard let bits = result.measurement.mask,
          let mask = Mask(unpacking: Array(bits), of: initial)
        else { return nil }
        let weight = mask.survivors.linear1.weight
        return Ticket(
          trial: result.trial, initial: initial, mask: mask,
          adjacency: Adjacency(mask: weight.elements, inputs: weight.shape[1]))
      }
    }
  }
}

extension [Lottery.Ticket] {
  /// A quantity of the units of all tickets of one network.
  func units(of network: Lottery.Network, _ quantity: (Adjacency) -> [Double]) -> Sample? {
    Sample(filter { $0.trial.network == network }.flatMap { quantity($0.adjacency) })
  }
}

extension Results<Lottery> {
  /// Those of one scale.
  func of(_ scale: Lottery.Scale) -> Results {
    Results(configuration, all.filter { $0.trial.scale == scale })
  }

  /// A quantity at a sparsity of the search, for the trials that trained a network there.
  func search(
    _ network: Lottery.Network, at sparsity: Double, _ value: (Lottery.Round) -> Double
  ) -> Sample? {
    sample(where: { $0.network == network }) {
      $0.rounds.first { $0.sparsity == sparsity }.map(value)
    }
  }

  /// A quantity before anything is pruned, when both searches have the same network.
  func unpruned(_ value: (Lottery.Round) -> Double) -> Sample? {
    search(.lottery, at: 0, value) ?? search(.random, at: 0, value)
  }

  /// The accuracy after the last evaluated step, which is what the notebooks printed.
  func accuracy(_ network: Lottery.Network, _ condition: Lottery.Condition) -> Sample? {
    sample(where: { $0.network == network }) { measurement in
      measurement.curves.first { $0.condition == condition }?.testAccuracy.last
    }
  }

  /// What the paper's network shows.
  fileprivate var findings: Findings {
    let tickets = Lottery.Ticket.all(in: self)
    return Findings(
      claims: claims(tickets), tables: [analysisTable, searchTable, adjacencyTable(of: tickets)],
      illustrations: illustrations(of: tickets), notes: notes, paperNotes: paperNotes,
      attachments: [searchFile] + tickets.compactMap(\.file))
  }

  // MARK: Claims

  fileprivate func claims(_ tickets: [Lottery.Ticket]) -> [Claim?] {
    searchClaims + analysisClaims + [2, 3, 4].map { adjacency($0, tickets) } + [locality(tickets)]
  }

  /// For each seed, the mean accuracy over the rounds at these sparsities in which a network was trained.
  private func mean(_ network: Lottery.Network, at sparsities: ClosedRange<Double>) -> Sample? {
    sample(where: { $0.network == network }) { measurement in
      Sample(
        measurement.rounds.filter { sparsities.contains($0.sparsity) }.map(\.testAccuracy))?.mean
    }
  }

  private var searchClaims: [Claim?] {
    let printed = "5907490, 5. lottery_tickets, cell 19"
    let isComplete = configuration.schedule.last == 1
    let dense = unpruned(\.testAccuracy)
    let best = configuration.schedule.indices
      .filter { (0.85...0.97).contains(configuration.schedule[$0]) }
      .compactMap { search(.lottery, at: configuration.schedule[$0], \.testAccuracy) }.max {
        $0.mean < $1.mean
      }
    return [
      Claim(
        "best-ticket",
        "Lottery tickets reach 73.5 % test accuracy at 85 to 97 % sparsity (the best mean over trials, within 1.5 points).",
        source:
          "Figure 3b; \(printed), retrain 87; the tolerance is the distance to the best of the later notebook, "
          + "75.0 (7878d96, lottery-tickets, cell 18, retrain 92)",
        reported: 73.5, measured: best, within: 1.5),
      Claim(
        "collapse", "Nothing is learned once everything is pruned (10.2 %, to the printed digit).",
        source: "\(printed), retrain 100", reported: isComplete ? 10.2 : nil,
        measured: configuration.schedule.last.flatMap { search(.lottery, at: $0, \.testAccuracy) },
        within: 0.05 + 1e-9),
      Claim(
        "lottery-beats-random",
        "From 80 to 98 % sparsity, pruning by magnitude leaves better networks than pruning at random (mean lead in points).",
        source: "Figure 3b; \(printed), retrain 81 to 98: 12.2 and 10.9 in two trials",
        reported: 11.5,
        difference: mean(.lottery, at: 0.8...0.98) - mean(.random, at: 0.8...0.98), in: .above(0)),
      Claim(
        "sparse-beats-dense",
        "Even with more than 95 % of their parameters pruned, lottery tickets do better than the dense network (mean lead "
          + "at 96 and 97 %, in points).",
        source:
          "The paper's later version (arXiv 2011.14439v5), section 5.1; \(printed), retrain 96 and 97 against 1: "
          + "4.25 and 6.25 in two trials",
        reported: 5.25, difference: mean(.lottery, at: 0.955...0.975) - dense, in: .above(0)),
      Claim(
        "random-holds",
        "Networks that are pruned at random lose nothing up to 80 % sparsity (mean accuracy at 40 to 80 %, less that at 0 "
          + "to 40 %, in points).",
        source:
          "Figure 3b; \(printed), retrain 41 to 80 against 1 to 40: 1.4 and 2.1 in two trials",
        reported: 1.8,
        difference: mean(.random, at: 0.4...0.8) - mean(.random, at: 0...0.4), in: 0...(.infinity)),
      Claim(
        "random-falls",
        "From 90 % sparsity on they fall behind the dense network (mean lead at 90 to 99 %, in points).",
        source: "Figure 3b; \(printed), retrain 91 to 99 against 1: −15.6 and −15.8 in two trials",
        reported: -15.7, difference: mean(.random, at: 0.9...0.99) - dense, in: .below(0)),
    ]
  }

  /// That one network is ahead of another under a condition, by the paired differences.
  private func lead(
    _ id: String, _ statement: String, _ network: Lottery.Network, over other: Lottery.Network,
    _ condition: Lottery.Condition, source: String, in range: ClosedRange<Double> = .above(0)
  ) -> Claim? {
    let reported = Lottery.reported
    return Claim(
      id, statement, source: "\(source); 5907490, 5. lottery_tickets, cell \(condition.cell)",
      reported: reported[condition, network].flatMap { own in
        reported[condition, other].map { .number(own - $0) }
      },
      difference: accuracy(network, condition) - accuracy(other, condition), in: range)
  }

  private var analysisClaims: [Claim?] {
    [
      lead(
        "lottery-beats-dense",
        "On new data the ticket does better than the dense network (lead in points).",
        .lottery, over: .dense, .ordered, source: "Figure 3c"),
      lead(
        "dense-beats-random",
        "On new data the dense network does better than one pruned at random (lead in points).",
        .dense, over: .random, .ordered, source: "Figure 3c"),
      lead(
        "reversed-columns",
        "On reversed columns, where neighbours stay neighbours, the ticket continues to win (lead over the dense network "
          + "in points).",
        .lottery, over: .dense, .reversed, source: "Figure 3d and its caption"),
      lead(
        "shuffled-columns",
        "On shuffled columns the ticket does worse than the dense network (lead in points).",
        .lottery, over: .dense, .shuffled,
        source:
          "Figure 3e; the sentence is the later version's (arXiv 2011.14439v5, section 5.1)",
        in: .below(0)),
      Claim(
        "neighbourhoods",
        "Shuffling the columns hurts the ticket significantly more than reversing them (points).",
        source: "Caption of Figure 3e; 5907490, 5. lottery_tickets, cells 32 and 38",
        reported: .number(68.75 - 62.8),
        difference: accuracy(.lottery, .reversed) - accuracy(.lottery, .shuffled), in: .above(0)),
      lead(
        "fresh-weights",
        "With other initial weights the ticket continues to outperform the dense network (lead in points).",
        .lottery, over: .dense, .reinitialized, source: "Figure 3f and its caption"),
    ]
  }

  /// For each seed, the mean of a quantity over the units of its ticket, in percent.
  private func percentage(
    _ tickets: [Lottery.Ticket], of network: Lottery.Network, _ value: (Adjacency) -> [Double]
  ) -> Sample? {
    let means = tickets.filter { $0.trial.network == network }.compactMap { ticket in
      Sample(value(ticket.adjacency)).map { (seed: ticket.trial.seed, mean: 100 * $0.mean) }
    }
    return Sample(means.map(\.mean), seeds: means.map(\.seed))
  }

  private func adjacency(_ count: Int, _ tickets: [Lottery.Ticket]) -> Claim? {
    func probability(_ network: Lottery.Network) -> Sample? {
      percentage(tickets, of: network) { $0.probabilities(of: count) }
    }
    return Claim(
      "adjacency-\(count)",
      "In lottery tickets \(Self.word(count)) neighbouring inputs of a unit survive together more often than in random "
        + "ones (difference of probabilities in percent).",
      source: "Figure 3g and its caption; 5907490, 5. lottery_tickets, cell 56",
      difference: probability(.lottery) - probability(.random), in: .above(0), decimals: 3)
  }

  private func locality(_ tickets: [Lottery.Ticket]) -> Claim? {
    Claim(
      "locality",
      "The ticket has more adjacent weights than chance would predict: than as many inputs of each unit would have at "
        + "random places (difference for two, in percent).",
      source: "Caption of Figure 3g",
      difference: percentage(tickets, of: .lottery) {
        zip($0.probabilities(of: 2), $0.expectedProbabilities(of: 2)).map(-)
      }, in: .above(0), decimals: 3)
  }

  static func word(_ count: Int) -> String {
    switch count {
    case 2: "two"
    case 3: "three"
    default: "four"
    }
  }
}

extension Lottery.Condition {
  /// The cell of the 2020 notebook that trains under this condition.
  fileprivate var cell: Int {
    switch self {
    case .ordered: 28
    case .shuffled: 32
    case .reversed: 38
    case .swapped: 45
    case .reinitialized: 58
    }
  }
}
