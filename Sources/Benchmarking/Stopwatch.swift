/// Work that is timed.
protocol Workload {
  /// Gets ready for a sample; not timed.
  func prepare() throws
  /// Does the work once.
  func perform() throws
}

extension Workload {
  func prepare() {}
}

/// How much time a measurement may take.
package struct Budget: Sendable {
  /// How often everything is measured. The rounds are interleaved, so that a disturbance hits all alike.
  package var rounds: Int
  /// How long one sample of one workload lasts at least.
  package var sample: Duration

  /// Creates a budget; the default one takes about eight seconds for everything.
  package init(rounds: Int = 15, sample: Duration = .milliseconds(20)) {
    self.rounds = rounds
    self.sample = sample
  }
}

/// The seconds that some work takes, measured several times.
package struct Timing: Sendable, Equatable {
  /// One measurement per round, in ascending order.
  package let samples: [Double]

  init(_ samples: [Double]) {
    precondition(!samples.isEmpty, "nothing was measured")
    self.samples = samples.sorted()
  }

  /// The median, which is what we report.
  package var median: Double {
    let middle = samples.count / 2
    return samples.count % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2
  }

  /// The shortest, from which the median strays as far as the machine was busy with other things.
  package var fastest: Double { samples[0] }
}

/// Measures workloads side by side.
struct Stopwatch {
  let budget: Budget
  private let clock = ContinuousClock()

  init(_ budget: Budget) { self.budget = budget }

  /// The time that each workload takes once.
  func time(_ workloads: [any Workload]) throws -> [Timing] {
    let repetitions = try workloads.map(repetitions)
    var samples = workloads.map { _ in [Double]() }
    for _ in 0..<budget.rounds {
      for (index, workload) in workloads.enumerated() {
        samples[index].append(
          try sample(workload, repetitions: repetitions[index]) / Double(repetitions[index]))
      }
    }
    return samples.map(Timing.init)
  }

  /// How often the work fits into a sample; finding out also warms it up.
  private func repetitions(of workload: any Workload) throws -> Int {
    let target = budget.sample / .seconds(1)
    var repetitions = 1
    while true {
      let seconds = try sample(workload, repetitions: repetitions)
      if seconds >= target { return repetitions }
      // Twice as often, until the time is long enough to extrapolate from.
      let factor = seconds > target / 8 ? target / seconds * 1.05 : 2
      repetitions = Int((Double(repetitions) * factor).rounded(.up))
    }
  }

  private func sample(_ workload: any Workload, repetitions: Int) throws -> Double {
    try workload.prepare()
    let elapsed = try clock.measure {
      for _ in 0..<repetitions { try workload.perform() }
    }
    return elapsed / .seconds(1)
  }
}
