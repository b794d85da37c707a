import DataFormats
import Figures
import NeuralNetworks
import Runs

extension Lottery.Condition {
  /// The condition as a heading.
  var label: String {
    switch self {
    case .ordered: "as it is"
    case .shuffled: "columns shuffled"
    case .reversed: "columns reversed"
    case .swapped: "halves exchanged"
    case .reinitialized: "other initial weights"
    }
  }
}

extension Results<Lottery> {
  private var networks: [Lottery.Network] { [.dense, .random] + bySign + [.lottery] }

  /// The network that the paper has not, where it was asked for.
  private var bySign: [Lottery.Network] { configuration.networks.filter { $0 == .sign } }

  private var plan: Lottery.Plan { configuration.plan(for: .paper) }

  private var percent: String { (100 * plan.ticketSparsity).shown(0) }

  // MARK: Figures

  func illustrations(of tickets: [Lottery.Ticket]) -> [Illustration?] {
    [
      Illustration(
        "figure-3",
        caption:
          "The search for tickets, and what becomes of the one at \(percent) % sparsity on new data; "
          + Spread.error.caption(over: configuration.seeds.count)
          + ". Adjacency is the probability that two, three "
          + "and four neighbouring inputs of a first-layer unit survive, with the standard error over units.",
        figure: figure3(tickets),
        finding: Illustration.Finding(
          "Lottery tickets win by where their weights are", ifHold: "lottery-beats-random",
          "locality", "neighbourhoods")),
      tickets.isEmpty
        ? nil
        : Illustration(
          "figure-9",
          caption:
            "Which weights of the first layer survive at \(percent) % sparsity: a column for each unit, those "
            + "with the most neighbouring inputs first.",
          figure: figure9(tickets),
          finding: Illustration.Finding(
            "Lottery tickets keep neighbouring inputs", ifHold: "adjacency-2", "adjacency-3",
            "adjacency-4", "locality")),
      Illustration(
        "summary",
        caption:
          "The ticket at \(percent) % sparsity beside the dense network and one pruned at random; "
          + Spread.error.caption(over: configuration.seeds.count) + ".",
        figure: summary),
    ]
  }

  private func figure3(_ tickets: [Lottery.Ticket]) -> Figure {
    let analysis = configuration.conditions.map { condition in
      Panel(
        title: "Retrained: \(condition.label)", x: Axis("training step"), y: accuracyAxis,
        marks: networks.compactMap {
          curve($0, condition, label: $0.rawValue)
        })
    }
    return Figure(
      title: "What do lottery tickets win by?",
      subtitle:
        "A network of \(configuration.hidden.shown) units, pruned by magnitude and at random",
      panels: [
        searchPanel("Test loss", Axis("test loss", scale: .logarithmic), \.testLoss),
        searchPanel("Test accuracy", Axis("test accuracy (%)"), \.testAccuracy),
        adjacencyPanel(tickets),
      ] + analysis,
      columns: 4, legend: .below, width: 1180, aspect: 0.9)
  }

  private func searchPanel(
    _ title: String, _ axis: Axis, _ value: (Lottery.Round) -> Double
  ) -> Panel {
    let dense = unpruned(value)
    return Panel(
      title: title, x: Axis("sparsity"), y: axis,
      marks: ([.random] + bySign + [.lottery]).compactMap { network in
        let sparsities = plan.rounds(of: network).map { plan.sparsities[$0] }
        let curve = SampleCurve(x: sparsities, sparsities.map { search(network, at: $0, value) })
        guard curve.x.count == sparsities.count else { return nil }
        return .line(
          Line(
            nil, curve, band: .error, as: network.appearance, endLabel: network.rawValue))
      }
        + (dense.map {
          let color = Lottery.Network.dense.appearance.color
          return [.rule(Rule(.horizontal($0.mean), label: "dense", color: color))]
        } ?? [])
        + [.rule(Rule(.vertical(plan.ticketSparsity), label: "ticket", dash: .dotted))])
  }

  /// A learning curve of the analysis.
  private func curve(
    _ network: Lottery.Network, _ condition: Lottery.Condition, label: String,
    dash: Dash = .solid
  ) -> Mark? {
    curve(where: { $0.network == network }) { measurement in
      measurement.curves.first { $0.condition == condition }.map { ($0.steps, $0.testAccuracy) }
    }.map {
      .line(
        Line(
          nil, $0, band: .error, color: network.appearance.color, dash: dash,
          endLabel: label))
    }
  }

