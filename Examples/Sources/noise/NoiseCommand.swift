import Runs
import StudyCommands

/// The command `noise`.
@main
enum NoiseCommand: StudyProgram {
  static let name = "noise"
  static let studies: [any Study.Type] = [NoiseTolerance.self]
}
