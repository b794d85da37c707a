import Figures
import Foundation
import Storage

/// Several runs of one study side by side: where their settings differ, and what each has found.
package struct RunComparison: Sendable {
  /// A value that more than one run has.
  struct Row {
    let place: String
    let cells: [Cell]
  }

  /// The names by which the runs are told apart: their folders', or the whole paths where those are the same.
  package let names: [String]
  private let directories: [RunDirectory]
  let summaries: [RunSummary]
  /// What the trials say, seed by seed.
  private var paired: PairedComparison?

  /// Reads the summaries of runs that have ended, and their trials where their stores are there.
  ///
  /// - Parameters:
  ///   - directories: The folders of the runs.
  ///   - curves: What a study calls its curves, ``Study/curveNames``.
  /// - Throws: ``RunError/differentStudies(first:second:)``, and what reading a summary or a store gives.
  package init(
    of directories: [RunDirectory], naming curves: (String) -> [String: String?] = { _ in [:] }
  ) throws(RunError) {
    self.directories = directories
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
    paired = try PairedComparison(
      of: directories, differing: settings.map(\.place), naming: curves(summaries[0].study))
  }

  /// The heads of columns: the settings that differ, as far as they are short, or the names of the runs.
  package var heads: [String] {
    let differing = settings
    let heads = summaries.indices.map { run in
      differing.prefix(2).map { row in
        "\(row.place)=\(row.cells[run].shown.value)"
      }.joined(separator: " ")
    }
    let areClear =
      !differing.isEmpty && Set(heads).count == heads.count
      && heads.allSatisfy { $0.count <= 40 }
    return areClear ? heads : names.map { $0.count == 16 ? String($0.prefix(8)) : $0 }
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
  /// The comparison for a terminal, as wide as it likes.
  package var text: String { text(columns: nil) }

  /// The comparison in so many terminal columns.
  package func text(columns: Int?) -> String {
    var tables: [Table] = []
    let settings = settings
    if !settings.isEmpty {
      tables.append(table("settings", "Settings that differ", "setting", settings, names))
    }
    tables += [paired?.table(heads)].compactMap(\.self)
    if !claims.isEmpty {
      tables.append(
        table("claims", "Claims: measured, and whether they hold", "claim", claims, heads))
    }
    let results = results
    if !results.isEmpty {
      tables.append(table("results", "Results that differ", "place", results, heads))
    }
    let start = settings.isEmpty ? ["The settings are the same.\n"] : []
    return (start + tables.map { $0.text(columns: columns) }).joined(separator: "\n")
      .printableLines
  }

  /// The differences from the first run; nil where no trials can be paired.
  package var figure: Figure? { paired?.figure(heads, title: summaries[0].title) }

  private func table(
    _ name: String, _ title: String, _ head: String, _ rows: [Row], _ heads: [String]
  ) -> Table {
    Table(
      name, title: title, columns: [head] + heads, rows: rows.map { [.text($0.place)] + $0.cells })
  }

  /// The comparison as one object: for each setting, claim and result a list with one value per run.
  package var json: JSON {
    let study = summaries.first?.study ?? ""
    return [
      "study": .text(study),
      "runs": .array(
        summaries.indices.map { index in
          let (summary, directory) = (summaries[index], directories[index])
          return [
            "name": .text(names[index]), "folder": .text(directory.url.path),
            "report": .text(directory.report.path), "trials": .integer(summary.trials),
            "seconds": .number(summary.seconds), "digest": .text(summary.digest),
          ]
        }),
      "settings": .object(
        settings.map { row in
          JSON.Member(Setting.underscored(row.place), .array(row.cells.map(\.json)))
        }),
      "differences": paired?.json ?? nil,
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
