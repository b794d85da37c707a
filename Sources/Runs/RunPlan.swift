import Storage
import Foundation

/// What a run still has to do, and how long that takes.
package struct RunPlan: Sendable, Equatable {
  /// The run's folder.
  package var directory: RunDirectory
  /// How many trials there are in all.
  package var trials: Int
  /// The costs of those without a result, in the unit of the study.
  package var pending: [Double]
  /// The seconds that a trial of cost 1 takes; nil if that is not known.
  package var secondsPerCost: Double?
  /// What is wrong with the stores, one sentence each.
  package var warnings: [String]

  /// A plan of a run in a folder.
  package init(
    directory: RunDirectory, trials: Int, pending: [Double], secondsPerCost: Double?,
    warnings: [String] = []
  ) {
    self.directory = directory
    self.trials = trials
    self.pending = pending
    self.secondsPerCost = secondsPerCost
    self.warnings = warnings
  }

  /// The seconds that all pending trials take one after the other; nil if that is not known.
  package var seconds: Double? { secondsPerCost.map { pending.reduce(0, +) * $0 } }
}

extension Run {
  /// Looks at what the run has stored.
  ///
  /// How long trials take is known from those that have ended. If none has, the cheapest one is carried out here, for
  /// at most `limit` seconds, and its result thrown away; 0 leaves the time unknown instead.
  ///
  /// - Throws: ``RunError`` if a store cannot be read.
  package func plan(measuringFor limit: Double) throws(RunError) -> RunPlan {
    let known = try StoreContents(reading: [directory], of: identity)
    var estimate = TimeEstimate(jobs: 1)
    for (key, cost) in zip(keys, costs) {
      guard let trial = known.trials[key], trial.measurement != nil else { continue }
      estimate.ended.cost += cost
      estimate.ended.seconds += trial.seconds
    }
    let pending = trials.indices.filter { known.trials[keys[$0]] == nil }
    if estimate.secondsPerCost == nil, let cheapest = pending.min(by: { costs[$0] < costs[$1] }) {
      watch(cheapest, for: limit, &estimate)
    }
    return RunPlan(
      directory: directory, trials: trials.count, pending: pending.map { costs[$0] },
      secondsPerCost: estimate.secondsPerCost, warnings: known.warnings)
  }

  /// Carries out a trial, and notes how far it came.
  private func watch(_ index: Int, for limit: Double, _ estimate: inout TimeEstimate) {
    guard limit > 0 else { return }
    let queue = TrialQueue([index], jobs: 1) { [self] index, monitor in
      let context = TrialContext(
        threads: 1, checkpoint: Checkpoint(), monitor: monitor, shared: SharedValues())
      return try JSON(encoding: S.measure(trials[index], configuration, in: context))
    }
    let end = ContinuousClock.now + .seconds(limit)
    while ContinuousClock.now < end, let ended = queue.collect(within: 0.1) {
      for trial in ended {
        guard case .completed = trial.outcome else { continue }
        estimate.ended = (costs[index], trial.seconds)
      }
    }
    estimate.running = queue.state.running.map { $0.monitor.timing(ofCost: costs[$0.index]) }
    queue.stop()
  }
}
