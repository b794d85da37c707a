import ArgumentParser
import DataFormats
import MNIST1D
import StudyCommands

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a dataset to a file.",
    discussion: """
      The same settings give the same bits as the reference implementation. The file's extension chooses its format: \
      .npz and .pkl are read by NumPy and by the reference's own loader, .csv by anything, .safetensors by PyTorch.
      """)

  @OptionGroup(title: "Dataset") var dataset: DatasetOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to write: .npz, .pkl, .csv or .safetensors.", valueName: "file"))
  var output: String

  @Flag(help: "Write single-precision instead of double-precision numbers.")
  var float32 = false

  func run() throws {
    // A name that cannot be written is refused before the work, not after it.
    _ = try DatasetFormat(path: output)
    try Outputs.require("--output", output)
    try dataset.configuration.requireMemory()
    let made = try Dataset(dataset.configuration)
    try made.write(to: output, precision: float32 ? .float32 : .float64)
    Terminal.note(
      "\(output): \(made.y.count) training and \(made.yTest.count) test examples of \(made.length) points"
    )
  }
}
