import Storage
import Foundation

/// Several runs of one study side by side: where their settings differ, and what each has found.
package struct RunComparison: Sendable {
  /// A value that more than one run has.
  struct Row {
    let place: String
    let cells: [Cell]
  }

  /// The names by which the runs are told apart: their folders', or the whole paths where those are the same.
  package let names: [String]
  let summaries: [RunSummary]

  /// Reads the summaries of runs that have ended.
  ///
  /// - Throws: ``RunError/differentStudies(first:second:)``, and what reading a summary gives.
  package init(of directories: [RunDirectory]) throws(RunError) {
    summaries = try directories.map { directory throws(RunError) in
      try RunSummary(reading: directory)
    }
    let last = directories.map(\.url.lastPathComponent)
    names = Set(last).count == last.count ? last : directories.map(\.url.path)
    for (summary, name) in zip(summaries, names).dropFirst()
    where summary.study != summaries[0].study {
      throw .differentStudies(
        first: "\(names[0]) (\(summaries[0].study))", second: "\(name) (\(summary.study))")
    }
  }

  /// The settings that are not the same in all runs.
  var settings: [Row] {
    let settings = summaries.map { $0.configuration.settings(path: []) }
    return rows(settings.map { list in list.map { ($0.name, Cell.text($0.value)) } })
      .filter { row in !row.cells.allSatisfy { $0 == row.cells[0] } }
  }

  /// What was measured for each claim, with its verdict.
  var claims: [Row] {
    rows(
      summaries.map { summary in
        summary.findings.claims.map { claim in
          (
            claim.id,
            .text([claim.verdict.mark, claim.shownMeasurement ?? ""].joined(separator: " "))
          )
        }
      })
  }

  /// The numbers in tables of the same name, row and column that are not the same in all runs.
  var results: [Row] {
    rows(
      summaries.map { summary in
        summary.findings.tables.flatMap { table in
          table.rows.flatMap { row in
            // The first column names the rows, and what else is in words helps.
            let head = (row.prefix(1) + row.dropFirst().prefix { !$0.isNumeric })
              .map(\.shown.value).filter { !$0.isEmpty }
            return zip(table.columns, row).dropFirst().filter { $1.isNumeric }.map { column, cell in
              ((head + [column]).joined(separator: ", "), cell)
            }
          }
        }
      }
    ).filter { row in !row.cells.allSatisfy { $0 == row.cells[0] } }
  }

  /// Values of the same place in one row, in the order of the first run that has it.
  private func rows(_ lists: [[(String, Cell)]]) -> [Row] {
    var places: [String] = []
    var values: [String: [Int: Cell]] = [:]
    for (run, list) in lists.enumerated() {
      for (place, cell) in list {
        if values[place] == nil { places.append(place) }
        // A table may name two rows alike; the first is shown.
        if values[place]?[run] == nil { values[place, default: [:]][run] = cell }
      }
    }
    return places.map { place in
      Row(place: place, cells: lists.indices.map { values[place]?[$0] ?? .empty })
    }
  }
}

extension RunComparison {
  /// The comparison for a terminal.
  package var text: String {
    var parts: [String] = []
    let settings = settings
    parts.append(
      settings.isEmpty
        ? "The settings are the same.\n"
        : table("settings", "Settings that differ", "setting", settings).text)
    parts.append(table("claims", "Claims: measured, and whether they hold", "claim", claims).text)
    let results = results
    if !results.isEmpty {
      parts.append(table("results", "Results that differ", "place", results).text)
    }
    return parts.joined(separator: "\n").printableLines
  }

  private func table(_ name: String, _ title: String, _ head: String, _ rows: [Row]) -> Table {
    Table(
      name, title: title, columns: [head] + names, rows: rows.map { [.text($0.place)] + $0.cells })
  }

  /// The comparison as one object: for each setting, claim and result a list with one value per run.
  package var json: JSON {
    let study = summaries.first?.study ?? ""
    return [
      "study": .text(study),
      "runs": .array(
        zip(names, summaries).map { name, summary in
          [
            "name": .text(name), "trials": .integer(summary.trials),
            "seconds": .number(summary.seconds), "digest": .text(summary.digest),
          ]
        }),
      "settings": .object(
        settings.map { row in JSON.Member(row.place, .array(row.cells.map(\.json))) }),
      "claims": .object(
        claims.map { row in
          JSON.Member(
            row.place,
            .array(
              summaries.map { summary in
                summary.findings.claims.first { $0.id == row.place }?.json ?? .null
              }))
        }),
      "results": .object(
        results.map { row in JSON.Member(row.place, .array(row.cells.map(\.json))) }),
    ]
  }
}
