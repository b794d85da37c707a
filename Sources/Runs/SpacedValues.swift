import Foundation
import ReferenceRandom
import Storage

/// Numbers that the command line names by a rule, such as `linspace(0,1,9)`.
///
/// They have twelve significant digits at most, so that `linspace(0,1,11)` gives the 0.3 that one would write, and the
/// same folder on every machine.
struct SpacedValues: Equatable {
  /// How the values lie between the two ends; the names are NumPy's.
  enum Rule: String, CaseIterable {
    /// Evenly, both ends among them.
    case linspace
    /// With equal ratios, both ends among them.
    case geomspace
    /// At random, as `numpy.random.RandomState(seed).uniform(first, last, count)` draws them.
    case uniform
    /// At random, so that their logarithms are uniform.
    case loguniform
  }

  let rule: Rule
  let first: Double
  let last: Double
  let count: Int
  /// Of the generator; 0 unless a fourth number is given.
  let seed: UInt32

  /// What may be written, as a part of a sentence.
  static let expectation =
    "linspace(0,1,9), geomspace(0.001,1,4), uniform(0,1,9) or loguniform(0.001,1,9)"

  /// Reads `rule(first,last,count)` or, where values are random, `rule(first,last,count,seed)`; nil for anything else.
  init?(written word: String) {
    guard word.hasSuffix(")"), let open = word.firstIndex(of: "("),
      let rule = Rule(rawValue: word[..<open].lowercased())
    else { return nil }
    let numbers = word[word.index(after: open)...].dropLast()
      .split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    let isRandom = rule == .uniform || rule == .loguniform
    guard numbers.count == 3 || isRandom && numbers.count == 4,
      let first = Double(written: numbers[0]), let last = Double(written: numbers[1]),
      let count = Int(written: numbers[2]), (1...RunLimits.values).contains(count)
    else { return nil }
    if rule == .geomspace || rule == .loguniform {
      guard first != 0, last != 0, (first < 0) == (last < 0) else { return nil }
    }
    guard let seed = numbers.count == 4 ? UInt32(numbers[3]) : 0 else { return nil }
    (self.rule, self.first, self.last, self.count, self.seed) = (rule, first, last, count, seed)
  }

  /// The values, in the order of the rule.
  var values: [Double] {
    var generator = NumPyRandomState(seed: seed)
    return (0..<count).map { index in
      let share: Double =
        switch rule {
        case .linspace, .geomspace: count == 1 ? 0 : Double(index) / Double(count - 1)
        case .uniform, .loguniform: generator.randomSample()
        }
      let value: Double =
        switch rule {
        case .linspace, .uniform: first * (1 - share) + last * share
        case .geomspace, .loguniform: first * exp(log(last / first) * share)
        }
      return Double(String(format: "%.12g", value)) ?? value
    }
  }

  /// The first value that is no whole number, of a rule that gives none but by mistake: equal steps are whole or not, and
  /// equal ratios and chance seldom are.
  var firstFraction: Double? {
    rule == .linspace ? values.first { $0 != $0.rounded() } : nil
  }

  /// The values as whole numbers, the nearest ones, each once; nil where equal steps would not be equal any more.
  var wholeValues: [Int]? {
    guard firstFraction == nil else { return nil }
    var whole: [Int] = []
    for value in values {
      guard let number = Int(exactly: value.rounded()) else { return nil }
      if whole.last != number { whole.append(number) }
    }
    return whole
  }
}
