import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

/// The promise that other machines prove or disprove: the digest of the weights after training from seed 42 on the
/// default dataset.
@Suite("The same bits on every machine", .serialized)
struct SameBitsTests {
  private func digest(_ architecture: Architecture, steps: Int) throws -> String {
    try ReferenceTraining.digest(
      of: architecture, steps: steps, on: Dataset(DatasetConfiguration()))
  }

  @Test(
    "300 steps of each classifier end at the committed digests", arguments: Architecture.paper)
  func digests(_ architecture: Architecture) throws {
    #expect(try digest(architecture, steps: 300) == ReferenceTraining.after300[architecture])
  }

  @Test(
    "ten steps do so with every set of kernels that this machine can use",
    arguments: Architecture.paper)
  func kernels(_ architecture: Architecture) throws {
    let usual = Kernels.current
    defer { Kernels.select(usual) }
    for kernels in Kernels.available {
      Kernels.select(kernels)
      #expect(
        try digest(architecture, steps: 10) == ReferenceTraining.after10[architecture], "\(kernels)"
      )
    }
  }

  private func digest<Model: Classifier>(
    _ network: Model, batchSize: Int, steps: Int, threads: Int
  ) throws -> String {
    let dataset = try Dataset(DatasetConfiguration())
    var recipe = TrainingRecipe()
    recipe.batchSize = batchSize
    recipe.evalEvery = 1000
    var training = try Training(
      of: network, on: Examples(dataset.x, dataset.y),
      testing: Examples(dataset.xTest, dataset.yTest)[0..<10], by: recipe)
    try Kernels.withThreads(threads) {
      for _ in 0..<steps { try training.stepAndEvaluate() }
    }
    return training.model.digest
  }

  @Test("one, two and four threads train a wide network to the same weights")
  func threads() throws {
    let digests = try [1, 2, 4].map { count in
      var generator = TorchGenerator(seed: 42)
      return try digest(
        MultilayerPerceptron(hidden: 500, using: &generator), batchSize: 500, steps: 3,
        threads: count)
    }
    #expect(Set(digests).count == 1)
  }

  @Test(
    "one, two and four threads train a convolutional network of many channels to the same weights")
  func channels() throws {
    let digests = try [1, 2, 4].map { count in
      var generator = TorchGenerator(seed: 42)
      return try digest(
        ConvolutionalNetwork(channels: 70, using: &generator), batchSize: 100, steps: 2,
        threads: count)
    }
    #expect(Set(digests).count == 1)
  }
}
