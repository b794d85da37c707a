import NeuralNetworks

extension Printout {
  /// The baselines of the first quickstart; `set_seed(42)` before each reaches PyTorch there.
  ///
  /// The notebook building_mnist1d, cell 31, prints the same digits.
  package static let quickstart: [Printout] = [
    printout(
      .logistic,
      """
      1000 1.537e+00 1.663e+00 37.0 32.4
      2000 1.533e+00 1.667e+00 37.1 32.0
      3000 1.534e+00 1.670e+00 37.1 31.6
      4000 1.534e+00 1.671e+00 37.1 31.3
      5000 1.535e+00 1.672e+00 37.2 31.7
      6000 1.535e+00 1.673e+00 37.2 31.7
      """),
    printout(
      .mlp,
      """
      1000 1.979e-01 1.910e+00 90.6 63.6
      2000 1.300e-01 3.025e+00 94.8 62.3
      3000 8.255e-02 3.798e+00 97.2 62.3
      4000 1.276e-01 4.466e+00 97.8 63.4
      5000 8.825e-02 5.397e+00 99.0 63.3
      6000 7.641e-05 5.538e+00 100.0 64.6
      """),
    printout(
      .cnn,
      """
      1000 6.680e-02 3.277e-01 98.2 90.7
      2000 1.701e-01 3.921e-01 97.9 89.8
      3000 2.670e-04 3.354e-01 100.0 93.4
      4000 7.659e-05 3.729e-01 100.0 93.0
      5000 3.722e-05 4.009e-01 100.0 92.7
      6000 1.999e-05 4.200e-01 100.0 92.5
      """),
    printout(
      .gru,
      """
      1000 9.236e-02 3.444e-01 95.0 88.0
      2000 6.170e-02 4.258e-01 97.3 88.3
      3000 2.165e-02 4.552e-01 98.5 89.7
      4000 5.050e-02 5.415e-01 97.2 87.8
      5000 1.034e-02 5.300e-01 99.8 90.1
      6000 4.563e-03 5.226e-01 99.8 91.1
      """),
  ]

  private static func printout(_ model: Architecture, _ text: String) -> Printout {
    Printout(.quickstart(model: model), "08ff47f, quickstart, cell 17", trainingQuantities, text)
  }

  /// What `train_model` prints.
  static let trainingQuantities = ["train loss", "test loss", "train accuracy", "test accuracy"]
}
