/// What the trials of a study have yielded, as its findings want it: samples over seeds, and curves.
public struct Results<S: Study>: Sendable {
  /// The settings.
  public let configuration: S.Configuration
  /// The results in the order in which the trials were planned; trials without one are absent.
  public let all: [TrialResult<S>]

  /// Collects results.
  public init(_ configuration: S.Configuration, _ results: [TrialResult<S>]) {
    self.configuration = configuration
    all = results
  }

  /// What one trial has measured; nil if it has no result.
  public subscript(trial: S.Trial) -> S.Measurement? {
    all.first { $0.trial == trial }?.measurement
  }

  /// What these trials have measured.
  public func measurements(where isWanted: (S.Trial) -> Bool) -> [S.Measurement] {
    all.filter { isWanted($0.trial) }.map(\.measurement)
  }
}

/// A trial that is repeated under several seeds.
public protocol SeededTrial {
  /// The seed.
  var seed: Int { get }
}

extension Results where S.Trial: SeededTrial {
  /// A quantity over the seeds of these trials, where it was measured; nil if it never was.
  public func sample(
    where isWanted: (S.Trial) -> Bool = { _ in true }, _ quantity: (S.Measurement) -> Double?
  ) -> Sample? {
    let own = all.filter { isWanted($0.trial) }.compactMap { result in
      quantity(result.measurement).map { (seed: result.trial.seed, value: $0) }
    }
    return Sample(own.map(\.value), seeds: own.map(\.seed))
  }

  /// A quantity along an axis over the seeds of these trials; nil if none has it.
  ///
  /// The trials have the same places on the axis, which are taken from the first.
  public func curve(
    where isWanted: (S.Trial) -> Bool = { _ in true },
    _ points: (S.Measurement) -> (x: [Int], y: [Double])?
  ) -> SampleCurve? {
    let curves = measurements(where: isWanted).compactMap(points)
    return curves.first.flatMap { SampleCurve(x: $0.x.map(Double.init), curves.map(\.y)) }
  }
}

/// The values in a table or a figure of a paper, by its rows and columns.
public struct Reported<Row: Hashable & Sendable, Column: Hashable & Sendable>: Sendable {
  /// Where they stand, such as "Table 1".
  public let source: String
  private let values: [Row: [Column: Double]]

  /// Copies values from a paper.
  public init(_ source: String, _ values: [Row: [Column: Double]]) {
    self.source = source
    self.values = values
  }

  /// One value; nil if the paper does not report it.
  public subscript(row: Row, column: Column) -> Double? { values[row]?[column] }
}
