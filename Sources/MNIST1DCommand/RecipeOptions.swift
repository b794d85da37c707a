import ArgumentParser
import DataFormats
import NeuralNetworks
import Runs
import Storage
import StudyCommands

/// Every setting of a training, under the names that a sweep uses.
struct RecipeOptions: ParsableArguments {
  @Option(number: help("steps", "n")) var steps = TrainingRecipe().steps
  @Option(number: help("epochs", "n")) var epochs: Int?
  @Option(number: help("batchSize", "n")) var batchSize = TrainingRecipe().batchSize
  @Option(help: help("order")) var order = TrainingRecipe().order
  @Option(help: help("optimizer")) var optimizer = TrainingRecipe().optimizer
  @Option(number: help("learningRate", "x")) var learningRate = TrainingRecipe().learningRate
  @Option(number: help("momentum", "x")) var momentum = TrainingRecipe().momentum
  @Flag(help: help("nesterov")) var nesterov = false
  @Option(number: help("weightDecay", "x")) var weightDecay = TrainingRecipe().weightDecay
  @Option(help: help("schedule")) var schedule = TrainingRecipe().schedule
  @Option(number: help("decayEvery", "n")) var decayEvery = TrainingRecipe().decayEvery
  @Option(number: help("decayFactor", "x")) var decayFactor = TrainingRecipe().decayFactor
  @Option(number: help("warmUp", "n")) var warmUp = TrainingRecipe().warmUp
  @Option(help: help("loss")) var loss = TrainingRecipe().loss
  @Option(number: help("labelSmoothing", "x")) var labelSmoothing = TrainingRecipe().labelSmoothing
  @Option(number: help("clipNorm", "x")) var clipNorm: Double?
  @Option(number: help("augmentShift", "n")) var augmentShift = Augmentation().shift
  @Option(number: help("augmentFlip", "p")) var augmentFlip = Augmentation().flip
  @Option(number: help("augmentScale", "x")) var augmentScale = Augmentation().scale
  @Option(number: help("augmentNoise", "x")) var augmentNoise = Augmentation().noise
  @Option(number: help("evalEvery", "n")) var evalEvery: Int?
  @Option(number: help("patience", "n")) var patience: Int?

  var recipe: TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.steps = steps
    recipe.epochs = epochs
    recipe.batchSize = batchSize
    recipe.order = order
    recipe.optimizer = optimizer
    recipe.learningRate = learningRate
    recipe.momentum = momentum
    recipe.nesterov = nesterov
    recipe.weightDecay = weightDecay
    recipe.schedule = schedule
    recipe.decayEvery = decayEvery
    recipe.decayFactor = decayFactor
    recipe.warmUp = warmUp
    recipe.loss = loss
    recipe.labelSmoothing = labelSmoothing
    recipe.clipNorm = clipNorm
    recipe.augmentation.shift = augmentShift
    recipe.augmentation.flip = augmentFlip
    recipe.augmentation.scale = augmentScale
    recipe.augmentation.noise = augmentNoise
    recipe.evalEvery = evalEvery
    recipe.patience = patience
    return recipe
  }
}

/// What is learned of a dataset, under the names that a sweep uses.
struct SelectionOptions: ParsableArguments {
  @Option(help: selectionHelp("classes", "n,n"), transform: wholeNumbers) var classes: [Int] = []
  @Option(number: selectionHelp("trainingExamples", "n")) var trainingExamples: Int?
  @Option(number: selectionHelp("labelNoise", "p")) var labelNoise = ExampleSelection().labelNoise
  @Option(help: selectionHelp("labels")) var labels = ExampleSelection().labels

  var selection: ExampleSelection {
    var selection = ExampleSelection()
    selection.classes = classes
    selection.trainingExamples = trainingExamples
    selection.labelNoise = labelNoise
    selection.labels = labels
    return selection
  }
}

/// The numbers of a list as a setting has it, such as `0,1,5..7`.
private func wholeNumbers(_ word: String) throws -> [Int] {
  guard let numbers = [Int](written: word) else {
    throw ValidationError("it takes whole numbers such as 1,2,3 or 0..9")
  }
  return numbers
}

/// What a setting of a training means, from the list of them.
private func help(_ name: String, _ placeholder: String? = nil) -> ArgumentHelp {
  help(name, among: TrainingRecipe.fields, placeholder)
}

private func selectionHelp(_ name: String, _ placeholder: String? = nil) -> ArgumentHelp {
  help(name, among: ExampleSelection.fields, placeholder)
}

private func help<Record>(
  _ name: String, among fields: [CodedField<Record>], _ placeholder: String?
) -> ArgumentHelp {
  guard let field = fields.first(where: { $0.name == name }) else {
    preconditionFailure("a training has no setting \(name)")
  }
  return ArgumentHelp(field.meaning, valueName: placeholder)
}

extension OptimizerName: ExpressibleByArgument {}
extension TrainingRecipe.Order: ExpressibleByArgument {}
extension TrainingRecipe.Schedule: ExpressibleByArgument {}
extension ClassificationLoss: ExpressibleByArgument {}
extension ExampleSelection.Labels: ExpressibleByArgument {}
