import Figures
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs

/// Notebook 8.3, double descent: with more hidden units the test error falls, rises where the labels' noise is just
/// learned, and falls again.
enum DoubleDescent: Notebook {
  static let number = "8.3"
  static let task = "Train ever wider networks on labels of which 15 % are drawn at random"
  static let epochs = 1000
  static let widths = [
    2, 4, 6, 8, 10, 14, 18, 22, 26, 30, 35, 40, 45, 50, 55, 60, 70, 80, 90, 100, 120, 140, 160, 180,
    200, 250, 300, 400,
  ]

  static func run(epochs: Int) throws {
    let (clean, test) = try examples(DatasetConfiguration(numSamples: 8000, trainSplit: 0.5))
    var selection = ExampleSelection()
    selection.labelNoise = 0.15
    let training = try selection.training(from: clean, classes: 10, seed: 0)
    var recipe = descent(epochs, rate: 0.01, halvedEvery: 1)
    recipe.schedule = .constant

    var table = Table(
      "double-descent", title: "\(training.count) training examples, \(epochs) epochs",
      columns: ["hidden units", "parameters", "train error %", "test error %"])
    var (trainErrors, testErrors): ([Double], [Double]) = ([], [])
    for width in widths {
      var generator = TorchGenerator(seed: 0)
      let network = perceptron([width, width], using: &generator)
      var run = try Training(
        of: network, on: training, testing: test, by: recipe, using: generator)
      while !run.isFinished { try run.step() }
      trainErrors.append(run.model.score(on: training).error)
      testErrors.append(run.model.score(on: test).error)
      table.append([
        .integer(width), .integer(network.parameterCount), Cell(trainErrors.last),
        Cell(testErrors.last),
      ])
    }
    print(table.text, terminator: "")
    let x = widths.map(Double.init)
    try draw(
      Panel(
        x: Axis("hidden units in each of two layers", scale: .logarithmic),
        y: Axis("error (%)", from: 0, to: 100),
        marks: [
          .line(Line("train", x: x, y: trainErrors, color: .series(0), marker: .circle)),
          .line(Line("test", x: x, y: testErrors, color: .series(1), marker: .circle)),
        ]), "Double descent with 15 % of the labels drawn at random", to: "udl-8.3.svg")
  }
}
