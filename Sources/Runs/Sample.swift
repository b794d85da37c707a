/// A quantity that was measured once for each seed: at least one value.
public struct Sample: Sendable, Equatable {
  /// The seeds.
  public let seeds: [Int]
  /// The values, as many and in the same order.
  public let values: [Double]

  /// Takes one value for each seed; nil without values.
  ///
  /// - Parameters:
  ///   - values: What was measured.
  ///   - seeds: What values of two samples are paired by; their places, counted from 0, unless given.
  /// - Precondition: as many seeds as values.
  public init?(_ values: some Collection<Double>, seeds: [Int]? = nil) {
    guard !values.isEmpty else { return nil }
    self.values = Array(values)
    self.seeds = seeds ?? Array(0..<values.count)
    precondition(
      self.seeds.count == self.values.count,
      "\(self.values.count) values of \(self.seeds.count) seeds: there must be one of each")
  }

  /// Takes a single value, which pairs with the first of another sample without seeds.
  public init(_ value: Double) {
    (seeds, values) = ([0], [value])
  }

  /// The number of values.
  public var count: Int { values.count }

  /// The mean.
  public var mean: Double { values.reduce(0, +) / Double(count) }

  /// The standard deviation of the sample (divisor n − 1); 0 for one value.
  public var deviation: Double {
    guard count > 1 else { return 0 }
    let mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(count - 1)).squareRoot()
  }

  /// The standard error of the mean; 0 for one value.
  public var error: Double { deviation / Double(count).squareRoot() }

  /// The mean with the standard deviation, as in "63.2 ± 1.1"; the value alone if it is the only one.
  public func shown(_ decimals: Int = 1) -> String {
    mean.shown(decimals) + (count > 1 ? " ± " + deviation.shown(decimals) : "")
  }

  /// The value of one seed; nil if it has none.
  public subscript(seed: Int) -> Double? {
    seeds.firstIndex(of: seed).map { values[$0] }
  }
}

extension Sample? {
  /// Paired differences: one for each seed that both samples have, in the order of the first; nil if
  /// there is none.
  public static func - (minuend: Sample?, subtrahend: Sample?) -> Sample? {
    guard let minuend, let subtrahend else { return nil }
    let others = Dictionary(
      zip(subtrahend.seeds, subtrahend.values), uniquingKeysWith: { first, _ in first })
    let pairs = zip(minuend.seeds, minuend.values).compactMap { seed, value in
      others[seed].map { (seed: seed, difference: value - $0) }
    }
    return Sample(pairs.map(\.difference), seeds: pairs.map(\.seed))
  }
}

/// How far values lie apart.
public enum Spread: Sendable, Equatable {
  /// The standard deviation over seeds.
  case deviation
  /// The standard error of the mean.
  case error

  /// The spread of a sample.
  public func callAsFunction(_ sample: Sample) -> Double {
    switch self {
    case .deviation: sample.deviation
    case .error: sample.error
    }
  }

  /// What the lines and bands of a figure are, as a clause of its caption: "mean and standard
  /// deviation over 3 seeds".
  public func caption(over seeds: Int) -> String {
    let name = self == .deviation ? "standard deviation" : "standard error"
    return seeds == 1 ? "one seed" : "mean and \(name) over \(seeds) seeds"
  }
}
