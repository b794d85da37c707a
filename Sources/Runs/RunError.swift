import Storage
import Figures

/// Why a run cannot start, go on or be written, as one sentence.
public enum RunError: Error, Equatable, Sendable {
  // The command was used in a way that it cannot follow.
  case malformedOverride(String)
  case unknownSetting(String, nearest: String?, known: [String])
  case wrongValue(String, found: String, expected: String)
  case repeatedSetting(String)
  case invalidSettings(String)
  case repeatedTrial(String)
  case noTrials(study: String)
  case tooManyTrials(study: String)
  case malformedShard(String)
  case unsuitable(String, found: String, expected: String)
  case irregularArray(task: String, reason: String)
  case freshShard
  case differentStudies(first: String, second: String)
  case unknownDuration(study: String)
  case nothingPending(directory: String)
  // What a file holds is not what it should hold.
  case unreadable(file: String, reason: String)
  case unknownStoreVersion(file: String, found: String, understood: Int)
  case foreignStore(file: String, found: String, expected: String)
  case outdatedMeasurement(file: String, trial: String, reason: String)
  case noResults(study: String, reason: String)
  case missingTrials(directory: String, missing: Int, planned: Int, first: String)
  // A file that is needed is not there.
  case missingFile(String, remedy: String)
  // Output is impossible.
  case cannotSubmit(reason: String)
  case removed(String)
  // What a file operation gives.
  case file(FileError)
}

extension RunError: CustomStringConvertible {
  /// The most characters of a sentence, whatever it quotes.
  private static let length = 1600

  /// The sentence: what is wrong, what was found, and what would be right.
  ///
  /// What it quotes may come from any file, so it holds nothing that steers a terminal, and of something long the
  /// beginning and the end.
  public var description: String { sentence.printable(within: Self.length) }

  /// What was found somewhere, as a part of a sentence.
  private func quoted(_ text: String) -> String { text.printable(within: 200) }

  private var sentence: String {
    switch self {
    case .malformedOverride(let argument):
      "\"\(quoted(argument))\" is no setting: write key=value, such as steps=600"
    case .unknownSetting(let key, let nearest, let known):
      "there is no setting \"\(quoted(key))\""
        + (nearest.map { "; did you mean \"\($0)\"?" } ?? ".")
        + " The settings are " + known.joined(separator: ", ")
    case .wrongValue(let key, let found, let expected):
      "\(quoted(key))=\(quoted(found)) cannot be understood: \(quoted(key)) takes \(expected)"
    case .repeatedSetting(let key):
      "the setting \(quoted(key)) is given twice: give it once"
    case .invalidSettings(let reason):
      "the settings do not fit together: \(reason.printable(within: 600))"
    case .repeatedTrial(let trial):
      "the settings plan the trial \(quoted(trial)) twice: list each value once"
    case .noTrials(let study):
      "the settings leave the study \(study) without trials: give every list at least one value"
    case .tooManyTrials(let study):
      "the settings plan more trials of the study \(study) than the \(RunLimits.trials) that a run "
        + "can have: give shorter lists"
    case .malformedShard(let found):
      "\"\(quoted(found))\" is no shard: write i/n with 1 ≤ i ≤ n, such as 2/8, or all"
    case .unsuitable(let option, let found, let expected):
      "\(option) is \"\(quoted(found))\"; it must be \(expected)"
    case .irregularArray(let task, let reason):
      "SLURM_ARRAY_TASK_ID=\(quoted(task)) names no shard, as \(reason.printable(within: 300)): "
        + "give --shard i/n, or --shard all for all trials"
    case .freshShard:
      "a shard cannot start afresh, as the other shards would lose what they have: "
        + "start into another --output instead"
    case .differentStudies(let first, let second):
      "\(first) and \(second) are runs of different studies: compare runs of one study"
    case .unknownDuration(let study):
      "nothing is known yet of how long a trial of \(study) takes: give --tasks"
    case .nothingPending(let directory):
      "all trials in \(directory) have ended: there is nothing to submit"
    case .unreadable(let file, let reason):
      "\(file) cannot be read as what it should be: \(reason.printable(within: 600))"
    case .unknownStoreVersion(let file, let found, let understood):
      "\(file) is a trial store of version \(quoted(found)), and this program understands version "
        + "\(understood): use the program that wrote it, or start with --fresh"
    case .foreignStore(let file, let found, let expected):
      "\(file) belongs to the run \(quoted(found)), and this is the run \(expected): leave it out, or move it "
        + "away"
    case .outdatedMeasurement(let file, let trial, let reason):
      "\(file) holds a measurement of \(quoted(trial)) that this version of the study cannot read "
        + "(\(reason.printable(within: 400))): start with --fresh"
    case .noResults(let study, let reason):
      "every trial of the study \(study) failed, the first with: \(reason.printable(within: 400))"
    case .missingTrials(let directory, let missing, let planned, let first):
      "\(directory) lacks \(missing) of \(planned) trials, \(quoted(first)) the first of them: "
        + "run those before merging"
    case .missingFile(let file, let remedy):
      "\(file) is not there: \(remedy)"
    case .cannotSubmit(let reason):
      "Slurm does not take the jobs: \(reason.printable(within: 600))"
    case .file(let error):
      if case .unwritable = error {
        "\(error); what was finished before is kept"
      } else {
        error.description
      }
    case .removed(let path):
      "\(path) was removed while the run wrote to it: the same command does again what was lost"
    }
  }

  /// The status with which a command that meets this error ends.
  public var exitStatus: ExitStatus {
    switch self {
    case .malformedOverride, .unknownSetting, .wrongValue, .repeatedSetting, .invalidSettings,
      .repeatedTrial, .noTrials, .tooManyTrials, .malformedShard, .unsuitable, .irregularArray,
      .freshShard,
      .differentStudies, .unknownDuration, .nothingPending:
      .usage
    case .unreadable, .unknownStoreVersion, .foreignStore, .outdatedMeasurement,
      .noResults, .missingTrials:
      .badData
    case .missingFile: .missingFile
    case .cannotSubmit: .cannotCreate
    case .removed: .inputOutput
    case .file(let error): error.exitStatus
    }
  }
}
