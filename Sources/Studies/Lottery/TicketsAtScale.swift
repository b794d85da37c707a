import Foundation
import Runs

/// What the tickets of larger networks show: the paper's question for later.
struct TicketsAtScale {
  let scale: Lottery.Scale
  let plan: Lottery.Plan
  let results: Results<Lottery>
  let tickets: [Ticket]

  /// The inputs that a pruned network keeps.
  struct Ticket {
    let trial: Lottery.Trial
    let adjacency: Adjacency
    /// The mean probabilities that groups survive, by what decides which inputs a unit keeps.
    let probabilities: [Choice: [Adjacency.Group: Double]]
  }

  /// What decides which inputs a unit keeps.
  enum Choice: CaseIterable {
    /// The pruning.
    case pruning
    /// Chance, as many inputs for each unit and as many units for each input.
    case rearrangement
    /// Chance, as many inputs for each unit.
    case chance
  }

  /// Those that a run is about and that have a result.
  static func all(in results: Results<Lottery>) -> [TicketsAtScale] {
    Lottery.Scale.allCases.filter { $0 != .paper && results.configuration.scales.contains($0) }
      .map { TicketsAtScale($0, results.of($0)) }.filter { !$0.results.all.isEmpty }
  }

  private init(_ scale: Lottery.Scale, _ results: Results<Lottery>) {
    self.scale = scale
    self.results = results
    plan = results.configuration.plan(for: scale)
    let units = plan.hidden
    tickets = results.all.compactMap { result in
      result.measurement.inputMask?.adjacency(units: units).map { Ticket(result.trial, $0) }
    }
  }

  /// A probability over the seeds of a network.
  func probability(
    _ network: Lottery.Network, _ choice: Choice, _ group: Adjacency.Group
  ) -> Sample? {
    let found = tickets.filter { $0.trial.network == network }.compactMap { ticket in
      ticket.probabilities[choice]?[group].map { (seed: ticket.trial.seed, value: $0) }
    }
    return Sample(found.map(\.value), seeds: found.map(\.seed))
  }

  /// How many times as likely a group survives as it would where each unit keeps as many inputs at random.
  func excess(
    _ network: Lottery.Network, _ choice: Choice, _ group: Adjacency.Group
  ) -> Sample? {
    let found = tickets.filter { $0.trial.network == network }.compactMap {
      ticket -> (seed: Int, value: Double)? in
      guard let own = ticket.probabilities[choice]?[group],
        let chance = ticket.probabilities[.chance]?[group], chance > 0
      else { return nil }
      return (ticket.trial.seed, own / chance)
    }
    return Sample(found.map(\.value), seeds: found.map(\.seed))
  }

  /// The pruned networks in the order in which tables and figures have them.
  var pruned: [Lottery.Network] {
    [.lottery, .random, .sign].filter(results.configuration.networks.contains)
  }

  var groups: [Adjacency.Group] { Self.groups(of: tickets.first?.adjacency.shape ?? []) }

  fileprivate static func groups(of shape: [Int]) -> [Adjacency.Group] {
    [.run(2), .run(3), .run(4)] + (shape.count == 2 ? [.square] : [])
  }
}

extension TicketsAtScale.Ticket {
  init(_ trial: Lottery.Trial, _ adjacency: Adjacency) {
    self.trial = trial
    self.adjacency = adjacency
    let groups = TicketsAtScale.groups(of: adjacency.shape)
    func means(_ values: [[Double]]) -> [Adjacency.Group: Double] {
      Dictionary(
        zip(groups, values).map { ($0, Sample($1)?.mean ?? 0) }, uniquingKeysWith: { $1 })
    }
    probabilities = [
      .pruning: means(groups.map { adjacency.probabilities(of: $0) }),
      .rearrangement: means(adjacency.rearrangedProbabilities(of: groups)),
      .chance: means(groups.map { adjacency.expectedProbabilities(of: $0.count) }),
    ]
  }
}

// MARK: Findings

extension TicketsAtScale {
  var findings: Findings {
    Findings(
      claims: claims, tables: [analysisTable, searchTable, adjacencyTable],
      illustrations: illustrations)
  }

  private static let source =
    "Section 5: “We would like to show that large scale lottery tickets also learn spatial inductive biases, and show "
    + "evidence that they develop local connectivity.”"

  private func name(_ rest: String) -> String { "\(scale.rawValue)-\(rest)" }

  private var claims: [Claim?] {
    func percent(_ network: Lottery.Network, _ choice: Choice) -> Sample? {
      probability(network, choice, .run(2)).flatMap { sample in
        Sample(sample.values.map { 100 * $0 }, seeds: sample.seeds)
      }
    }
    func cost(_ network: Lottery.Network) -> Sample? {
      results.accuracy(network, .ordered) - results.accuracy(network, .shuffled)
    }
    return [
      Claim(
        name("shuffling"),
        "Large tickets also learn spatial inductive biases: shuffling the \(scale.inputs) costs \(scale.ticket) more than "
          + "it costs the dense network (difference in points).",
        source: Self.source, difference: cost(.lottery) - cost(.dense), in: .above(0)),
      Claim(
        name("adjacency"),
        "In \(scale.ticket) two neighbouring \(scale.inputs) of a unit survive together more often than in a random one "
          + "(difference of probabilities in percent).",
        source: Self.source, difference: percent(.lottery, .pruning) - percent(.random, .pruning),
        in: .above(0), decimals: 3),
      Claim(
        name("locality"),
        "Large tickets develop local connectivity: in \(scale.ticket) two neighbouring \(scale.inputs) of a unit survive "
          + "together more often than where each unit keeps as many of them, and each of them is kept by as many units, at "
          + "random (difference in percent).",
        source: Self.source,
        difference: percent(.lottery, .pruning) - percent(.lottery, .rearrangement),
        in: .above(0), decimals: 3),
    ]
  }

