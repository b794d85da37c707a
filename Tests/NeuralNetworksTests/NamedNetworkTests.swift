import Fixtures
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

@Suite("A network by its name", .serialized)
struct NamedNetworkTests {
  private struct Golden: Decodable {
    var parameters: Int
    var names: [String]
    var losses: [Float]
    var final: Double
  }

  private static let others = Architecture.allCases.filter { !Architecture.paper.contains($0) }

  private func data() -> Examples {
    var generator = TorchGenerator(seed: 2)
    return Examples(
      inputs: Tensor(generator.normal(count: 4000), shape: [100, 40]),
      labels: (0..<100).map { Int32($0 % 10) })
  }

  /// The network that a fixture's name describes, such as `tcn depth=2`.
  private func network(_ name: String) throws -> BaselineNetwork {
    var words = name.split(separator: " ").map(String.init)
    let architecture = try #require(Architecture(rawValue: words.removeFirst()))
    var settings = NetworkSettings()
    for word in words {
      let parts = word.split(separator: "=").map(String.init)
      switch parts[0] {
      case "widths": settings.widths = parts[1].split(separator: ",").compactMap { Int($0) }
      case "depth": settings.depth = Int(parts[1])
      case "positions": settings.positions = parts[1] == "true"
      default: Issue.record("\(word)")
      }
    }
    try settings.validate(for: architecture, inputs: 40)
    var generator = TorchGenerator(seed: 1)
    return BaselineNetwork(architecture, settings, using: &generator)
  }

  private func training(
    _ network: BaselineNetwork, steps: Int = 12, dropout: Bool = false
  ) throws -> RecipeTraining<BaselineNetwork> {
    var recipe = TrainingRecipe()
    (recipe.steps, recipe.batchSize, recipe.evalEvery) = (steps - 1, 20, 5)
    (recipe.optimizer, recipe.learningRate) = (.sgd, 0.05)
    return try Training(
      of: network, on: data(), testing: data(), by: recipe, using: TorchGenerator(seed: 4))
  }

  @Test(
    "starts from PyTorch's bits and learns as PyTorch's does",
    arguments: [
      "deep-mlp", "deep-mlp widths=30,20,50", "residual-mlp depth=4", "resnet", "tcn", "local",
      "mixer",
      "transformer", "transformer positions=false",
    ])
  func golden(name: String) throws {
    let goldens = try Fixture.json("named_networks.json", as: [String: Golden].self)
    let golden = try #require(goldens[name])
    let network = try network(name)
    #expect(network.parameterCount == golden.parameters)
    #expect(Set(network.namedParameters.map(\.name)) == Set(golden.names))
    var training = try training(network)
    for theirs in golden.losses {
      let ours = try training.stepAndEvaluate().trainLoss
      #expect(abs(ours - theirs) < 1e-4, "\(name): \(ours) and \(theirs)")
    }
    #expect(abs(training.model.score(on: data()).loss - golden.final) < 1e-3)
  }

  @Test("has the same bits for any number of threads and on every kernel path", arguments: others)
  func sameBits(architecture: Architecture) throws {
    var settings = NetworkSettings()
    if NetworkSettings.names(for: architecture).contains("dropout") { settings.dropout = 0.2 }
    func digest(_ threads: Int) throws -> String {
      try Kernels.withThreads(threads) {
        var generator = TorchGenerator(seed: 1)
        var training = try training(BaselineNetwork(architecture, settings, using: &generator))
        while !training.isFinished { try training.stepAndEvaluate() }
        return training.model.digest
      }
    }
    let own = try digest(1)
    #expect(try digest(3) == own)
  }

  @Test("resumes to the same bits, with what it draws and remembers", arguments: others)
  func resumes(architecture: Architecture) throws {
    var settings = NetworkSettings()
    if NetworkSettings.names(for: architecture).contains("dropout") { settings.dropout = 0.2 }
    var generator = TorchGenerator(seed: 1)
    let network = BaselineNetwork(architecture, settings, using: &generator)
    var whole = try training(network)
    for _ in 0..<5 { try whole.stepAndEvaluate() }
    let state = whole.state
    while !whole.isFinished { try whole.stepAndEvaluate() }
    var resumed = try training(network)
    try resumed.resume(from: state)
    while !resumed.isFinished { try resumed.stepAndEvaluate() }
    #expect(resumed.model.digest == whole.model.digest)
    #expect(resumed.evaluations == whole.evaluations)
  }

  @Test("takes only the settings of its kind, and says what is wrong with them")
  func settings() {
    func error(
      _ architecture: Architecture, inputs: Int = 40, _ change: (inout NetworkSettings) -> Void
    ) -> String? {
      var settings = NetworkSettings()
      change(&settings)
      do throws(TrainingError) {
        try settings.validate(for: architecture, inputs: inputs)
        return nil
      } catch {
        return error.description
      }
    }
    for architecture in Architecture.allCases { #expect(error(architecture) { _ in } == nil) }
    #expect(error(.mlp) { $0.hidden = 0 } == "hidden is 0; it must be 1 or more.")
    #expect(error(.cnn) { $0.hidden = 0 } == nil)
    #expect(error(.cnn, inputs: 2) { _ in }?.contains("3 or more for the cnn") == true)
    #expect(error(.resnet) { $0.kernel = 4 } == "kernel is 4; it must be odd for the resnet.")
    #expect(error(.resnet) { $0.depth = 6 } == nil)
    #expect(error(.resnet) { $0.depth = 7 }?.contains("leave two positions or more") == true)
    #expect(error(.resnet, inputs: 4) { _ in }?.contains("depth is 3") == true)
    #expect(error(.tcn) { $0.depth = 21 }?.contains("at most 20") == true)
    #expect(error(.local, inputs: 3) { $0.kernel = 6 }?.contains("5 or less") == true)
    #expect(error(.local, inputs: 3) { $0.kernel = 5 } == nil)
    #expect(error(.mixer, inputs: 41) { _ in }?.contains("a divisor of 41") == true)
    #expect(error(.transformer) { $0.heads = 5 }?.contains("a divisor of 32") == true)
    #expect(error(.transformer) { $0.dropout = 1 }?.contains("dropout is 1.0") == true)
    #expect(error(.deepMLP) { ($0.widths, $0.depth) = ([3], 1) }?.contains("absent where") == true)
    #expect(error(.deepMLP) { $0.widths = [3, 0] } == "widths is 0; it must be 1 or more.")
  }

  @Test("of convolutions takes the shortest signal that it accepts")
  func shortest() throws {
    for (architecture, inputs, kernel) in [
      (Architecture.local, 3, 5), (.local, 1, 3), (.resnet, 5, 3), (.tcn, 1, 3), (.cnn, 3, nil),
    ] as [(Architecture, Int, Int?)] {
      var settings = NetworkSettings()
      settings.kernel = kernel
      try settings.validate(for: architecture, inputs: inputs)
      var generator = TorchGenerator(seed: 1)
      let network = BaselineNetwork(architecture, settings, inputs: inputs, using: &generator)
      #expect(network(.ones([2, inputs])).shape == [2, 10])
    }
  }
}
