import DataFormats
import Fixtures
import Foundation
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

/// What PyTorch says of a layer.
private struct GoldenLayer: Decodable {
  /// The digests of the parameters after `torch.manual_seed(42)`, by name, in PyTorch's order.
  let initial: [[String]]
  /// The names of parameters and buffers.
  let names: [String]
  let training: GoldenDerivatives
  let batches, states: [GoldenTensor]?
  let evaluation: GoldenDerivatives?
}

private struct GoldenLayers: Decodable {
  struct Dropout: Decodable {
    let probability: Double
    let count, kept: Int
    let digest: String
    let next: Float
  }
  struct Initializations: Decodable {
    struct Entry: Decodable {
      let name, digest: String
      let shape: [Int]
    }
    let digests: [Entry]
    let orthogonal: [GoldenTensor]
  }

  let layers: [String: GoldenLayer]
  let dropout: [Dropout]
  let embedding: String
  let initializations: Initializations
  let trained: Trained

  let training: Training

  struct Training: Decodable {
    let losses: [Float]
    let tensors: [GoldenTensor]
    let accuracy: Double
  }

  struct Trained: Decodable {
    let x, output: GoldenTensor
  }

  static let all = Result { try Fixture.json("layers.json", as: GoldenLayers.self) }
}

/// A layer of the golden file, and how this package makes it.
struct MadeLayer: Sendable, CustomTestStringConvertible {
  let name: String
  let check: @Sendable (String) throws -> Void
  var testDescription: String { name }

  init<L: Layer>(_ name: String, _ make: @escaping @Sendable (inout TorchGenerator) -> L) {
    self.name = name
    check = { name in
      let golden = try #require(GoldenLayers.all.get().layers[name])
      var generator = TorchGenerator(seed: 42)
      let layer = make(&generator)
      let digests = layer.namedParameters.map { [$0.name, $0.tensor.bitsDigest] }
      #expect(
        Dictionary(uniqueKeysWithValues: digests.map { ($0[0], $0[1]) })
          == Dictionary(uniqueKeysWithValues: golden.initial.map { ($0[0], $0[1]) }))
      #expect(layer.namedTensors.map { $0.name } == golden.names)

      func apply(_ layer: L, _ mode: ForwardContext.Mode) -> ([Tensor]) -> Tensor {
        { inputs in
          var layer = layer.replacingParameters(with: Array(inputs.dropFirst()))
          if mode == .evaluation { return layer(inputs[0]) }
          var context = ForwardContext.training(using: TorchGenerator(seed: 0))
          return layer.forward(inputs[0], in: &context)
        }
      }
      golden.training.expectAgreement(of: apply(layer, .training))
      guard let evaluation = golden.evaluation, let batches = golden.batches,
        let states = golden.states
      else {
        golden.training.expectAgreement(of: apply(layer, .evaluation))
        return
      }
      var seen = layer.replacingParameters(with: evaluation.inputs.dropFirst().map(\.tensor))
      var context = ForwardContext.training(using: TorchGenerator(seed: 0))
      for batch in batches { _ = seen.forward(batch.tensor, in: &context) }
      for (found, wanted) in zip(seen.states, states) { expectClose(found, wanted.tensor, 1e-6) }
      #expect(seen.states.count == states.count)
      evaluation.expectAgreement(of: apply(seen, .evaluation))
    }
  }

  static let all: [MadeLayer] = [
    .init("linear without bias") { Linear(5, 3, bias: false, using: &$0) },
    .init("batch norm") { _ in BatchNorm1D(5) },
    .init("batch norm of positions") { _ in BatchNorm1D(3) },
    .init("layer norm") { _ in LayerNorm(6) },
    .init("convolution with dilation") {
      Conv1D(3, 4, kernel: 3, padding: 2, dilation: 2, using: &$0)
    },
    .init("convolution with dilation and uneven padding") {
      Conv1D(2, 3, kernel: 3, padding: 2, dilation: 3, using: &$0)
    },
    .init("convolution with dilation and stride") {
      Conv1D(2, 3, kernel: 2, stride: 2, padding: 1, dilation: 3, using: &$0)
    },
    .init("convolution in groups") {
      Conv1D(4, 6, kernel: 3, stride: 2, padding: 1, groups: 2, using: &$0)
    },
    .init("convolution by channel") {
      Conv1D(3, 3, kernel: 3, padding: 1, groups: 3, bias: false, using: &$0)
    },
    .init("convolution with dilation in groups") {
      Conv1D(4, 2, kernel: 3, padding: 4, dilation: 2, groups: 2, bias: false, using: &$0)
    },
    .init("convolution with replicated ends") {
      Conv1D(2, 3, kernel: 4, stride: 2, padding: 3, paddingMode: .replicate, using: &$0)
    },
    .init("recurrence in two directions and two layers") { GRU(2, 3, layers: 2, using: &$0) },
    .init("recurrence in one direction") { GRU(2, 4, directions: .forward, using: &$0) },
    .init("memory in one direction") { LSTM(2, 4, directions: .forward, using: &$0) },
    .init("memory in two directions and two layers") {
      LSTM(2, 3, layers: 2, directions: .both, using: &$0)
    },
    .init("gelu") { _ in Gelu() },
    .init("attention") { MultiHeadAttention(6, heads: 2, using: &$0) },
  ]
}

extension Tensor {
  /// The SHA-256 of the elements' bits, as the generating scripts have it.
  var bitsDigest: String { SHA256.digest(elements) }
}

@Suite("Layers beside PyTorch's")
struct GoldenLayerTests {
  @Test(
    "a layer has PyTorch's names and initial bits, values and derivatives of first and second order",
    arguments: MadeLayer.all)
  func layer(_ layer: MadeLayer) throws { try layer.check(layer.name) }

