import NeuralNetworks

extension Architecture {
  /// How long a step takes, measured on batches of 100, in those of a logistic regression.
  var relativeCost: Double {
    switch self {
    case .logistic: 1
    case .mlp, .deepMLP, .residualMLP: 12
    case .cnn: 22
    case .gru: 30
    case .local: 60
    case .tcn, .resnet: 120
    case .mixer: 150
    case .transformer: 200
    }
  }

  /// The same on images of 28×28 pixels, of the kinds that read images.
  var relativeCostOnImages: Double {
    switch self {
    case .logistic: 10
    case .cnn: 300
    case .gru: 40
    default: 30
    }
  }
}
