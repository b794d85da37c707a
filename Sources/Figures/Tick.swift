/// A marked value of an axis.
package struct Tick: Sendable, Equatable {
  /// The value.
  package let value: Double
  /// The text beside the mark, or `nil` for a small mark between labelled ones.
  package let label: String?

  package init(value: Double, label: String?) {
    self.value = value
    self.label = label
  }
}

extension Tick {
  /// Round values inside an axis's limits: the closest-spaced ones whose labels have room.
  ///
  /// On a linear axis steps are 1, 2 or 5 times a power of ten. On a logarithmic one the labels
  /// stand at 1, 2 and 5, or 1 and 3, or 1 of every decade, or at every second, third … decade;
  /// over less than about a decade they are spaced as on a linear axis.
  ///
  /// - Parameters:
  ///   - projection: The axis's limits.
  ///   - hasRoom: Whether the labels of these ticks can stand beside each other.
  /// - Returns: Labelled ticks in order, then small ones without labels.
  package static func automatic(
    for projection: Projection, hasRoom: ([Tick]) -> Bool
  ) -> [Tick] {
    switch projection.scale {
    case .linear:
      return linear(projection.lower, projection.upper, hasRoom: hasRoom)
    case .logarithmic:
      return logarithmic(projection, hasRoom: hasRoom)
    }
  }

  private static func linear(
    _ lower: Double, _ upper: Double, hasRoom: ([Tick]) -> Bool
  ) -> [Tick] {
    let span = upper - lower
    // From more than fifty labels on, up to five hundred.
    var exponent = Int(Numeral.log10(span / 50).rounded(.down))
    while true {
      for factor in [1, 2, 5] {
        let ticks = multiples(of: factor, exponent: exponent, from: lower, to: upper)
        if ticks.count <= 1 || hasRoom(ticks) { return ticks }
      }
      exponent += 1
    }
  }

  private static func multiples(
    of factor: Int, exponent: Int, from lower: Double, to upper: Double
  ) -> [Tick] {
    let step = Numeral.scaled(Double(factor), by: exponent)
    // A limit that misses a round value by a rounding error still shows it.
    let first = Int((lower / step - 1e-6).rounded(.up))
    let last = Int((upper / step + 1e-6).rounded(.down))
    guard first <= last else { return [] }
    let largest = Numeral.scaled(Double(max(abs(first), abs(last)) * factor), by: exponent)
    let power = largest == 0 ? 0 : Int((Numeral.log10(largest) + 1e-9).rounded(.down))
    let isPlain = power < 7 && exponent >= -5
    return (first...last).map { multiple in
      let digits = multiple * factor
      return Tick(
        value: Numeral.scaled(Double(digits), by: exponent),
        label: isPlain
          ? Numeral.decimal(digits, exponent: exponent)
          : Numeral.scientific(digits, exponent: exponent, power: max(power, exponent)))
    }
  }

  private static func logarithmic(
    _ projection: Projection, hasRoom: ([Tick]) -> Bool
  ) -> [Tick] {
    let first = Int((projection.lower + 1e-9).rounded(.down))
    let last = Int((projection.upper + 1e-9).rounded(.down))
    let isPlain = first >= -5 && last <= 5
    func decades(_ factors: [Int], stride step: Int = 1) -> [Tick] {
      (first...last).filter { $0.isMultiple(of: step) }.flatMap { decade in
        factors.map { factor in
          Tick(
            value: Numeral.scaled(Double(factor), by: decade),
            label: isPlain
              ? Numeral.decimal(factor, exponent: decade)
              : Numeral.scientific(factor, exponent: decade, power: decade))
        }
      }.filter { projection.contains($0.value) }
    }

    if projection.upper - projection.lower < 1 {
      let sparse = decades([1, 2, 5])
      if sparse.count >= 3 && hasRoom(sparse) { return withMinorTicks(sparse, decades) }
      let (lower, upper) = (
        Numeral.powerOfTen(projection.lower), Numeral.powerOfTen(projection.upper)
      )
      return linear(lower, upper, hasRoom: hasRoom)
    }
    let span = last - first
    for factors in [[1, 2, 5], [1, 3], [1]] where span <= 30 {
      let ticks = decades(factors)
      if hasRoom(ticks) { return withMinorTicks(ticks, decades) }
    }
    for step in max(2, span / 30)...max(2, span + 1) {
      let ticks = decades([1], stride: step)
      if hasRoom(ticks) {
        return ticks
          + decades([1]).filter { minor in !ticks.contains { $0.value == minor.value } }
          .map { Tick(value: $0.value, label: nil) }
      }
    }
    return []
  }

  private static func withMinorTicks(
    _ ticks: [Tick], _ decades: ([Int], Int) -> [Tick]
  ) -> [Tick] {
    ticks
      + decades(Array(1...9), 1).filter { minor in !ticks.contains { $0.value == minor.value } }
      .map { Tick(value: $0.value, label: nil) }
  }
}
