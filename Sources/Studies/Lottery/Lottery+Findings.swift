import DataFormats
import NeuralNetworks
import ReferenceRandom
import Runs

extension Lottery {
  /// What the authors report for the ticket, read off their figure, in percent.
  static func reportedAccuracy(_ network: Network, _ condition: Condition) -> Double? {
    switch (network, condition) {
    case (.lottery, .ordered): 70.5
    case (.lottery, .reinitialized): 67
    case (.lottery, .shuffled): 63
    case (.dense, .ordered): 64
    case (.random, .ordered): 58
    default: nil
    }
  }

  public static var comparableSettings: [ComparableSetting] {
    [.anyValue("seeds"), .conditions("networks"), .conditions("conditions")]
  }

  public static func findings(
    _ configuration: Configuration, _ results: [TrialResult<Lottery>]
  ) -> Findings {
    let outcomes = LotteryOutcomes(configuration, results)
    return Findings(
      claims: outcomes.claims, tables: outcomes.tables, illustrations: outcomes.illustrations,
      notes: outcomes.notes, attachments: outcomes.attachments)
  }
}

/// What the trials have shown, in the order in which tables, figures and claims want it.
struct LotteryOutcomes {
  let configuration: Lottery.Configuration
  let results: [TrialResult<Lottery>]
  /// The masks that are analysed, of networks whose trial has succeeded.
  let masks:
    [(trial: Lottery.Trial, initial: MultilayerPerceptron, mask: Mask<MultilayerPerceptron>)]

  init(_ configuration: Lottery.Configuration, _ results: [TrialResult<Lottery>]) {
    self.configuration = configuration
    self.results = results
    masks = results.compactMap { result in
      var generator = TorchGenerator(seed: UInt64(result.trial.seed))
      let initial = configuration.network(using: &generator)
      guard let bits = result.measurement.mask,
        let mask = Mask(unpacking: Array(bits), of: initial)
      else { return nil }
      return (result.trial, initial, mask)
    }
  }

  func measurements(_ network: Lottery.Network) -> [Lottery.Measurement] {
    results.filter { $0.trial.network == network }.map(\.measurement)
  }

  /// The values of a round of the search, one per seed.
  func search(
    _ network: Lottery.Network, _ round: Int, _ value: (Lottery.Round) -> Double
  ) -> [Double] {
    measurements(network).compactMap {
      $0.rounds.indices.contains(round) ? value($0.rounds[round]) : nil
    }
  }

  /// The accuracies before anything is pruned, one per trial that searches.
  var unpruned: [Double] {
    search(.lottery, 0, \.testAccuracy) + search(.random, 0, \.testAccuracy)
  }

  func curves(_ network: Lottery.Network, _ condition: Lottery.Condition) -> [Lottery.Curve] {
    measurements(network).compactMap { $0.curves.first { $0.condition == condition } }
  }

  /// The accuracy in the end, one per seed.
  func accuracies(_ network: Lottery.Network, _ condition: Lottery.Condition) -> [Double] {
    curves(network, condition).map(\.final)
  }

  private func accuracy(_ network: Lottery.Network, _ condition: Lottery.Condition) -> Double? {
    let values = accuracies(network, condition)
    return values.isEmpty ? nil : meanAndDeviation(values).mean
  }

  /// How far one network is ahead of another, for each seed and on average.
  private func lead(
    of network: Lottery.Network, over other: Lottery.Network, _ condition: Lottery.Condition
  ) -> (mean: Double, deviation: Double)? {
    let differences = pairs(network, other) { measurement in
      measurement.curves.first { $0.condition == condition }?.final
    }.map(-)
    return differences.isEmpty ? nil : meanAndDeviation(differences)
  }

  /// A value of two networks side by side, for each seed that has both: one trial may have failed.
  private func pairs(
    _ network: Lottery.Network, _ other: Lottery.Network, _ value: (Lottery.Measurement) -> Double?
  ) -> [(Double, Double)] {
    configuration.seeds.compactMap { seed in
      guard let one = measurement(network, seed).flatMap(value),
        let two = measurement(other, seed).flatMap(value)
      else { return nil }
      return (one, two)
    }
  }

  private func measurement(_ network: Lottery.Network, _ seed: Int) -> Lottery.Measurement? {
    results.first { $0.trial == Lottery.Trial(network: network, seed: seed) }?.measurement
  }

  func adjacencies(_ network: Lottery.Network) -> [Adjacency] {
    masks.filter { $0.trial.network == network }.map { $0.mask.adjacency }
  }

  // MARK: Claims

  var claims: [Claim] {
    [
      best, collapse, lotterySearch, randomSearch, lottery, random, fresh, shuffled, order,
    ].compactMap(\.self) + [2, 3, 4].compactMap(adjacencyClaim) + [locality].compactMap(\.self)
  }

  private var best: Claim? {
    let accuracies = configuration.schedule.indices.filter {
      (0.85...0.97).contains(configuration.schedule[$0])
    }.map { search(.lottery, $0, \.testAccuracy) }.filter { !$0.isEmpty }.map(meanAndDeviation)
    guard let best = accuracies.max(by: { $0.mean < $1.mean }) else { return nil }
    return Claim(
      "best-ticket",
      "Lottery tickets reach 74 % test accuracy at 85 to 97 % sparsity (the best mean over trials, within 3 points).",
      reported: 74.3, measured: .number(best.mean), spread: best.deviation,
      holds: abs(best.mean - 74.3) <= 3)
  }

  private var collapse: Claim? {
    let values = search(.lottery, configuration.sparsities - 1, \.testAccuracy)
    guard configuration.schedule.last == 1, !values.isEmpty else { return nil }
    let (mean, deviation) = meanAndDeviation(values)
    return Claim(
      "collapse", "Nothing is learned once everything is pruned (10 %, within 2 points).",
      reported: 10, measured: .number(mean), spread: deviation,
      holds: abs(mean - 10) <= 2)
  }

