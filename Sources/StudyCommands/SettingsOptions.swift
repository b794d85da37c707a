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
    name: .shortAndLong, help: ArgumentHelp("The folder of all results.", valueName: "folder"),
    completion: .directory)
  package var output = "runs"

  package init() {}

  /// The settings and the folder, with some more settings.
  package func named(with others: [String] = []) throws(RunError) -> StudySettings {
    StudySettings(
      scale: quick ? .quick : .full, overrides: try Overrides(settings + others),
      output: URL(fileURLWithPath: output))
  }
}
