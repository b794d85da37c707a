import ArgumentParser
import DataFormats
import NeuralNetworks
import ReferenceRandom
import StudyCommands

struct ExportTorch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a classifier as a PyTorch module.",
    discussion: """
      The module takes the weights of train --save by load_state_dict and gives the same scores. Weights alone do not \
      make a network: those of the mlp fit a plain one as well, which then scores several points less.
      """)

  @Option(help: ArgumentHelp("The kind of classifier: \(Self.kinds).", valueName: "model"))
  var model: String

  /// The kinds for which there is a module.
  private static let kinds = Architecture.paper.map(\.rawValue).joined(separator: ", ")

  @Option(
    help: ArgumentHelp(
      "Weights whose shapes the module is to have, a .safetensors file. (default: the paper's shapes)",
      valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var weights: String?

  @OptionGroup var hidden: ActivationOptions

  @Option(number: ArgumentHelp("How many points a signal has.", valueName: "n"))
  var length = 40

  func run() throws {
    guard let model = Architecture.paper.first(where: { $0.rawValue == model }) else {
      throw Failure.usage("--model is \(model); it must be one of \(Self.kinds)")
    }
    let shortest = model == .cnn ? ConvolutionalNetwork.shortestInput : 1
    guard (shortest...10_000).contains(length) else {
      throw Failure.usage("--length is \(length); it must be \(shortest) to 10000")
    }
    let file = try weights.map { try WeightsFile(reading: $0) }
    noteDropped(file?.droppedPrefix, from: weights)
    var generator = TorchGenerator(seed: 0)
    var network = BaselineNetwork(
      model, NetworkSettings(), inputs: length, hidden: file?.hiddenUnits,
      classes: file?.classes ?? 10,
      activation: try hidden.function(of: model), using: &generator)
    try file?.load(into: &network)
    guard let module = TorchModule(network, length: length) else {
      throw Failure.usage(
        "--activation is \(hidden.activation ?? ""); PyTorch has no name for a learned function, only for "
          + Nonlinearity.allCases.map(\.rawValue).joined(separator: ", "))
    }
    Terminal.print(module.source)
  }
}
