/// A setting from which no dataset can be made.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The setting, by its name in the reference implementation: `num_samples`.
  public let setting: String

  /// What would be right: `must be at least 10, one example per class`.
  public let requirement: String

  /// What was found: `3`.
  public let found: String

  init(_ setting: String, _ requirement: String, found: String) {
    self.setting = setting
    self.requirement = requirement
    self.found = found
  }

  /// One sentence that names the setting, what would be right, and what was found.
  public var description: String {
    "\(setting) \(requirement), but found \(found)."
  }
}
