import Runs

/// A printed number beside the same number as it is computed here.
struct Comparison: Sendable {
  let step: Int
  let quantity: String
  let printed: PrintedNumber
  /// The number of the computation that starts as the notebook's does.
  let measured: Double
  /// The numbers of its twins.
  let twins: [Double]

  /// How many leading digits are the printed ones.
  var digits: Int { printed.digits(sharedWith: measured) }
  /// Whether all of them are.
  var isExact: Bool { digits == printed.digits }
  /// How many leading digits all twins share with the measured number, out of the printed ones.
  var twinDigits: Int? { twins.map { printed.digits(sharedWith: $0, and: measured) }.min() }
  /// Whether the printed digits are those of the computation or of a twin.
  var isExactForOne: Bool { isExact || twins.contains { printed.isPrint(of: $0) } }

  /// The distance from the printed number, as a part of it.
  var distance: Double { Self.distance(printed.value, measured) }
  /// The same for the twins, from the measured number.
  var twinDistances: [Double] { twins.map { Self.distance($0, measured) } }

  /// The difference as a part of the mean.
  static func distance(_ a: Double, _ b: Double) -> Double {
    a == b ? 0 : 2 * abs(a - b) / (abs(a) + abs(b))
  }
}

/// A printout beside what the same computation and its twins yield here.
struct ComparedPrintout: Sendable {
  let printout: Printout
  let measurement: Published.Measurement
  let twins: [Published.Measurement]
  /// In the order of the print.
  let comparisons: [Comparison]

  /// Pairs all printouts with the results; those without one are left out.
  static func all(_ results: [TrialResult<Published>]) -> [ComparedPrintout] {
    let byComputation = Dictionary(grouping: results, by: \.trial.computation)
    return Printout.all.compactMap { printout in
      let own = (byComputation[printout.computation] ?? []).sorted { $0.trial.twin < $1.trial.twin }
      guard let first = own.first, first.trial.twin == 0 else { return nil }
      return ComparedPrintout(printout, first.measurement, own.dropFirst().map(\.measurement))
    }
  }

  private init(
    _ printout: Printout, _ measurement: Published.Measurement, _ twins: [Published.Measurement]
  ) {
    self.printout = printout
    self.measurement = measurement
    self.twins = twins
    let width = printout.quantities.count
    func line(_ measurement: Published.Measurement, _ index: Int) -> [Double]? {
      guard measurement.values.indices.contains(index) else { return nil }
      return measurement.values[index].count == width ? measurement.values[index] : nil
    }
    comparisons = printout.rows.enumerated().flatMap { index, row -> [Comparison] in
      guard let own = line(measurement, index) else { return [] }
      let others = twins.compactMap { line($0, index) }
      return (0..<width).map { column in
        Comparison(
          step: row.step, quantity: printout.quantities[column], printed: row.numbers[column],
          measured: own[column], twins: others.map { $0[column] })
      }
    }
  }
}

extension Collection where Element == Comparison {
  /// How many are printed as they were.
  var exact: Int { count(where: \.isExact) }
  /// The first step at which a number is not the printed one.
  var parting: Int? { filter { !$0.isExact }.map(\.step).min() }
  /// The first step at which a twin would have been printed otherwise.
  var twinParting: Int? {
    filter { ($0.twinDigits ?? $0.printed.digits) < $0.printed.digits }.map(\.step).min()
  }

  /// How far the numbers that are not the printed ones lie from them, in units of how far the twins lie from the
  /// measured ones: the quotient of the root mean squares of the relative differences. It is about 1 where rounding
  /// alone is the cause, since the authors' run is one more twin then.
  var distanceInTwins: Double? {
    let parted = filter { !$0.isExact }
    let squares = parted.flatMap(\.twinDistances).map { $0 * $0 }
    let spread = squares.reduce(0, +) / Double(squares.count)
    guard !squares.isEmpty, spread > 0 else { return nil }
    let own = parted.reduce(0) { $0 + $1.distance * $1.distance } / Double(parted.count)
    return (own / spread).squareRoot()
  }
}
