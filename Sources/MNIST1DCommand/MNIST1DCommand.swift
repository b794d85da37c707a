import ArgumentParser
import Runs
import Studies
import StudyCommands

/// The command `mnist1d`.
@main
struct MNIST1DCommand: ParsableCommand, StudyProgram {
  static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Small-scale deep-learning science on MNIST-1D.",
    discussion: """
      Generates the dataset of "Scaling down deep learning" bit for bit, trains the paper's classifiers on it, and \
      reproduces its studies. Results go to standard output, progress and messages to standard error; the same \
      command gives the same bits on every machine.
      """,
    version: version ?? "",
    subcommands: [
      ReproduceCommand<Self>.self, SweepCommand.self, Train.self, Evaluate.self, Generate.self,
      SlurmCommand<Self>.self, MergeCommand<Self>.self, ReportCommand<Self>.self,
      CompareCommand<Self>.self, RunsCommand<Self>.self, ExportCommand<Self>.self, ExportTorch.self,
      FigureCommand.self,
      QuizCommand.self,
      Benchmark.self, Doctor.self,
    ]
  )

  static let name = "mnist1d"
  /// Raised with every change that a script could notice.
  static let version: String? = "0.3"
  static var studies: [any Study.Type] { paperStudies }
  static var furtherStudies: [any Study.Type] { Studies.furtherStudies }
  static let source: String? = "the paper"
  static let guide = """
    baselines is Table 1 with Figures 2 and 8, lottery Figures 3 and 9, double-descent Figure 4, metalearn-lr \
    Figure 5, metalearn-activation Figure 6, pooling Figure 7; self-supervised and t-sne are of the authors' later \
    version. published compares what the authors' notebooks printed with the same computations, digit by digit.
    """
  static let exampleSettings = "steps=600 seeds=0..9 models=mlp,cnn dataset.num-samples=10000"
  static let pageTitle = "MNIST-1D, reproduced"

  static func check(_ configuration: any StudyConfiguration) throws {
    try (configuration as? any DatasetSettings)?.dataset.requireMemory()
  }

  static func main() { start(MNIST1DCommand.self, preparing: OutOfMemory.prepare) }
}
