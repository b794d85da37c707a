import Figures
import NeuralNetworks
import ReferenceRandom
import Runs

/// Notebook 10.2, convolution for MNIST-1D: a network that looks at three neighbours at a time, beside the one of
/// notebook 8.1 that looks at all points at once.
enum Convolution: Notebook {
  static let number = "10.2"
  static let task = "Train a convolutional network, and compare it with a fully-connected one"
  static let epochs = 100

  static func run(epochs: Int) throws {
    let data = try examples()
    var table = Table(
      "convolution", title: "Errors after \(epochs) epochs",
      columns: ["network", "parameters", "train error %", "test error %"])
    var curves: [Mark] = []

    func train(_ name: String, _ network: some Classifier, using generator: TorchGenerator) throws {
      let measured = try evaluations(
        training: network, on: data.training, testing: data.test,
        by: descent(epochs, halvedEvery: 20), using: generator)
      table.append([
        .text(name), .integer(network.parameterCount), Cell(measured.last?.train.error),
        Cell(measured.last?.test.error),
      ])
      curves.append(curve(name, measured.map(\.test.error), color: curves.count))
    }

    var generator = TorchGenerator(seed: 0)
    let connected = perceptron([100, 100], using: &generator)
    try train("fully connected", connected, using: generator)

    generator = TorchGenerator(seed: 0)
    let convolutional = Sequential {
      Unflatten()  // 1 channel of 40 positions
      Conv1D(1, 15, kernel: 3, stride: 2, using: &generator)  // 19 positions
      Relu()
      Conv1D(15, 15, kernel: 3, stride: 2, using: &generator)  // 9
      Relu()
      Conv1D(15, 15, kernel: 3, stride: 2, using: &generator)  // 4
      Relu()
      Flatten()
      Linear.he(60, 10, using: &generator)
    }
    try train("convolutional", convolutional, using: generator)

    print(table.text, terminator: "")
    try draw(
      Panel(x: Axis("epoch"), y: Axis("test error (%)", from: 0, to: 100), marks: curves),
      "What knowing of neighbours is worth", to: "udl-10.2.svg")
  }
}