  @Test(
    "dropout drops the elements that PyTorch drops, and leaves the generator where PyTorch does")
  func dropout() throws {
    for golden in try GoldenLayers.all.get().dropout {
      var dropout = Dropout(golden.probability)
      var context = ForwardContext.training(using: TorchGenerator(seed: 42))
      let y = dropout.forward(.ones([golden.count]), in: &context)
      #expect(y.elements.count { $0 != 0 } == golden.kept)
      #expect(y.bitsDigest == golden.digest)
      #expect(context.random.uniform(count: 1, from: 0, to: 1) == [golden.next])
    }
  }

  @Test("dropout passes derivatives through what it keeps, and does nothing in evaluation")
  func droppedDerivatives() {
    var generator = TorchGenerator(seed: 3)
    let x = Tensor.normal([5, 7], using: &generator)
    #expect(Dropout(0.4)(x) == x)
    var context = ForwardContext.training(using: generator)
    var dropped = Tensor(0)
    let slope = gradient(at: x) { x in
      var dropout = Dropout(0.4)
      dropped = dropout.forward(x, in: &context)
      return (dropped * dropped).sum()
    }
    for (slope, y) in zip(slope.elements, dropped.elements) {
      #expect(abs(slope - 2 * y / 0.6) <= 1e-5 * abs(slope))
    }
    #expect(dropped.elements.contains(0))
    for probability in [0.0, 1.0] {
      var dropout = Dropout(probability)
      #expect(dropout.forward(x, in: &context) == x * Float(1 - probability))
    }
  }

  @Test("an embedding starts from PyTorch's bits and looks symbols up")
  func embedding() throws {
    var generator = TorchGenerator(seed: 42)
    let embedding = Embedding(7, 5, using: &generator)
    #expect(try embedding.weight.bitsDigest == GoldenLayers.all.get().embedding)
    let symbols = Tensor([0, 6, 3, 3], shape: [2, 2])
    #expect(embedding(symbols).shape == [2, 2, 5])
    #expect(embedding(symbols)[1, 0] == embedding.weight[3])
    #expect(embedding([6, 0])[0] == embedding.weight[6])
    let slope = gradient(at: embedding) { $0(symbols).sum() }
    #expect(slope.weight.sum(along: 1) == [5, 0, 0, 10, 0, 0, 5])
  }

  @Test("weights start from PyTorch's bits, and orthogonal ones from its matrix")
  func initializers() throws {
    let golden = try GoldenLayers.all.get().initializations
    let kinds: [String: Initializer] = [
      "kaiming uniform": .kaimingUniform(), "kaiming normal": .kaimingNormal(),
      "kaiming normal by outputs": .kaimingNormal(.outputs), "xavier uniform": .xavierUniform(),
      "xavier normal": .xavierNormal(), "normal": .normal(mean: 0.5, standardDeviation: 0.02),
    ]
    #expect(Set(golden.digests.map { $0.name }) == Set(kinds.keys))
    for entry in golden.digests {
      var generator = TorchGenerator(seed: 42)
      let kind = try #require(kinds[entry.name])
      let weight = kind(Shape(entry.shape), using: &generator)
      #expect(weight.bitsDigest == entry.digest, "\(entry.name) \(entry.shape)")
    }
    for wanted in golden.orthogonal {
      var generator = TorchGenerator(seed: 42)
      let found = Initializer.orthogonal(gain: 1.5)(Shape(wanted.shape), using: &generator)
      expectClose(found, wanted.tensor, 1e-5)
    }
  }

  @Test("weights travel from and to PyTorch with what layers remember")
  func weights() throws {
    let golden = try GoldenLayers.all.get().trained
    var generator = TorchGenerator(seed: 1)
    var network = Sequential {
      Linear(4, 3, using: &generator)
      BatchNorm1D(3)
      Relu()
      Linear(3, 2, using: &generator)
    }
    try network.loadWeights(from: Fixture.url("batch_norm.safetensors").path)
    #expect(network.states[2] == Tensor(5))
    expectClose(network(golden.x.tensor), golden.output.tensor, 2e-6)

    let written = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: written) }
    try network.writeWeights(to: written.path)
    var read = network
    read.replaceStates(with: [.zeros([3]), .ones([3]), Tensor(0)])
    try read.loadWeights(from: written.path)
    #expect(read.digest == network.digest)
  }

  @Test("a training with batch normalisation and dropout goes as it does in PyTorch, loss by loss")
  func training() throws {
    let golden = try GoldenLayers.all.get().training
    var random = TorchGenerator(seed: 7)
    let inputs = Tensor.normal([30, 6], using: &random)
    let labels = random.randomIntegers(count: 30, in: 0..<3).map { Int32($0) }
    let examples = Examples(inputs: inputs, labels: labels)
    var generator = TorchGenerator(seed: 42)
    let network = Sequential {
      Linear(6, 8, bias: false, using: &generator)
      BatchNorm1D(8)
      Relu()
      Dropout(0.3)
      Linear(8, 3, using: &generator)
    }
    var training = try Training(
      of: network, by: Adam(for: network, learningRate: 0.01),
      on: Batches.inOrder(examples, size: 10), for: .steps(25), random: generator)
    for loss in golden.losses {
      let found = try training.step().trainLoss
      #expect(abs(found - loss) <= 1e-5 * max(1, loss))
    }
    let tensors = training.model.namedTensors
    #expect(tensors.count == golden.tensors.count)
    for (found, wanted) in zip(tensors, golden.tensors) {
      expectClose(found.tensor, wanted.tensor, 1e-5)
    }
    #expect(abs(training.model.score(on: examples).accuracy - 100 * golden.accuracy) < 1e-4)
  }
}
