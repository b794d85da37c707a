import Figures
import Storage

/// What two or more runs of a study measured under the same keys, and by how much they differ.
///
/// Trials are paired by their keys without the settings that differ between the runs, so that each seed of one run meets
/// the same seed of the other: what both share cancels out in the differences.
struct PairedComparison: Sendable {
  /// A quantity of one condition in every run.
  struct Row: Sendable {
    /// The key without the seed, such as `model cnn, columns ordered`.
    let condition: String
    /// What was measured, such as `final_test_accuracy`.
    let quantity: String
    /// The values over seeds of each run; nil where a run has none.
    let samples: [Sample?]

    /// The paired differences of a run from the first one.
    func difference(of run: Int) -> Sample? { samples[run] - samples[0] }
  }

  private(set) var rows: [Row] = []

  /// Pairs the trials of runs.
  ///
  /// - Parameters:
  ///   - directories: Folders with stores; one without them has no values.
  ///   - differing: the settings that differ, as the command line spells them.
  ///   - names: what the study calls its curves.
  /// - Throws: ``RunError`` if a store cannot be read.
  init(
    of directories: [RunDirectory], differing: [String], naming names: [String: String?]
  ) throws(RunError) {
    /// Where a value belongs.
    struct Place: Hashable { let condition: [String], quantity: String }
    var order: [Place] = []
    var values: [Place: [Int: [(seed: Int, value: Double)]]] = [:]
    for (run, directory) in directories.enumerated() {
      guard !directory.stores().isEmpty else { continue }
      let identity = try RunIdentity(reading: directory)
      let contents = try StoreContents(reading: [directory], of: identity)
      for trial in contents.trials.values.sorted(by: { $0.key.canonical < $1.key.canonical }) {
        guard let measurement = trial.measurement else { continue }
        let (condition, seed) = Self.condition(of: trial.key.json, without: differing)
        for (quantity, value) in Self.quantities(in: measurement, naming: names) {
          let place = Place(condition: condition, quantity: quantity)
          if values[place] == nil { order.append(place) }
          values[place, default: [:]][run, default: []].append((seed, value))
        }
      }
    }
    // What all conditions have in common tells none from another.
    let common = order.dropFirst().reduce(Set(order.first?.condition ?? [])) {
      $0.intersection($1.condition)
    }
    let alike = Set(order.map(\.condition)).count == 1 ? [] : common
    rows = order.map { place in
      Row(
        condition: place.condition.filter { !alike.contains($0) }.joined(separator: ", "),
        quantity: place.quantity,
        samples: directories.indices.map { run in
          let found = values[place]?[run] ?? []
          return Sample(found.map(\.value), seeds: found.map(\.seed))
        })
    }.filter { row in row.samples.count { $0 != nil } > 1 }
  }

  /// The key as words without the seed and the differing settings, and the seed.
  private static func condition(
    of key: JSON, without differing: [String]
  ) -> (words: [String], seed: Int) {
    func pruned(_ json: JSON) -> JSON {
      guard let members = json.members else { return json }
      return .object(
        members.filter { !differing.contains(Setting.hyphenated($0.key)) && $0.key != "seed" }
          .map { JSON.Member($0.key, pruned($0.value)) }
          .filter { $0.value != .object([]) && $0.value != .null })
    }
    let rest = pruned(key)
    let words = rest.leaves(path: []).map { name, value in
      "\(name.split(separator: ".").last.map(String.init) ?? name) \(value.spelling)"
    }
    return (rest.members?.isEmpty ?? true ? ["all"] : words, key["seed"]?.integer ?? 0)
  }

  /// The numbers of a measurement and the last values of its curves.
  private static func quantities(
    in measurement: JSON, naming names: [String: String?]
  ) -> [(String, Double)] {
    let scalars = (measurement.members ?? []).compactMap { member in
      member.value.number.map { (Setting.underscored(member.key), $0) }
    }
    let curves = MeasuredLists(in: measurement, of: .null, naming: names).curves
    let known = Set(scalars.map(\.0))
    return scalars
      + curves.compactMap { curve in
        guard !known.contains(curve.name) else { return nil }
        return curve.last.map { ("final_\(curve.name)", $0) }
      }
  }

  /// The rows that a reader looks at first: the accuracies, or the errors or the losses where there are none.
  var main: [Row] {
    for word in ["accuracy", "error", "loss"] {
      let some = rows.filter { $0.quantity.hasSuffix(word) }
      let test = some.filter { $0.quantity.contains("test") }
      if !some.isEmpty { return test.isEmpty ? some : test }
    }
    return rows
  }
}

