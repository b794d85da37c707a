import Storage
import Figures

extension Shard {
  /// The shard that a task of a Slurm job array is; nil outside one, and in an array of one task.
  ///
  /// The tasks of `--array=0-7`, `1-8` or `0-14:2` are the shards 1/8 … 8/8: the number is 1 +
  /// (`SLURM_ARRAY_TASK_ID` − `SLURM_ARRAY_TASK_MIN`) / `SLURM_ARRAY_TASK_STEP`, the count is
  /// `SLURM_ARRAY_TASK_COUNT`.
  ///
  /// - Throws: ``RunError/irregularArray(task:reason:)`` if a variable is missing, or no number that Slurm gives, or if
  ///   the numbers of the array have gaps, as those of `--array=1,5,6` have.
  package init?(environment: [String: String]) throws(RunError) {
    guard let task = environment["SLURM_ARRAY_TASK_ID"] else { return nil }
    func value(_ name: String) throws(RunError) -> Int? {
      let variable = "SLURM_ARRAY_TASK_\(name)"
      guard let text = environment[variable] else { return nil }
      guard text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
        let number = Int32(text)
      else {
        let found = text.isEmpty ? "empty" : "\"\(text.printable(within: 60))\""
        throw .irregularArray(
          task: task, reason: "\(variable) is \(found), and no whole number from 0 to \(Int32.max)")
      }
      return Int(number)
    }
    func required(_ name: String) throws(RunError) -> Int {
      guard let number = try value(name) else {
        throw .irregularArray(task: task, reason: "SLURM_ARRAY_TASK_\(name) is not set")
      }
      return number
    }
    let (id, first, count) = (try required("ID"), try required("MIN"), try required("COUNT"))
    let step = try value("STEP") ?? 1
    let (end, overflows) = max(count - 1, 0).multipliedReportingOverflow(by: step)
    let last = overflows ? Int.max : first + end
    guard count > 0, step > 0, try value("MAX") ?? last == last, id >= first,
      (id - first) % step == 0
    else { throw .irregularArray(task: task, reason: "the numbers of the array have gaps") }
    guard let shard = Shard(number: 1 + (id - first) / step, count: count) else {
      throw .irregularArray(
        task: task, reason: "the \(count) tasks of the array end with \(last)")
    }
    if shard.isWhole { return nil }
    self = shard
  }

  /// What a user should read who did not think of the array, and how to carry out all trials.
  package static func notice(of shard: Shard, environment: [String: String]) -> String {
    let variables = ["ID", "MIN", "MAX", "STEP", "COUNT"].compactMap { name in
      environment["SLURM_ARRAY_TASK_\(name)"].map { "SLURM_ARRAY_TASK_\(name)=\($0)" }
    }
    return "this is shard \(shard) of the trials, as \(variables.joined(separator: " ")) say; "
      + "--shard all carries out all of them"
  }
}
