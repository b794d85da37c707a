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

  /// Says of `seeds=3` that it is one seed, where three may have been meant.
  private static func explain(_ setting: String) {
    guard let match = setting.wholeMatch(of: /seeds=([2-9]|[1-4][0-9])/), let count = Int(match.1)
    else { return }
    Terminal.note("\(setting) is one seed, \(count); so many seeds are seeds=0..\(count - 1)")
  }

  /// The settings and the folder, with some more settings.
  package func named(with others: [String] = []) throws(RunError) -> StudySettings {
    for setting in settings { Self.explain(setting) }
    return StudySettings(
      scale: quick ? .quick : .full, overrides: try Overrides(settings + others),
      output: URL(fileURLWithPath: output))
  }
}
