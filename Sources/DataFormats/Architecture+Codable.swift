import NeuralNetworks

/// A model's name in files and among the settings of a study.
extension Architecture: Codable {}
