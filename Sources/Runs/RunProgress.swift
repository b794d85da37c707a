/// How far a run is.
public struct RunProgress: Sendable, Equatable {
  /// The study.
  public var study: String
  /// The trials of this run, or of this shard.
  public var planned: Int
  /// Those that have ended, whether now or in an earlier session, failures among them.
  public var ended: Int
  /// Those that failed.
  public var failed: Int
  /// The part of the work that is done, by cost, 0 … 1.
  public var fraction: Double
  /// Seconds since this session started.
  public var elapsed: Double
  /// Trials ended in a second of this session; nil before the first.
  public var rate: Double?
  /// Seconds until the last trial ends; nil as long as nothing can be said.
  public var secondsLeft: Double?
  /// What a trial under way says of itself.
  public var message: String?
  /// What is counted.
  public var unit = "trials"
  /// Whether the run was told to stop: what is not done by now is left for another time.
  public var isInterrupted = false

  /// A state of a run.
  public init(
    study: String, planned: Int, ended: Int, failed: Int = 0, fraction: Double, elapsed: Double,
    rate: Double? = nil, secondsLeft: Double? = nil, message: String? = nil
  ) {
    self.study = study
    self.planned = planned
    self.ended = ended
    self.failed = failed
    self.fraction = fraction
    self.elapsed = elapsed
    self.rate = rate
    self.secondsLeft = secondsLeft
    self.message = message
  }
}

/// How much longer a sweep takes.
///
/// The rest of the schedule is played through as it will happen: each trial that still waits goes,
/// the longest first, to the thread that is free first. Dividing the rest of the work by the number
/// of threads instead would forget that one long trial can outlast all others.
package struct TimeEstimate {
  /// A trial under way.
  package struct Trial: Sendable {
    /// What it costs as a whole.
    package var cost: Double
    /// For how many seconds it has been seen at work.
    package var seconds: Double
    /// The part of it that is done, as it says itself.
    package var fraction: Double
    /// The part that was done when it was first seen: one that goes on from a checkpoint did not do it in `seconds`.
    package var start: Double

    /// A trial that has been at work for so long.
    package init(cost: Double, seconds: Double, fraction: Double, start: Double = 0) {
      self.cost = cost
      self.seconds = seconds
      self.fraction = fraction
      self.start = start
    }

    /// The part that took `seconds`.
    var part: Double { fraction - start }
  }

  /// Cost and seconds of what was done of the trials that ended in this session.
  package var ended: (cost: Double, seconds: Double) = (0, 0)
  /// The trials under way.
  package var running: [Trial] = []
  /// The costs of those that wait, in the order in which they start.
  package var waiting: [Double] = []
  /// How many run at once.
  package var jobs: Int

  /// An estimate before anything ran.
  package init(jobs: Int) {
    self.jobs = jobs
  }

  /// The seconds that a trial takes per unit of cost; nil before anything was measured.
  package var secondsPerCost: Double? {
    let partly = running.filter { $0.part > 0 }
    let cost = ended.cost + partly.reduce(0) { $0 + $1.cost * $1.part }
    let seconds = ended.seconds + partly.reduce(0) { $0 + $1.seconds }
    return cost > 0 ? seconds / cost : nil
  }

  /// The seconds until the last trial ends; nil as long as nothing can be said.
  package var secondsLeft: Double? {
    guard let pace = secondsPerCost else { return nil }
    var busy = running.map { trial in
      // What a trial says of itself counts more than what its cost promises.
      trial.part > 0
        ? trial.seconds * (1 - trial.fraction) / trial.part
        : max(0, trial.cost * (1 - trial.start) * pace - trial.seconds)
    }
    busy += [Double](repeating: 0, count: max(0, jobs - busy.count))
    for cost in waiting {
      let first = busy.indices.min { busy[$0] < busy[$1] }!
      busy[first] += cost * pace
    }
    return busy.max() ?? 0
  }
}
