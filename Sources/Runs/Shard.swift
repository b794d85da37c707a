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

  /// Reads `i/n` in ASCII digits.
  ///
  /// - Throws: ``RunError/malformedShard(_:)``.
  public init(_ text: String) throws(RunError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
      let shard = Shard(number: number, count: count)
    else { throw .malformedShard(text) }
    self = shard
  }

  /// Whether this is no part, but the whole run.
  public var isWhole: Bool { count == 1 }

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
