import Figures
import ReferenceRandom
import Runs

extension TicketsAtScale {
  var illustrations: [Illustration?] {
    let name = scale.rawValue
    let seeds = results.configuration.seeds.count
    return [
      Illustration(
        "\(name)-tickets",
        caption:
          "The search, what becomes of the ticket at \(percent) % sparsity \(scale.newData), and how many times as often "
          + "neighbouring inputs of a first-layer unit survive together as at random places; "
          + Spread.error.caption(over: seeds)
          + ". Rearranged: the ticket with as many inputs for each unit and as many units for each input, otherwise at random.",
        figure: figure,
        finding: Illustration.Finding(
          "\(scale.finding) keep neighbouring inputs, and pay for it where these are shuffled",
          ifHold: "\(name)-locality", "\(name)-shuffling")),
      tickets.isEmpty
        ? nil
        : Illustration(
          "\(name)-masks", caption: scale.maskCaption(percent, units: shownUnits),
          figure: masks,
          finding: Illustration.Finding(
            "\(scale.finding) keep neighbouring inputs", ifHold: "\(name)-locality")),
    ]
  }

  private var percent: String { (100 * plan.ticketSparsity).shown(0) }

  private var networks: [Lottery.Network] {
    [.dense, .random, .sign, .lottery].filter(results.configuration.networks.contains)
  }

  private var figure: Figure {
    Figure(
      title: "Do larger tickets learn spatial priors, too?",
      subtitle:
        "\(scale.heading): \(plan.hidden.shown) hidden units, \(percent) % of the parameters pruned",
      panels: [searchPanel] + plan.conditions.map(curves) + [adjacencyPanel],
      columns: 4, legend: .hidden, width: 1180, aspect: 0.9)
  }

  private var searchPanel: Panel {
    Panel(
      title: "The search",
      x: Axis("parameters left (%)", scale: .logarithmic, direction: .backward),
      y: Axis("test accuracy (%)"),
      marks: pruned.map { network in
        let sparsities = plan.sparsities.filter { $0 < 1 }
        let curve = SampleCurve(
          x: sparsities.map { 100 * (1 - $0) },
          sparsities.map { results.search(network, at: $0, \.testAccuracy) })
        return .line(
          Line(
            nil, curve, band: .error, as: network.appearance, points: .shown,
            endLabel: network.rawValue))
      }
        + (results.unpruned(\.testAccuracy).map {
          let color = Lottery.Network.dense.appearance.color
          return [.rule(Rule(.horizontal($0.mean), label: "dense", color: color))]
        } ?? [])
        + [
          .rule(
            Rule(.vertical(100 * (1 - plan.ticketSparsity)), label: "ticket", dash: .dotted))
        ])
  }

  private func curves(_ condition: Lottery.Condition) -> Panel {
    Panel(
      title: "Retrained: \(scale.label(condition))", x: Axis("training step"),
      y: results.accuracyAxis,
      marks: networks.compactMap { network in
        results.curve(where: { $0.network == network }) { measurement in
          measurement.curves.first { $0.condition == condition }.map { ($0.steps, $0.testAccuracy) }
        }.map {
          .line(Line(nil, $0, band: .error, as: network.appearance, endLabel: network.rawValue))
        }
      })
  }

  private var adjacencyPanel: Panel {
    func line(
      _ name: String, _ network: Lottery.Network, _ choice: Choice, _ appearance: Appearance
    ) -> Mark? {
      let points = groups.enumerated().compactMap { place, group -> (x: Double, y: Double)? in
        // What never survives together has no place on a logarithmic scale.
        excess(network, choice, group).flatMap { $0.mean > 0 ? (Double(place), $0.mean) : nil }
      }
      return points.isEmpty
        ? nil
        : .line(
          Line(
            nil, x: points.map(\.x), y: points.map(\.y), color: appearance.color,
            dash: appearance.dash, marker: appearance.marker, endLabel: name))
    }
    return Panel(
      title: "Neighbouring inputs",
      x: Axis("neighbours", ticks: .names(groups.map(Self.word))),
      y: Axis("times as often as by chance", scale: .logarithmic),
      marks: [
        line("random", .random, .pruning, Lottery.Network.random.appearance),
        line("rearranged", .lottery, .rearrangement, .rearranged),
        line("lottery", .lottery, .pruning, Lottery.Network.lottery.appearance),
        .rule(Rule(.horizontal(1), dash: .dotted)),
      ].compactMap(\.self))
  }

