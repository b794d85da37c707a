import Fixtures
import NeuralNetworks

/// What PyTorch gave, from `Golden/networks.json`.
struct GoldenNetworks: Decodable {
  struct Model: Decodable {
    var parameterCount: Int
    var initial: [String: String]
    var losses: [Double]
  }

  struct Optimizers: Decodable {
    var start: [Float]
    var target: [Float]
    var trajectories: [String: [[Float]]]
  }

  var models: [String: Model]
  var scores: [String: [Float]]
  var optimizers: Optimizers

  static func load() throws -> GoldenNetworks {
    try Fixture.json("networks.json", as: GoldenNetworks.self)
  }
}
