import Figures
import NeuralNetworks
import ReferenceRandom
import Runs

/// Notebook 8.1, MNIST-1D performance: a network learns its training examples by heart while the test error stays.
enum Performance: Notebook {
  static let number = "8.1"
  static let task = "Train a network with two hidden layers, and watch training and test error"
  static let epochs = 50

  static func run(epochs: Int) throws {
    let (training, test) = try examples()
    var generator = TorchGenerator(seed: 0)
    let network = Sequential {
      Linear.he(40, 100, using: &generator)
      Relu()
      Linear.he(100, 100, using: &generator)
      Relu()
      Linear.he(100, 10, using: &generator)
    }
    let measured = try evaluations(
      training: network, on: training, testing: test,
      by: descent(epochs, halvedEvery: 10), using: generator)
    let table = Table(
      "performance", title: "\(network.parameterCount) parameters",
      columns: ["epoch", "train loss", "train error %", "test loss", "test error %"],
      rows: shownEpochs(measured.count).map { epoch in
        let (train, test) = (measured[epoch - 1].train, measured[epoch - 1].test)
        return [
          .integer(epoch), .number(train.loss, decimals: 3), .number(train.error),
          .number(test.loss, decimals: 3), .number(test.error),
        ]
      })
    print(table.text, terminator: "")
    try draw(
      Panel(
        x: Axis("epoch"), y: Axis("error (%)", from: 0, to: 100),
        marks: [
          curve("train", measured.map(\.train.error), color: 0),
          curve("test", measured.map(\.test.error), color: 1),
        ]),
      "What is learned, and what of it is good for new examples", to: "udl-8.1.svg")
  }
}