  // MARK: Masks

  private var shownUnits: Int { scale == .pixels ? 9 : 500 }

  /// The masks of the first seed: the lottery's, the same rearranged, and the random one.
  private var shown: [(name: String, adjacency: Adjacency)] {
    func first(_ network: Lottery.Network) -> Ticket? {
      tickets.first { $0.trial.network == network }
    }
    var random = NumPyRandomState(seed: 0)
    let lottery = first(.lottery).map { ticket in
      let rearranged = ticket.adjacency.rearranged(
        trades: 5 * ticket.adjacency.units.count, using: &random)
      return [
        (name: "lottery, seed \(ticket.trial.seed)", adjacency: ticket.adjacency),
        (name: "the same, rearranged", adjacency: rearranged),
      ]
    }
    return (lottery ?? [])
      + (first(.random).map { [("random, seed \($0.trial.seed)", $0.adjacency)] } ?? [])
  }

  private var masks: Figure {
    let title = "Do larger tickets keep neighbouring inputs?"
    if scale == .pixels { return pictures(title) }
    return Figure(
      title: title,
      panels: shown.map { name, adjacency in
        let units = adjacency.sorted.prefix(shownUnits)
        let inputs = units.first?.count ?? 0
        let cells = (0..<inputs).flatMap { input in units.map { $0[input] ? 1.0 : 0 } }
        return .heatMap(
          HeatMap(cells, rows: inputs, columns: units.count), title: name, columnLabel: "unit",
          rowLabel: "input", colors: ColorScale(Axis(from: 0, to: 1), map: .ink, bar: .hidden))
      }, width: 1180, aspect: 0.16)
  }

  /// For each mask, how many units keep each pixel, and which pixels some units keep.
  private func pictures(_ title: String) -> Figure {
    func picture(_ values: [Double], _ shape: [Int], _ name: String, to most: Double) -> Panel {
      .heatMap(
        HeatMap(values, rows: shape[0], columns: shape[1]), title: name,
        colors: ColorScale(Axis(from: 0, to: most), map: .ink, bar: .hidden))
    }
    return Figure(
      title: title,
      panels: shown.flatMap { _, adjacency in
        let shape = adjacency.shape
        let kept = (0..<shape.reduce(1, *)).map { pixel in
          Double(adjacency.units.count { $0[pixel] })
        }
        return [picture(kept, shape, "all units", to: max(kept.max() ?? 0, 1))]
          + adjacency.sorted.prefix(shownUnits).enumerated().map { place, unit in
            picture(unit.map { $0 ? 1 : 0 }, shape, "unit \(place + 1)", to: 1)
          }
      },
      columns: min(shownUnits, plan.hidden) + 1, rowTitles: shown.map(\.name), width: 1180,
      aspect: 1)
  }
}

extension Lottery.Scale {
  /// Its tickets, at the beginning of a sentence.
  fileprivate var finding: String {
    switch self {
    case .paper: "Lottery tickets"
    case .wide: "Wide tickets"
    case .pixels: "Tickets on pixels"
    }
  }

  fileprivate func maskCaption(_ percent: String, units: Int) -> String {
    switch self {
    case .paper, .wide:
      "Which weights of the first layer survive at \(percent) % sparsity: a column for each of the \(units.shown) units "
        + "with the most neighbouring inputs, of one seed."
    case .pixels:
      "Which pixels the units of the first layer keep at \(percent) % sparsity, for one seed: on the left how many units keep "
        + "each, beside it the \(units.shown) units with the most neighbouring pixels."
    }
  }
}
