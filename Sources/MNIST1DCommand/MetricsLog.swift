import Storage
import DataFormats
import NeuralNetworks
import Runs
import StudyCommands

/// The metrics of a training, one line of JSON per step, written while it runs.
///
/// Every line has the loss on the step's own batch before the step, `train_loss`; where an evaluation follows the step,
/// also the loss on all training examples after it, which has another name here, `train_set_loss`, and so on.
///
/// They go to the file that was asked for and, if the training keeps its state, to a journal beside that, from which
/// a later session takes what it has not measured itself.
struct MetricsLog {
  /// Where a session begins.
  enum Start {
    /// With step 0.
    case start
    /// Behind the lines of earlier sessions.
    case after(LineFile.Extent)
    /// Behind steps whose lines nobody has kept.
    case unknown
  }

  private let target: LineFile?
  private let journal: LineFile?

  /// Opens the files.
  ///
  /// - Throws: `FileError`, and a `Failure` where metrics are asked for whose beginning is lost.
  init(_ path: String?, journal journalPath: String?, from start: Start) throws {
    guard case .after(let extent) = start else {
      if case .unknown = start {
        if let path { throw Self.lost(path, journalPath) }
        (target, journal) = (nil, nil)
      } else {
        journal = try journalPath.map { path throws(FileError) in try LineFile(at: path) }
        target = try path.map { path throws(FileError) in try LineFile(at: path) }
      }
      return
    }
    let kept = try journalPath.flatMap { path throws(FileError) in
      try LineFile(at: path, from: extent)
    }
    let wanted = try path.flatMap { path throws(FileError) in try LineFile(at: path, from: extent) }
    switch (kept, wanted) {
    case (let kept?, let wanted?): (journal, target) = (kept, wanted)
    case (let kept?, nil):
      journal = kept
      target = try path.map { path throws(FileError) in try LineFile(at: path, copying: kept) }
    case (nil, let wanted?):
      target = wanted
      journal = try journalPath.map { path throws(FileError) in
        try LineFile(at: path, copying: wanted)
      }
    case (nil, nil):
      if let path { throw Self.lost(path, journalPath) }
      Terminal.note(
        "\(journalPath ?? "") does not hold the metrics of the steps before; the training goes on without"
      )
      (target, journal) = (nil, nil)
    }
  }

  private static func lost(_ path: String, _ journal: String?) -> Failure {
    .badData(
      "\(journal ?? "") does not hold the metrics of the steps before, so \(path) would lack them: "
        + "leave --metrics out, or start anew with another --checkpoint")
  }

  /// How far the journal is.
  var extent: LineFile.Extent? { journal?.extent }

  mutating func append(_ step: StepMetrics) throws(FileError) {
    guard target != nil || journal != nil else { return }
    var line: JSON = [
      "step": .integer(step.step), "train_loss": .number(shortest(step.trainLoss)),
    ]
    if let evaluation = step.evaluation {
      line["train_set_loss"] = .number(evaluation.train.loss)
      line["test_loss"] = .number(evaluation.test.loss)
      line["train_accuracy"] = .number(evaluation.train.accuracy)
      line["test_accuracy"] = .number(evaluation.test.accuracy)
      if let held = evaluation.validation {
        line["validation_loss"] = .number(held.loss)
        line["validation_accuracy"] = .number(held.accuracy)
      }
    }
    let text = line.canonical
    try journal?.append(text)
    try target?.append(text)
  }

  /// Hands the lines to the system.
  func flush() throws(FileError) {
    try journal?.flush()
    try target?.flush()
  }

  /// Waits until the disk has the journal.
  func synchronize() throws(FileError) { try journal?.synchronize() }

  /// The double with the fewest digits that reads back to the same float.
  private func shortest(_ value: Float) -> Double { Double(value.description) ?? Double(value) }
}
