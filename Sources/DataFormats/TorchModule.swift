import NeuralNetworks
import Tensors

/// A classifier as a module for PyTorch: Python text that computes the same from the same weights.
///
/// The module's parameters have the names and shapes of the classifier's, so that `load_state_dict` takes the weights
/// that ``Tensors/Parameterized/writeWeights(to:)`` has written. What they do not show is in the text: strides, the
/// activation functions, and the residual connection of the fully-connected network, without which its weights load
/// without a complaint and score several points less.
package struct TorchModule: Sendable, Equatable {
  /// The name of the Python class.
  package let name: String
  /// The text, without a line break at its end.
  package let source: String

  /// Writes a classifier of the paper as a module, for signals of `length` points or images of so many numbers.
  ///
  /// - Returns: nil for a network with a learned activation function, which PyTorch has no name for, and for networks
  ///   beside the paper's.
  package init?(_ network: BaselineNetwork, length: Int = 40) {
    let body: Body?
    switch network {
    case .logistic(let network): body = Body(network)
    case .mlp(let network): body = Body(network)
    case .cnn(let network): body = Body(network)
    case .cnn2D(let network): body = Body(network)
    case .gru(let network): body = Body(network)
    case .perceptron, .resnet, .tcn, .local, .mixer, .transformer: body = nil
    }
    guard let body else { return nil }
    name = body.name
    let file = body.name.lowercased() + ".safetensors"
    source = """
      \"""\(body.title) of "Scaling down deep learning", as mnist1d trains it.

          from safetensors.torch import load_file

          model = \(body.name)()
          model.load_state_dict(load_file("\(file)"))
          scores = model(x)  # [batch, \(length)] to [batch, \(body.classes)]
      \"""

      \(body.usesTorch ? "import torch\n" : "")from torch import nn


      class \(body.name)(nn.Module):
          def __init__(self):
              super().__init__()
      \(body.layers.map { "        self.\($0.name) = nn.\($0.declaration)\n" }.joined())
          def forward(self, x):
      \(body.forward.map { "        \($0)" }.joined(separator: "\n"))
      """
  }
}

/// What differs between the modules.
private struct Body {
  let name: String
  let title: String
  let classes: Int
  /// Whether the forward pass names anything of `torch` itself.
  var usesTorch = false
  let layers: [(name: String, declaration: String)]
  /// The lines of the forward pass.
  let forward: [String]

  init(_ network: LogisticRegression) {
    (name, title) = ("Logistic", "The linear classifier")
    classes = network.linear.weight.shape[0]
    layers = [("linear", network.linear.declaration)]
    forward = ["return self.linear(x)"]
  }

  init?(_ network: MultilayerPerceptron) {
    guard case .named(let function) = network.activation else { return nil }
    let activation = function.torchName
    (name, title) = ("MLP", "The fully-connected network")
    classes = network.linear3.weight.shape[0]
    usesTorch = activation.hasPrefix("torch.")
    layers = [
      ("linear1", network.linear1.declaration), ("linear2", network.linear2.declaration),
      ("linear3", network.linear3.declaration),
    ]
    let second = "\(activation)(self.linear2(h))"
    forward =
      ["h = \(activation)(self.linear1(x))"]
      + (network.connection == .residual
        ? ["h = h + \(second)  # a residual connection, which no weight shows"] : ["h = \(second)"])
      + ["return self.linear3(h)"]
  }

  init(_ network: ConvolutionalNetwork) {
    (name, title) = ("CNN", "The convolutional network")
    classes = network.linear.weight.shape[0]
    usesTorch = true
    layers = [
      ("conv1", network.conv1.declaration), ("conv2", network.conv2.declaration),
      ("conv3", network.conv3.declaration), ("linear", network.linear.declaration),
    ]
    forward = [
      "h = torch.relu(self.conv1(x.unsqueeze(1)))", "h = torch.relu(self.conv2(h))",
      "h = torch.relu(self.conv3(h))", "return self.linear(h.flatten(1))",
    ]
  }

  init(_ network: ConvolutionalNetwork2D) {
    (name, title) = ("CNN", "The convolutional network for images")
    classes = network.linear.weight.shape[0]
    usesTorch = true
    layers = [
      ("conv1", network.conv1.declaration), ("conv2", network.conv2.declaration),
      ("conv3", network.conv3.declaration), ("linear", network.linear.declaration),
    ]
    let image = network.image
    forward = [
      "h = x.reshape(-1, \(image.channels), \(image.height), \(image.width))",
      "h = torch.relu(self.conv1(h))", "h = torch.relu(self.conv2(h))",
      "h = torch.relu(self.conv3(h))", "return self.linear(h.flatten(1))",
    ]
  }

  init(_ network: RecurrentNetwork) {
    let hidden = network.gru.forward.weightHH.shape[1]
    let input = network.gru.forward.weightIH.shape[1]
    (name, title) = ("GRU", "The recurrent network")
    classes = network.linear.weight.shape[0]
    layers = [
      ("gru", "GRU(\(input), \(hidden), batch_first=True, bidirectional=True)"),
      ("linear", network.linear.declaration),
    ]
    let (channels, width) = (network.channels, network.features / network.channels)
    let steps =
      if network.features == 1 {
        "x.unsqueeze(2)"
      } else if channels == 1 {
        "x.reshape(len(x), -1, \(width))"
      } else {
        "x.reshape(len(x), \(channels), -1, \(width)).transpose(1, 2).flatten(2)"
      }
    forward = [
      "states, _ = self.gru(\(steps))  # [batch, length, \(2 * hidden)]",
      "return self.linear(states.flatten(1))",
    ]
  }
}

extension Linear {
  fileprivate var declaration: String { "Linear(\(weight.shape[1]), \(weight.shape[0]))" }
}

extension Conv1D {
  fileprivate var declaration: String {
    "Conv1d(\(weight.shape[1]), \(weight.shape[0]), \(weight.shape[2]), stride=\(stride), padding=\(padding))"
  }
}

extension Conv2D {
  fileprivate var declaration: String {
    let kernel = Size2D(height: weight.shape[2], width: weight.shape[3])
    return
      "Conv2d(\(weight.shape[1]), \(weight.shape[0]), \(kernel.pair), stride=\(stride.pair), padding=\(padding.pair))"
  }
}

extension Size2D {
  /// One number, or a tuple in Python.
  fileprivate var pair: String { height == width ? "\(height)" : "(\(height), \(width))" }
}

extension Nonlinearity {
  /// The function's name in PyTorch.
  fileprivate var torchName: String {
    switch self {
    case .relu: "torch.relu"
    case .elu: "nn.functional.elu"
    case .swish: "nn.functional.silu"
    case .tanh: "torch.tanh"
    case .softplus: "nn.functional.softplus"
    case .sigmoid: "torch.sigmoid"
    }
  }
}
