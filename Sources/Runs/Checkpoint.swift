import Foundation

/// The state of a trial between its steps, kept in a file so that a killed run loses minutes, not
/// hours.
///
/// Saving replaces the file as a whole, so that at any moment the last complete state is there. The
/// file goes when the trial's measurement is stored. A trial that goes on from a checkpoint must
/// reach the same bits as one that was never interrupted.
public struct Checkpoint: Sendable {
  let file: URL?

  /// The state saved last; nil if there is none, or if the file is damaged.
  public func load() -> Data? {
    guard let file, let sealed = try? Data(contentsOf: file), sealed.count >= 64 else { return nil }
    let state = sealed.dropFirst(64)
    return sealed.prefix(64).elementsEqual(SHA256.hexadecimal(state).utf8) ? Data(state) : nil
  }

  /// Replaces the state; outside a run this does nothing.
  ///
  /// - Throws: ``RunError/cannotCreate(_:reason:)`` or ``RunError/cannotWrite(_:reason:)``.
  public func save(_ state: Data) throws(RunError) {
    guard let file else { return }
    try FileSystem.createDirectory(file.deletingLastPathComponent())
    try FileSystem.replace(file, with: Data(SHA256.hexadecimal(state).utf8) + state)
  }

  func remove() {
    guard let file else { return }
    unlink(file.path)
  }
}
