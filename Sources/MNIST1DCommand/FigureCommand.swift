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
      Every setting of the dataset may be given, to see what it does. One example of each digit is followed from its \
      template into the dataset. Without --output the picture is a preview in the terminal.
      """)

  @OptionGroup(title: "Dataset") var dataset: DatasetOptions

  @Option(
    help: ArgumentHelp(
      "The digits to show, such as 2,7. (default: all ten)", valueName: "digits"))
  var digits: String?

  @Option(
    help: ArgumentHelp(
      "The steps to show: \(DatasetStage.allCases.map(\.rawValue).joined(separator: ", ")). (default: all)",
      valueName: "steps"))
  var steps: String?

  @Option(
    help: ArgumentHelp(
      "portrait, a column for each digit as in the paper, or landscape, a row for each digit, for a slide.",
      valueName: "layout"))
  var layout = DatasetLayout.portrait

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to write, as SVG, PNG or PDF by its ending.", valueName: "file"),
    completion: .file(extensions: PictureFormat.allCases.map(\.rawValue)))
  var output: String?

  func run() throws {
    let format = try output.map { try PictureFormat(for: "--output", $0) }
    try Outputs.require("--output", output)
    let (digits, steps) = (try chosenDigits, try chosenSteps)
    try dataset.configuration.requireMemory()
    let figure = try Figure.dataset(
      dataset.configuration, digits: digits, steps: steps, layout: layout)
    guard let output, let format else {
      Terminal.print(figure.text(width: TerminalSize(of: STDOUT_FILENO).columns))
      return
    }
    try OutputFile.write(figure.file(as: format), to: output)
    Terminal.note("\(output): the dataset in pictures")
  }

  private var chosenDigits: [Int] {
    get throws {
      guard let digits else { return Array(0...9) }
      let chosen = digits.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      let known = chosen.compactMap(\.self).filter((0...9).contains)
      guard known.count == chosen.count, Set(known).count == known.count else {
        throw Failure.usage(
          "--digits is \(digits.printable(within: 100)); it is a list of different digits from 0 to 9, such as 2,7"
        )
      }
      return known
    }
  }

  private var chosenSteps: [DatasetStage] {
    get throws {
      guard let steps else { return DatasetStage.allCases }
      return try steps.split(separator: ",", omittingEmptySubsequences: false).map { name in
        guard let step = DatasetStage(rawValue: String(name)) else {
          throw Failure.usage(
            "--steps names \"\(String(name).printable(within: 100))\"; the steps are "
              + DatasetStage.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return step
      }
    }
  }
}

extension DatasetLayout: ExpressibleByArgument {}
