import Storage
import Foundation

/// The state of a trial between its steps, kept in a file so that a killed run loses minutes, not
/// hours.
///
/// Saving replaces the file as a whole, so that at any moment the last complete state is there. The
/// file goes when the trial's measurement is stored. A trial that goes on from a checkpoint must
/// reach the same bits as one that was never interrupted.
///
/// The file starts with the SHA-256 of the run, the trial and what follows, the seconds that the trial
/// has taken so far and the state, so a file that is torn,
/// damaged or of another trial is never gone on from: the trial starts from its beginning, and the
/// run says so.
public struct Checkpoint: Sendable {
  private static let sealLength = 64

  let file: URL?
  /// The run and the trial.
  let owner: String
  /// Who knows how long the trial takes.
  let monitor: TrialMonitor
  /// Who is told about a file that is of no use.
  let note: @Sendable (String) -> Void

  /// A place for states of `owner`; without a file nothing is kept.
  init(
    file: URL? = nil, owner: String = "", monitor: TrialMonitor = TrialMonitor(),
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.file = file
    self.owner = owner
    self.monitor = monitor
    self.note = note
  }

  /// The state saved last; nil if there is none, or none of this trial that is whole.
  public func load() -> Data? {
    guard let file, access(file.path, F_OK) == 0 else { return nil }
    guard let sealed = try? Data(contentsOf: file), sealed.count >= Self.sealLength,
      sealed.prefix(Self.sealLength).elementsEqual(seal(of: sealed.dropFirst(Self.sealLength)))
    else {
      refuse(file, "is damaged or belongs to another trial")
      return nil
    }
    let parts = sealed.dropFirst(Self.sealLength)
      .split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let seconds = Double(String(decoding: parts[0], as: UTF8.self)),
      seconds.isFinite, seconds >= 0
    else {
      refuse(file, "does not say how long the trial has taken")
      return nil
    }
    monitor.resume(after: seconds)
    return Data(parts[1])
  }

  /// The state that ``save(encoding:)`` has saved last; nil if there is none that can be read.
  public func load<State: Decodable>(_ type: State.Type) -> State? {
    load { try JSON(reading: $0).decode(type) }
  }

  /// What `read` makes of the state saved last; nil if there is none, or if `read` throws.
  public func load<State>(by read: (Data) throws -> State) -> State? {
    guard let file, let data = load() else { return nil }
    do { return try read(data) } catch {
      refuse(file, "holds a state that this version of the study cannot read")
      return nil
    }
  }

  /// Replaces the state; outside a run this does nothing.
  ///
  /// - Throws: ``RunError/file(_:)``.
  public func save(_ state: Data) throws(RunError) {
    guard let file else { return }
    try FileSystem.createDirectory(file.deletingLastPathComponent())
    let content = Data("\(monitor.seconds)\n".utf8) + state
    try FileSystem.replace(file, with: Data(seal(of: content)) + content)
  }

  /// Replaces the state by the encoded form of `state`; outside a run this does nothing.
  ///
  /// - Throws: ``RunError``, or what the value's `encode(to:)` throws.
  public func save(encoding state: some Encodable) throws {
    guard file != nil else { return }
    try save(Data(JSON(encoding: state).canonical.utf8))
  }

  func remove() {
    guard let file else { return }
    unlink(file.path)
  }

  private func seal(of content: Data) -> [UInt8] {
    var hash = SHA256()
    hash.update("\(owner)\n".utf8)
    hash.update(content)
    return Array(hash.hexadecimal.utf8)
  }

  private func refuse(_ file: URL, _ reason: String) {
    monitor.resume(after: 0)
    note("\(file.path) \(reason): the trial starts from its beginning")
  }
}

/// Sentences that trials have for the user, on their way to the thread that talks to the observer.
final class Notes: @unchecked Sendable {
  private let lock = NSLock()
  private var sentences: [String] = []

  func add(_ sentence: String) {
    lock.withLock { sentences.append(sentence) }
  }

  /// The sentences since the last call.
  func take() -> [String] {
    lock.withLock {
      defer { sentences = [] }
      return sentences
    }
  }
}
