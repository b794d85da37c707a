import Storage
import DataFormats
import Fixtures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

/// What PyTorch gave, from `Golden/lottery.json`.
private struct GoldenMasks: Decodable {
  struct Magnitude: Decodable {
    var sparsity: Double
    var sha256: String
  }

  struct FirstPruning: Decodable {
    var hidden: Int
    var seed: UInt64
    var steps: Int
    var sparsity: Double
    var sha256: String
  }

  struct EqualScores: Decodable {
    var scores: [Float]
    var masks: [[Float]]
  }

  var random: [String]
  var magnitude: [Magnitude]
  var firstPruning: FirstPruning
  var equalScores: EqualScores
  var ticketScores: [Float]

  static func load() throws -> GoldenMasks {
    try Fixture.json("lottery.json", as: GoldenMasks.self)
  }
}

@Suite("Masks")
struct MaskTests {
  private func digest<Model>(_ mask: Mask<Model>) -> String { SHA256.digest(bytes: mask.packed) }

  @Test("pruning at random takes PyTorch's draws: after the weights, anew for every sparsity")
  func random() throws {
    var generator = TorchGenerator(seed: 42)
    let network = MultilayerPerceptron(hidden: 500, using: &generator)
    for (round, expected) in try GoldenMasks.load().random.enumerated() {
      let scores = network.uniformScores(using: &generator)
      #expect(digest(Mask(pruning: Double(round) / 99, ofLayersScoredBy: scores)) == expected)
    }
  }

  @Test("pruning by magnitude keeps what PyTorch keeps, weights and biases of a layer together")
  func magnitude() throws {
    var generator = TorchGenerator(seed: 43)
    let network = MultilayerPerceptron(hidden: 500, using: &generator)
    for expected in try GoldenMasks.load().magnitude {
      let mask = Mask(pruning: expected.sparsity, ofLayersScoredBy: network.magnitudes)
      #expect(digest(mask) == expected.sha256, "\(expected.sparsity)")
    }
  }

  @Test("the first pruning after a training is PyTorch's")
  func firstPruning() throws {
    let golden = try GoldenMasks.load().firstPruning
    let dataset = try Dataset(DatasetConfiguration())
    var generator = TorchGenerator(seed: golden.seed)
    var recipe = TrainingRecipe()
    recipe.steps = golden.steps - 1
    recipe.learningRate = 2e-2
    recipe.evalEvery = 1000
    var training = try Training(
      of: MultilayerPerceptron(hidden: golden.hidden, using: &generator),
      on: Examples(dataset.x, dataset.y),
      testing: Examples(dataset.xTest, dataset.yTest)[0..<10], by: recipe)
    while !training.isFinished { try training.stepAndEvaluate() }
    let mask = Mask(pruning: golden.sparsity, ofLayersScoredBy: training.model.magnitudes)
    #expect(digest(mask) == golden.sha256)
  }

  @Test("of equal scores the first go first")
  func equalScores() throws {
    let golden = try GoldenMasks.load().equalScores
    let scores = Tensor(golden.scores)
    for (count, expected) in golden.masks.enumerated() {
      let sparsity = Double(count) / Double(golden.scores.count)
      #expect(Mask(pruning: sparsity, ofLayersScoredBy: scores).survivors.elements == expected)
    }
    let zeros = Mask(pruning: 0.5, ofLayersScoredBy: Tensor([0, -0.0, 0, -0.0]))
    #expect(zeros.survivors.elements == [0, 0, 1, 1])
  }