  // MARK: Tables

  private var percent: String { (100 * plan.ticketSparsity).shown(0) }

  private var analysisTable: Table {
    let networks = [.dense, .random, .sign, .lottery].filter {
      results.configuration.networks.contains($0)
    }
    func cells(_ accuracy: (Lottery.Network) -> Sample?) -> [Cell] {
      networks.map { Cell(accuracy($0)) }
    }
    return Table(
      name("analysis"),
      title: "\(scale.heading): test accuracy in percent of networks retrained \(scale.newData), "
        + "ticket of \(percent) % sparsity, after the last step",
      columns: ["trained on"] + networks.map(\.rawValue),
      rows: plan.conditions.map { condition in
        [.text(scale.label(condition))] + cells { results.accuracy($0, condition) }
      } + [
        [.text("what shuffling costs")]
          + cells { results.accuracy($0, .ordered) - results.accuracy($0, .shuffled) }
      ])
  }

  private var searchTable: Table {
    Table(
      name("search"),
      title: "\(scale.heading): test accuracy in percent after each pruning of the search",
      columns: ["sparsity"] + pruned.map(\.rawValue),
      rows: plan.sparsities.map { sparsity in
        [.number(sparsity, decimals: 2)]
          + pruned.map { Cell(results.search($0, at: sparsity, \.testAccuracy)) }
      })
  }

  private var adjacencyTable: Table {
    Table(
      name("adjacency"),
      title:
        "\(scale.heading): probability in percent that neighbouring \(scale.inputs) of a first-layer unit all survive "
        + "(mean and standard deviation over seeds)",
      columns: ["mask"] + groups.map(Self.word),
      rows: pruned.flatMap { network in
        Choice.allCases.map { choice in
          [.text(network.rawValue + scale.suffix(choice))]
            + groups.map { group in
              probability(network, choice, group).map {
                .estimate(mean: 100 * $0.mean, spread: 100 * $0.deviation, decimals: 3)
              } ?? .empty
            }
        }
      })
  }

  static func word(_ group: Adjacency.Group) -> String {
    switch group {
    case .run(let count): Results<Lottery>.word(count)
    case .square: "2 × 2"
    }
  }
}

extension Lottery.Scale {
  /// The section's heading.
  var title: String { "Tickets at scale: \(heading.prefix(1).lowercased() + heading.dropFirst())" }

  /// What a table begins with.
  var heading: String {
    switch self {
    case .paper: "The paper’s network"
    case .wide: "A wide network"
    case .pixels: "A network on pixels"
    }
  }

  /// What the section is about.
  var about: String {
    switch self {
    case .paper: ""
    case .wide:
      "The paper would like to know whether tickets of large networks also learn where inputs lie. Here the network is "
        + "wider, and the data are the same."
    case .pixels:
      "The paper would like to know whether tickets of large networks also learn where inputs lie. Here the network sees "
        + "images of MNIST, whose pixels have neighbours in two dimensions."
    }
  }

  /// What a unit of the first layer sees.
  fileprivate var inputs: String {
    switch self {
    case .paper, .wide: "columns"
    case .pixels: "pixels"
    }
  }

  /// A lottery ticket of this scale.
  fileprivate var ticket: String {
    switch self {
    case .paper: "the ticket"
    case .wide: "the wide ticket"
    case .pixels: "the ticket on pixels"
    }
  }

  /// What the networks of the analysis are trained on.
  var newData: String {
    switch self {
    case .paper, .wide: "on new data"
    case .pixels: "on the half of the images that the search has not seen"
    }
  }

  func label(_ condition: Lottery.Condition) -> String {
    condition == .shuffled ? "\(inputs) shuffled" : condition.label
  }

  /// What a mask is called that is no pruning's.
  func suffix(_ choice: TicketsAtScale.Choice) -> String {
    switch choice {
    case .pruning: ""
    case .rearrangement: ", as many per unit and per input at random places"
    case .chance: ", as many per unit at random places"
    }
  }
}

extension Lottery {
  /// What a reader should know of scales, those that a run leaves out among them.
  static func notes(on scales: [Scale]) -> [String] {
    var notes: [String] = []
    if scales == [.paper] {
      notes.append(
        "Whether larger tickets learn spatial priors, too, scales=paper,wide asks of a wide network, and mnist=DIR, the "
          + "folder with the four IDX files of MNIST, of one that sees pixels.")
    }
    if scales.contains(.pixels) {
      notes.append(
        "A pixel on which no image has ink is always 0, so that its weights never learn, and most are pruned. That the rest "
          + "lie beside each other says nothing of a unit: what is held against chance is therefore rearranged so that each "
          + "pixel is kept by as many units.")
    }
    return notes
  }
}
