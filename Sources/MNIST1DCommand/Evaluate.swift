import Storage
import ArgumentParser
import DataFormats
import NeuralNetworks
import ReferenceRandom
import Runs
import Studies
import StudyCommands
import Tensors

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score saved weights on a dataset.",
    discussion: "The weights may come from train --save or from PyTorch's safetensors.")

  @OptionGroup var kind: NetworkOptions
  var model: Architecture { kind.model }

  @Option(
    help: ArgumentHelp("The weights, a .safetensors file.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var weights: String

  @OptionGroup var hidden: ActivationOptions

  @OptionGroup var data: DataOptions

  @Flag(
    help: """
      Also report the largest eigenvalue of the Hessian of the training loss, by the Lanczos method.
      """)
  var sharpness = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let dataset = try data.completeDataset()
    try model.requireLength(dataset.length)
    let settings = try kind.network(inputs: dataset.length)
    let file = try WeightsFile(reading: weights)
    noteDropped(file.droppedPrefix, from: weights)
    let classes = file.classes ?? max(10, dataset.labelCount)
    try dataset.requireClasses(classes, of: weights)
    var generator = TorchGenerator(seed: 0)
    var network = BaselineNetwork(
      model, settings, inputs: dataset.length, hidden: file.hiddenUnits, classes: classes,
      activation: try hidden.function(of: model), using: &generator)
    try file.load(into: &network)
    let training = Examples(dataset.x, dataset.y)
    let train = network.score(on: training)
    let test = network.score(on: Examples(dataset.xTest, dataset.yTest))
    try requireFinite(train, test, of: weights)
    let sharpness = sharpness ? try measuredSharpness(of: network, on: training) : nil
    if json {
      let given: JSON = [
        "weights": .text(weights), "data": data.data.map { .text($0) } ?? nil,
        "activation": hidden.activation.map { .text($0) } ?? nil,
      ]
      var report =
        ([
          "model": .text(model.rawValue), "settings": (kind.json ?? .object([])).appending(given),
        ] as JSON).appending(scores(train: train, test: test))
      if let sharpness {
        report["sharpness"] = [
          "hessian_eigenvalue": .number(sharpness.eigenvalue),
          "residual": .number(sharpness.residual), "products": .integer(sharpness.products),
        ]
      }
      MNIST1DCommand.print(json: report)
    } else {
      Terminal.print(scoreLines(train: train, test: test))
      if let sharpness {
        Terminal.print(
          "sharpness  largest Hessian eigenvalue \(sharpness.eigenvalue.shown(3)) ± "
            + "\(sharpness.residual.shown(3)) after \(sharpness.products) products")
      }
    }
  }
}

/// Refuses weights whose scores overflow: predictions made from what is no number say nothing.
private func requireFinite(_ train: Score, _ test: Score, of weights: String) throws {
  for (examples, score) in [("training", train), ("test", test)] where !score.loss.isFinite {
    throw Failure.badData(
      "the loss of \(weights) on the \(examples) examples is \(score.loss); the weights or the data are too large "
        + "for single precision")
  }
}

/// The sharpness of a training loss, or a sentence that says why there is none.
private func measuredSharpness(
  of network: some Classifier, on examples: Examples
) throws -> Sharpness {
  do throws(EigenvalueError) {
    return try network.sharpness(on: examples)
  } catch {
    switch error {
    case .undefinedProduct:
      throw Failure.badData(
        "the Hessian of the training loss is not finite; the weights or the data are too large for a sharpness"
      )
    case .notConverged(let value, let residual, let products):
      throw Failure.badData(
        "after \(products) products with the Hessian its largest eigenvalue is \(value.shown(3)) with a residual "
          + "of \(residual.shown(3)), where 1 % of the eigenvalue would be right")
    }
  }
}

/// Scores under the names of the contract.
func scores(train: Score, test: Score) -> JSON {
  [
    "test_accuracy": .number(test.accuracy), "train_accuracy": .number(train.accuracy),
    "test_loss": .number(test.loss), "train_loss": .number(train.loss),
  ]
}

/// Scores as a reader wants them.
func scoreLines(train: Score, test: Score) -> String {
  """
  test   accuracy \(test.accuracy.shown(2)) %   loss \(test.loss.shown(4))
  train  accuracy \(train.accuracy.shown(2)) %   loss \(train.loss.shown(4))
  """
}

extension JSON {
  /// This object with the members of another one behind its own.
  func appending(_ other: JSON) -> JSON {
    .object((members ?? []) + (other.members ?? []))
  }
}

extension Architecture: ExpressibleByArgument {
  /// Refuses signals that are too short for the network.
  func requireLength(_ length: Int) throws {
    if self == .cnn, length < ConvolutionalNetwork.shortestInput {
      throw Failure.badData(
        "the signals have \(length) points; the cnn needs \(ConvolutionalNetwork.shortestInput) or more"
      )
    }
  }
}
