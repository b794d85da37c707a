import ArgumentParser
import DataFormats
import NeuralNetworks
import ReferenceRandom

/// The activation function of the fully-connected network.
///
/// The other classifiers have none to choose: a logistic regression has no hidden layer, the convolutional network's
/// relu is part of its kernels, and a gated recurrent unit is made of sigmoids and tanh.
struct ActivationOptions: ParsableArguments {
  private static var names: String { Nonlinearity.allCases.map(\.rawValue).joined(separator: ", ") }

  @Option(
    help: ArgumentHelp(
      "The mlp's activation function: \(names), or a .safetensors file of a learned one. (default: relu)",
      valueName: "name or file"),
    completion: .file(extensions: ["safetensors"]))
  var activation: String?

  /// The file of a learned function, if one is named.
  var file: String? {
    activation.flatMap { Nonlinearity(rawValue: $0) == nil ? $0 : nil }
  }

  /// What tells the function apart from every other.
  var identity: String {
    get throws {
      guard let activation else { return Nonlinearity.relu.rawValue }
      switch try Self.activation(activation).function {
      case .named(let function): return function.rawValue
      case .learned(let function): return "a learned one with the digest \(function.digest)"
      }
    }
  }

  /// A classifier with PyTorch's default initialisation and this activation function; `hidden` is the width of a
  /// fully-connected one.
  func network(
    _ model: Architecture, inputs: Int, hidden: Int?, classes: Int = 10,
    using generator: inout TorchGenerator
  ) throws -> BaselineNetwork {
    let hidden = hidden ?? 100
    guard let activation else {
      return BaselineNetwork(
        model, inputs: inputs, hidden: hidden, classes: classes, using: &generator)
    }
    guard model == .mlp else {
      throw Failure.usage(
        "--activation is for the mlp; the \(model.rawValue)'s activation functions are fixed")
    }
    let (function, droppedPrefix) = try Self.activation(activation)
    noteDropped(droppedPrefix, from: activation)
    return .mlp(
      MultilayerPerceptron(
        inputs: inputs, hidden: hidden, classes: classes,
        activation: function, using: &generator))
  }

  /// The function of this name or in this file, and what was dropped from the names in the file.
  private static func activation(
    _ name: String
  ) throws -> (function: Activation, droppedPrefix: String?) {
    if let function = Nonlinearity(rawValue: name) { return (.named(function), nil) }
    guard name.contains(".") || name.contains("/") else {
      throw Failure.usage(
        "--activation is \(name); it must be one of \(names), or a .safetensors file of a learned one"
      )
    }
    let file = try WeightsFile(reading: name)
    return (.learned(try LearnedActivation(file)), file.droppedPrefix)
  }
}
