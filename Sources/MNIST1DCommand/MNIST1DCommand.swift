import ArgumentParser

/// The command `mnist1d`.
@main
struct MNIST1DCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mnist1d",
    abstract: "Small-scale deep-learning science on MNIST-1D.",
    discussion: """
      Generates the dataset of "Scaling down deep learning" bit for bit, trains the paper's classifiers on it, and \
      reproduces its studies. Results go to standard output, progress and messages to standard error; the same \
      command gives the same bits on every machine.
      """,
    subcommands: [
      Reproduce.self, Train.self, Evaluate.self, Generate.self, Slurm.self, Merge.self, Report.self,
      Compare.self, Export.self, FigureCommand.self, QuizCommand.self, Benchmark.self, Doctor.self,
    ]
  )

  static func main() {
    Surroundings.prepare()
    OutOfMemory.prepare()
    do {
      var command = try parseAsRoot(Surroundings.arguments())
      try requireKernels()
      // Help, which the parser brings with it, can be had anywhere.
      if String(reflecting: type(of: command)).hasPrefix("MNIST1DCommand.") {
        try Surroundings.requireFolder()
      }
      try command.run()
    } catch {
      Failure.exit(with: error)
    }
  }
}
