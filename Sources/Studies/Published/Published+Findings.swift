import Foundation
import NeuralNetworks
import Runs
import StudyModels

extension Published {
  package static func findings(_ results: Results<Published>) -> Findings {
    let outcomes = PublishedOutcomes(results)
    return Findings(
      claims: outcomes.claims,
      tables: [
        outcomes.summary, outcomes.amplification, outcomes.activations, outcomes.learningRates,
        outcomes.roundedPooling,
      ],
      illustrations: outcomes.illustrations, notes: outcomes.notes,
      paperNotes: outcomes.paperNotes,
      attachments: [
        Attachment(
          csv: outcomes.numbers,
          caption:
            "every printed number, with its cell, beside the same number as it is computed here")
      ])
  }
}

/// The comparisons in the order in which tables and claims want them.
struct PublishedOutcomes {
  let configuration: Published.Configuration
  let printouts: [ComparedPrintout]
  /// The losses of the computations in double precision, at every tenth step.
  private let doublePrecision: [Architecture: [Double]]
  /// The accuracies after trainings from coarse weights.
  private let coarse: [PoolingMethod: [Double]]

  init(_ results: Results<Published>) {
    configuration = results.configuration
    printouts = ComparedPrintout.all(results.all)
    coarse = results.all.reduce(into: [:]) { accuracies, result in
      if case .coarsePooling(let method) = result.trial.computation {
        accuracies[method, default: []] +=
          result.measurement.values.last.flatMap(\.last).map { [$0] } ?? []
      }
    }
    doublePrecision = results.all.reduce(into: [:]) { losses, result in
      if case .doublePrecision(let model) = result.trial.computation {
        losses[model] = result.measurement.losses
      }
    }
  }

  /// The accuracies after the last step with 1,000 examples: printed, computed, and how far roundings take them.
  var roundedPooling: Table? {
    var table = Table(
      "pooling", title: "Test accuracy in percent with 1,000 examples, after the last step",
      columns: [
        "method", "Figure 7", "printed in 7878d96", "computed", "twins", "from coarse weights",
      ])
    for printout in printouts {
      guard case .pooling(let method, 1000) = printout.printout.computation,
        let accuracy = printout.comparisons.last
      else { continue }
      table.append([
        .text(method.label), Pooling.reported[1000, method].map { .number($0) } ?? .empty,
        .text(accuracy.printed.text), .number(accuracy.measured), range(accuracy.twins),
        range(coarse[method] ?? []),
      ])
    }
    return table.rows.isEmpty ? nil : table
  }

  private func range(_ values: [Double]) -> Cell {
    guard let low = values.min(), let high = values.max() else { return .empty }
    return .text("\(low.shown(1)) to \(high.shown(1))")
  }

  /// How far a baseline's losses are from those in double precision, at every tenth step, as parts of them.
  func roundings(_ model: Architecture, _ losses: [Double]) -> [Double] {
    zip(doublePrecision[model] ?? [], losses).map(Comparison.distance)
  }

  /// The comparisons of all printouts of some computations.
  func comparisons(
    where isWanted: (Published.Computation) -> Bool
  ) -> [Comparison] {
    printouts.filter { isWanted($0.printout.computation) }.flatMap(\.comparisons)
  }

  // MARK: Tables

  /// Printouts that share a line of the summary: the six functions, and the five networks on one dataset.
  private var groups: [(name: String, source: String, comparisons: [Comparison])] {
    var groups: [(name: String, source: String, comparisons: [Comparison])] = []
    for printout in printouts {
      let name = printout.printout.computation.group
      let source = printout.printout.source
      if let last = groups.indices.last, groups[last].name == name, groups[last].source == source {
        groups[last].comparisons += printout.comparisons
      } else {
        groups.append((name, source, printout.comparisons))
      }
    }
    return groups
  }

  var summary: Table {
    var table = Table(
      "agreement",
      title:
        "What the notebooks printed, and how much of it is computed here to the last printed digit",
      columns: [
        "computation", "printed in", "numbers", "to the last digit", "fewest digits",
        "part at step", "twins part at step", "distance in twins",
      ])
    for (name, source, comparisons) in groups {
      table.append([
        .text(name), .text(source), .integer(comparisons.count), .integer(comparisons.exact),
        .integer(comparisons.map(\.digits).min() ?? 0),
        comparisons.parting.map { .integer($0) } ?? .empty,
        comparisons.twinParting.map { .integer($0) } ?? .empty,
        comparisons.distanceInTwins.map { .number($0) } ?? .empty,
      ])
    }
    return table
  }

