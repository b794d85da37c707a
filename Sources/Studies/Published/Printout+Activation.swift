import NeuralNetworks

extension Printout {
  /// The mean inner losses of six well-known functions.
  package static let activations: [Printout] = [
    activation(.relu, "1.3369015"), activation(.swish, "1.3675405"),
    activation(.elu, "1.4736847"), activation(.softplus, "1.6467019"),
    activation(.tanh, "1.5242596"), activation(.sigmoid, "1.7532207"),
  ]

  private static func activation(_ function: Nonlinearity, _ loss: String) -> Printout {
    Printout(
      .activation(function: function), "7878d96, metalearn-activation-function, cell 17",
      ["mean inner loss"], "0 \(loss)")
  }

  /// The first outer steps of the notebook's latest version, which ran on a graphics processor, and of an earlier one.
  package static let learnedActivation: [Printout] = [
    learned(
      "7878d96, metalearn-activation-function, cell 14",
      """
      0 5.2e-02 1.352e+00 1.353e+00 48.6
      1 8.3e-02 1.314e+00 1.284e+00 50.6
      2 9.5e-02 1.284e+00 1.247e+00 52.4
      3 1.2e-01 1.252e+00 1.208e+00 55.4
      4 1.5e-01 1.212e+00 1.156e+00 58.2
      5 1.2e-01 1.170e+00 1.089e+00 59.2
      6 1.3e-01 1.132e+00 1.050e+00 59.4
      7 1.3e-01 1.093e+00 1.023e+00 61.0
      8 6.6e-02 1.058e+00 9.984e-01 61.8
      9 3.4e-02 1.043e+00 9.887e-01 61.4
      10 2.7e-02 1.033e+00 1.007e+00 59.4
      11 9.0e-02 1.022e+00 1.031e+00 61.8
      12 1.2e-02 9.986e-01 1.040e+00 63.8
      13 3.9e-01 9.936e-01 1.025e+00 63.6
      14 2.3e-02 9.943e-01 9.233e-01 63.0
      15 4.4e-03 9.917e-01 9.322e-01 63.8
      16 3.4e-03 9.907e-01 9.282e-01 63.4
      17 3.7e-03 9.896e-01 9.261e-01 63.8
      18 3.2e-03 9.885e-01 9.252e-01 64.6
      19 3.4e-03 9.876e-01 9.249e-01 64.4
      20 4.0e-03 9.867e-01 9.244e-01 64.0
      21 3.5e-03 9.857e-01 9.228e-01 64.0
      22 3.2e-03 9.847e-01 9.233e-01 64.4
      23 3.2e-03 9.838e-01 9.213e-01 64.8
      24 3.9e-03 9.829e-01 9.197e-01 64.6
      25 1.9e-02 9.824e-01 9.192e-01 64.2
      26 3.5e-03 9.827e-01 9.142e-01 64.6
      27 2.9e-03 9.816e-01 9.070e-01 64.2
      28 7.7e-03 9.804e-01 9.095e-01 65.0
      29 4.2e-03 9.792e-01 9.084e-01 64.8
      30 4.4e-03 9.785e-01 9.113e-01 64.8
      """),
    learned(
      "5907490, 8. metalearn_activation_function, cell 14",
      """
      0 5.2e-02 1.352e+00 1.353e+00 48.6
      1 8.4e-02 1.314e+00 1.284e+00 50.6
      2 9.4e-02 1.284e+00 1.248e+00 52.6
      3 1.2e-01 1.252e+00 1.208e+00 55.4
      4 1.5e-01 1.212e+00 1.156e+00 58.4
      5 1.2e-01 1.170e+00 1.089e+00 59.2
      6 1.3e-01 1.132e+00 1.050e+00 59.4
      7 1.3e-01 1.093e+00 1.023e+00 61.0
      8 6.6e-02 1.058e+00 9.983e-01 61.8
      9 3.3e-02 1.043e+00 9.886e-01 61.4
      10 4.2e-02 1.033e+00 1.006e+00 59.2
      11 1.4e-01 1.018e+00 1.032e+00 62.2
      12 4.6e-01 9.932e-01 1.022e+00 64.0
      13 1.9e-02 9.973e-01 9.188e-01 64.2
      14 4.9e-03 9.924e-01 9.317e-01 63.4
      15 3.1e-03 9.914e-01 9.293e-01 63.4
      16 3.4e-03 9.904e-01 9.280e-01 63.4
      17 4.0e-03 9.894e-01 9.280e-01 64.0
      18 3.4e-03 9.884e-01 9.259e-01 63.8
      19 3.2e-03 9.874e-01 9.238e-01 64.6
      20 3.3e-03 9.865e-01 9.231e-01 64.6
      21 3.3e-03 9.856e-01 9.227e-01 64.6
      22 3.7e-03 9.847e-01 9.221e-01 64.8
      23 9.1e-03 9.838e-01 9.205e-01 64.4
      24 7.2e-03 9.834e-01 9.155e-01 64.8
      25 3.9e-03 9.822e-01 9.146e-01 64.6
      26 5.6e-03 9.812e-01 9.167e-01 64.4
      27 3.3e-03 9.807e-01 9.135e-01 64.8
      28 3.6e-03 9.799e-01 9.126e-01 64.4
      29 9.2e-03 9.789e-01 9.132e-01 64.2
      30 1.0e-02 9.792e-01 9.078e-01 65.0
      """),
  ]

  private static func learned(_ source: String, _ text: String) -> Printout {
    Printout(
      .learnedActivation, source,
      ["gradient's square", "outer objective", "final inner loss", "test accuracy"], text)
  }
}
