import NeuralNetworks

extension Architecture: Codable {}
