import DataFormats
import NeuralNetworks
import ReferenceRandom
import Runs

extension Lottery {
  /// The accuracies of the ticket in percent.
  static let reported = Reported<Condition, Network>(
    "Figure 3, read off",
    [
      .ordered: [.lottery: 70.5, .dense: 64, .random: 58], .reinitialized: [.lottery: 67],
      .shuffled: [.lottery: 63],
    ])

  package static var comparableSettings: [ComparableSetting] {
    [.anyValue("seeds"), .conditions("networks"), .conditions("conditions")]
  }

  package static func findings(_ results: Results<Lottery>) -> Findings {
    let tickets = Ticket.all(in: results)
    return Findings(
      claims: results.claims(tickets),
      tables: [results.analysisTable, results.searchTable, results.adjacencyTable(of: tickets)],
      illustrations: results.illustrations(of: tickets), notes: results.notes,
      attachments: [results.searchFile] + tickets.compactMap(\.file))
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
        let initial = results.configuration.network(using: &generator)
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
  /// A quantity after a round of the search.
  func search(
    _ network: Lottery.Network, _ round: Int, _ value: (Lottery.Round) -> Double
  ) -> Sample? {
    sample(where: { $0.network == network }) {
      $0.rounds.indices.contains(round) ? value($0.rounds[round]) : nil
    }
  }

  /// A quantity before anything is pruned, over all trials that search.
  func unpruned(_ value: (Lottery.Round) -> Double) -> Sample? {
    sample { $0.rounds.first.map(value) }
  }

  /// The accuracy in the end.
  func accuracy(_ network: Lottery.Network, _ condition: Lottery.Condition) -> Sample? {
    sample(where: { $0.network == network }) { measurement in
      measurement.curves.first { $0.condition == condition }?.final
    }
  }

  /// How far one network is ahead of another.
  private func lead(
    of network: Lottery.Network, over other: Lottery.Network, _ condition: Lottery.Condition
  ) -> Sample? {
    accuracy(network, condition) - accuracy(other, condition)
  }

  // MARK: Claims

  fileprivate func claims(_ tickets: [Lottery.Ticket]) -> [Claim?] {
    searchClaims + analysisClaims + [2, 3, 4].map { adjacency($0, tickets) } + [locality(tickets)]
  }

  private func rounds(at sparsities: ClosedRange<Double>) -> [Int] {
    configuration.schedule.indices.filter { sparsities.contains(configuration.schedule[$0]) }
  }

  /// The mean over the rounds at these sparsities of a mean over seeds.
  private func mean(at sparsities: ClosedRange<Double>, _ lead: (_ round: Int) -> Sample?)
    -> Sample?
  {
    Sample(rounds(at: sparsities).compactMap { lead($0)?.mean }).map { Sample($0.mean) }
  }

  private var searchClaims: [Claim?] {
    let isComplete = configuration.schedule.last == 1
    let dense = unpruned(\.testAccuracy)?.mean
    return [
      Claim(
        "best-ticket",
        "Lottery tickets reach 74 % test accuracy at 85 to 97 % sparsity (the best mean over trials, within 3 points).",
        reported: 74.3,
        measured: rounds(at: 0.85...0.97).compactMap { search(.lottery, $0, \.testAccuracy) }
          .max { $0.mean < $1.mean }, within: 3),
      Claim(
        "collapse", "Nothing is learned once everything is pruned (10 %, within 2 points).",
        reported: isComplete ? 10 : nil,
        measured: search(.lottery, configuration.sparsities - 1, \.testAccuracy), within: 2),
      Claim(
        "lottery-beats-random",
        "From half of the parameters on, pruning by magnitude leaves better networks than pruning at random (mean lead "
          + "in points up to 98 % sparsity, more than 2).",
        measured: mean(at: 0.5...0.98) {
          search(.lottery, $0, \.testAccuracy) - search(.random, $0, \.testAccuracy)
        }
      ) { $0.mean > 2 },
      Claim(
        "random-below-dense",
        "Networks that are pruned at random do worse than the dense one (mean over all sparsities, in points).",
        measured: mean(at: 0.01...0.99) { round in
          dense.flatMap { dense in
            Sample((search(.random, round, \.testAccuracy)?.values ?? []).map { dense - $0 })
          }
        }
      ) { $0.mean > 0 },
    ]
  }

  private var analysisClaims: [Claim?] {
    let lead = lead(of: .lottery, over: .dense, .ordered)
    return [
      Claim(
        "lottery-beats-dense",
        "On new data the ticket does better than the dense network (lead in points, more than 2).",
        reported: 6.5, measured: lead
      ) { $0.mean > 2 },
      Claim(
        "dense-beats-random",
        "On new data the dense network does better than one pruned at random (lead in points, more than 2).",
        reported: 6, measured: self.lead(of: .dense, over: .random, .ordered)
      ) { $0.mean > 2 },
      lead.flatMap { lead in
        Claim(
          "fresh-weights",
          "With other initial weights the ticket keeps a part of its lead over the dense network, but not all (points).",
          reported: 3, measured: self.lead(of: .lottery, over: .dense, .reinitialized)
        ) { $0.mean > 1 && $0.mean < lead.mean }
      },
      Claim(
        "shuffled-columns",
        "On shuffled columns the ticket's lead over the dense network is gone (points, at most 1).",
        reported: -1, measured: self.lead(of: .lottery, over: .dense, .shuffled)
      ) { $0.mean <= 1 },
      neighbourhoods,
    ]
  }

  private var neighbourhoods: Claim? {
    guard let reversed = accuracy(.lottery, .reversed), let swapped = accuracy(.lottery, .swapped),
      let shuffled = accuracy(.lottery, .shuffled)
    else { return nil }
    return Claim(
      "neighbourhoods",
      "Columns that are reversed or exchanged by halves, but keep their neighbours, serve the ticket better than "
        + "shuffled ones (points, the smaller of the two).",
      measured: Sample(min(reversed.mean, swapped.mean) - shuffled.mean)
    ) { $0.mean > 0 }
  }

  private func adjacency(_ count: Int, _ tickets: [Lottery.Ticket]) -> Claim? {
    guard let lottery = tickets.units(of: .lottery, { $0.probabilities(of: count) }),
      let random = tickets.units(of: .random, { $0.probabilities(of: count) })
    else { return nil }
    let error = (lottery.error * lottery.error + random.error * random.error).squareRoot()
    return Claim(
      "adjacency-\(count)",
      "In lottery tickets \(Self.word(count)) neighbouring inputs of a unit survive together more often than in random "
        + "ones (difference of probabilities in percent, more than two standard errors).",
      measured: .number(100 * (lottery.mean - random.mean)), decimals: 3,
      holds: lottery.mean - random.mean > 2 * error)
  }

  private func locality(_ tickets: [Lottery.Ticket]) -> Claim? {
    tickets.units(of: .lottery) {
      zip($0.probabilities(of: 2), $0.expectedProbabilities(of: 2)).map(-)
    }.map { difference in
      Claim(
        "locality",
        "That is more than it takes that some units keep more inputs than others: at random places, as many inputs would "
          + "be neighbours less often (difference for two, in percent, more than two standard errors).",
        measured: .number(100 * difference.mean), decimals: 3,
        holds: difference.mean > 2 * difference.error)
    }
  }

  static func word(_ count: Int) -> String {
    switch count {
    case 2: "two"
    case 3: "three"
    default: "four"
    }
  }
}

extension Lottery.Curve {
  /// How many evaluations ``final`` averages: one alone depends on where in its fluctuations a training stops.
  static let averaged = 10

  /// The test accuracy in the end, in percent.
  var final: Double? { Sample(testAccuracy.suffix(Self.averaged))?.mean }
}
