import Runs
import Testing

/// Expects settings to be refused, after a change, by a sentence that names the key.
func expectRefusal<Configuration: StudyConfiguration>(
  _ key: String, of settings: Configuration,
  sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout Configuration) -> Void
) {
  var changed = settings
  change(&changed)
  let error = #expect(throws: (any Error).self, sourceLocation: sourceLocation) {
    try changed.validate()
  }
  #expect(
    error.map { "\($0)".contains(key) } == true, "\(key): \(error.map { "\($0)" } ?? "accepted")",
    sourceLocation: sourceLocation)
}
