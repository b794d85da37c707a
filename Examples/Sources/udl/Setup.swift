import Figures
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Storage

// What the notebooks have in common.

/// The examples of a dataset, as networks take them.
func examples(
  _ configuration: DatasetConfiguration = DatasetConfiguration()
) throws -> (training: Examples, test: Examples) {
  let dataset = try Dataset(configuration)
  return (Examples(dataset.x, dataset.y), Examples(dataset.xTest, dataset.yTest))
}

extension Linear {
  /// A layer with He's initialisation and a bias of zeros.
  static func he(_ inputs: Int, _ outputs: Int, using generator: inout TorchGenerator) -> Linear {
    Linear(
      weight: Initializer.kaimingUniform()([outputs, inputs], using: &generator),
      bias: .zeros([outputs]))
  }
}

/// A fully-connected network from 40 points through hidden layers of these widths to 10 classes.
func perceptron(_ widths: [Int], using generator: inout TorchGenerator) -> some Classifier {
  Sequential {
    Linear.he(40, widths[0], using: &generator)
    Relu()
    for (inputs, outputs) in zip(widths, widths.dropFirst()) {
      Linear.he(inputs, outputs, using: &generator)
      Relu()
    }
    Linear.he(widths[widths.count - 1], 10, using: &generator)
  }
}

/// Stochastic gradient descent with momentum on shuffled batches of 100, whose rate is halved after some epochs.
func descent(_ epochs: Int, rate: Double = 0.05, halvedEvery interval: Int) -> TrainingRecipe {
  var recipe = TrainingRecipe()
  recipe.epochs = epochs
  recipe.order = .shuffled
  recipe.optimizer = .sgd
  recipe.learningRate = rate
  recipe.momentum = 0.9
  recipe.schedule = .step
  recipe.decayEvery = interval * 40
  recipe.decayFactor = 0.5
  return recipe
}

/// What a network comes to after each epoch of a training.
func evaluations(
  training network: some Classifier, on training: Examples, testing test: Examples,
  by recipe: TrainingRecipe, using generator: TorchGenerator
) throws -> [Evaluation] {
  var run = try Training(
    of: network, on: training, testing: test, by: recipe, using: generator)
  while !run.isFinished { try run.stepAndEvaluate() }
  return run.evaluations
}

extension Score {
  /// The share of examples that are classified wrongly, in percent.
  var error: Double { 100 - accuracy }
}

/// Some ten of a training's epochs, the first and the last among them, counted from 1.
func shownEpochs(_ count: Int) -> [Int] {
  Array(Set(stride(from: 1, through: 10, by: 1).map { 1 + ($0 - 1) * (count - 1) / 9 })).sorted()
}

/// A curve with a value for each epoch.
func curve(_ label: String, _ values: [Double], color: Int) -> Mark {
  .line(Line(label, x: values.indices.map { Double($0 + 1) }, y: values, color: .series(color)))
}

/// Draws a panel into a file of the current folder.
func draw(_ panel: Panel, _ title: String, to path: String) throws {
  let figure = Figure(title: title, panels: [panel])
  try OutputFile.write(Array(figure.svg().utf8), to: path)
  print("\nDrawn as \(path)")
}
