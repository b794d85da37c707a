import ArgumentParser
import Foundation
import Runs
import Storage

package struct RunsCommand<Program: StudyProgram>: ParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "runs",
      abstract: "List runs, or remove some.",
      subcommands: [RunsListCommand<Program>.self, RunsRemoveCommand<Program>.self],
      defaultSubcommand: RunsListCommand<Program>.self)
  }

  package init() {}
}

struct RunsListCommand<Program: StudyProgram>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "list",
      abstract: "List runs: study, date, settings that differ, claims held, size.",
      discussion: "The beginning of a run's name is enough for compare, report, export and remove.")
  }

  @Argument(help: ArgumentHelp("Only the runs of these studies.", valueName: "study"))
  var studies: [String] = []

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder of all results.", valueName: "folder"),
    completion: .directory)
  var output = "runs"

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let folder = URL(fileURLWithPath: output)
    let order = Program.allStudies.map { $0.name }
    let listings = RunDirectory.all(in: folder).map { directory in
      RunListing(of: directory) { study, configuration in
        Program.allStudies.first { $0.name == study }?.changedSettings(stored: configuration)
      }
    }.filter { studies.isEmpty || studies.contains($0.study) }
    let runs = listings.enumerated().sorted { first, second in
      func rank(_ run: RunListing) -> Int { order.firstIndex(of: run.study) ?? order.count }
      return (rank(first.element), first.offset) < (rank(second.element), second.offset)
    }.map(\.element)
    if json {
      return Program.print(json: [
        "folder": .text(folder.path), "runs": .array(runs.map(\.json)),
      ])
    }
    guard !runs.isEmpty else {
      return Terminal.note(
        "\(output) holds no run\(studies.isEmpty ? "" : " of \(studies.joined(separator: ", "))"); "
          + "start one with \(Program.name) reproduce")
    }
    Terminal.print(RunListing.table(of: runs).text(columns: Terminal.columns))
    let size = ByteCount(runs.reduce(0) { $0 + $1.size })
    Terminal.print("\(runs.count) \(runs.count == 1 ? "run" : "runs"), \(size)")
  }
}

struct RunsRemoveCommand<Program: StudyProgram>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "remove",
      abstract: "Move runs to the folder trash of the results.",
      discussion: """
        A run that was removed is not listed, not gathered in reports and not taken results from any more. Nothing is \
        deleted: it can be moved back from there. A run at which a process is at work stays.
        """)
  }

  @Argument(
    help: ArgumentHelp("Folders of runs, or the beginnings of their names.", valueName: "run"),
    completion: .directory)
  var runs: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder of all results.", valueName: "folder"),
    completion: .directory)
  var output = "runs"

  @Flag(help: "Print one JSON object: where the runs are now.")
  var json = false

  func run() throws {
    // All are found before the first is moved.
    let directories = try runs.map { try RunReference.directory($0, in: output) }
    // What was moved before a refusal is said, too.
    var moved: [JSON] = []
    defer {
      if json, !moved.isEmpty {
        Program.print(json: [
          "folder": .text(URL(fileURLWithPath: output).path), "removed": .array(moved),
        ])
      }
    }
    for directory in directories {
      let path = try directory.moveToTrash().path
      moved.append(["run": .text(directory.url.path), "folder": .text(path)])
      if !json { Terminal.print(path.printable) }
    }
  }
}
