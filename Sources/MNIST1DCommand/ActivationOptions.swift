import ArgumentParser
import DataFormats
import NeuralNetworks
import ReferenceRandom
import StudyCommands

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

  /// The function of this name or in this file; nil where the model has its own.
  func function(of model: Architecture) throws -> Activation? {
    guard let activation else { return nil }
    guard model == .mlp else {
      throw Failure.usage(
        "--activation is for the mlp; the \(model.rawValue)'s activation functions are fixed")
    }
    if let function = Nonlinearity(rawValue: activation) { return .named(function) }
    guard activation.contains(".") || activation.contains("/") else {
      throw Failure.usage(
        "--activation is \(activation); it must be one of \(Self.names), or a .safetensors file of a learned one"
      )
    }
    let file = try WeightsFile(reading: activation)
    noteDropped(file.droppedPrefix, from: activation)
    return .learned(try LearnedActivation(file))
  }
}

extension Activation {
  /// What tells the function apart from every other.
  var identity: String {
    switch self {
    case .named(let function): function.rawValue
    case .learned(let function): "a learned one with the digest \(function.digest)"
    }
  }
}

extension BaselineNetwork {
  /// A classifier with PyTorch's default initialisation; the width and the activation function are those of a
  /// fully-connected one.
  init(
    _ model: Architecture, inputs: Int, hidden: Int?, classes: Int, activation: Activation?,
    using generator: inout TorchGenerator
  ) {
    let hidden = hidden ?? 100
    if let activation, model == .mlp {
      self = .mlp(
        MultilayerPerceptron(
          inputs: inputs, hidden: hidden, classes: classes, activation: activation,
          using: &generator))
    } else {
      self.init(model, inputs: inputs, hidden: hidden, classes: classes, using: &generator)
    }
  }
}
