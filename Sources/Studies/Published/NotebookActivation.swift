import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import StudyModels
import Tensors

/// The trainings of the authors' notebook on activation functions, with every random number that it draws.
///
/// Each inner training begins with `manual_seed(0)`, and a pass through a network draws one noise for each of its
/// hidden units. Its batch passes through the network first; then, from the second step on, 500 test examples do.
struct NotebookActivation {
  private let settings = MetalearnActivation.Configuration()
  private let examples: Examples
  private let test: Examples
  private static let seed: UInt64 = 0

  init(in context: TrialContext) throws {
    let dataset = try context.shared(settings.dataset) { try Dataset($0) }
    examples = Examples(dataset.x, dataset.y)
    test = Examples(dataset.xTest, dataset.yTest)[0..<settings.testExamples]
  }

  /// One training with a well-known function; the mean of its losses as NumPy takes it.
  func train(with function: Nonlinearity, twin: Int) throws -> Published.Measurement {
    var generator = TorchGenerator(seed: Self.seed)
    let initial = network(using: &generator).roundedOtherwise(twin)
    generator = TorchGenerator(seed: Self.seed)
    let noise = Noise(drawingFor: nil, settings, using: &generator)
    let losses = training(from: initial, noise)(function).losses
    return Published.Measurement(steps: [0], values: [[Double(NumPySum.mean(of: losses))]])
  }

  /// The first outer steps, each with the square of its clipped gradient's norm, the outer objective, the last inner
  /// loss and the test accuracy.
  func learn(
    steps: Int, twin: Int, in context: TrialContext
  ) throws -> Published.Measurement {
    var generator = TorchGenerator(seed: Self.seed)
    var activation = ActivationNetwork(hidden: settings.units, using: &generator)
      .roundedOtherwise(twin)
    // Only the first training starts from where the activation function's own weights leave the generator: the
    // others all start from where the training before leaves it.
    var initial = network(using: &generator).roundedOtherwise(twin)
    generator = TorchGenerator(seed: Self.seed)
    let noise = Noise(drawingFor: settings.units, settings, using: &generator)
    // The notebook samples the function for its figure.
    _ = Noise.draw(settings.units, using: &generator)
    let next = network(using: &generator).roundedOtherwise(twin)

    var measurement = Published.Measurement()
    for step in 0..<steps {
      try context.checkCancellation()
      let (outcome, gradient) = training(from: initial, noise).outerGradient(at: activation)
      let clipped = gradient.clipped(by: .value(settings.clip))
      let square = clipped.parameters.reduce(0.0) { sum, tensor in
        sum + tensor.elements.reduce(0) { $0 + Double($1) * Double($1) }
      }
      let correct = noise.predictions(of: outcome.network.detached(), activation, test.inputs)
      let accuracy =
        100 * Double(zip(correct, test.labels).count { $0 == Int($1) }) / Double(test.count)
      measurement.steps.append(step)
      measurement.values.append([
        square, Double(outcome.objective.scalar), Double(outcome.losses.last ?? .nan), accuracy,
      ])
      activation = SGD.step(
        activation, along: clipped, learningRate: Tensor(Float(settings.outerLearningRate)))
      initial = next
      context.report(Double(step + 1) / Double(steps))
    }
    return measurement
  }

  private func network(using generator: inout TorchGenerator) -> InnerNetwork {
    InnerNetwork(
      inputs: examples.inputs.shape[1], hidden: settings.hidden, using: &generator)
  }

  private func training(from initial: InnerNetwork, _ noise: Noise) -> InnerTraining {
    InnerTraining(settings.inner, on: examples, from: initial, noise: noise.training)
  }
}

/// The noise of all steps of an inner training.
private struct Noise {
  /// For the batches, one row for each step.
  let training: (network: Tensor, activation: Tensor)
  /// For the test examples after the last step.
  let test: (network: [Float], activation: [Float])

  /// Draws in the notebook's order; `units` is how many hidden units a learned function has, nil where it is none.
  init(
    drawingFor units: Int?, _ settings: MetalearnActivation.Configuration,
    using generator: inout TorchGenerator
  ) {
    func pass() -> (network: [Float], activation: [Float]) {
      let activation = units.map { Self.draw($0, using: &generator) } ?? []
      return (Self.draw(settings.hidden, using: &generator), activation)
    }
    var rows: [(network: [Float], activation: [Float])] = []
    var last: (network: [Float], activation: [Float]) = ([], [])
    for step in 0..<settings.innerSteps {
      rows.append(pass())
      if step > 0 { last = pass() }
    }
    training = (
      Tensor(rows.flatMap(\.network)).reshaped(to: [rows.count, settings.hidden]),
      Tensor(rows.flatMap(\.activation)).reshaped(to: [rows.count, units ?? 0])
    )
    test = last
  }

  /// `.1*(2*torch.rand(1, count)-1)`.
  static func draw(_ count: Int, using generator: inout TorchGenerator) -> [Float] {
    generator.uniform(count: count, from: 0, to: 1).map { 0.1 * (2 * $0 - 1) }
  }

  /// What the network takes the signals for, with the noise that the notebook leaves on.
  func predictions(
    of network: InnerNetwork, _ activation: ActivationNetwork, _ inputs: Tensor
  ) -> [Int] {
    let x = network.linear1(inputs)
    let offset = (activation.linear2.weight * Tensor(test.activation)).sum()
    let hidden = elu(x) + (activation(x) + offset) * Float(0.2)
    return network.linear2(hidden + Tensor(test.network)).argmax()
  }
}

/// Sums of single-precision numbers in NumPy's order.
enum NumPySum {
  /// `numpy.mean` of a contiguous float32 array.
  static func mean(of values: [Float]) -> Float { pairwise(values[...]) / Float(values.count) }

  /// `pairwise_sum` of NumPy's loops: eight sums side by side for up to 128 numbers, halves for more.
  private static func pairwise(_ values: ArraySlice<Float>) -> Float {
    if values.count < 8 { return values.reduce(0, +) }
    if values.count > 128 {
      let half = values.count / 2
      let split = values.startIndex + half - half % 8
      return pairwise(values[..<split]) + pairwise(values[split...])
    }
    let whole = values.startIndex + values.count / 8 * 8
    var sums = Array(values.prefix(8))
    for start in stride(from: values.startIndex + 8, to: whole, by: 8) {
      for lane in 0..<8 { sums[lane] += values[start + lane] }
    }
    let sum =
      ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    return values[whole...].reduce(sum, +)
  }
}