  @Test("every model has masks, layer by layer", arguments: Architecture.paper)
  func models(_ architecture: Architecture) throws {
    var generator = TorchGenerator(seed: 1)
    let network = BaselineNetwork(architecture, using: &generator)
    let mask = Mask(pruning: 0.7, ofLayersScoredBy: network.magnitudes)
    var (sizes, pruned): ([Substring: Int], [Substring: Int]) = ([:], [:])
    for (name, tensor) in mask.survivors.namedParameters {
      let layer = name.split(separator: ".")[0]
      sizes[layer, default: 0] += tensor.count
      pruned[layer, default: 0] += tensor.elements.count { $0 == 0 }
    }
    for (layer, size) in sizes { #expect(pruned[layer] == Int(0.7 * Double(size)), "\(layer)") }
    #expect(mask.count == network.parameterCount - pruned.values.reduce(0, +))
    #expect(abs(mask.sparsity - 0.7) < 0.01)
  }

  @Test("pruned parameters stay at 0 while the others learn", arguments: Architecture.paper)
  func training(_ architecture: Architecture) throws {
    var generator = TorchGenerator(seed: 2)
    let network = BaselineNetwork(architecture, using: &generator)
    let mask = Mask(pruning: 0.6, ofLayersScoredBy: network.magnitudes)
    let trained = try trained(Masked(network, by: mask), steps: 6)
    #expect(trained.namedParameters.map(\.name) == network.namedParameters.map(\.name))
    let before = network.parameters.flatMap(\.elements)
    let after = trained.parameters.flatMap(\.elements)
    let survivors = mask.survivors.parameters.flatMap(\.elements)
    #expect(zip(after, survivors).allSatisfy { $1 == 1 || $0 == 0 && $0.sign == .plus })
    // A unit that is never positive does not learn, and the weights that lead there stay.
    let moved = zip(after, before).count { $0 != $1 && $0 != 0 }
    #expect(Double(moved) > 0.7 * Double(mask.count))
  }

  @Test("a mask that all survive changes no bit; one that none survives leaves nothing to learn")
  func extremes() throws {
    var generator = TorchGenerator(seed: 3)
    let network = MultilayerPerceptron(hidden: 20, using: &generator)
    let whole = try trained(Masked(network, by: Mask(keepingAll: network)), steps: 6)
    #expect(whole.digest == (try trained(network, steps: 6)).digest)
    let nothing = Mask(pruning: 1, ofLayersScoredBy: network.magnitudes)
    #expect(nothing.count == 0 && nothing.sparsity == 1)
    #expect(
      try trained(Masked(network, by: nothing), steps: 6).parameters
        .allSatisfy { $0.elements.allSatisfy { $0 == 0 } })
  }

  @Test(
    "without its pruned weights a network trains to the same bits", arguments: [0, 0.5, 0.9, 1])
  func sparse(_ sparsity: Double) throws {
    var generator = TorchGenerator(seed: 8)
    let network = MultilayerPerceptron(hidden: 70, using: &generator)
    let mask = Mask(pruning: sparsity, ofLayersScoredBy: network.uniformScores(using: &generator))
    let masked = Masked(network, by: mask)
    let usual = Kernels.current
    defer { Kernels.select(usual) }
    // Less than a vector, a ragged group of vectors, several groups.
    for batch in [7, 37, 80] {
      let expected = try trained(masked, steps: 9, batchSize: batch).digest
      for kernels in Kernels.available {
        Kernels.select(kernels)
        let sparse = try trained(SparsePerceptron(masked), steps: 9, batchSize: batch)
        #expect(sparse.expanded(into: network).digest == expected, "\(batch), \(kernels)")
      }
    }
  }

  @Test("a layer inside a network can be masked alone")
  func layer() {
    var generator = TorchGenerator(seed: 4)
    let linear = Linear(6, 5, using: &generator)
    let masked = Masked(linear, by: Mask(pruning: 0.5, ofLayersScoredBy: linear.magnitudes))
    let network = Sequential(Sequential(masked, Relu()), Linear(5, 3, using: &generator))
    let slope = gradient(at: network) { network in
      let y = network(Tensor.ones([2, 6]))
      return (y * y).sum()
    }
    let slopes = slope.first.first.network.parameters.flatMap(\.elements)
    let survivors = masked.mask.survivors.parameters.flatMap(\.elements)
    #expect(zip(slopes, survivors).allSatisfy { $1 == 1 || $0 == 0 })
    #expect(slopes.contains { $0 != 0 })
  }

  @Test("a mask travels as bits")
  func bits() throws {
    var generator = TorchGenerator(seed: 5)
    let network = MultilayerPerceptron(inputs: 3, hidden: 5, using: &generator)
    let mask = Mask(pruning: 0.5, ofLayersScoredBy: network.magnitudes)
    let unpacked = try #require(Mask(unpacking: mask.packed, of: network))
    #expect(unpacked.survivors.parameters == mask.survivors.parameters)
    #expect(Mask(unpacking: [255], of: network) == nil)
    #expect(Mask(Tensor([1, 0, 0.5])) == nil)
    #expect(Mask(Tensor([1, 0, 1]))?.packed == [0b1010_0000])
  }

