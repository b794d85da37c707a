import ArgumentParser
import DataFormats
import NeuralNetworks
import ReferenceRandom
import Runs
import Storage
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

/// The kind of a classifier, and what it is like.
struct NetworkOptions: ParsableArguments {
  @Option(help: "The kind of classifier.")
  var model: Architecture

  @Argument(
    help: ArgumentHelp(
      """
      What it is like, as far as its kind has a choice: \(NetworkSettings.fields.map(\.name).joined(separator: ", ")), \
      such as depth=3 channels=16.
      """, valueName: "key=value"))
  var settings: [String] = []

  /// The settings for signals of so many points.
  ///
  /// - Throws: a `Failure` where the kind has no such setting, and what is wrong with one that it has.
  func network(inputs: Int) throws -> NetworkSettings {
    let network = try Overrides(settings).applied(to: NetworkSettings())
    let names = NetworkSettings.names(for: model)
    for setting in Setting.list(of: network)
    where !Setting.list(of: NetworkSettings()).contains(setting) && !names.contains(setting.key) {
      throw Failure.usage(
        "the \(model.rawValue) has no \(setting.key); "
          + (names.isEmpty ? "it has no settings" : "it takes \(names.joined(separator: ", "))"))
    }
    try network.validate(for: model, inputs: inputs)
    return network
  }

  /// The settings that the kind has, for a program.
  var json: JSON? {
    let names = NetworkSettings.names(for: model)
    let network = try? JSON(encoding: Overrides(settings).applied(to: NetworkSettings()))
    return network?.members.map { members in
      .object(members.filter { names.contains(Setting.hyphenated($0.key)) })
    }
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
    _ model: Architecture, _ settings: NetworkSettings, inputs: Int, hidden: Int?, classes: Int,
    activation: Activation?, using generator: inout TorchGenerator
  ) {
    var settings = settings
    if let hidden, model == .mlp { settings.hidden = hidden }
    if let activation, model == .mlp {
      self = .mlp(
        MultilayerPerceptron(
          inputs: inputs, hidden: settings.hidden ?? 100, classes: classes, activation: activation,
          using: &generator))
    } else {
      self.init(model, settings, inputs: inputs, classes: classes, using: &generator)
    }
  }
}
