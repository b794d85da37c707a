import Figures
import NeuralNetworks
import ReferenceRandom
import Runs

/// Notebook 20.2, full-batch gradient descent: networks are fitted to all examples without any noise of batches, and
/// deeper ones of as many parameters in fewer steps.
///
/// The notebook takes 200,000 steps at a rate of 0.0025, or 500,000 for one hidden layer. Forty times the rate goes about
/// as far in a fortieth of the steps.
enum FullBatchDescent: Notebook {
  static let number = "20.2"
  static let task = "Fit networks of one to four hidden layers by plain gradient descent"
  static let epochs = 5000
  static let shapes = [[298], [100, 100], [75, 75, 75], [63, 63, 63, 63]]

  static func run(epochs: Int) throws {
    let (training, test) = try examples()
    var recipe = TrainingRecipe()
    recipe.epochs = epochs
    recipe.batchSize = training.count
    recipe.optimizer = .sgd
    recipe.learningRate = 0.1
    recipe.evalEvery = max(1, epochs / 50)

    var table = Table(
      "full-batch", title: "Errors on \(training.count) training examples",
      columns: ["hidden layers", "parameters", "first loss", "last loss", "train error %"])
    var curves: [Mark] = []
    for shape in shapes {
      var generator = TorchGenerator(seed: 0)
      let network = perceptron(shape, using: &generator)
      var run = try Training(
        of: network, on: training, testing: test, by: recipe, using: generator)
      while !run.isFinished { try run.stepAndEvaluate() }
      let last = run.model.score(on: training)
      let name = shape.map(String.init).joined(separator: ", ")
      table.append([
        .text(name), .integer(network.parameterCount),
        .number(network.score(on: training).loss, decimals: 3), .number(last.loss, decimals: 3),
        .number(last.error),
      ])
      curves.append(
        .line(
          Line(
            name, x: run.evaluations.map { Double($0.step + 1) },
            y: run.evaluations.map(\.train.error), color: .series(curves.count))))
    }
    print(table.text, terminator: "")
    try draw(
      Panel(x: Axis("step"), y: Axis("training error (%)", from: 0, to: 100), marks: curves),
      "Plain gradient descent, by the widths of the hidden layers", to: "udl-20.2.svg")
  }
}
