import Storage
import Figures
import Foundation

/// The Slurm that this machine belongs to.
package enum Slurm {
  /// Slurm's own default, for where it cannot be asked.
  package static let defaultLargestArray = 1001

  /// How long Slurm's programs may take to answer a question, in seconds.
  private static let patience = 30.0

  /// The most tasks of an array that Slurm would take from this user now.
  ///
  /// The least of the site's `MaxArraySize` (Slurm's default where there is no Slurm to ask) and of what
  /// `MaxSubmitJobs` and `GrpSubmitJobs` of the user's associations leave beside the jobs that are queued and the one
  /// that ends the run.
  ///
  /// - Parameter account: the account that will be charged; nil for the user's own.
  /// - Returns: the number, and the limit that it comes from where that is the user's.
  package static func largestArray(account: String? = nil) -> (tasks: Int, reason: String?) {
    let configuration = try? call(["scontrol", "show", "config"])
    let site = configuration.flatMap(largestArray(in:)) ?? defaultLargestArray
    let user = NSUserName()
    let columns = "Account,MaxSubmitJobs,GrpSubmitJobs"
    guard configuration != nil,
      let associations = try? call([
        "sacctmgr", "--noheader", "--parsable2", "show", "associations", "where", "user=\(user)",
        "format=\(columns)",
      ]), let limit = mostJobs(in: associations, account: account)
    else { return (site, nil) }
    let queue = try? call(["squeue", "--noheader", "--array", "--user=\(user)", "--format=%i"])
    let queued = queue?.split(separator: "\n").count ?? 0
    let left = limit - queued - 1
    guard left < site else { return (site, nil) }
    return (left, "MaxSubmitJobs is \(limit), and \(queued) jobs are queued")
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

  /// The least limit in what `sacctmgr show associations` prints: lines `account|MaxSubmitJobs|GrpSubmitJobs`, of which
  /// empty fields limit nothing.
  package static func mostJobs(in associations: String, account: String?) -> Int? {
    associations.split(separator: "\n").compactMap { line -> Int? in
      let fields = line.split(separator: "|", omittingEmptySubsequences: false)
      guard account == nil || fields.first.map(String.init) == account else { return nil }
      return fields.dropFirst().compactMap { Int($0) }.filter { $0 >= 0 }.min()
    }.min()
  }

  /// Submits the tasks, and the job that waits for their end.
  ///
  /// That one depends on `afterany`: it has the more to do, the more tasks failed. If Slurm does not take it, the tasks
  /// are withdrawn.
  ///
  /// - Parameters:
  ///   - array: the scripts, which have been written.
  ///   - patience: how long sbatch may take, in seconds; a busy Slurm keeps it waiting.
  /// - Returns: the numbers of the array and of the last job.
  /// - Throws: ``RunError/cannotSubmit(reason:)``.
  package static func submit(
    _ array: SlurmArray, patience: Double = 300
  ) throws(RunError) -> (array: String, finish: String) {
    let first = try job(["sbatch", "--parsable", array.arrayFile.path], patience)
    do throws(RunError) {
      let dependency = "--dependency=afterany:\(first)"
      let last = try job(
        ["sbatch", "--parsable", dependency, array.finishFile.path], patience)
      return (first, last)
    } catch {
      let isWithdrawn = (try? call(["scancel", first])) != nil
      guard case .cannotSubmit(let reason) = error else { throw error }
      throw .cannotSubmit(
        reason: "\(reason); the array \(first) had been taken, and "
          + (isWithdrawn ? "was withdrawn" : "could not be withdrawn: call scancel \(first)"))
    }
  }

  private static func job(_ command: [String], _ patience: Double) throws(RunError) -> String {
    let answer = try call(command, for: patience)
    // On a federation the name of the cluster follows.
    let number = answer.utf8.prefix(while: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
    let next = answer.utf8.dropFirst(number.count).first ?? UInt8(ascii: "\n")
    guard !number.isEmpty, [UInt8(ascii: ";"), UInt8(ascii: "\n")].contains(next) else {
      throw .cannotSubmit(
        reason: "sbatch gave no number of a job, but \"\(answer.printable(within: 100))\"")
    }
    return String(Substring(number))
  }

  private static func call(
    _ command: [String], for patience: Double = patience
  ) throws(RunError) -> String {
    let outcome = try Subprocess.run(command, for: patience)
    guard outcome.status == 0 else {
      let lines = outcome.errors.split(whereSeparator: \.isNewline)
      var reason =
        lines.first.map(String.init) ?? "\(command[0]) ended with status \(outcome.status)"
      if lines.contains(where: { $0.contains("SubmitJob") || $0.contains("job submit limit") }) {
        reason += "; fewer and larger tasks may fit: give --tasks"
      }
      throw .cannotSubmit(reason: reason)
    }
    return outcome.output
  }
}
