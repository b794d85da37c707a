/// The statuses with which a command ends, after the BSD convention `sysexits.h`.
public enum ExitStatus: Int32, Sendable {
  /// Some trials failed, or a check did; all else was done.
  case failedTrials = 1
  /// The command was used in a way that it cannot follow.
  case usage = 64
  /// A file does not hold what it should, or a training diverges.
  case badData = 65
  /// A file that is needed is not there, or may not be read.
  case missingFile = 66
  /// An error that nobody thought of.
  case unforeseen = 70
  /// The system refuses memory or threads.
  case refused = 71
  /// A file or a folder cannot be made or replaced.
  case cannotCreate = 73
  /// A file or a stream cannot be written to its end.
  case inputOutput = 74
}
