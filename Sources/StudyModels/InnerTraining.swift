import NeuralNetworks
import ReferenceRandom
import Tensors

/// A training by RMSProp that can itself be differentiated with respect to its activation function.
package struct InnerTraining {
  private let settings: Settings
  private let examples: Examples
  private let initial: InnerNetwork
  /// What is added to the hidden units, [inner steps, units].
  private let noise: (network: Tensor, activation: Tensor)

  /// What a training is like; the defaults are the paper's.
  package struct Settings: Hashable, Sendable {
    /// How many hidden units the activation function has.
    package var units = 100
    /// How much its network adds to elu.
    package var scale = 0.2
    /// How many steps the training takes.
    package var steps = 301
    /// How many of its last losses the objective averages.
    package var objectiveSteps = 200
    /// How many examples a step sees.
    package var batchSize = 100
    /// How many hidden units the trained network has.
    package var hidden = 128
    /// The step size.
    package var learningRate = 1e-2
    /// How much of the mean squared gradient is kept from step to step.
    package var smoothing = 0.4
    /// The mean squared gradient before the first step.
    package var initialSquare = 1.0
    /// The bound of the uniform noise that is added to the hidden units of both networks at every step.
    package var noise = 0.1

    /// The settings of the paper.
    package init() {}
  }

  /// Draws initial weights and then the noise of all steps from the generator of one seed.
  package init(_ settings: Settings, on examples: Examples, seed: UInt64) {
    var generator = TorchGenerator(seed: seed)
    let initial = InnerNetwork(
      inputs: examples.inputs.shape[1], hidden: settings.hidden, using: &generator)
    func noise(_ units: Int) -> Tensor {
      var noise = Tensor.zeros([settings.steps, units])
      noise.withUnsafeMutableElements {
        generator.fillUniform($0, from: -settings.noise, to: settings.noise)
      }
      return noise
    }
    self.init(
      settings, on: examples, from: initial,
      noise: (network: noise(settings.hidden), activation: noise(settings.units)))
  }

  /// Starts from the given weights, and adds the given noise.
  package init(
    _ settings: Settings, on examples: Examples,
    from initial: InnerNetwork, noise: (network: Tensor, activation: Tensor)
  ) {
    self.settings = settings
    self.examples = examples
    self.initial = initial
    self.noise = noise
  }

  /// A training's outcome.
  package struct Outcome {
    /// The mean of the last losses, a differentiable function of the activation function.
    package var objective: Tensor
    /// The loss on each step's batch, before the update.
    package var losses: [Float]
    /// The network after the last step.
    package var network: InnerNetwork
  }

  /// Trains with a learned activation function.
  package func callAsFunction(_ activation: ActivationNetwork) -> Outcome {
    train(with: activation) { step, activation, x in
      guard let activation else { preconditionFailure("the activation function got lost") }
      let offset = (activation.linear2.weight * noise.activation.sliced(step..<step + 1)).sum()
      return elu(x) + (activation(x) + offset) * Float(settings.scale)
    }
  }

  /// Trains with an activation function that has no parameters.
  package func callAsFunction(_ activation: Nonlinearity) -> Outcome {
    train(with: nil) { _, _, x in activation(x) }
  }

  /// The outcome with a learned activation function, and the gradient of the objective through all of the training.
  package func outerGradient(
    at network: ActivationNetwork
  ) -> (outcome: Outcome, gradient: ActivationNetwork) {
    var outcome: Outcome?
    let gradient = gradient(at: network) { network in
      let trained = self(network)
      outcome = trained
      return trained.objective
    }
    guard let outcome else { preconditionFailure("the training was not carried out") }
    return (outcome, gradient)
  }

  /// Takes all steps of RMSProp; what their derivative needs is made anew, segment by segment.
  private func train(
    with activation: ActivationNetwork?,
    _ apply: @escaping (_ step: Int, _ activation: ActivationNetwork?, _ x: Tensor) -> Tensor
  ) -> Outcome {
    var losses = [Float](repeating: 0, count: settings.steps)
    let start = State(initial, square: Float(settings.initialSquare), activation: activation)
    let end = rematerialize(over: 0..<settings.steps, from: start) { state, step in
      let batch = batch(step)
      let (loss, gradient) = valueAndGradient(at: state.network) { network in
        let hidden = apply(step, state.activation, network.linear1(batch.inputs))
        return softmaxCrossEntropy(
          network.linear2(hidden + noise.network.sliced(step..<step + 1)), labels: batch.labels)
      }
      losses[step] = loss.scalar
      var next = state
      next.network = RMSProp.step(
        state.network, along: gradient, secondMoments: &next.squares,
        learningRate: Tensor(Float(settings.learningRate)), smoothing: settings.smoothing)
      if step >= settings.steps - settings.objectiveSteps { next.total = state.total + loss }
      return next
    }
    return Outcome(
      objective: end.total / Float(settings.objectiveSteps), losses: losses, network: end.network)
  }

  /// The examples of a step: in order, and from the start again after the last.
  private func batch(_ step: Int) -> Examples {
    let start = step * settings.batchSize % examples.count
    return examples[start..<Swift.min(start + settings.batchSize, examples.count)]
  }
}

/// The network that is trained: inputs → hidden → 10.
package struct InnerNetwork: Parameterized, Sendable {
  package var linear1: Linear
  package var linear2: Linear

  package init(inputs: Int, hidden: Int, using generator: inout some FloatRandomNumberGenerator) {
    linear1 = Linear(inputs, hidden, using: &generator)
    linear2 = Linear(hidden, 10, using: &generator)
  }

  package mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("linear1", &linear1)
    visit("linear2", &linear2)
  }

  /// The share of the examples that the network classifies rightly, in percent.
  package func accuracy(on examples: Examples, activation: Activation) -> Double {
    let scores = linear2(activation(linear1(examples.inputs)))
    let correct = zip(scores.argmax(), examples.labels).count { $0 == Int($1) }
    return 100 * Double(correct) / Double(examples.count)
  }
}

/// What one inner step hands to the next.
private struct State: Parameterized {
  var network: InnerNetwork
  /// The running mean of squared gradients, in the network's own shape.
  var squares: InnerNetwork
  /// The same in all steps.
  var activation: ActivationNetwork?
  /// The sum of the losses that count.
  var total = Tensor(0)

  init(_ network: InnerNetwork, square: Float, activation: ActivationNetwork?) {
    self.network = network
    self.activation = activation
    squares = network.mapParameters { Tensor(repeating: square, shape: $0.shape) }
  }

  mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("network", &network)
    visit("squares", &squares)
    visit("activation", &activation)
    visit("total", &total)
  }
}
