import NeuralNetworks
import Storage

// How a training is told by settings: under the properties' own names, which the command line spells with hyphens.

extension TrainingRecipe: Codable {
  /// All settings, in the order in which they are written.
  package static var fields: [CodedField<TrainingRecipe>] {
    [
      .init("steps", \.steps, "The number of the last step."),
      .init("epochs", \.epochs, "How often every example is seen, instead of steps."),
      .init("batchSize", \.batchSize, "How many examples a step sees."),
      .init("order", \.order, "The order of the examples: in-order, or shuffled for every epoch."),
      .init("optimizer", \.optimizer, "The rule: sgd, rmsprop, adam or adamw."),
      .init("learningRate", \.learningRate, "The step size."),
      .init("momentum", \.momentum, "How much of the last step sgd keeps."),
      .init("nesterov", \.nesterov, "Whether that momentum is Nesterov's."),
      .init(
        "weightDecay", \.weightDecay,
        "The factor of the L2 penalty's gradient; for adamw, how strongly the weights shrink."),
      .init(
        "schedule", \.schedule,
        "How the learning rate changes: constant, step, or to 0 by linear or cosine."),
      .init(
        "decayEvery", \.decayEvery, "After how many steps the schedule step multiplies the rate."),
      .init("decayFactor", \.decayFactor, "By what the schedule step multiplies the rate."),
      .init("warmUp", \.warmUp, "Over how many steps the rate rises from 0 first."),
      .init("loss", \.loss, "What is made small: nll, cross-entropy, or mse on one-hot targets."),
      .init(
        "labelSmoothing", \.labelSmoothing, "How much of a target's weight all classes share."),
      .init("clipNorm", \.clipNorm, "The greatest Euclidean norm of a gradient."),
      .init(
        "augmentShift", \.augmentation.shift,
        "By how many points a training signal is rotated at random, at most."),
      .init(
        "augmentFlip", \.augmentation.flip,
        "The probability with which a training signal runs backwards."),
      .init(
        "augmentScale", \.augmentation.scale,
        "How far the random factor of a training signal's height is from 1 at most."),
      .init(
        "augmentNoise", \.augmentation.noise,
        "The standard deviation of the noise that is added to training signals."),
      .init(
        "evalEvery", \.evalEvery,
        "Every how many steps to evaluate; 250 or, with epochs, the end of each unless given."),
      .init(
        "patience", \.patience,
        "Stop after so many evaluations in a row without a better one."),
    ]
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    try CodedField.decode(&self, as: Self.fields, from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    try CodedField.encode(self, as: Self.fields, to: encoder)
  }
}

extension ExampleSelection: Codable {
  /// All settings, in the order in which they are written.
  package static var fields: [CodedField<ExampleSelection>] {
    [
      .init("classes", \.classes, "Which classes are learned and tested; none for all."),
      .init(
        "trainingExamples", \.trainingExamples,
        "How many training examples there are, the first ones."),
      .init(
        "labelNoise", \.labelNoise,
        "The probability with which a training label is replaced by a random one."),
      .init(
        "labels", \.labels,
        "Whose the training labels are: own, or permuted at random among the examples."),
    ]
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    try CodedField.decode(&self, as: Self.fields, from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    try CodedField.encode(self, as: Self.fields, to: encoder)
  }
}

extension OptimizerName: Codable {}
extension TrainingRecipe.Order: Codable {}
extension TrainingRecipe.Schedule: Codable {}
extension ExampleSelection.Labels: Codable {}
extension ClassificationLoss: Codable {}
