import Runs
import Studies

/// One outer step of a study that learns through whole trainings, as the study itself takes it.
struct OuterStep<Learning: Study>: Workload {
  private let trial: Learning.Trial
  private let configuration: Learning.Configuration
  /// Keeps the dataset from one repetition to the next.
  private let context: TrialContext

  init(of trial: Learning.Trial, _ configuration: Learning.Configuration, threads: Int) {
    self.trial = trial
    self.configuration = configuration
    context = TrialContext(threads: threads)
  }

  func perform() throws { _ = try Learning.measure(trial, configuration, in: context) }
}

extension Subject {
  /// The outer step that is measured; nil for what has none.
  func outerStep(threads: Int) -> (any Workload)? {
    switch self {
    case .metalearnLR:
      var configuration = MetalearnLR.Configuration()
      configuration.outerSteps = 1
      let trial = MetalearnLR.trials(for: configuration)[0]
      return OuterStep<MetalearnLR>(of: trial, configuration, threads: threads)
    case .metalearnActivation:
      var configuration = MetalearnActivation.Configuration()
      configuration.outerSteps = 1
      return OuterStep<MetalearnActivation>(of: .learned, configuration, threads: threads)
    default: return nil
    }
  }
}
