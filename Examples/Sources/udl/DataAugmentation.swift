import Figures
import NeuralNetworks
import ReferenceRandom
import Runs

/// Notebook 9.5, augmentation: signals that are rotated and scaled at random are new examples of the same classes, as long
/// as examples look like that.
///
/// The notebook adds 4000 such signals to the training examples; here every batch draws new ones.
enum DataAugmentation: Notebook {
  static let number = "9.5"
  static let task = "Rotate and scale the training signals at random"
  static let epochs = 50

  static func run(epochs: Int) throws {
    let (training, test) = try examples()
    func recipe(scale: Double = 0, shift: Int = 0) -> TrainingRecipe {
      var recipe = descent(epochs, halvedEvery: 10)
      recipe.augmentation.scale = scale
      recipe.augmentation.shift = shift
      return recipe
    }
    let kinds = [
      ("as they are", recipe()),
      ("scaled, by 0.8 to 1.2", recipe(scale: 0.2)),
      ("rotated, by 3 points at most", recipe(shift: 3)),
      ("rotated, by any number of points", recipe(shift: 20)),
      ("scaled, and rotated by 3 at most", recipe(scale: 0.2, shift: 3)),
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
