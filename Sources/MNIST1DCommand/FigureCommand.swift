import Storage
import ArgumentParser
import DataFormats
import Figures
import Foundation
import Runs
import Studies
import StudyCommands

struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure", abstract: "Draw a picture.", subcommands: [DatasetFigure.self])
}

struct DatasetFigure: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "The dataset in pictures: templates, transformations, examples.",
    discussion: """
      Every setting of the dataset may be given, to see what it does. Without --output the picture is a preview in \
      the terminal.
      """)

  @OptionGroup(title: "Dataset") var dataset: DatasetOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The SVG file to write.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var output: String?

  func run() throws {
    if let output, !output.lowercased().hasSuffix(".svg"), !output.hasPrefix("/dev/") {
      throw Failure.usage("--output is \(output); the picture is SVG, so the name must end in .svg")
    }
    try Outputs.require("--output", output)
    try dataset.configuration.requireMemory()
    let figure = try Figure.dataset(dataset.configuration)
    guard let output else {
      Terminal.print(figure.text(width: TerminalSize(of: STDOUT_FILENO).columns))
      return
    }
    try OutputFile.write(Array(figure.svg().utf8), to: output)
    Terminal.note("\(output): the dataset in pictures")
  }
}
