import Foundation
import Storage

/// The settings of an earlier run as a file holds them: `config.json`, `summary.json`, or what `--json` prints.
///
/// Nothing in the file is trusted: it is read as far as a study has such settings, and refused otherwise.
package struct SavedSettings: Sendable {
  /// The study.
  package let study: String
  private let configuration: JSON
  private let path: String
  /// Settings of a study are short.
  private static let mostBytes = 10_000_000

  /// Reads a file.
  ///
  /// - Throws: ``RunError/missingFile(_:remedy:)`` or ``RunError/unreadable(file:reason:)``.
  package init(reading path: String) throws(RunError) {
    guard let bytes = try FileSystem.readRegular(URL(fileURLWithPath: path), upTo: Self.mostBytes)
    else {
      throw .missingFile(path, remedy: "name the config.json of a run")
    }
    guard let json = try? JSON(reading: bytes) else {
      throw .unreadable(file: path, reason: "it is no JSON; name the config.json of a run")
    }
    guard let study = json["study"]?.text, let configuration = json["configuration"],
      configuration.members != nil
    else {
      throw .unreadable(
        file: path,
        reason: "it lacks \"study\" and \"configuration\"; name the config.json of a run")
    }
    (self.study, self.configuration, self.path) = (study, configuration, path)
  }

  /// The settings as the study has them; those that the file does not name are the study's own.
  ///
  /// - Throws: ``RunError/unreadable(file:reason:)`` for the settings of another study, or for one that this study does
  ///   not have or cannot take.
  package func configuration<S: Study>(of study: S.Type) throws(RunError) -> S.Configuration {
    guard self.study == S.name else {
      throw unreadable("it holds settings of the study \(self.study), and this is \(S.name)")
    }
    guard let defaults = try? JSON(encoding: S.Configuration()) else { return S.Configuration() }
    let settings = try matched(configuration, to: defaults, under: "")
    if let configuration = try? settings.decode(S.Configuration.self) { return configuration }
    for member in settings.members ?? [] {
      var alone = defaults
      alone[member.key] = member.value
      guard (try? alone.decode(S.Configuration.self)) == nil else { continue }
      throw unreadable(
        "the study cannot take its \(Setting.hyphenated(member.key)), \(member.value.canonical)")
    }
    throw unreadable("the study cannot take its settings")
  }

  /// The settings under the names that the study gives them, however these are spelt.
  private func matched(
    _ given: JSON, to defaults: JSON, under group: String
  ) throws(RunError) -> JSON {
    guard let known = defaults.members, let members = given.members else { return given }
    var result = defaults
    for member in members {
      let name = Overrides.folded(member.key)
      guard let match = known.first(where: { Overrides.folded($0.key) == name }) else {
        throw unreadable("there is no setting \"\(group)\(Setting.hyphenated(member.key))\"")
      }
      result[match.key] = try matched(
        member.value, to: match.value, under: "\(group)\(Setting.hyphenated(match.key)).")
    }
    return result
  }

  private func unreadable(_ reason: String) -> RunError {
    .unreadable(file: path, reason: reason.printable(within: 400))
  }
}
