import Storage
import Figures
import Foundation

/// What a store holds, read without changing it: its owner may be writing meanwhile.
package struct StoreContents {
  /// The last word on each trial; a completed one is never displaced by a failure.
  var trials: [TrialKey: StoredTrial] = [:]
  /// What is wrong with the file, one sentence each.
  var warnings: [String] = []
  /// How many lines are not counted, as they are damaged or of another run.
  package private(set) var leftOut = 0
  /// The bytes up to the end of the last whole line.
  package private(set) var intactLength = 0
  /// Whether the last line is whole but for its end.
  var lacksLastEnd = false

  /// An empty store.
  init() {}

  /// Reads a store; nil if there is no file.
  ///
  /// - Throws: ``RunError/unknownStoreVersion(file:found:understood:)``,
  ///   ``RunError/foreignStore(file:found:expected:)`` or ``RunError/file(_:)``.
  init?(reading file: URL, of run: RunIdentity) throws(RunError) {
    guard let data = try FileSystem.read(file) else { return nil }
    try self.init(parsing: data, from: file, of: run)
  }

  /// Everything that the stores of some folders hold.
  init(reading directories: [RunDirectory], of run: RunIdentity) throws(RunError) {
    for store in directories.flatMap({ $0.stores() }) {
      guard let contents = try StoreContents(reading: store, of: run) else { continue }
      add(contents, from: store)
    }
  }

  /// Reads the bytes of a store, of which nothing is trusted.
  ///
  /// Ends of lines as Windows writes them and empty lines do no harm.
  ///
  /// - Throws: ``RunError/unknownStoreVersion(file:found:understood:)`` or
  ///   ``RunError/foreignStore(file:found:expected:)``.
  package init(parsing bytes: [UInt8], from file: URL, of run: RunIdentity) throws(RunError) {
    var start = 0
    var number = 0
    var (damaged, foreign): (LineNumbers, LineNumbers) = ([], [])
    var conflicts = Conflicts()
    while start < bytes.count {
      number += 1
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      var line = bytes[start..<(end ?? bytes.count)]
      if end != nil, line.last == UInt8(ascii: "\r") { line.removeLast() }
      let verdict = Seal.verdict(on: line, in: run)
      if number == 1 { try Self.checkHeader(verdict, line, file, run) }
      if end == nil, verdict == .broken { break }
      switch verdict {
      case .intact(let object):
        if let trial = StoredTrial(object) {
          conflicts.note(trial, beside: trials[trial.key])
          add(trial)
        } else if object != run.header {
          damaged.append(number)
        }
      case .foreign(let object) where object == run.header: damaged.append(number)
      case .foreign: foreign.append(number)
      case .broken where line.isEmpty: break
      case .broken: damaged.append(number)
      }
      lacksLastEnd = end == nil
      start = end.map { $0 + 1 } ?? bytes.count
      intactLength = start
    }
    leftOut = damaged.count + foreign.count
    if let sentence = Self.sentence(damaged, foreign, in: file) { warnings.append(sentence) }
    if let sentence = conflicts.sentence(about: file) { warnings.append(sentence) }
  }

  /// Adds what another store holds.
  mutating func add(_ other: StoreContents, from file: URL) {
    var conflicts = Conflicts()
    for trial in other.trials.values {
      conflicts.note(trial, beside: trials[trial.key])
      add(trial)
    }
    if let sentence = conflicts.sentence(about: file) { warnings.append(sentence) }
    warnings += other.warnings
    leftOut += other.leftOut
  }

  /// How many trials there are.
  package var count: Int { trials.count }

  /// Adds one trial: the first measurement stays, and a measurement displaces a failure.
  mutating func add(_ trial: StoredTrial) {
    if trials[trial.key]?.measurement == nil { trials[trial.key] = trial }
  }

  /// The first line of a store of this version names its run; where it does not, every line still does.
  private static func checkHeader(
    _ verdict: Seal.Verdict, _ line: some Collection<UInt8>, _ file: URL, _ run: RunIdentity
  ) throws(RunError) {
    // Another version may seal its lines otherwise, so its name is looked for whatever the seal says.
    let header: JSON? =
      switch verdict {
      case .intact(let object), .foreign(let object): object
      case .broken: try? JSON(reading: line)
      }
    guard let header, let version = header["version"] else { return }
    guard version == .integer(TrialStore.version) else {
      throw .unknownStoreVersion(
        file: file.path, found: version.spelling, understood: TrialStore.version)
    }
    // A header that names this run, and is not as it was written, is a damaged line and no more.
    guard case .foreign = verdict else { return }
    let found = "\(header["study"]?.text ?? "?")/\(header["configuration"]?.text ?? "?")"
    guard found != run.path else { return }
    throw .foreignStore(file: file.path, found: found, expected: run.path)
  }
}

// MARK: - Sentences

extension StoreContents {
  private typealias LineNumbers = [Int]

  /// Which lines are left out, and why; nil if none is.
  private static func sentence(
    _ damaged: LineNumbers, _ foreign: LineNumbers, in file: URL
  ) -> String? {
    let reasons = [
      damaged.isEmpty
        ? nil : list(damaged) + (damaged.count == 1 ? " is" : " are") + " damaged or edited",
      foreign.isEmpty
        ? nil : list(foreign) + (foreign.count == 1 ? " belongs" : " belong") + " to another run",
    ].compactMap(\.self)
    guard !reasons.isEmpty else { return nil }
    let pronoun = damaged.count + foreign.count == 1 ? "it is" : "they are"
    return
      "\(file.path.printable(within: 400)): \(reasons.joined(separator: " and ")), so \(pronoun) left out; "
      + "reproduce runs again what trials are missing"
  }

  /// The first of some lines, and how many more there are.
  private static func list(_ numbers: LineNumbers) -> String {
    let shown = numbers.prefix(5).map(String.init)
    let rest = numbers.count - shown.count
    let all = shown + (rest > 0 ? ["\(rest) more"] : [])
    guard all.count > 1 else { return "line \(all[0])" }
    return "lines \(all.dropLast().joined(separator: ", ")) and \(all[all.count - 1])"
  }
}

/// Trials that were stored twice, with results that differ.
private struct Conflicts {
  private var first: String?
  private var count = 0

  mutating func note(_ trial: StoredTrial, beside known: StoredTrial?) {
    guard let mine = known?.measurement, let theirs = trial.measurement,
      mine.canonical != theirs.canonical
    else { return }
    // The stored trials come in no order.
    first = min(first ?? trial.key.label, trial.key.label)
    count += 1
  }

  func sentence(about file: URL) -> String? {
    guard let first else { return nil }
    let more = count > 1 ? " and \(count - 1) more" : ""
    return
      "\(file.path.printable(within: 400)) holds another result of the trial \(first.printable(within: 200))\(more), which should be the "
      + "same everywhere: the first one is kept"
  }
}
