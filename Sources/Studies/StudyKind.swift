import Foundation
import Runs

/// The studies by their names on the command line.
public enum StudyKind: String, CaseIterable, Sendable {
  case baselines
  case lottery
  case doubleDescent = "double-descent"
  case metalearnLR = "metalearn-lr"
  case metalearnActivation = "metalearn-activation"
  case pooling
  case selfSupervised = "self-supervised"

  /// Carries out the study, or merges the shards of a run that has been.
  public func perform(_ request: StudyRequest) throws(RunError) -> RunOutcome {
    switch self {
    case .baselines: try request.perform(Baselines.self)
    case .lottery: try request.perform(Lottery.self)
    case .doubleDescent: try request.perform(DoubleDescent.self)
    case .metalearnLR: try request.perform(MetalearnLR.self)
    case .metalearnActivation: try request.perform(MetalearnActivation.self)
    case .pooling: try request.perform(Pooling.self)
    case .selfSupervised: try request.perform(SelfSupervised.self)
    }
  }
}

/// How a study is to be carried out.
public struct StudyRequest: Sendable {
  /// What is done with the run.
  public enum Action: Sendable {
    /// The trials that have no result yet are run.
    case perform(RunOptions, Interruption)
    /// What the shards in this and other folders hold is united.
    case merge([RunDirectory])
  }

  /// Whether to start from the paper's settings or the reduced ones.
  public enum Scale: Sendable {
    case paper
    case quick
  }

  /// What is done.
  public var action: Action
  /// The settings to start from.
  public var scale: Scale
  /// Changes to them.
  public var overrides: Overrides
  /// The folder that holds the folders of all studies.
  public var output: URL

  /// Describes what is to be done.
  public init(_ action: Action, scale: Scale, overrides: Overrides, output: URL) {
    self.action = action
    self.scale = scale
    self.overrides = overrides
    self.output = output
  }

  /// The signal that asked for an early end; nil as long as none did.
  public var signal: Int32? {
    if case .perform(_, let interruption) = action { interruption.signal } else { nil }
  }

  func perform<S: Study>(_ study: S.Type) throws(RunError) -> RunOutcome {
    let start = scale == .quick ? S.Configuration.quick : S.Configuration()
    let run = try Run(study, configuration: try overrides.applied(to: start), output: output)
    let outcome: RunOutcome =
      switch action {
      case .perform(let options, let interruption):
        try run.perform(
          options, interruption: interruption, observer: ProgressDisplay.standardError())
      case .merge(let others):
        .complete(try run.merge(from: others, observer: ProgressDisplay.standardError()))
      }
    if case .complete = outcome {
      var display = ProgressDisplay.standardError()
      display.announce("the report is \(run.directory.report.path)")
    }
    return outcome
  }
}
