import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels
import Tensors

extension Published {
  static func quickstart(
    _ model: Architecture, twin: Int, in context: TrialContext
  ) throws -> Measurement {
    let split = try context.shared(DatasetConfiguration()) { try Split($0) }
    var generator = TorchGenerator(seed: 42)
    let network = BaselineNetwork(
      model, inputs: split.training.inputs.shape[1], using: &generator)
    return try train(network.roundedOtherwise(twin), on: split, tracing: true, in: context)
  }

  static func pooling(
    _ method: PoolingMethod, examples: Int, in context: TrialContext,
    from changed: (PoolingNetwork) -> PoolingNetwork
  ) throws -> Measurement {
    let split = try context.shared(Pooling.Configuration().dataset(of: examples)) {
      try Split($0)
    }
    var generator = TorchGenerator(seed: 0)
    let network = changed(PoolingNetwork(method, using: &generator))
    return try train(network, on: split, tracing: false, in: context)
  }

  /// The notebooks' training: 6001 steps, with the batch's loss, the test loss and both accuracies at every
  /// thousandth.
  private static func train(
    _ network: some Classifier, on split: Split, tracing: Bool, in context: TrialContext
  ) throws -> Measurement {
    var training = try Training(of: network, on: split.training, testing: split.test)
    var measurement = Measurement()
    try context.train(&training) { training in
      let metrics = try training.step()
      let (step, loss) = (metrics.step, Double(metrics.trainLoss))
      if tracing && step % 10 == 0 { measurement.losses.append(loss) }
      guard step > 0, step % 1000 == 0 else { return }
      let test = training.model.score(on: split.test)
      let accuracy = training.model.score(on: split.training).accuracy
      measurement.steps.append(step)
      measurement.values.append([loss, test.loss, accuracy, test.accuracy])
    }
    return measurement
  }

  static func doublePrecision(
    _ model: Architecture, in context: TrialContext
  ) throws -> Measurement {
    let split = try context.shared(DatasetConfiguration()) { try Split($0) }
    var generator = TorchGenerator(seed: 42)
    let network = BaselineNetwork(
      model, inputs: split.training.inputs.shape[1], using: &generator)
    var training = DoubleTraining(from: network, on: split.training)
    var measurement = Measurement()
    for step in 0...1000 {
      let loss = training.step()
      guard step % 10 == 0 else { continue }
      measurement.losses.append(loss)
      try context.checkCancellation()
      context.report(Double(step) / 1001)
    }
    return measurement
  }

  static func learningRate(
    from start: Double, examples: Int, twin: Int, in context: TrialContext
  ) throws -> Measurement {
    var settings = MetalearnLR.Configuration()
    settings.dataset.numSamples = examples / 4 * 5
    let search = try MetalearnLR.search(
      MetalearnLR.Trial(initialRate: start, seed: 0), settings, in: context
    ) { $0.roundedOtherwise(twin) }
    let steps = Array(stride(from: 3, to: settings.outerSteps, by: 3))
    // The notebook prints the learning rate as it is after the step.
    return Measurement(
      steps: steps,
      values: steps.map { step in
        [search.objective[step], search.finalLoss[step], search.meanRate[step + 1]]
          .map(Double.init)
      })
  }

  /// The authors published the signals of five quizzes with the answers to them; they are a hundred test examples
  /// each, the first two the same.
  static func quizzes(in context: TrialContext) throws -> Measurement {
    let dataset = try context.shared(DatasetConfiguration()) { try Dataset($0) }
    let accuracies = PublishedQuiz.all.map { $0.accuracy(dataset.yTest) }
    let mean = accuracies.reduce(0, +) / Double(accuracies.count)
    let squares = accuracies.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    let deviation = (squares / Double(accuracies.count)).squareRoot()
    return Measurement(
      steps: [0],
      values: [accuracies + [mean, deviation / Double(accuracies.count).squareRoot()]])
  }

  static func neighbors(in context: TrialContext) throws -> Measurement {
    let split = try context.shared(DatasetConfiguration()) { try Split($0) }
    let nearest = NearestNeighbors(
      10, among: split.training.inputs, labels: split.training.labels)
    let right = zip(nearest.predictions(for: split.test.inputs), split.test.labels)
      .count { $0 == Int($1) }
    return Measurement(steps: [0], values: [[100 * Double(right) / Double(split.test.count)]])
  }
}

extension Parameterized {
  /// The weights of a twin: each is one unit in the last place higher, one lower, or the same, at random, with the
  /// twin's number as the seed; 0 changes nothing.
  package func roundedOtherwise(_ twin: Int) -> Self {
    guard twin > 0 else { return self }
    var generator = TorchGenerator(seed: UInt64(twin))
    return mapParameters { tensor in
      let elements = tensor.elements.map { element in
        switch generator.randomInteger(in: 0..<3) {
        case 0: element.nextDown
        case 1: element.nextUp
        default: element
        }
      }
      return Tensor(elements).reshaped(to: tensor.shape)
    }
  }
}

extension Parameterized {
  /// Weights of eleven significant bits, as many as a graphics processor may keep of a convolution's factors (TF32): each
  /// is the next below or above in magnitude, at random, with the seed.
  package func roundedCoarsely(_ seed: Int) -> Self {
    var generator = TorchGenerator(seed: UInt64(seed))
    let dropped: UInt32 = (1 << 13) - 1
    return mapParameters { tensor in
      let elements = tensor.elements.map { element in
        let below = element.bitPattern & ~dropped
        return Float(
          bitPattern: generator.randomInteger(in: 0..<2) == 0 ? below : below + dropped + 1)
      }
      return Tensor(elements).reshaped(to: tensor.shape)
    }
  }
}

/// A quiz of the authors: a hundred test examples, and those that a person took for another digit.
package struct PublishedQuiz {
  /// The first test example.
  package let first: Int
  /// The examples that were taken for another digit, and for which.
  let mistakes: [(example: Int, answer: Int)]

  /// In the order of the files `static/human_q1.pkl` to `human_q5.pkl`, whose signals are those of these examples.
  package static let all: [PublishedQuiz] = {
    let first = PublishedQuiz(first: 0, mistakes: [(29, 1), (48, 1), (60, 4), (98, 2)])
    return [
      first, first,
      PublishedQuiz(first: 200, mistakes: [(223, 4), (225, 4), (235, 9), (282, 2)]),
      PublishedQuiz(first: 300, mistakes: [(305, 9), (337, 8), (342, 9)]),
      PublishedQuiz(
        first: 400, mistakes: [(446, 9), (448, 1), (453, 1), (468, 1), (473, 4), (496, 2)]),
    ]
  }()

  /// The answers to its hundred examples.
  package func answers(_ labels: [Int]) -> [Int] {
    var answers = Array(labels[first..<first + 100])
    for (example, answer) in mistakes { answers[example - first] = answer }
    return answers
  }

  /// The share of the answers that are the labels, in percent.
  func accuracy(_ labels: [Int]) -> Double {
    Double(zip(answers(labels), labels[first...]).count { $0 == $1 })
  }
}
