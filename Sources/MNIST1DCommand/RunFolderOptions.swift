import ArgumentParser
import Foundation
import Runs
import Studies

/// A study with its settings and its folder, as reproduce and merge name them.
struct StudyOptions: ParsableArguments {
  @Argument(
    help: "The study: \((StudyKind.allCases.map(\.rawValue) + ["all"]).joined(separator: ", ")).")
  var study: StudySelection

  @Argument(help: ArgumentHelp("Settings of the study.", valueName: "key=value"))
  var settings: [String] = []

  @Flag(help: "A reduced version that takes seconds.")
  var quick = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder for all results.", valueName: "folder"),
    completion: .directory)
  var output = "runs"

  /// Carries an action out for every study that is named.
  func perform(_ action: StudyRequest.Action) throws -> [RunOutcome] {
    let request = StudyRequest(
      action, scale: quick ? .quick : .paper, overrides: try Overrides(settings),
      output: URL(fileURLWithPath: output))
    return try study.kinds.map { try $0.perform(request) }
  }
}

/// One study, or all of them.
enum StudySelection: ExpressibleByArgument {
  case one(StudyKind)
  case all

  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if let kind = StudyKind(rawValue: argument) {
      self = .one(kind)
    } else {
      return nil
    }
  }

  var kinds: [StudyKind] {
    switch self {
    case .one(let kind): [kind]
    case .all: StudyKind.allCases
    }
  }

  static var allValueStrings: [String] { StudyKind.allCases.map(\.rawValue) + ["all"] }
}
