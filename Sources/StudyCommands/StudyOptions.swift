import Storage
import ArgumentParser
import Foundation
import MNIST1D
import NeuralNetworks
import Runs

/// A study with its settings and its folder, as reproduce and merge name them.
package struct StudyOptions<Program: StudyProgram>: ParsableArguments {
  @Argument(help: ArgumentHelp("The study.", valueName: "study"))
  var selection: StudySelection<Program>

  @OptionGroup var place: SettingsOptions

  package init() {}

  var settings: [String] { place.settings }
  var quick: Bool { place.quick }
  var output: String { place.output }
  var named: StudySettings { get throws { try place.named(by: Program.self) } }

  /// Refuses settings for all studies at once.
  func requireOwnSettings() throws {
    guard case .all = selection else { return }
    if let config = place.config {
      throw Failure.usage(
        "all takes no --config, and \(config) holds the settings of one study: name that study")
    }
    guard let setting = settings.first else { return }
    throw Failure.usage(
      "all takes no settings, as every study has its own: leave \(setting) out, or name the study that it is for"
    )
  }

  /// Lets the program refuse settings that it cannot carry out, of the study or of any of all.
  func check() throws {
    try requireOwnSettings()
    for study in selection.studies { try Program.check(study, with: try named) }
  }

  /// Carries an action out for the study, or for all, and prints what comes of it.
  func perform(_ action: StudyRequest.Action, json: Bool) throws {
    try requireOwnSettings()
    let request = StudyRequest(action, try named)
    try Outputs.require("--output", output, .folder)
    switch selection {
    case .one(let study): try request.performAndPrint(study, by: Program.self, json: json)
    case .all: try performAll(request, json: json)
    }
  }

  private func performAll(_ request: StudyRequest, json: Bool) throws {
    var summaries: [JSON] = []
    var (unfinished, failure): (RunOutcome?, RunError?)
    var status: Int32 = 0
    let page = try request.performAll(Program.studies, title: Program.pageTitle) {
      study, result in
      switch result {
      case .success(.complete(let summary)):
        let directory = try? request.settings.directory(of: study)
        summaries.append(Program.stamped(directory.map { summary.json(in: $0) } ?? summary.json))
        if !json { Terminal.print(summary, in: directory) }
        if let message = summary.failureMessage {
          Terminal.warn("\(study.name): \(message)")
        }
        status = max(status, summary.exitStatus)
      case .success(let outcome):
        unfinished = outcome
      case .failure(let error):
        Terminal.warn("the study \(study.name) has no result: \(error)")
        failure = failure ?? error
      }
    }
    if json { Terminal.print(JSON.array(summaries).pretty) }
    if let page { Terminal.note("the report of all studies is \(page.path)") }
    try unfinished?.finish()
    // The signal may have come when a study had nothing left to lose.
    if let signal = request.signal { throw ExitCode(128 + signal) }
    if let failure { throw ExitCode(failure.exitStatus.rawValue) }
    if status != 0 { throw ExitCode(status) }
  }
}

extension StudyProgram {
  /// Lets the program refuse settings of a study that it cannot carry out.
  package static func check(_ study: any Study.Type, with settings: StudySettings) throws {
    let configuration = try settings.configuration(of: study)
    do {
      try check(configuration)
    } catch let error
      where
      !(error is Failure || error is RunError || error is FileError
      || error is ConfigurationError || error is TrainingError)
    {
      throw RunError.invalidSettings("\(error)")
    }
  }
}

extension StudyRequest {
  /// Carries out a study, and prints what comes of it.
  package func performAndPrint(
    _ study: any Study.Type, by program: any StudyProgram.Type, json: Bool
  ) throws {
    let outcome = try perform(study)
    if case .complete(let summary) = outcome {
      let directory = try settings.directory(of: study)
      if json {
        program.print(json: summary.json(in: directory))
      } else {
        Terminal.print(summary, in: directory)
      }
    }
    try outcome.finish()
  }
}

extension RunOutcome {
  /// Says why there are no findings yet, where there are none, and which trials failed.
  fileprivate func finish() throws {
    if let message { Terminal.warn(message) }
    if exitStatus != 0 { throw ExitCode(exitStatus) }
  }
}

/// One study of a program, or all of them.
enum StudySelection<Program: StudyProgram>: ExpressibleByArgument {
  case one(any Study.Type)
  case all

  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if let study = Program.allStudies.first(where: { $0.name == argument }) {
      self = .one(study)
    } else {
      return nil
    }
  }

  /// The studies in their order.
  var studies: [any Study.Type] {
    switch self {
    case .one(let study): [study]
    case .all: Program.studies
    }
  }

  static var allValueStrings: [String] { Program.allStudies.map { $0.name } + ["all"] }
}