  /// The mean lead of one list of accuracies over another, over the rounds at these sparsities.
  private func searchLead(
    _ sparsities: ClosedRange<Double>, _ lead: (_ round: Int) -> [Double]
  ) -> Double? {
    let leads = configuration.schedule.indices
      .filter { sparsities.contains(configuration.schedule[$0]) }.map(lead)
      .filter { !$0.isEmpty }.map { meanAndDeviation($0).mean }
    return leads.isEmpty ? nil : meanAndDeviation(leads).mean
  }

  private var lotterySearch: Claim? {
    let lead = searchLead(0.5...0.98) { round in
      pairs(.lottery, .random) {
        $0.rounds.indices.contains(round) ? $0.rounds[round].testAccuracy : nil
      }
      .map(-)
    }
    guard let lead else { return nil }
    return Claim(
      "lottery-beats-random",
      "From half of the parameters on, pruning by magnitude leaves better networks than pruning at random (mean lead "
        + "in points up to 98 % sparsity, more than 2).",
      measured: .number(lead), holds: lead > 2)
  }

  private var randomSearch: Claim? {
    guard !unpruned.isEmpty else { return nil }
    let dense = meanAndDeviation(unpruned).mean
    let lead = searchLead(0.01...0.99) { search(.random, $0, \.testAccuracy).map { dense - $0 } }
    guard let lead else { return nil }
    return Claim(
      "random-below-dense",
      "Networks that are pruned at random do worse than the dense one (mean over all sparsities, in points).",
      measured: .number(lead), holds: lead > 0)
  }

  private var lottery: Claim? {
    guard let lead = lead(of: .lottery, over: .dense, .ordered) else { return nil }
    return Claim(
      "lottery-beats-dense",
      "On new data the ticket does better than the dense network (lead in points, more than 2).",
      reported: 6.5, measured: .number(lead.mean), spread: lead.deviation,
      holds: lead.mean > 2)
  }

  private var random: Claim? {
    guard let lead = lead(of: .dense, over: .random, .ordered) else { return nil }
    return Claim(
      "dense-beats-random",
      "On new data the dense network does better than one pruned at random (lead in points, more than 2).",
      reported: 6, measured: .number(lead.mean), spread: lead.deviation,
      holds: lead.mean > 2)
  }

  private var fresh: Claim? {
    guard let whole = lead(of: .lottery, over: .dense, .ordered),
      let kept = lead(of: .lottery, over: .dense, .reinitialized)
    else { return nil }
    return Claim(
      "fresh-weights",
      "With other initial weights the ticket keeps a part of its lead over the dense network, but not all (points).",
      reported: 3, measured: .number(kept.mean), spread: kept.deviation,
      holds: kept.mean > 1 && kept.mean < whole.mean)
  }

  private var shuffled: Claim? {
    guard let kept = lead(of: .lottery, over: .dense, .shuffled) else { return nil }
    return Claim(
      "shuffled-columns",
      "On shuffled columns the ticket's lead over the dense network is gone (points, at most 1).",
      reported: -1, measured: .number(kept.mean), spread: kept.deviation,
      holds: kept.mean <= 1)
  }

  private var order: Claim? {
    let kept = [Lottery.Condition.reversed, .swapped].compactMap { accuracy(.lottery, $0) }
    guard kept.count == 2, let worse = kept.min(), let shuffled = accuracy(.lottery, .shuffled)
    else { return nil }
    return Claim(
      "neighbourhoods",
      "Columns that are reversed or exchanged by halves, but keep their neighbours, serve the ticket better than "
        + "shuffled ones (points, the smaller of the two).",
      measured: .number(worse - shuffled), holds: worse > shuffled)
  }

  private func adjacencyClaim(_ count: Int) -> Claim? {
    let lottery = adjacencies(.lottery).flatMap { $0.probabilities(of: count) }
    let random = adjacencies(.random).flatMap { $0.probabilities(of: count) }
    guard !lottery.isEmpty, !random.isEmpty else { return nil }
    let (inLottery, inRandom) = (meanAndError(lottery), meanAndError(random))
    let error = (inLottery.error * inLottery.error + inRandom.error * inRandom.error).squareRoot()
    return Claim(
      "adjacency-\(count)",
      "In lottery tickets \(Self.word(count)) neighbouring inputs of a unit survive together more often than in random "
        + "ones (difference of probabilities in percent, more than two standard errors).",
      measured: .number(100 * (inLottery.mean - inRandom.mean)), decimals: 3,
      holds: inLottery.mean - inRandom.mean > 2 * error)
  }

  private var locality: Claim? {
    let pairs = adjacencies(.lottery).flatMap { adjacency in
      zip(adjacency.probabilities(of: 2), adjacency.expectedProbabilities(of: 2)).map(-)
    }
    guard !pairs.isEmpty else { return nil }
    let difference = meanAndError(pairs)
    return Claim(
      "locality",
      "That is more than it takes that some units keep more inputs than others: at random places, as many inputs would "
        + "be neighbours less often (difference for two, in percent, more than two standard errors).",
      measured: .number(100 * difference.mean), decimals: 3,
      holds: difference.mean > 2 * difference.error)
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
  var final: Double { meanAndDeviation(testAccuracy.suffix(Self.averaged)).mean }
}

extension Mask<MultilayerPerceptron> {
  /// Which inputs the units of the first layer keep.
  var adjacency: Adjacency {
    let weight = survivors.linear1.weight
    return Adjacency(mask: weight.elements, inputs: weight.shape[1])
  }
}
