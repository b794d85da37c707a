import Foundation
import Runs
import Storage
import Tensors

extension StudyProgram {
  /// Who makes findings here and now.
  static var provenance: Provenance {
    Provenance(
      program: name, version: version, machine: Machine.description(kernels: Kernels.current))
  }

  /// A result as every command's JSON is: with the program's version, and when the command began and ended, unless the
  /// result says its own times.
  static func stamped(_ result: JSON) -> JSON {
    let (start, end) = (Surroundings.start, Date.now)
    var result = result
    result["version"] = version.map { .text($0) } ?? nil
    guard result["times"] == nil else { return result }
    result["times"] = [
      "started": .text(start.iso8601), "ended": .text(end.iso8601),
      "seconds": .number(end.timeIntervalSince(start)),
    ]
    return result
  }

  /// Prints a result as one JSON object.
  package static func print(json result: JSON) { Terminal.print(stamped(result).pretty) }
}

extension RunSummary {
  /// The summary for a program, with the places of what was written. Its times are those of the trials and the findings,
  /// so that a run that has ended says the same whenever it is asked.
  func json(in directory: RunDirectory) -> JSON {
    var json = json
    json["folder"] = .text(directory.url.path)
    json["report"] = .text(directory.report.path)
    json["command"] = .text(command)
    json["times"] = [
      "ended": provenance.map { .text($0.date) } ?? nil, "computing_seconds": .number(seconds),
    ]
    return json
  }
}
