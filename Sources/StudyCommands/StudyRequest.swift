import Foundation
import Runs

/// How a study is to be carried out.
package struct StudyRequest: Sendable {
  /// What is done with the run.
  package enum Action: Sendable {
    /// The trials that have no result yet are run.
    case perform(RunOptions, Interruption)
    /// What the shards in this and other folders hold is merged.
    case merge([RunDirectory])
  }

  /// How one of several studies ended.
  package typealias Ending = (study: any Study.Type, result: Result<RunOutcome, RunError>)

  /// What is done.
  package var action: Action
  /// With which settings, and where.
  package var settings: StudySettings

  /// Describes what is to be done.
  package init(_ action: Action, _ settings: StudySettings) {
    self.action = action
    self.settings = settings
  }

  /// The signal that asked for an early end; nil as long as none did.
  package var signal: Int32? {
    if case .perform(_, let interruption) = action { interruption.signal } else { nil }
  }

  /// Carries out a study, or merges the shards of a run that has been.
  package func perform<S: Study>(_ study: S.Type) throws(RunError) -> RunOutcome {
    let run = try settings.run(study)
    return switch action {
    case .perform(let options, let interruption):
      try run.perform(
        options, interruption: interruption, observer: ProgressDisplay.standardError())
    case .merge(let others):
      .complete(try run.merge(from: others, observer: ProgressDisplay.standardError()))
    }
  }

  /// Carries out studies one after another, and gathers what they found on one page, `report.html` in the folder of
  /// all results.
  ///
  /// A study that fails does not stop the others, and is named on the page; an interruption does.
  ///
  /// - Parameters:
  ///   - studies: The studies; the request's overrides hold for each of them.
  ///   - title: The heading of the page.
  ///   - observe: Called with each ending as it comes.
  /// - Returns: The page; nil if no study has anything to show.
  /// - Throws: `RunError` if the page cannot be written.
  package func performAll(
    _ studies: [any Study.Type], title: String, observe: (Ending) -> Void
  ) throws(RunError) -> URL? {
    var report = Report(title: title)
    for study in studies {
      let result = Result { () throws(RunError) in try perform(study) }
      observe((study, result))
      guard signal == nil else { return nil }
      switch result {
      case .success(.complete(let summary)):
        report.append(summary, in: try settings.directory(of: study))
      case .success(.interrupted), .success(.part): break
      case .failure(let error):
        report.missing.append(Report.Missing(study.name, reason: error.description))
      }
    }
    guard !report.runs.isEmpty else { return nil }
    let page = settings.output.appendingPathComponent("report.html")
    try report.write(to: page)
    return page
  }
}

/// The settings of a study and the place of its results, as the command line names them.
package struct StudySettings: Sendable {
  /// Which settings the changes start from.
  package enum Scale: Sendable {
    /// The study's own.
    case full
    /// The reduced ones.
    case quick
    /// Those of an earlier run.
    case saved(SavedSettings)
  }

  /// The settings to start from.
  package var scale: Scale
  /// Changes to them.
  package var overrides: Overrides
  /// The folder that holds the folders of all studies.
  package var output: URL
  /// What summaries say of the program and the machine; nil for nothing.
  package var provenance: Provenance?

  /// Names settings and a place.
  package init(scale: Scale, overrides: Overrides, output: URL) {
    self.scale = scale
    self.overrides = overrides
    self.output = output
  }

  /// The run of a study with these settings.
  package func run<S: Study>(_ study: S.Type) throws(RunError) -> Run<S> {
    let start =
      switch scale {
      case .full: S.Configuration()
      case .quick: S.Configuration.quick
      case .saved(let settings): try settings.configuration(of: study)
      }
    var run = try Run(study, configuration: try overrides.applied(to: start), output: output)
    run.provenance = provenance
    return run
  }

  /// The folder of a study's run with these settings.
  func directory<S: Study>(of study: S.Type) throws(RunError) -> RunDirectory {
    try run(study).directory
  }

  /// What a study with these settings would take, all defaults resolved.
  func configuration<S: Study>(of study: S.Type) throws(RunError) -> any StudyConfiguration {
    try run(study).configuration
  }

  /// Merges what shards have stored, so that a division into others finds it.
  func mergeShards<S: Study>(of study: S.Type) throws(RunError) {
    try run(study).mergeShards(observer: ProgressDisplay.standardError())
  }

  /// What a study still has to do, after measuring its trials for at most so many seconds.
  package func plan<S: Study>(
    _ study: S.Type, measuringFor limit: Double
  ) throws(RunError) -> RunPlan {
    try run(study).plan(measuringFor: limit)
  }
}

extension RunDirectory {
  /// The finished runs of a folder in the order of these studies; those of others last.
  package static func finished(
    in output: URL, orderedAs studies: [any Study.Type]
  ) -> [RunDirectory] {
    ordered(finished(in: output), as: studies)
  }

  /// Runs in the order of these studies; those of others last.
  static func ordered(
    _ runs: [RunDirectory], as studies: [any Study.Type]
  ) -> [RunDirectory] {
    let order = studies.map { $0.name }
    func rank(_ run: RunDirectory) -> Int {
      order.firstIndex(of: run.url.deletingLastPathComponent().lastPathComponent) ?? order.count
    }
    // Equal ranks keep their order.
    return runs.enumerated()
      .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
  }
}
