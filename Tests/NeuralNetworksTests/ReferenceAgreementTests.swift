import Storage
import DataFormats
import Fixtures
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("The networks agree with PyTorch")
struct ReferenceAgreementTests {
  @Test(
    "names, counts and initial weights are PyTorch's, bit for bit", arguments: Architecture.paper
  )
  func initialization(_ architecture: Architecture) throws {
    let golden = try #require(GoldenNetworks.load().models[architecture.rawValue])
    var generator = TorchGenerator(seed: 42)
    let network = BaselineNetwork(architecture, using: &generator)
    #expect(network.parameterCount == golden.parameterCount)
    let digests = network.namedParameters.map { ($0.name, SHA256.digest($0.tensor.elements)) }
    #expect(Dictionary(uniqueKeysWithValues: digests) == golden.initial)
  }

  @Test("the first 50 training losses follow PyTorch's to 1e-4", arguments: Architecture.paper)
  func trajectory(_ architecture: Architecture) throws {
    let golden = try #require(GoldenNetworks.load().models[architecture.rawValue])
    let dataset = try Dataset(DatasetConfiguration())
    var generator = TorchGenerator(seed: 42)
    var recipe = TrainingRecipe()
    recipe.evalEvery = 1000
    var training = try Training(
      of: BaselineNetwork(architecture, using: &generator), on: Examples(dataset.x, dataset.y),
      testing: Examples(dataset.xTest, dataset.yTest)[0..<100], by: recipe)
    #expect(golden.losses.count == 50)
    for (step, expected) in golden.losses.enumerated() {
      let loss = Double(try training.stepAndEvaluate().trainLoss)
      #expect(abs(loss - expected) <= 1e-4 * expected, "step \(step): \(loss), PyTorch \(expected)")
    }
  }

  @Test("weights that PyTorch saved give PyTorch's scores", arguments: Architecture.paper)
  func weights(_ architecture: Architecture) throws {
    let expected = try #require(GoldenNetworks.load().scores[architecture.rawValue])
    let path = Fixture.url("\(architecture.rawValue).safetensors").path
    let dataset = try Dataset(DatasetConfiguration())
    let signals = Examples(dataset.xTest, dataset.yTest)[0..<8].inputs
    var generator = TorchGenerator(seed: 0)
    var network: BaselineNetwork =
      switch architecture {
      case .mlp: .mlp(MultilayerPerceptron(hidden: 17, using: &generator))
      case .cnn: .cnn(ConvolutionalNetwork(channels: 5, using: &generator))
      default: BaselineNetwork(architecture, using: &generator)
      }
    try network.loadWeights(from: path)
    for (score, golden) in zip(network(signals).elements, expected) {
      #expect(abs(score - golden) <= 1e-5 * max(1, abs(golden)))
    }
  }
}
