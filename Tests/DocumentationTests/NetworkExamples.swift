import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Tensors
import Testing

private struct Curve: Parameterized, Sendable {
  var slope = Tensor(0)
  func callAsFunction(_ x: Tensor) -> Tensor { slope * x }
  mutating func visitParameters(_ visit: inout some ParameterVisitor) { visit("slope", &slope) }
}

private struct Points: TrainingData {
  var x: Tensor
  var y: Tensor
  var count: Int { x.count }
  subscript(range: Range<Int>) -> Points { Points(x: x.sliced(range), y: y.sliced(range)) }
  func gathered(_ rows: [Int]) -> Points { Points(x: x.gathered(rows), y: y.gathered(rows)) }
  var identity: String { [x, y].digest }
}

private func rootMeanSquaredError(of curve: Curve, on points: Points) -> Double {
  Double(square(curve(points.x) - points.y).mean().scalar).squareRoot()
}

/// The examples of the module `NeuralNetworks`.
@Suite("Examples with networks")
struct NetworkExamples {
  private func training() throws {
    let dataset = try Dataset(DatasetConfiguration())
    var generator = TorchGenerator(seed: 42)
    var training = try Training(
      of: MultilayerPerceptron(using: &generator),
      on: Examples(dataset.x, dataset.y), testing: Examples(dataset.xTest, dataset.yTest))
    while !training.isFinished { try training.stepAndEvaluate() }
    print(training.best!.test.accuracy)
  }

  private func convolutional() throws {
    let dataset = try Dataset(DatasetConfiguration())
    var generator = TorchGenerator(seed: 42)  // the weights that torch.manual_seed(42) gives
    var training = try Training(
      of: ConvolutionalNetwork(using: &generator),
      on: Examples(dataset.x, dataset.y), testing: Examples(dataset.xTest, dataset.yTest))
    while !training.isFinished { try training.stepAndEvaluate() }
    print(training.best!.test.accuracy)
  }

  private func residual(_ x: Tensor, using generator: inout TorchGenerator) -> Tensor {
    let network = Sequential {
      Unflatten()  // [batch, 40] → [batch, 1, 40]
      Conv1D(1, 16, kernel: 3, padding: 1, bias: false, using: &generator)
      BatchNorm1D(16)
      Relu()
      for dilation in [1, 2, 4] {
        Residual {
          Conv1D(16, 16, kernel: 3, padding: dilation, dilation: dilation, using: &generator)
          BatchNorm1D(16)
          Relu()
        }
      }
      GlobalAveragePooling1D()
      Dropout(0.1)
      Linear(16, 10, using: &generator)
    }
    return network(x)
  }

  private func pooled(_ x: Tensor, using generator: inout TorchGenerator) -> Tensor {
    let network = Sequential {
      Unflatten(channels: 1)
      Conv1D(1, 20, kernel: 3, padding: 1, using: &generator)
      Relu()
      Pooling1D(.max, width: 2)
      Flatten()
      Linear(400, 10, using: &generator)
    }
    return network(x)
  }

  private func digits(_ images: Tensor, using generator: inout TorchGenerator) -> Tensor {
    let digits = ImageShape(height: 28, width: 28)
    let network = BaselineNetwork(.cnn, image: digits, using: &generator)
    let scores = network(images)  // [batch, 784] → [batch, 10]
    return scores
  }

  @Test("give scores for every signal of a batch")
  func scores() {
    var generator = TorchGenerator(seed: 1)
    let x = Tensor.normal([3, 40], using: &generator)
    #expect(residual(x, using: &generator).shape == [3, 10])
    #expect(digits(.zeros([3, 784]), using: &generator).shape == [3, 10])
    #expect(pooled(x, using: &generator).shape == [3, 10])
  }

  struct Perceptron: Classifier, ContextualLayer {
    var hidden: Linear, norm: BatchNorm1D, dropout = Dropout(0.2), scores: Linear

    mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
      let h = relu(norm.forward(hidden(x), in: &context))
      return scores(dropout.forward(h, in: &context))
    }

    mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("hidden", &hidden)
      visit("norm", &norm)
      visit("scores", &scores)
    }
  }

  struct Counted: ContextualLayer {
    var linear: Linear
    var passes = Tensor(0)
    mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
      if context.mode == .training { passes = passes + 1 }
      return linear.forward(x, in: &context)
    }
    mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("linear", &linear)
      visit(state: "passes", &passes)
    }
  }

  private func modes(_ x: Tensor, of perceptron: Perceptron) -> [Tensor] {
    var network = perceptron
    var context = ForwardContext.training(using: TorchGenerator(seed: 42))
    let scores = network.forward(x, in: &context)  // dropout, and the batch's own statistics
    let judged = network(x)  // neither
    return [scores, judged]
  }

  struct Signals: BatchSource {
    let data: Tensor
    var generator: TorchGenerator
    let stepsPerEpoch = 40
    mutating func next() -> Tensor {
      data.gathered(generator.randomIntegers(count: 100, in: 0..<data.shape[0]).map { Int($0) })
    }
  }

  private func fit(
    _ curve: Curve, to points: Points, testing heldOut: Points, using generator: TorchGenerator
  ) throws {
    let evaluator = Evaluator<Curve>(
      every: 100, of: ["rmse"], selecting: .lowest("rmse"), patience: 5
    ) {
      [rootMeanSquaredError(of: $0, on: heldOut)]
    }
    var training = try Training(
      of: curve, by: SGD(for: curve, learningRate: 0.1, momentum: 0.9, .nesterov),
      on: Batches.shuffled(points, size: 20, using: generator), for: .epochs(60),
      schedule: .warmUp(steps: 100, from: 0.1, then: .cosine(steps: 2900)), clipping: .norm(1),
      evaluating: evaluator
    ) { curve, batch in square(curve(batch.x) - batch.y).mean() }
    while !training.isFinished { try training.stepAndEvaluate() }
  }

  private func slowing(_ given: Training<Curve, SGD, Batches<Points>>) throws {
    var training = given
    while !training.isFinished {
      let losses = try training.stepEpoch()
      if losses.reduce(0, +) < 1 { training.optimizer.learningRate = 0.01 }
    }
  }

  private func evaluator(_ heldOut: Points) -> Evaluator<Curve> {
    let evaluator = Evaluator<Curve>(every: 100, of: ["rmse"], selecting: .lowest("rmse")) {
      curve in
      [rootMeanSquaredError(of: curve, on: heldOut)]
    }
    return evaluator
  }

  private func ownLoss(
    _ model: MultilayerPerceptron, on examples: Examples, using generator: TorchGenerator
  ) throws {
    var training = try Training(
      of: model, by: SGD(for: model, learningRate: 0.1, momentum: 0.9),
      on: Batches.shuffled(examples, size: 100, using: generator), for: .epochs(60),
      schedule: .stepDecay(every: 800, factor: 0.5), clipping: .norm(1)
    ) { model, batch in
      meanSquaredError(model(batch.inputs), oneHot(batch.labels, classes: 10))
    }
    while !training.isFinished { try training.stepAndEvaluate() }
  }

  private func ownContext(
    _ model: Perceptron, on batches: Batches<Examples>, using generator: TorchGenerator,
    _ targets: @escaping @Sendable (Examples) -> Tensor
  ) throws -> Int {
    var training = try Training(
      of: model, by: Adam(for: model), on: batches, for: .epochs(60), random: generator
    ) { model, batch, context in
      meanSquaredError(model.forward(batch.inputs, in: &context), targets(batch))
    }
    try training.step()
    return training.steps
  }

  private func recipe(
    _ model: MultilayerPerceptron, on examples: Examples, testing test: Examples,
    using generator: TorchGenerator
  ) throws {
    var recipe = TrainingRecipe()
    recipe.optimizer = .sgd
    recipe.momentum = 0.9
    recipe.schedule = .cosine
    recipe.order = .shuffled
    var training = try Training(
      of: model, on: examples, testing: test, by: recipe, using: generator)
    while !training.isFinished { try training.stepAndEvaluate() }
  }

  private func resumed(_ optimizer: Adam, of model: MultilayerPerceptron) throws -> Adam {
    var resumed = Adam(for: model)
    try resumed.loadParameters(optimizer.namedParameters)
    resumed.stepCount = optimizer.stepCount
    return resumed
  }

  private func batches(
    of examples: Examples, using generator: TorchGenerator
  ) -> (Batches<Examples>, Batches<Examples>, AugmentedBatches) {
    let ordered = Batches.inOrder(examples, size: 100)
    let shuffled = Batches.shuffled(examples, size: 100, using: TorchGenerator(seed: 42))
    var augmentation = Augmentation()
    augmentation.shift = 4
    let batches = AugmentedBatches(
      .shuffled(examples, size: 100, using: generator), by: augmentation,
      using: TorchGenerator(seed: 7))
    return (ordered, shuffled, batches)
  }

  private func initialized(
    _ network: inout MultilayerPerceptron, using generator: inout TorchGenerator
  ) {
    network.linear1.weight = Initializer.kaimingNormal()([100, 40], using: &generator)
  }

  private func ticket(
    of initial: MultilayerPerceptron, trained: MultilayerPerceptron, on examples: Examples,
    testing test: Examples
  ) throws -> Int {
    let mask = Mask(pruning: 0.9, ofLayersScoredBy: trained.magnitudes)
    let ticket = Masked(initial, by: mask)  // a Classifier like any other
    var training = try Training(of: ticket, on: examples, testing: test)
    try training.step()
    return training.stepCount
  }

  private func mask(
    of initial: MultilayerPerceptron, trained: MultilayerPerceptron
  ) -> Masked<MultilayerPerceptron> {
    let mask = Mask(pruning: 0.9, ofLayersScoredBy: trained.magnitudes)
    let ticket = Masked(initial, by: mask)
    return ticket
  }

  @Values private func map(of features: Tensor) -> [String] {
    let map = TSNE().embedding(of: features)
    map.positions  // [count, 2]
  }

  private func contrast(
    _ network: MultilayerPerceptron, _ first: Tensor, _ second: Tensor
  ) -> (Tensor, MultilayerPerceptron) {
    let (loss, gradient) = valueAndGradient(at: network) { network in
      infoNCE(network(first), network(second), temperature: 0.5)
    }
    return (loss, gradient)
  }
}
