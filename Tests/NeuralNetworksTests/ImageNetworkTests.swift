import Fixtures
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("A network for images")
struct ImageNetworkTests {
  private struct Golden: Decodable {
    struct Network: Decodable {
      let name: String
      let image: [Int]
      let parameters: Int
      let initial: [[String]]
      let losses: [Float]
    }
    let networks: [Network]
  }

  private func images(_ image: ImageShape) -> Examples {
    var generator = TorchGenerator(seed: 2)
    return Examples(
      inputs: Tensor(generator.normal(count: 60 * image.count), shape: [60, image.count]),
      labels: (0..<60).map { Int32($0 % 10) })
  }

  private func training(
    _ network: BaselineNetwork, on image: ImageShape
  ) throws -> RecipeTraining<BaselineNetwork> {
    var recipe = TrainingRecipe()
    (recipe.steps, recipe.batchSize, recipe.evalEvery) = (11, 20, 100)
    let images = images(image)
    return try Training(
      of: network, on: images, testing: images, by: recipe, using: TorchGenerator(seed: 4))
  }

  @Test("starts from PyTorch's bits and learns as PyTorch's does", arguments: Architecture.paper)
  func golden(architecture: Architecture) throws {
    let networks = try Fixture.json("planes.json", as: Golden.self).networks
      .filter { $0.name == architecture.rawValue }
    #expect(networks.count == 2)
    for golden in networks {
      let image = ImageShape(
        channels: golden.image[0], height: golden.image[1], width: golden.image[2])
      var generator = TorchGenerator(seed: 42)
      let network = BaselineNetwork(architecture, image: image, using: &generator)
      #expect(network.parameterCount == golden.parameters)
      #expect(
        network.namedParameters.map { [$0.name, SHA256.digest($0.tensor.elements)] }
          == golden.initial)
      var training = try training(network, on: image)
      for theirs in golden.losses {
        let ours = try training.stepAndEvaluate().trainLoss
        #expect(abs(ours - theirs) < 1e-4 * max(1, theirs), "\(architecture): \(ours), \(theirs)")
      }
    }
  }

  @Test("has the same bits for any number of threads", arguments: Architecture.paper)
  func sameBits(architecture: Architecture) throws {
    let image = ImageShape(channels: 2, height: 9, width: 8)
    func digest(_ threads: Int) throws -> String {
      try Kernels.withThreads(threads) {
        var generator = TorchGenerator(seed: 1)
        var training = try training(
          BaselineNetwork(architecture, image: image, using: &generator), on: image)
        while !training.isFinished { try training.stepAndEvaluate() }
        return training.model.digest
      }
    }
    let own = try digest(1)
    #expect(try digest(3) == own)
  }

  @Test("reads a row of all channels in a step of the gru")
  func rows() {
    let image = ImageShape(channels: 2, height: 3, width: 4)
    var generator = TorchGenerator(seed: 3)
    let network = RecurrentNetwork(image: image, hidden: 5, using: &generator)
    #expect(network.features == 8)
    let x = Tensor(generator.normal(count: 24 * 2), shape: [2, 24])
    let rows = x.reshaped(to: [2, 2, 3, 4]).permuted(0, 2, 1, 3).reshaped(to: [2, 3, 8])
    let states = network.gru(rows)
    let scores = network.linear(states.reshaped(to: [2, 30]))
    for (found, wanted) in zip(network(x).elements, scores.elements) {
      #expect(abs(found - wanted) < 1e-5)
    }
  }

  @Test("is one of the paper's four, of an image that its layers can see, and says so otherwise")
  func settings() {
    func error(
      _ architecture: Architecture, _ side: Int = 3,
      _ change: (inout NetworkSettings) -> Void = { _ in }
    ) -> String? {
      var settings = NetworkSettings()
      change(&settings)
      do throws(TrainingError) {
        try settings.validate(
          for: architecture, image: ImageShape(height: side, width: 40))
        return nil
      } catch {
        return error.description
      }
    }
    for architecture in Architecture.allCases {
      let message = error(architecture)
      #expect((message == nil) == Architecture.paper.contains(architecture))
    }
    #expect(
      error(.tcn) == "the network for images is tcn; it must be logistic, mlp, cnn or gru.")
    #expect(
      error(.cnn, 2) == "the size of the images is 2 × 40; it must be 3 × 3 or more for the cnn.")
    #expect(error(.mlp, 2) == nil)
    #expect(error(.mlp) { $0.hidden = 0 } == "hidden is 0; it must be 1 or more.")
    #expect(error(.cnn) { $0.hidden = 0 } == nil)
    #expect(error(.cnn) { $0.channels = 0 } == "channels is 0; it must be 1 or more.")
  }

  @Test("is composed of layers that see planes")
  func composition() {
    let image = ImageShape(channels: 2, height: 6, width: 8)
    var generator = TorchGenerator(seed: 1)
    let network = Sequential {
      Unflatten(image)
      Conv2D(
        2, 4, kernel: 3, stride: Size2D(height: 1, width: 2), padding: 1, groups: 2, bias: false,
        using: &generator)
      Pooling2D(.max, window: Size2D(height: 3, width: 2))
      Flatten()
      Linear(16, 3, using: &generator)
    }
    #expect(network.namedParameters.map(\.name) == ["1.weight", "4.weight", "4.bias"])
    let x = Tensor(generator.normal(count: 192), shape: [2, 96])
    let weight = network.layers.rest.rest.rest.last.weight
    #expect(weight.shape == [4, 1, 3, 3])
    let convolved = convolution2D(
      x.reshaped(to: [2, 2, 6, 8]), weight: weight, stride: Size2D(height: 1, width: 2),
      padding: 1, groups: 2)
    #expect(convolved.shape == [2, 4, 6, 4])
    let pooled = pooling2D(convolved, .max, window: Size2D(height: 3, width: 2))
    #expect(network(x) == network.last(pooled.reshaped(to: [2, 16])))
    let output = Conv2D.outputSize(
      Size2D(height: 6, width: 8), kernel: 3, stride: Size2D(height: 1, width: 2), padding: 1)
    #expect(output == Size2D(height: 6, width: 4))
  }

  @Test("of convolutions takes the smallest image that it accepts")
  func smallest() {
    var generator = TorchGenerator(seed: 1)
    let image = ImageShape(channels: 3, height: 3, width: 4)
    let network = ConvolutionalNetwork2D(image: image, using: &generator)
    #expect(network(.ones([2, 36])).shape == [2, 10])
  }
}
