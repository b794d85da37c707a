import Foundation

/// The Slurm that this machine belongs to.
public enum Slurm {
  /// Slurm's own default, for where it cannot be asked.
  public static let defaultLargestArray = 1001

  /// The site's `MaxArraySize`; Slurm's default where there is no Slurm to ask.
  public static func largestArray() -> Int {
    guard let answer = try? call(["scontrol", "show", "config"]) else { return defaultLargestArray }
    return largestArray(in: answer) ?? defaultLargestArray
  }

  /// The `MaxArraySize` in what `scontrol show config` prints.
  package static func largestArray(in configuration: String) -> Int? {
    for line in configuration.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      if parts.count == 2, parts[0] == "MaxArraySize" {
        return Int(parts[1]).flatMap { $0 > 0 ? $0 : nil }
      }
    }
    return nil
  }

  /// Submits the tasks, and the job that waits for their end.
  ///
  /// That one depends on `afterany`: it has the more to do, the more tasks failed.
  ///
  /// - Returns: the numbers of the array and of the last job.
  /// - Throws: ``RunError/cannotSubmit(reason:)``.
  public static func submit(_ array: SlurmArray) throws(RunError) -> (array: String, finish: String)
  {
    let first = try job(["sbatch", "--parsable", array.arrayFile.path])
    let last = try job(
      ["sbatch", "--parsable", "--dependency=afterany:\(first)", array.finishFile.path])
    return (first, last)
  }

  private static func job(_ command: [String]) throws(RunError) -> String {
    // On a federation the name of the cluster follows.
    let answer = try call(command)
    guard let number = answer.split(whereSeparator: { $0 == ";" || $0.isNewline }).first else {
      throw .cannotSubmit(reason: "sbatch gave no number of a job")
    }
    return String(number)
  }

  private static func call(_ command: [String]) throws(RunError) -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch { throw .cannotSubmit(reason: error.localizedDescription) }
    // What these programs say on standard error fits into a pipe.
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let reason = complaint.split(separator: "\n").first.map(String.init)
      throw .cannotSubmit(
        reason: reason ?? "\(command[0]) ended with status \(process.terminationStatus)")
    }
    return text
  }
}
