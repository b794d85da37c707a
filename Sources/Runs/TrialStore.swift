import Storage
import Foundation

/// The file to which a run appends one line for each trial, as soon as that trial has ended.
///
/// The first line says what the file is; each further one is an object with `key`, `seconds`,
/// `status` (`completed` or `failed`) and `measurement` or `reason`. The last member of every line,
/// `check`, says that the line is whole and whose it is (``Seal``), so that neither a damaged line
/// nor one of another run is ever taken for a result.
///
/// A line is handed to the system in one call when its trial ends, so a process that is killed
/// loses no finished trial. It is flushed to the disk at most once a second and at the end, so a
/// power cut costs the trials of the last second.
final class TrialStore {
  /// The version of the format; a store of any other is refused.
  ///
  /// 1: lines were not bound to their run. 2: they are.
  static let version = 2
  /// What was in the file when it was opened.
  let contents: StoreContents
  private let file: URL
  private let run: RunIdentity
  private let descriptor: Int32
  private let lock: FileLock
  private var length: off_t
  private var lastFlush = ContinuousClock.now
  private var isFlushed = true

  /// Opens the store, or starts it, for this process alone.
  ///
  /// A last line without its end was torn by the death of an earlier process: it is completed if
  /// only its end is missing and cut off otherwise.
  init(_ file: URL, of run: RunIdentity) throws(RunError) {
    self.file = file
    self.run = run
    lock = try FileSystem.lock(file)
    contents = try StoreContents(reading: file, of: run) ?? StoreContents()
    descriptor = open(file.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw .file(.uncreatable(path: file.path, reason: systemReason()))
    }
    length = off_t(contents.intactLength)
    try cut()
    if contents.lacksLastEnd { try append("\n") }
    if length == 0 {
      try append(Seal.line(of: run.header, in: run))
      FileSystem.synchronize(file.deletingLastPathComponent())
    }
  }

  deinit {
    fsync(descriptor)
    close(descriptor)
  }

  /// Appends one trial.
  ///
  /// - Throws: ``RunError/file(_:)``; the file then ends with the trial before. ``RunError/removed(_:)``
  ///   if the file no longer has a name, so that nobody would ever read what it holds.
  func append(_ trial: StoredTrial) throws(RunError) {
    try checkName()
    try append(Seal.line(of: trial.json, in: run))
    isFlushed = false
    if lastFlush.duration(to: .now) > .seconds(1) { try flush() }
  }

  /// Waits until the disk has every line.
  func flush() throws(RunError) {
    try checkName()
    guard !isFlushed else { return }
    guard fsync(descriptor) == 0 else {
      throw .file(.unwritable(path: file.path, reason: systemReason()))
    }
    isFlushed = true
    lastFlush = .now
  }

  private func checkName() throws(RunError) {
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_nlink == 0 { throw .removed(file.path) }
  }

  private func append(_ line: String) throws(RunError) {
    guard writeAll(line, to: descriptor) else {
      let failure = FileError.unwritable(path: file.path, reason: systemReason())
      try? cut()
      throw .file(failure)
    }
    length += off_t(line.utf8.count)
  }

  /// Ends the file after the last whole line.
  private func cut() throws(RunError) {
    guard ftruncate(descriptor, length) == 0, lseek(descriptor, 0, SEEK_END) == length else {
      throw .file(.unwritable(path: file.path, reason: systemReason()))
    }
  }
}

extension TrialStore {
  /// Replaces a store by one that holds these trials.
  static func write(_ trials: [StoredTrial], to file: URL, of run: RunIdentity) throws(RunError) {
    let lines = ([run.header] + trials.map(\.json)).map { Seal.line(of: $0, in: run) }
    try FileSystem.replace(file, with: lines.joined().utf8)
  }
}

/// One line of a store.
struct StoredTrial: Equatable {
  enum Outcome: Equatable {
    case completed(JSON)
    case failed(String)
  }

  let key: TrialKey
  let outcome: Outcome
  let seconds: Double

  var measurement: JSON? { if case .completed(let value) = outcome { value } else { nil } }

  init(key: TrialKey, outcome: Outcome, seconds: Double) {
    self.key = key
    self.outcome = outcome
    self.seconds = seconds
  }

  var json: JSON {
    var json: JSON = ["key": key.json, "seconds": .number(seconds)]
    switch outcome {
    case .completed(let measurement):
      json["status"] = "completed"
      json["measurement"] = measurement
    case .failed(let reason):
      json["status"] = "failed"
      json["reason"] = .text(reason)
    }
    return json
  }

  /// The trial of a line; nil if the object is none.
  init?(_ json: JSON) {
    guard let key = json["key"], let seconds = json["seconds"]?.number else { return nil }
    self.key = TrialKey(json: key)
    self.seconds = seconds
    switch (json["status"]?.text, json["measurement"], json["reason"]?.text) {
    case ("completed", let measurement?, _): outcome = .completed(measurement)
    case ("failed", _, let reason?): outcome = .failed(reason)
    default: return nil
    }
  }
}

/// The key of a trial apart from its type.
struct TrialKey: Hashable, Sendable {
  let json: JSON
  /// The text by which equal keys are equal.
  let canonical: String

  init(json: JSON) {
    self.json = json
    canonical = json.canonical
  }

  static func == (first: TrialKey, second: TrialKey) -> Bool {
    first.canonical == second.canonical
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(canonical)
  }

  /// The key as people want to read it, such as `model cnn, seed 42`.
  var label: String {
    guard let members = json.members else { return json.spelling }
    return members.filter { $0.value != .null }
      .map { "\(Setting.hyphenated($0.key)) \($0.value.spelling)" }.joined(separator: ", ")
  }
}