  /// The same limits for all learning curves, without their first rise.
  var accuracyAxis: Axis {
    let accuracies = all.flatMap { $0.measurement.curves }
      .flatMap { $0.testAccuracy.dropFirst(($0.steps.count + 9) / 10) }.filter(\.isFinite)
    guard let low = accuracies.min(), let high = accuracies.max() else {
      return Axis("test accuracy (%)")
    }
    return Axis(
      "test accuracy (%)", from: max(0, (low / 5).rounded(.down) * 5),
      to: (high / 5).rounded(.down) * 5 + 5)
  }

  private func adjacencyPanel(_ tickets: [Lottery.Ticket]) -> Panel {
    let counts = [2, 3, 4]
    return Panel(
      title: "Adjacency of input weights",
      x: Axis("neighbours", ticks: .names(counts.map(Self.word))),
      y: Axis("probability that all survive", from: 0),
      marks: ([.random] + bySign + [.lottery]).compactMap { network in
        let samples = counts.compactMap { count in
          tickets.units(of: network) { $0.probabilities(of: count) }
        }
        return samples.isEmpty
          ? nil
          : .bars(
            Bars(network.rawValue, samples, errors: .error, color: network.appearance.color))
      })
  }

  private var summary: Figure {
    let curves: [Mark?] = [
      curve(.dense, .ordered, label: "dense"),
      curve(.random, .ordered, label: "random"),
      curve(.sign, .ordered, label: "pruned by sign"),
      curve(.lottery, .ordered, label: "lottery"),
      curve(
        .lottery, .reinitialized, label: "lottery, other initial weights",
        dash: Lottery.Condition.reinitialized.dash),
      curve(
        .lottery, .shuffled, label: "lottery, columns shuffled",
        dash: Lottery.Condition.shuffled.dash),
    ]
    return Figure(
      title: "What does a lottery ticket’s advantage rest on?",
      subtitle: "\(percent) % of the parameters pruned, trained on new data",
      panels: [
        Panel(x: Axis("training step"), y: accuracyAxis, marks: curves.compactMap(\.self))
      ], legend: .hidden, width: 760, aspect: 0.62)
  }

  private func figure9(_ tickets: [Lottery.Ticket]) -> Figure {
    let pictures = tickets.sorted { $0.trial.network == .lottery && $1.trial.network != .lottery }
    return Figure(
      title: "Do lottery tickets keep neighbouring inputs?",
      panels: pictures.map { ticket in
        let units = ticket.adjacency.sorted
        let inputs = units.first?.count ?? 0
        let cells = (0..<inputs).flatMap { input in units.map { $0[input] ? 1.0 : 0 } }
        return .heatMap(
          HeatMap(cells, rows: inputs, columns: units.count), title: ticket.trial.description,
          columnLabel: "unit", rowLabel: "input",
          colors: ColorScale(Axis(from: 0, to: 1), map: .ink, bar: .hidden))
      }, width: 1180, aspect: 0.16)
  }

  // MARK: Tables and files

  var analysisTable: Table {
    var table = Table(
      "analysis",
      title:
        "Test accuracy in percent of networks retrained on new data, ticket of \(percent) % sparsity, after the last step",
      columns: ["trained on"] + networks.map(\.rawValue) + ["reported"])
    for condition in configuration.conditions {
      let reported = networks.compactMap { network in
        Lottery.reported[condition, network].map { "\(network.rawValue) \($0.shown(2))" }
      }
      table.append(
        [.text(condition.label)]
          + networks.map { Cell(accuracy($0, condition)) }
          + [reported.isEmpty ? .empty : .text(reported.joined(separator: ", "))])
    }
    return table
  }

