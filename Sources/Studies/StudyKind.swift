import Foundation
import MNIST1D
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

  private var study: any Study.Type {
    switch self {
    case .baselines: Baselines.self
    case .lottery: Lottery.self
    case .doubleDescent: DoubleDescent.self
    case .metalearnLR: MetalearnLR.self
    case .metalearnActivation: MetalearnActivation.self
    case .pooling: Pooling.self
    case .selfSupervised: SelfSupervised.self
    }
  }

  /// Carries out the study, or merges the shards of a run that has been.
  public func perform(_ request: StudyRequest) throws(RunError) -> RunOutcome {
    try request.perform(study)
  }

  /// Unites what shards have stored, so that a division into others finds it.
  public func uniteShards(_ settings: StudySettings) throws(RunError) {
    try settings.uniteShards(study)
  }

  /// The settings of the dataset that the study learns from, which its trials share.
  public func dataset(_ settings: StudySettings) throws(RunError) -> DatasetConfiguration? {
    try settings.dataset(study)
  }

  /// What the study still has to do, after measuring its trials for at most so many seconds.
  public func plan(
    _ settings: StudySettings, measuringFor limit: Double
  ) throws(RunError) -> RunPlan {
    try settings.plan(study, measuringFor: limit)
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

  /// What is done.
  public var action: Action
  /// With which settings, and where.
  public var settings: StudySettings

  /// Describes what is to be done.
  public init(_ action: Action, _ settings: StudySettings) {
    self.action = action
    self.settings = settings
  }

  /// The signal that asked for an early end; nil as long as none did.
  public var signal: Int32? {
    if case .perform(_, let interruption) = action { interruption.signal } else { nil }
  }

  func perform<S: Study>(_ study: S.Type) throws(RunError) -> RunOutcome {
    let run = try settings.run(study)
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

/// The settings of a study and the place of its results, as the command line names them.
public struct StudySettings: Sendable {
  /// Whether to start from the paper's settings or the reduced ones.
  public enum Scale: Sendable {
    case paper
    case quick
  }

  /// The settings to start from.
  public var scale: Scale
  /// Changes to them.
  public var overrides: Overrides
  /// The folder that holds the folders of all studies.
  public var output: URL

  /// Names settings and a place.
  public init(scale: Scale, overrides: Overrides, output: URL) {
    self.scale = scale
    self.overrides = overrides
    self.output = output
  }

  func run<S: Study>(_ study: S.Type) throws(RunError) -> Run<S> {
    let start = scale == .quick ? S.Configuration.quick : S.Configuration()
    return try Run(study, configuration: try overrides.applied(to: start), output: output)
  }

  func uniteShards<S: Study>(_ study: S.Type) throws(RunError) {
    try run(study).uniteShards(observer: ProgressDisplay.standardError())
  }

  func dataset<S: Study>(_ study: S.Type) throws(RunError) -> DatasetConfiguration? {
    (try run(study).configuration as? any DatasetSettings)?.dataset
  }

  func plan<S: Study>(_ study: S.Type, measuringFor limit: Double) throws(RunError) -> RunPlan {
    try run(study).plan(measuringFor: limit)
  }
}

/// The settings of a study on one dataset.
private protocol DatasetSettings {
  var dataset: DatasetConfiguration { get }
}

extension Baselines.Configuration: DatasetSettings {}
extension Lottery.Configuration: DatasetSettings {}
extension DoubleDescent.Configuration: DatasetSettings {}
extension MetalearnLR.Configuration: DatasetSettings {}
extension MetalearnActivation.Configuration: DatasetSettings {}
extension Pooling.Configuration: DatasetSettings {}
extension SelfSupervised.Configuration: DatasetSettings {}
