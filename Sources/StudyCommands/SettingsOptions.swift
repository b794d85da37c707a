import ArgumentParser
import Foundation
import Runs

/// The settings of a study and the place of its results.
package struct SettingsOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("Settings of the study.", valueName: "key=value"))
  var settings: [String] = []

  @Flag(help: "Take reduced settings, which need seconds.")
  var quick = false

  @Option(
    help: ArgumentHelp(
      "Start from the settings that this config.json of a run holds; key=value changes them.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder of all results.", valueName: "folder"),
    completion: .directory)
  package var output = "runs"

  package init() {}

  package func validate() throws {
    for setting in settings { Self.explain(setting) }
  }

  /// Says of `seeds=3` that it is one seed, where three may have been meant.
  private static func explain(_ setting: String) {
    guard let match = setting.wholeMatch(of: /seeds=([2-9]|[1-4][0-9])/), let count = Int(match.1)
    else { return }
    Terminal.note(
      "\(setting) is one seed, \(count); so many seeds are seeds=0..\(count - 1), or seeds=\(count)x from the study's first"
    )
  }

  /// The settings and the folder, with some more settings.
  package func named(
    by program: any StudyProgram.Type, with others: [String] = []
  ) throws -> StudySettings {
    if quick, let config {
      throw Failure.usage("--quick and --config \(config) are both given; give one of them")
    }
    let saved = try config.map { path throws(RunError) in try SavedSettings(reading: path) }
    var named = StudySettings(
      scale: saved.map { .saved($0) } ?? (quick ? .quick : .full),
      overrides: try Overrides(settings + others), output: URL(fileURLWithPath: output))
    named.provenance = program.provenance
    return named
  }
}
