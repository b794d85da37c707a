import Figures
import NeuralNetworks
import ReferenceRandom
import Runs

/// Notebook 20.3, lottery tickets: of a trained network the smallest weights are pruned, the others start anew from
/// where they were, and so on; up to some point the network becomes better.
///
/// `mnist1d reproduce lottery` asks what their lead rests on.
enum LotteryTickets: Notebook {
  static let number = "20.3"
  static let task = "Prune a network again and again, and train what is left from its first weights"
  static let epochs = 38
  static let sparsities = [0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.96, 0.98, 0.99]

  static func run(epochs: Int) throws {
    let (training, test) = try examples()
    var recipe = TrainingRecipe()  // Adam
    recipe.epochs = epochs
    recipe.learningRate = 0.02

    var generator = TorchGenerator(seed: 0)
    let initial = MultilayerPerceptron(hidden: 500, using: &generator)
    var mask = Mask(keepingAll: initial)
    var table = Table(
      "tickets", title: "After \(epochs) epochs each",
      columns: ["sparsity %", "weights", "train loss", "test loss", "test error %"])
    var errors: [Double] = []
    for sparsity in sparsities {
      var run = try Training(
        of: Masked(initial, by: mask), on: training, testing: test, by: recipe, using: generator)
      while !run.isFinished { try run.step() }
      let (train, test) = (run.model.score(on: training), run.model.score(on: test))
      errors.append(test.error)
      table.append([
        .integer(Int((100 * sparsity).rounded())), .integer(mask.count),
        .number(train.loss, decimals: 3), .number(test.loss, decimals: 3), .number(test.error),
      ])
      if let next = sparsities.first(where: { $0 > sparsity }) {
        mask = Mask(pruning: next, ofLayersScoredBy: run.model.network.magnitudes)
      }
    }
    print(table.text, terminator: "")
    try draw(
      Panel(
        x: Axis("sparsity (%)"), y: Axis("test error (%)", from: 0, to: 100),
        marks: [
          .rule(Rule(.horizontal(errors[0]), label: "dense")),
          .line(Line(x: sparsities.map { 100 * $0 }, y: errors, marker: .circle)),
        ]), "A lottery ticket in a network of 500 hidden units", to: "udl-20.3.svg")
  }
}
