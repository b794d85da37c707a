import Storage
import Figures
import Foundation

/// A run that has ended, with all that a report says of it.
public struct RunSummary: Sendable, Equatable {
  /// Whose settings a run has.
  public enum Settings: String, Sendable, Equatable {
    /// The paper's.
    case paper
    /// The reduced ones that take seconds.
    case quick
    /// The user's.
    case own
  }

  /// A setting that differs from the paper's, spelt as on the command line.
  public struct ChangedSetting: Sendable, Equatable {
    /// Its name, such as `batch-size`.
    public var key: String
    /// Its value in this run.
    public var value: String
    /// The paper's value; nil if it is not known.
    public var paper: String?

    /// Names a setting and its values.
    public init(_ key: String, value: String, paper: String?) {
      self.key = key
      self.value = value
      self.paper = paper
    }
  }

  /// A trial without a measurement.
  public struct Failure: Sendable, Equatable {
    /// The trial's name.
    public var trial: String
    /// Why it failed.
    public var reason: String

    /// Names a trial and what became of it.
    public init(trial: String, reason: String) {
      self.trial = trial
      self.reason = reason
    }
  }

  /// Where the captions of a page's pictures stand.
  public enum Captions: Sendable, Equatable {
    /// Below them, as text of the page.
    case besidePictures
    /// In the pictures, too, so that one that is copied from the page keeps its caption.
    case inPictures
  }

  /// The study's name.
  public var study: String
  /// The study's heading.
  public var title: String
  /// The study's question.
  public var question: String
  /// Whose question it is, such as `the paper`; nil for a study of its author's own.
  public var source: String?
  /// The resolved settings.
  public var configuration: JSON
  /// Whose settings these are.
  public var settings: Settings
  /// The settings that differ from the paper's.
  public var changed: [ChangedSetting]
  /// How many trials were planned.
  public var trials: Int
  /// Those that failed.
  public var failures: [Failure]
  /// The time that all trials took together, in seconds: what one thread would have needed.
  public var seconds: Double
  /// The SHA-256 of all keys and measurements in planned order: equal on every machine.
  public var digest: String
  /// By which program, when and where the findings were made; nil where that is not known.
  public var provenance: Provenance?
  /// What was found.
  public var findings: Findings
}

extension RunSummary {
  /// The status with which a command that shows this run ends: 0, or 1 if trials failed.
  public var exitStatus: Int32 { failures.isEmpty ? 0 : ExitStatus.failedTrials.rawValue }

  /// How many trials failed, which was the first, and why; nil if none did.
  public var failureMessage: String? {
    Self.sentence(about: failures, of: trials)
      .map { $0 + "; reproduce --retry-failed runs such trials again" }
  }

  static func sentence(about failures: [Failure], of trials: Int) -> String? {
    guard let first = failures.first else { return nil }
    let name = first.trial.printable(within: 200)
    let which = failures.count == 1 ? name : "the first (\(name))"
    let reason = first.reason.hasSuffix(".") ? String(first.reason.dropLast()) : first.reason
    return "\(failures.count) of \(trials) trials failed, \(which) with: "
      + reason.printable(within: 400)
  }
}

extension RunSummary {
  /// What figures and texts say of settings that are not the paper's; nil for the paper's own.
  package var notice: String? { Self.notice(settings, changed, source) }

  /// A study of one's own has no settings but one's own.
  static func notice(
    _ settings: Settings, _ changed: [ChangedSetting], _ source: String?
  ) -> String? {
    switch settings {
    case .paper: nil
    case .quick: "Reduced scale: made with --quick"
    case .own: source.map { "Not \($0)’s settings: " + list(changed) }
    }
  }

  /// The first settings that differ, where they are short with their values.
  static func list(_ changed: [ChangedSetting], upTo most: Int = 4) -> String {
    let shown = changed.prefix(most).map { setting in
      setting.value.count <= 24 ? "\(setting.key)=\(setting.value)" : setting.key
    }
    let rest = changed.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}

extension RunSummary {
  /// The command that does the run again, as a shell reads it.
  package var command: String {
    let program = provenance?.program ?? "mnist1d"
    let settings = changed.map { "\($0.key)=\($0.value)" }
    let words =
      [program] + (study == "sweep" ? ["sweep"] : ["reproduce", study])
      + (self.settings == .quick ? ["--quick"] : settings)
    return words.map(ShellText.word).joined(separator: " ")
  }

  /// Refuses the summary of another run.
  static func check(
    _ json: JSON, in directory: RunDirectory, of run: RunIdentity
  ) throws(RunError) {
    guard json["study"]?.text == run.study,
      json["configuration"]?.underscored.canonical == run.configuration.underscored.canonical
    else {
      throw .unreadable(
        file: directory.summary.path,
        reason: "it is the summary of another run than config.json beside it names; "
          + "the command that made the run writes it anew")
    }
  }

