import Foundation
import Storage

/// TensorBoard's event file of one training, in a folder that TensorBoard is pointed at.
///
///     let curves = try EventFile(in: "tensorboard")
///     curves.append(["loss/batch": metrics.trainLoss], step: metrics.step)
///     try curves.flush()
///
/// Records are appended, so that TensorBoard shows a training that is under way. A folder may hold several files: a
/// training that was resumed goes on in a new one.
public final class EventFile {
  private let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  /// Creates the folder, if it is not there, and a new file in it.
  ///
  /// - Parameters:
  ///   - folder: the folder, in which other files stay as they are.
  ///   - time: when the training began, in seconds since 1970.
  /// - Throws: `FileError` if that is impossible.
  public init(in folder: String, time: Double = Date().timeIntervalSince1970) throws(FileError) {
    try OutputFile.createFolder(folder)
    var name: String
    var created: Int32
    var number = 0
    repeat {
      name = "\(folder)/" + Self.name(time: time, number: number)
      created = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      number += 1
    } while created < 0 && errno == EEXIST
    guard created >= 0 else { throw .uncreatable(path: name, reason: systemReason()) }
    (path, descriptor) = (name, created)
    buffer = EventRecord(.version, time: time).bytes
    try flush()
  }

  deinit {
    close(descriptor)
  }

  /// Adds values of curves at one step; ``flush()`` hands them to the system.
  ///
  /// - Parameters:
  ///   - scalars: the values by the names of their curves; what comes before a slash groups curves on the page.
  ///   - step: the number of the step.
  ///   - time: when it was taken, in seconds since 1970.
  public func append(
    _ scalars: KeyValuePairs<String, Float>, step: Int, time: Double = Date().timeIntervalSince1970
  ) {
    append(scalars.map { EventRecord.Scalar($0.key, $0.value) }, step: step, time: time)
  }

  /// Adds a record.
  package func append(
    _ scalars: [EventRecord.Scalar], step: Int, time: Double = Date().timeIntervalSince1970
  ) {
    buffer += EventRecord(.scalars(scalars, step: step), time: time).bytes
  }

  /// Writes the records that were added.
  ///
  /// - Throws: `FileError` if that is impossible.
  public func flush() throws(FileError) {
    let written = buffer.withUnsafeBytes { writeAll($0, to: descriptor) }
    buffer.removeFirst(written)
    guard buffer.isEmpty else { throw .unwritable(path: path, reason: systemReason()) }
  }

  /// Writes a file of curves that are complete, whole or not at all; equal curves give equal bytes.
  ///
  /// - Throws: `FileError` if that is impossible.
  package static func write(
    _ records: [(scalars: [EventRecord.Scalar], step: Int)], to folder: String, time: Double
  ) throws(FileError) {
    try OutputFile.createFolder(folder)
    let bytes = records.reduce(into: EventRecord(.version, time: time).bytes) {
      $0 += EventRecord(.scalars($1.scalars, step: $1.step), time: time).bytes
    }
    try OutputFile.write(bytes, to: "\(folder)/\(name(time: time, number: 0))")
  }

  /// TensorBoard takes every file with "tfevents" in its name, in the order of the names.
  private static func name(time: Double, number: Int) -> String {
    let seconds = String(Int(max(0, min(time, 9_999_999_999))))
    let digits = String(repeating: "0", count: 10 - seconds.count) + seconds
    return "events.out.tfevents.\(digits).mnist1d.\(number)"
  }
}
