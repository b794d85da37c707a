import Storage
import ArgumentParser
import Benchmarking
import StudyCommands

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that this machine computes the same bits as every other.",
    discussion: """
      Compares the random streams, the dataset and short trainings, with every set of kernels that the machine can \
      use, with the committed digests. Ends with status 1 if one differs.
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let checkup = try Checkup()
    if json { MNIST1DCommand.print(json: checkup.json) } else { Terminal.print(checkup.text) }
    if !checkup.isHealthy { throw ExitCode(ExitStatus.failedTrials.rawValue) }
  }
}