  /// What is wrong with the trials on which the summary of a run rests, one sentence each: lines that are left out, and
  /// how many trials are missing.
  ///
  /// A folder without stores, such as one that was sent without them, has nothing wrong.
  ///
  /// - Throws: ``RunError`` if a store cannot be read or belongs to another run.
  package static func damage(
    of directory: RunDirectory
  ) throws(RunError) -> (warnings: [String], lacksTrials: Bool) {
    guard !directory.stores().isEmpty, try FileSystem.read(directory.configuration) != nil else {
      return ([], false)
    }
    let run = try RunIdentity(reading: directory)
    let known = try StoreContents(reading: [directory], of: run)
    let shortfall = try known.shortfall(in: directory, of: run)
    return (known.warnings + [shortfall].compactMap(\.self), shortfall != nil)
  }

  /// Writes `summary.json`, the tables, the figures and the report, each file whole or not at all.
  func write(to directory: RunDirectory) throws(RunError) {
    if !findings.tables.isEmpty {
      try FileSystem.createDirectory(directory.url.appendingPathComponent("tables"))
    }
    for table in findings.tables {
      try FileSystem.replace(directory.table(table.name), with: table.csv.utf8)
    }
    if !findings.illustrations.isEmpty {
      try FileSystem.createDirectory(directory.url.appendingPathComponent("figures"))
    }
    for figure in findings.illustrations { try figure.write(to: directory) }
    if !findings.attachments.isEmpty {
      try FileSystem.createDirectory(directory.url.appendingPathComponent("files"))
    }
    for file in findings.attachments {
      try FileSystem.replace(directory.attachment(file.fileName), with: file.contents)
    }
    var report = Report(title: Report(runs: [self]).title)
    report.append(self, in: directory)
    try report.write(to: directory.report)
    // Last, as its presence says that the run is complete.
    try FileSystem.replace(directory.summary, with: (json.pretty + "\n").utf8)
  }

  /// Reads the summary of a run that has ended, without its figures and files.
  ///
  /// - Throws: A ``RunError`` if the file is missing, cannot be read, or holds no summary.
  init(readingAlone directory: RunDirectory) throws(RunError) {
    let file = directory.summary
    guard let data = try FileSystem.read(file) else {
      throw .missingFile(file.path, remedy: "name the folder of a run that has ended")
    }
    let json: JSON
    do {
      json = try JSON(reading: data)
      self = try RunSummary(json)
    } catch {
      throw .unreadable(
        file: file.path, reason: "\(error); the command that made the run writes it anew")
    }
    // A summary that was sent on its own is what it is.
    if try FileSystem.read(directory.configuration) != nil {
      try Self.check(json, in: directory, of: RunIdentity(reading: directory))
    }
  }

  /// Reads the summary, the figures and the files of a run that has ended.
  ///
  /// - Parameters:
  ///   - directory: The run's folder.
  ///   - captions: Whether the pictures themselves carry their captions.
  /// - Throws: A ``RunError`` if a file is missing, cannot be read, or holds no summary.
  public init(
    reading directory: RunDirectory, captions: Captions = .besidePictures
  ) throws(RunError) {
    try self.init(readingAlone: directory)
    for index in findings.illustrations.indices {
      let drawing = findings.illustrations[index]
      let figure = directory.figure(drawing.name)
      // Earlier versions wrote figures without captions, and so had one drawing for page and file.
      var svg =
        captions == .inPictures ? nil : try FileSystem.readOwn(directory.pageFigure(drawing.name))
      if svg == nil { svg = try FileSystem.readOwn(figure) }
      guard let svg else {
        throw .missingFile(figure.path, remedy: "run the study again to draw it")
      }
      let narrow = try FileSystem.readOwn(directory.narrowFigure(drawing.name))
      findings.illustrations[index] = Illustration(
        drawing.name, caption: drawing.caption, svg: String(decoding: svg, as: UTF8.self),
        narrow: narrow.map { String(decoding: $0, as: UTF8.self) })
    }
    for index in findings.attachments.indices {
      let file = directory.attachment(findings.attachments[index].fileName)
      guard let contents = try FileSystem.readOwn(file) else {
        throw .missingFile(file.path, remedy: "run the study again to write it")
      }
      findings.attachments[index].contents = Array(contents)
    }
  }
}

extension Illustration {
  /// Writes the drawings for pages, and a file of each format with the caption in the picture.
  fileprivate func write(to directory: RunDirectory) throws(RunError) {
    for format in PictureFormat.allCases {
      guard let single else { break }
      try FileSystem.replace(directory.figure(name, as: format), with: single.file(as: format))
    }
    if single == nil { try FileSystem.replace(directory.figure(name), with: svg.utf8) }
    for (file, drawing) in [
      (directory.pageFigure(name), svg), (directory.narrowFigure(name), narrowSVG),
    ] {
      guard let drawing else { continue }
      try FileSystem.createDirectory(file.deletingLastPathComponent())
      try FileSystem.replace(file, with: drawing.utf8)
    }
  }
}
