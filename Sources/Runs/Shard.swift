/// One of several parts into which the trials of a run are divided, each for its own process.
///
/// Written `i/n` with `i` from 1 to `n`. Every process divides alike: trial by trial, the most
/// expensive first, each to the shard that has the least to do so far, so the parts take about the
/// same time.
public struct Shard: Sendable, Equatable, CustomStringConvertible {
  /// Which part, from 1.
  public let number: Int
  /// How many parts there are.
  public let count: Int

  /// The part `number` of `count`; nil unless 1 ≤ `number` ≤ `count`.
  public init?(number: Int, count: Int) {
    guard number >= 1, number <= count else { return nil }
    self.number = number
    self.count = count
  }

  /// Reads `i/n`.
  ///
  /// - Throws: ``RunError/malformedShard(_:)``.
  public init(_ text: String) throws(RunError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
      let shard = Shard(number: number, count: count)
    else { throw .malformedShard(text) }
    self = shard
  }

  /// The shard that a task of a Slurm job array is; nil outside one.
  ///
  /// The tasks of `--array=0-7`, `1-8` or `0-14:2` are the shards 1/8 … 8/8: the number is 1 +
  /// (`SLURM_ARRAY_TASK_ID` − `SLURM_ARRAY_TASK_MIN`) / `SLURM_ARRAY_TASK_STEP`, the count is
  /// `SLURM_ARRAY_TASK_COUNT`.
  ///
  /// - Throws: ``RunError/irregularArray(task:reason:)`` if the numbers of the array have gaps, as
  ///   those of `--array=1,5,6` have.
  public init?(environment: [String: String]) throws(RunError) {
    guard let task = environment["SLURM_ARRAY_TASK_ID"] else { return nil }
    func value(_ name: String) -> Int? {
      environment["SLURM_ARRAY_TASK_\(name)"].flatMap { Int($0) }
    }
    guard let id = value("ID"), let first = value("MIN"), let count = value("COUNT") else {
      throw .irregularArray(
        task: task, reason: "SLURM_ARRAY_TASK_MIN or SLURM_ARRAY_TASK_COUNT is no number")
    }
    let step = value("STEP") ?? 1
    let last = value("MAX") ?? first + (count - 1) * step
    guard step > 0, (id - first) % step == 0, last == first + (count - 1) * step,
      let shard = Shard(number: 1 + (id - first) / step, count: count)
    else { throw .irregularArray(task: task, reason: "the numbers of the array have gaps") }
    self = shard
  }

  /// The spelling `i/n`.
  public var description: String { "\(number)/\(count)" }

  /// The indices of this part's trials, given the costs of all trials in planned order.
  package func indices(costs: [Double]) -> [Int] {
    // Where there are more shards than trials, the first ones take them all.
    var loads = [Double](repeating: 0, count: min(count, costs.count))
    var mine: [Int] = []
    for index in longestFirst(costs) {
      let least = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) }!
      loads[least] += costs[index]
      if least == number - 1 { mine.append(index) }
    }
    return mine.sorted()
  }
}

/// The indices of trials in the order in which they start: the most expensive first, equal ones as
/// planned.
func longestFirst(_ costs: [Double]) -> [Int] {
  costs.indices.sorted { (-costs[$0], $0) < (-costs[$1], $1) }
}
