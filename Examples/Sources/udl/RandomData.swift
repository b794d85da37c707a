import Figures
import NeuralNetworks
import ReferenceRandom
import Runs
import Tensors

/// Notebook 20.1, random data: a network with parameters enough learns also what has no rule, only more slowly.
enum RandomData: Notebook {
  static let number = "20.1"
  static let task = "Train on the true examples, on noise in their place, and on permuted labels"
  static let epochs = 60

  static func run(epochs: Int) throws {
    let (training, test) = try examples()
    var permutation = ExampleSelection()
    permutation.labels = .permuted
    let kinds = [
      ("true examples", training),
      ("random signals", Examples(inputs: noise(like: training.inputs), labels: training.labels)),
      ("permuted labels", try permutation.training(from: training, classes: 10, seed: 0)),
    ]

    var losses: [[Double]] = []
    for (_, examples) in kinds {
      var generator = TorchGenerator(seed: 0)
      let network = perceptron([300, 300, 300, 300], using: &generator)
      let measured = try evaluations(
        training: network, on: examples, testing: test,
        by: descent(epochs, rate: 0.02, halvedEvery: 20), using: generator)
      losses.append(measured.map(\.train.loss))
    }
    let table = Table(
      "random-data", title: "Training loss", columns: ["epoch"] + kinds.map { $0.0 },
      rows: shownEpochs(epochs).map { epoch in
        [.integer(epoch)] + losses.map { .number($0[epoch - 1], decimals: 4) }
      })
    print(table.text, terminator: "")
    try draw(
      Panel(
        x: Axis("epoch"), y: Axis("training loss", from: 0),
        marks: zip(kinds, losses).enumerated().map { curve($1.0.0, $1.1, color: $0) }),
      "What has no rule is learned, too", to: "udl-20.1.svg")
  }

  /// Normal numbers with the mean and the variance of some signals.
  private static func noise(like signals: Tensor) -> Tensor {
    var generator = TorchGenerator(seed: 1)
    let mean = signals.mean()
    let deviation = ((signals - mean) * (signals - mean)).mean().scalar.squareRoot()
    return Tensor.normal(signals.shape, using: &generator) * deviation + mean
  }
}