  /// How roundings grow while the baselines train.
  var amplification: Table? {
    let steps = [10, 30, 100, 300, 1000]
    var table = Table(
      "amplification",
      title:
        "Largest relative difference up to a step between a baseline's losses and those of its twins (root mean square), "
        + "or the same in double precision",
      columns: ["network", "against"] + steps.map { "step \($0)" } + ["fourth digit at step"])
    for printout in printouts {
      guard case .quickstart(let model) = printout.printout.computation else { continue }
      let roundings = [
        ("twins", printout.lossDifferences),
        ("double precision", roundings(model, printout.measurement.losses)),
      ]
      for (name, differences) in roundings where differences.count > (steps.max() ?? 0) / 10 {
        let fourth = differences.firstIndex { $0 > 5e-4 }.map { 10 * $0 }
        table.append(
          [.text(model.label), .text(name)]
            + steps.map { step in
              .text(String(format: "%.1e", differences[...(step / 10)].max() ?? .nan))
            } + [fourth.map { .integer($0) } ?? .empty])
      }
    }
    return table.rows.isEmpty ? nil : table
  }

  var activations: Table? {
    var table = Table(
      "activation-functions", title: "Mean inner loss with six activation functions",
      columns: ["function", "printed", "computed", "digits", "twins with the printed digits"])
    for printout in printouts {
      guard case .activation(let function) = printout.printout.computation,
        let comparison = printout.comparisons.first
      else { continue }
      table.append([
        .text(function.rawValue), .text(comparison.printed.text),
        .text(comparison.printed.text(for: comparison.measured)), .integer(comparison.digits),
        .text(
          "\(comparison.twins.count { comparison.printed.isPrint(of: $0) }) of \(comparison.twins.count)"
        ),
      ])
    }
    return table.rows.isEmpty ? nil : table
  }

  var learningRates: Table? {
    let quantities = Printout.learningRate[0].quantities
    var table = Table(
      "learning-rate",
      title: "The search for a learning rate, row by row (7878d96, metalearn-learn-rate, cell 16)",
      columns: ["start", "step"] + quantities.flatMap { ["\($0), printed", "computed"] }
        + ["fewest digits"])
    for printout in printouts {
      guard case .learningRate(let start, 4000) = printout.printout.computation else { continue }
      for (step, row) in printout.rows {
        table.append(
          [.text("\(start)"), .integer(step)]
            + row.flatMap { number -> [Cell] in
              [.text(number.printed.text), .text(number.printed.text(for: number.measured))]
            } + [.integer(row.map(\.digits).min() ?? 0)])
      }
    }
    return table.rows.isEmpty ? nil : table
  }

  /// Everything that was compared.
  var numbers: Table {
    var table = Table(
      "numbers", title: "",
      columns: [
        "computation", "printed in", "step", "quantity", "printed", "computed", "digits", "of",
        "digits of twins",
      ])
    for printout in printouts {
      for number in printout.comparisons {
        table.append([
          .text("\(printout.printout.computation)"), .text(printout.printout.source),
          .integer(number.step), .text(number.quantity), .text(number.printed.text),
          .number(number.measured), .integer(number.digits), .integer(number.printed.digits),
          number.twinDigits.map { .integer($0) } ?? .empty,
        ])
      }
    }
    return table
  }
}

extension ComparedPrintout {
  /// The comparisons by the lines of the print.
  var rows: [(step: Int, comparisons: [Comparison])] {
    let width = printout.quantities.count
    return stride(from: 0, to: comparisons.count, by: width).map {
      (comparisons[$0].step, Array(comparisons[$0..<$0 + width]))
    }
  }

  /// The root mean square over the twins of how far their losses are from the computation's, at every tenth step.
  var lossDifferences: [Double] {
    let twins = twins.filter { $0.losses.count == measurement.losses.count }
    guard !twins.isEmpty else { return [] }
    return measurement.losses.indices.map { index in
      let squares = twins.map { twin in
        let distance = Comparison.distance(twin.losses[index], measurement.losses[index])
        return distance * distance
      }
      return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }
  }
}

extension PrintedNumber {
  /// Another number as it would have been printed.
  package func text(for number: Double) -> String {
    let mantissa = text.prefix { $0 != "e" }
    let decimals =
      mantissa.firstIndex(of: ".").map { mantissa.distance(from: $0, to: mantissa.endIndex) - 1 }
      ?? 0
    return String(format: text.contains("e") ? "%.\(decimals)e" : "%.\(decimals)f", number)
  }
}

extension Published.Computation {
  /// The name of the line of the summary.
  fileprivate var group: String {
    switch self {
    case .activation: "six activation functions"
    case .pooling(_, let examples): "five ways of pooling, \(examples) examples"
    default: description
    }
  }
}