  /// A few rounds on the way, and all from 90 % on; the file `search.csv` has the others.
  var searchTable: Table {
    let pruned = [.lottery, .random] + bySign
    var table = Table(
      "search", title: "The search: test accuracy in percent and test loss after each pruning",
      columns: ["sparsity"]
        + ["accuracy", "loss"].flatMap { of in pruned.map { "\($0.rawValue) \(of)" } })
    let every = configuration.randomEvery
    let step = max(1, configuration.sparsities / 10 / every) * every
    for (round, sparsity) in configuration.schedule.enumerated()
    where round % step == 0 || sparsity > 0.9 {
      table.append(
        [.number(sparsity, decimals: 2)]
          + pruned.map { Cell(search($0, at: sparsity, \.testAccuracy)) }
          + pruned.map { Cell(search($0, at: sparsity, \.testLoss), decimals: 2) })
    }
    return table
  }

  func adjacencyTable(of tickets: [Lottery.Ticket]) -> Table {
    func row(
      _ label: String, _ network: Lottery.Network, _ values: (Adjacency, Int) -> [Double]
    ) -> [Cell] {
      [.text(label)]
        + [2, 3, 4].map { count in
          tickets.units(of: network) { values($0, count) }.map {
            .estimate(mean: 100 * $0.mean, spread: 100 * $0.error, decimals: 2)
          } ?? .empty
        }
    }
    return Table(
      "adjacency",
      title:
        "Probability in percent that neighbouring inputs of a first-layer unit all survive (mean and standard "
        + "error over units)", columns: ["mask", "two", "three", "four"],
      rows: ([.lottery, .random] + bySign).flatMap { network in
        [
          row(network.rawValue, network) { $0.probabilities(of: $1) },
          row("\(network.rawValue), as many inputs per unit at random places", network) {
            $0.expectedProbabilities(of: $1)
          },
        ]
      })
  }

  /// Every network of the search.
  var searchFile: Attachment {
    let table = Table(
      "search", title: "",
      columns: [
        "network", "seed", "round", "sparsity", "train loss", "test loss", "test accuracy",
        "digest",
      ],
      rows: all.flatMap { result in
        result.measurement.rounds.map { measured in
          let round = configuration.schedule.firstIndex(of: measured.sparsity)
          return [
            .text(result.trial.network.rawValue), .integer(result.trial.seed),
            round.map { .integer($0 + 1) } ?? .empty,
            .number(measured.sparsity), .number(measured.trainLoss), .number(measured.testLoss),
            .number(measured.testAccuracy), .text(measured.digest),
          ]
        }
      })
    return Attachment(
      csv: table, caption: "losses and accuracy of every network of the search")
  }

  var notes: [String] {
    var notes = [
      "A layer's weights and biases are scored and pruned together, each layer to the same sparsity. Random scores are "
        + "drawn anew for every sparsity, so random masks are not nested, while a parameter that magnitude has pruned "
        + "stays pruned.",
      "A parameter that is pruned neither counts nor learns. What the next pruning scores are the parameters after the "
        + "last step; the authors' code scores those of its last checkpoint, at step 1,000.",
      "The analysis trains with batches of \(configuration.analysisBatchSize) on the dataset of seed "
        + "\(configuration.dataset.seed + 1), which the search has never seen.",
    ]
    if configuration.randomEvery > 1 {
      notes.append(
        "The control is trained at one in \(configuration.randomEvery) sparsities, and from 80 % on at three times as many "
          + "(random-every; the authors train it at all). Its rounds depend on no other, so that those that are left out "
          + "change none.")
    }
    return notes
  }

  var paperNotes: [String] {
    [
      "The reported accuracies are what the notebook of December 2020 printed. The authors' notebook of 2024 prints 65.85 for "
        + "the ticket (7878d96, lottery-tickets, cell 28), where it was 70.6: its seeding no longer reaches PyTorch. There the "
        + "two searches of one trial (cell 18) begin with 60.6 and 66.4 %; those of 2020 both begin with 63.7 %, from the same "
        + "weights."
    ]
  }
}

extension Lottery.Ticket {
  /// The ticket as `train` takes it; nil if it cannot be written.
  var file: Attachment? {
    guard let bytes = try? SafeTensors(ticketOf: initial, mask: mask).encode() else { return nil }
    let name = "\(trial.network.rawValue)-ticket-\(trial.seed)"
    return Attachment(
      name, type: "safetensors",
      caption:
        "initial weights and mask at \((100 * mask.sparsity).shown(1)) % sparsity, for mnist1d train --model "
        + "mlp --ticket \(name).safetensors",
      contents: bytes)
  }
}
