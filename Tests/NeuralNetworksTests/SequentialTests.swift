import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("Sequential layers")
struct SequentialTests {
  /// A network with a layer of every kind that trains otherwise than it is used.
  private static func network(_ generator: inout TorchGenerator) -> some Classifier {
    Sequential {
      Unflatten()
      Conv1D(1, 8, kernel: 3, padding: 1, bias: false, using: &generator)
      BatchNorm1D(8)
      Relu()
      for dilation in [1, 2, 4] {
        Residual {
          Conv1D(
            8, 8, kernel: 3, padding: dilation, dilation: dilation, groups: 2, using: &generator)
          BatchNorm1D(8)
          Nonlinearity.swish
        }
      }
      Transpose()
      LayerNorm(8)
      Residual(MultiHeadAttention(8, heads: 2, dropout: 0.1, using: &generator))
      LSTM(8, 3, directions: .both, using: &generator)
      Transpose()
      Dropout(0.2)
      GlobalAveragePooling1D()
      Linear(6, 10, using: &generator)
    }
  }

  @Test("any number of layers has PyTorch's names by position, and a loop is one of them")
  func names() {
    var generator = TorchGenerator(seed: 1)
    let names = Self.network(&generator).namedTensors.map { $0.name }
    #expect(
      names.prefix(8) == [
        "1.weight", "2.weight", "2.bias", "2.running_mean", "2.running_var",
        "2.num_batches_tracked", "4.0.0.0.weight", "4.0.0.0.bias",
      ])
    #expect(names.contains("4.2.0.1.running_var"))
    #expect(names.contains("8.weight_ih_l0_reverse"))
    #expect(names.suffix(2) == ["12.weight", "12.bias"])
  }

  @Test("layers are applied one after another, in training and in use")
  func order() {
    var generator = TorchGenerator(seed: 2)
    let (a, b) = (Linear(3, 4, using: &generator), Linear(4, 2, using: &generator))
    var network = Sequential {
      a
      Relu()
      b
    }
    let x = Tensor.normal([5, 3], using: &generator)
    #expect(network(x) == b(relu(a(x))))
    var context = ForwardContext.training(using: generator)
    #expect(network.forward(x, in: &context) == b(relu(a(x))))
    #expect(network.first.weight == a.weight && network.last.weight == b.weight)
    network.last.bias = [1, 2]
    #expect(network(x) != b(relu(a(x))))
    #expect(Sequential(a, b)(x) == b(a(x)))
    #expect([b, Linear(2, 1, using: &generator)](a(x)).shape == [5, 1])
  }

  @Test("shapes are turned without a change of elements")
  func shapes() {
    let x = Tensor((0..<24).map { Float($0) }, shape: [2, 12])
    let y = Unflatten(channels: 3)(x)
    #expect(y.shape == [2, 3, 4])
    #expect(Flatten()(y) == x)
    #expect(Transpose()(y)[1, 2, 0] == y[1, 0, 2])
    #expect(GlobalAveragePooling1D()(y)[1] == [13.5, 17.5, 21.5])
    #expect(Residual(Relu())(-x) == -x)
  }

  private func digest(steps: Int, threads: Int = 1, resuming: Bool = false) throws -> String {
    var generator = TorchGenerator(seed: 42)
    return try digest(
      of: Self.network(&generator), generator, steps: steps, threads: threads, resuming: resuming)
  }

  private func digest<Model: Classifier>(
    of network: Model, _ random: TorchGenerator, steps: Int, threads: Int, resuming: Bool
  ) throws -> String {
    let dataset = try Dataset(DatasetConfiguration())
    var recipe = TrainingRecipe()
    recipe.evalEvery = 1000
    let start = try RecipeTraining(
      of: network, on: Examples(dataset.x, dataset.y),
      testing: Examples(dataset.xTest, dataset.yTest)[0..<10], by: recipe, using: random)
    var training = start
    try Kernels.withThreads(threads) {
      for _ in 0..<steps / 2 { try training.stepAndEvaluate() }
      if resuming {
        let state = training.state
        training = start
        try training.resume(from: state)
      }
      for _ in steps / 2..<steps { try training.stepAndEvaluate() }
    }
    return training.model.digest
  }

  @Test(
    "all layers train to the same bits with every set of kernels, any number of threads and a pause"
  )
  func sameBits() throws {
    let usual = Kernels.current
    defer { Kernels.select(usual) }
    let expected = try digest(steps: 4)
    for kernels in Kernels.available {
      Kernels.select(kernels)
      #expect(try digest(steps: 4) == expected, "\(kernels)")
    }
    Kernels.select(usual)
    for threads in [2, 4] { #expect(try digest(steps: 4, threads: threads) == expected) }
    #expect(try digest(steps: 4, resuming: true) == expected)
  }
}