extension PairedComparison {
  /// The differences from the first run, with 95 % intervals where three seeds or more are paired.
  func table(_ heads: [String]) -> Table? {
    let rows = main
    guard !rows.isEmpty else { return nil }
    let conditions = Set(rows.map(\.condition)).count > 1
    let quantities = Set(rows.map(\.quantity)).count > 1
    let title =
      "Differences from \(heads[0]), seed by seed (95 % confidence from three seeds on)"
      + (quantities ? "" : ": " + rows[0].quantity.replacing("_", with: " "))
    var table = Table(
      "differences", title: title,
      columns: (conditions || !quantities ? ["condition"] : []) + (quantities ? ["measured"] : [])
        + [heads[0]] + heads.dropFirst().flatMap { [$0, "difference"] })
    for row in rows {
      let names =
        (conditions || !quantities ? [Cell.text(row.condition)] : [])
        + (quantities ? [.text(row.quantity.replacing("_", with: " "))] : [])
      let decimals = Self.decimals(row.samples)
      let values = row.samples.indices.dropFirst().flatMap { run in
        [
          Cell(row.samples[run], decimals: decimals),
          .text(Self.words(row.difference(of: run), decimals)),
        ]
      }
      table.append(names + [Cell(row.samples[0], decimals: decimals)] + values)
    }
    return table
  }

  /// Two digits of what is shown, at least one decimal.
  private static func decimals(_ samples: [Sample?]) -> Int {
    let largest = samples.compactMap { $0?.mean.magnitude }.max() ?? 1
    return largest >= 10 ? 1 : largest >= 1 ? 2 : 4
  }

  /// A difference with its interval.
  private static func words(_ difference: Sample?, _ decimals: Int) -> String {
    guard let difference else { return "–" }
    let mean = (difference.mean > 0 ? "+" : "") + difference.mean.shown(decimals)
    guard let interval = difference.interval else { return mean }
    return
      "\(mean) (\(interval.lowerBound.shown(decimals)) to \(interval.upperBound.shown(decimals)))"
  }

  /// The rows for a program: samples, and differences from the first run with their intervals.
  var json: JSON {
    .array(
      rows.map { row in
        [
          "condition": .text(row.condition), "quantity": .text(row.quantity),
          "runs": .array(
            row.samples.indices.map { run in
              guard let sample = row.samples[run] else { return .null }
              var json: JSON = [
                "mean": .number(sample.mean), "spread": .number(sample.deviation),
                "seeds": .integer(sample.count),
              ]
              guard run > 0, let difference = row.difference(of: run) else { return json }
              json["difference"] = [
                "mean": .number(difference.mean), "seeds": .integer(difference.count),
                "interval": difference.interval.map {
                  [.number($0.lowerBound), .number($0.upperBound)]
                } ?? nil,
              ]
              return json
            }),
        ]
      })
  }

  /// The differences from the first run as points with their intervals; nil without any.
  func figure(_ heads: [String], title: String) -> Figure? {
    let rows = Array(
      main.filter { row in heads.indices.dropFirst().contains { row.difference(of: $0) != nil } }
        .prefix(40))
    guard !rows.isEmpty else { return nil }
    let quantities = Set(rows.map(\.quantity)).count > 1
    let names = rows.map { row in
      quantities ? "\(row.condition): \(row.quantity.replacing("_", with: " "))" : row.condition
    }
    let marks = heads.indices.dropFirst().map { run -> Mark in
      let shift = 0.16 * (Double(run) - Double(heads.count) / 2)
      var points: (x: [Double], y: [Double], errors: [Double]) = ([], [], [])
      for (place, row) in rows.enumerated() {
        guard let difference = row.difference(of: run) else { continue }
        points.x.append(Double(place) + shift)
        points.y.append(difference.mean)
        let half = difference.interval.map { ($0.upperBound - $0.lowerBound) / 2 }
        points.errors.append(half ?? 0)
      }
      return .points(
        Points(
          heads[run], x: points.x, y: points.y, errors: points.errors, color: .series(run - 1)))
    }
    let quantity = quantities ? "what was measured" : rows[0].quantity.replacing("_", with: " ")
    return Figure(
      title: "Differences from \(heads[0])", subtitle: title,
      caption:
        "Mean differences seed by seed, with 95 % confidence where three seeds or more are paired.",
      panels: [
        Panel(
          x: Axis(ticks: .names(names)), y: Axis("difference in \(quantity)"),
          marks: [.rule(Rule(.horizontal(0)))] + marks)
      ], legend: .below, width: 960)
  }
}
