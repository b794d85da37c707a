import Figures
import NeuralNetworks
import ReferenceRandom
import Runs

/// Notebook 9.5, augmentation: signals that are rotated and scaled at random are new examples of the same classes.
enum DataAugmentation: Notebook {
  static let number = "9.5"
  static let task = "Rotate and scale the training signals at random"
  static let epochs = 50

  static func run(epochs: Int) throws {
    let (training, test) = try examples()
    var scaled = descent(epochs, halvedEvery: 10)
    scaled.augmentScale = 0.2  // A factor from 0.8 to 1.2.
    var rotated = scaled
    rotated.augmentShift = 20  // By any number of the 40 points.
    let kinds = [
      ("as they are", descent(epochs, halvedEvery: 10)), ("scaled", scaled),
      ("scaled and rotated", rotated),
    ]

    var table = Table(
      "augmentation", title: "Errors after \(epochs) epochs",
      columns: ["training signals", "train error %", "test error %", "lowest test error %"])
    var curves: [Mark] = []
    for (kind, recipe) in kinds {
      var generator = TorchGenerator(seed: 0)
      let network = perceptron([200, 200], using: &generator)
      let measured = try evaluations(
        training: network, on: training, testing: test, by: recipe, using: generator)
      table.append([
        .text(kind), Cell(measured.last?.train.error), Cell(measured.last?.test.error),
        Cell(measured.map(\.test.error).min()),
      ])
      curves.append(curve(kind, measured.map(\.test.error), color: curves.count))
    }
    print(table.text, terminator: "")
    try draw(
      Panel(x: Axis("epoch"), y: Axis("test error (%)", from: 0, to: 100), marks: curves),
      "What augmentation is worth", to: "udl-9.5.svg")
  }
}
