import Foundation
import Storage

extension Run {
  /// What other runs of the study beside this one have measured of these trials, under the settings that matter to
  /// each: ``Study/settings(_:thatMatterTo:)``.
  ///
  /// Only results are taken that are whole and bound to the run they lie in. A run that cannot be read is passed over:
  /// what it could save is computed.
  ///
  /// - Parameter wanted: the places of the trials in planned order.
  /// - Returns: results, and from how many runs they are.
  func reusable(for wanted: [Int]) -> (trials: [StoredTrial], runs: Int) {
    var (found, runs) = ([StoredTrial](), 0)
    let places = Dictionary(
      wanted.map { (keys[$0], $0) }, uniquingKeysWith: { first, _ in first })
    var missing = places
    for other in siblings() {
      guard !missing.isEmpty else { break }
      guard let identity = try? RunIdentity(reading: other), identity.study == S.name,
        identity.revision == S.revision, identity.hash == other.url.lastPathComponent,
        let theirs = try? identity.configuration.decode(S.Configuration.self),
        let contents = try? StoreContents(reading: [other], of: identity)
      else { continue }
      let before = found.count
      for (key, index) in missing {
        guard let stored = contents.trials[key], let measurement = stored.measurement,
          S.settings(configuration, thatMatterTo: trials[index])
            == S.settings(theirs, thatMatterTo: trials[index]),
          (try? measurement.decode(S.Measurement.self)) != nil
        else { continue }
        found.append(stored)
        missing[key] = nil
      }
      if found.count > before { runs += 1 }
    }
    // In planned order, so that the store does not depend on that of a dictionary.
    return (found.sorted { (places[$0.key] ?? 0) < (places[$1.key] ?? 0) }, runs)
  }

  /// The folders of other runs of the study in the same output folder, by name.
  private func siblings() -> [RunDirectory] {
    let folder = directory.url.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0 != directory.url.lastPathComponent && !$0.contains("-") }.sorted()
      .map { RunDirectory(folder.appendingPathComponent($0)) }
      .filter { run in
        // A pipe would be waited for.
        ([run.configuration] + run.stores()).allSatisfy {
          FilePlace($0.path)?.isRegularFile ?? false
        }
      }
  }
}
