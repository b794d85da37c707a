import Storage

/// What no run can mean, refused before anything is planned for it: a slip of the finger should cost a sentence, not
/// the machine's memory.
package enum RunLimits {
  /// The most trials of a run.
  static let trials = 1_000_000
  /// The most values of one list.
  static let values = 100_000
  /// The most that a whole number may be, unless it is a seed: products of two still are numbers.
  package static let count = 1_000_000_000

  /// Refuses a configuration with a number beyond all reason, or with lists that make too many trials.
  ///
  /// A study may use only some of the combinations of its lists, so these may be ten times as many as trials.
  ///
  /// - Throws: ``RunError/invalidSettings(_:)`` or ``RunError/tooManyTrials(study:)``.
  static func check(_ settings: JSON, of study: String) throws(RunError) {
    var combinations = 1
    for (key, value) in settings.leaves(path: []) {
      let elements = value.elements ?? [value]
      combinations =
        combinations.multipliedReportingOverflow(by: max(1, elements.count)).partialValue
      guard (1...10 * trials).contains(combinations) else { throw .tooManyTrials(study: study) }
      if key == "seed" || key == "seeds" || key.hasSuffix(".seed") { continue }
      if let large = elements.lazy.compactMap(\.integer).first(where: { $0 > count }) {
        throw .invalidSettings(
          "\(key) \(value.elements == nil ? "is" : "holds") \(large); it must be at most \(count)")
      }
    }
  }
}
