import ArgumentParser
import Runs
import Storage
import Studies
import StudyCommands

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Ask a question of your own: train with every combination of settings.",
    discussion: """
      Every setting of the dataset, the network and the training takes any number of values: a list (0,0.1,0.5), a \
      range of whole numbers (0..4), linspace(0,1,9), geomspace(0.001,1,4) or, for a random search, uniform(0,1,9) and \
      loguniform(0.001,1,9), with a seed as a fourth number if you like. For example:

        mnist1d sweep "dataset.corr-noise-scale=linspace(0,1,9)" seeds=0..4

      The figure follows from what varies: lines with bands along a number, a map for two numbers, bars for kinds of \
      networks and the like; --x and --by choose otherwise. It is a study as those of the paper are, so that report, \
      compare, export, merge and slurm know it as the study sweep; the same command goes on where it was stopped.
      """)

  @OptionGroup var place: SettingsOptions

  @Option(help: "What to show of each training.")
  var metric: Sweep.Metric?

  @Option(help: ArgumentHelp("The setting along the horizontal axis.", valueName: "key"))
  var x: String?

  @Option(
    help: ArgumentHelp(
      "The setting whose values are lines, bars of a colour, or panels of a map.", valueName: "key")
  )
  var by: String?

  @OptionGroup var running: RunningOptions

  @Flag(help: "Print the summary as one JSON object.")
  var json = false

  func run() throws {
    let display = [("metric", metric?.rawValue), ("x", x), ("by", by)]
    try running.perform { action in
      let settings = try place.named(
        by: MNIST1DCommand.self,
        with: display.compactMap { key, value in value.map { "\(key)=\($0)" } })
      try MNIST1DCommand.check(Sweep.self, with: settings)
      try Outputs.require("--output", place.output, .folder)
      try StudyRequest(action, settings)
        .performAndPrint(Sweep.self, by: MNIST1DCommand.self, json: json)
    }
  }
}

extension Sweep.Metric: ExpressibleByArgument {}