  private func trained<Network: Classifier>(
    _ network: Network, steps: Int, batchSize: Int = 20
  ) throws -> Network {
    var configuration = DatasetConfiguration()
    configuration.numSamples = 100
    let dataset = try Dataset(configuration)
    var recipe = TrainingRecipe()
    recipe.steps = steps - 1
    recipe.batchSize = batchSize
    var training = try Training(
      of: network, on: Examples(dataset.x, dataset.y),
      testing: Examples(dataset.xTest, dataset.yTest), by: recipe)
    while !training.isFinished { try training.stepAndEvaluate() }
    return training.model
  }
}

@Suite("Tickets in files")
struct TicketFileTests {
  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tickets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("a network that PyTorch has pruned gives PyTorch's scores")
  func fromPyTorch() throws {
    let file = try TicketFile(reading: Fixture.url("ticket.safetensors").path)
    #expect(file.hiddenUnits == 17)
    var generator = TorchGenerator(seed: 0)
    let network = try file.masked(MultilayerPerceptron(hidden: 17, using: &generator))
    #expect(abs(network.mask.sparsity - 0.6) < 0.01)
    let dataset = try Dataset(DatasetConfiguration())
    let signals = Examples(dataset.xTest, dataset.yTest)[0..<8].inputs
    for (score, golden) in zip(network(signals).elements, try GoldenMasks.load().ticketScores) {
      #expect(abs(score - golden) <= 1e-5 * max(1, abs(golden)))
    }
  }

  @Test("weights and mask travel through a file", arguments: Architecture.paper)
  func roundTrip(_ architecture: Architecture) throws {
    try inFolder { folder in
      var generator = TorchGenerator(seed: 6)
      let network = BaselineNetwork(architecture, using: &generator)
      let mask = Mask(pruning: 0.8, ofLayersScoredBy: network.magnitudes)
      let path = folder.appendingPathComponent("t.safetensors").path
      try OutputFile.write(SafeTensors(ticketOf: network, mask: mask).encode(), to: path)
      let other = BaselineNetwork(architecture, using: &generator)
      let read = try TicketFile(reading: path).masked(other)
      #expect(read.network.digest == network.masked(by: mask).digest)
      #expect(read.mask.packed == mask.packed)
    }
  }

  @Test("what is no ticket is refused with a reason")
  func refusals() throws {
    try inFolder { folder in
      var generator = TorchGenerator(seed: 7)
      let network = LogisticRegression(using: &generator)
      let path = folder.appendingPathComponent("t.safetensors").path
      func expect(_ file: SafeTensors, toSay words: String) throws {
        try OutputFile.write(file.encode(), to: path)
        do {
          _ = try TicketFile(reading: path).masked(network)
          Issue.record("a file was taken that should have said \(words)")
        } catch {
          #expect(error.exitStatus == .badData)
          #expect(error.description.contains(words), "\(error)")
        }
      }
      try expect(SafeTensors(parametersOf: network), toSay: "it holds no masks")
      let whole = SafeTensors(ticketOf: network, mask: Mask(keepingAll: network))
      var missing = SafeTensors(tensors: [:])
      var fractional = missing
      var weightsOnly = missing
      for (name, array) in whole.tensors {
        let half = NumericArray([Float](repeating: 0.5, count: 10), shape: [10])
        if name != "linear.bias_mask" { _ = missing.tensors.append(array, named: name) }
        _ = fractional.tensors.append(name == "linear.bias_mask" ? half : array, named: name)
        if name.hasSuffix("_orig") { _ = weightsOnly.tensors.append(array, named: name) }
      }
      try expect(missing, toSay: "'linear.bias'")
      try expect(fractional, toSay: "linear.bias_mask holds 0.5")
      try expect(weightsOnly, toSay: "no masks")
      let wide = LogisticRegression(inputs: 41, using: &generator)
      let foreign = SafeTensors(ticketOf: wide, mask: Mask(keepingAll: wide))
      try expect(foreign, toSay: "41")
    }
  }
}
