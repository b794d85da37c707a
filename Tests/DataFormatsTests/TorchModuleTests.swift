import DataFormats
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("Classifiers as PyTorch modules")
struct TorchModuleTests {
  private func module(_ architecture: Architecture, hidden: Int = 100) throws -> TorchModule {
    var generator = TorchGenerator(seed: 1)
    let network = BaselineNetwork(architecture, hidden: hidden, using: &generator)
    return try #require(TorchModule(network))
  }

  @Test("declare a layer for every parameter's name", arguments: Architecture.paper)
  func names(_ architecture: Architecture) throws {
    var generator = TorchGenerator(seed: 1)
    let network = BaselineNetwork(architecture, using: &generator)
    let source = try module(architecture).source
    let layers = Set(network.namedParameters.map { String($0.name.prefix { $0 != "." }) })
    #expect(layers.count == source.split(separator: " = nn.").count - 1)
    for layer in layers { #expect(source.contains("        self.\(layer) = nn.")) }
    for layer in layers { #expect(source.contains("self.\(layer)(")) }
  }

  @Test("have the network's shapes")
  func shapes() throws {
    #expect(try module(.logistic).source.contains("self.linear = nn.Linear(40, 10)"))
    #expect(try module(.mlp, hidden: 7).source.contains("self.linear2 = nn.Linear(7, 7)"))
    let convolutional = try module(.cnn).source
    #expect(convolutional.contains("self.conv1 = nn.Conv1d(1, 25, 5, stride=2, padding=1)"))
    #expect(convolutional.contains("self.linear = nn.Linear(125, 10)"))
    let recurrent = try module(.gru).source
    #expect(recurrent.contains("nn.GRU(1, 6, batch_first=True, bidirectional=True)"))
    #expect(recurrent.contains("self.linear = nn.Linear(480, 10)"))
  }

  @Test("of networks for images read them as these do")
  func images() throws {
    var generator = TorchGenerator(seed: 1)
    func source(_ architecture: Architecture, _ image: ImageShape) throws -> String {
      let network = BaselineNetwork(architecture, image: image, using: &generator)
      return try #require(TorchModule(network, length: image.count)).source
    }
    let gray = ImageShape(height: 28, width: 20)
    let colours = ImageShape(channels: 3, height: 8, width: 9)
    let convolutional = try source(.cnn, gray)
    #expect(convolutional.contains("self.conv1 = nn.Conv2d(1, 25, 5, stride=2, padding=1)"))
    #expect(convolutional.contains("        h = x.reshape(-1, 1, 28, 20)\n"))
    #expect(convolutional.contains("[batch, 560] to [batch, 10]"))
    #expect(try source(.cnn, colours).contains("h = x.reshape(-1, 3, 8, 9)"))
    #expect(try source(.gru, gray).contains("self.gru(x.reshape(len(x), -1, 20))"))
    let rows = try source(.gru, colours)
    #expect(rows.contains("self.gru(x.reshape(len(x), 3, -1, 9).transpose(1, 2).flatten(2))"))
    #expect(rows.contains("nn.GRU(27, 6, batch_first=True, bidirectional=True)"))
    #expect(try source(.mlp, gray).contains("self.linear1 = nn.Linear(560, 100)"))
  }

  @Test(
    "show what no weight shows, the residual connection and the activation function, and are none for other networks"
  )
  func connection() throws {
    #expect(try module(.mlp).source.contains("h = h + torch.relu(self.linear2(h))"))
    var generator = TorchGenerator(seed: 1)
    let plain = MultilayerPerceptron(
      activation: .named(.swish), connection: .plain, using: &generator)
    let source = try #require(TorchModule(.mlp(plain))).source
    #expect(source.contains("        h = nn.functional.silu(self.linear2(h))\n"))
    #expect(!source.contains("import torch\n"))
    let learned = MultilayerPerceptron(
      activation: .learned(
        LearnedActivation(network: ActivationNetwork(hidden: 3, using: &generator))),
      using: &generator)
    #expect(TorchModule(.mlp(learned)) == nil)
    let residual = BaselineNetwork(.resnet, using: &generator)
    #expect(TorchModule(residual) == nil)
  }
}
