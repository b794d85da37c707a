import NeuralNetworks
import ReferenceRandom
import Tensors

/// A training by RMSProp that can itself be differentiated with respect to its activation function.
struct InnerTraining {
  private let settings: MetalearnActivation.Configuration
  private let examples: Examples
  private let initial: InnerNetwork
  /// What is added to the hidden units, [inner steps, units].
  private let noise: (network: Tensor, activation: Tensor)

  /// Draws initial weights and then the noise of all steps from the generator of one seed.
  init(_ settings: MetalearnActivation.Configuration, on examples: Examples, seed: UInt64) {
    self.settings = settings
    self.examples = examples
    var generator = TorchGenerator(seed: seed)
    initial = InnerNetwork(
      inputs: examples.inputs.shape[1], hidden: settings.hidden, using: &generator)
    func noise(_ units: Int) -> Tensor {
      var noise = Tensor.zeros([settings.innerSteps, units])
      noise.withUnsafeMutableElements {
        generator.fillUniform($0, from: -settings.noise, to: settings.noise)
      }
      return noise
    }
    self.noise = (noise(settings.hidden), noise(settings.units))
  }

  /// A training's outcome.
  struct Outcome {
    /// The loss on each step's batch, before the update.
    var losses: Tensor
    /// The network after the last step.
    var network: InnerNetwork
  }

  /// Trains with a learned activation function.
  ///
  /// Of the unrolled training only what lies between segments of about √steps steps is kept; the inside of a segment
  /// is computed again when derivatives pass through it.
  func callAsFunction(_ activation: ActivationNetwork) -> Outcome {
    var state = State(initial, square: Float(settings.initialSquare))
    var losses: [Tensor] = []
    for steps in segments {
      let segment = rematerialize(at: Segment.Start(state: state, activation: activation)) {
        start in
        var state = start.state
        let losses = steps.map { step in
          advance(&state, step) { x in
            let offset =
              (start.activation.linear2.weight * noise.activation.sliced(step..<step + 1)).sum()
            return elu(x) + (start.activation(x) + offset) * Float(settings.scale)
          }
        }
        return Segment(state: state, losses: .stacked(losses))
      }
      state = segment.state
      losses.append(segment.losses)
    }
    return Outcome(losses: .concatenated(losses), network: state.network)
  }

  /// Trains with an activation function that has no parameters.
  func callAsFunction(_ activation: Nonlinearity) -> Outcome {
    var state = State(initial, square: Float(settings.initialSquare))
    let losses = (0..<settings.innerSteps).map { step in
      advance(&state, step) { activation($0) }
    }
    return Outcome(losses: .stacked(losses), network: state.network)
  }

  /// One step of RMSProp, written out; returns the loss before it.
  ///
  /// At √0 the derivative would be infinite, and times the 0 that it meets undefined. The 1e-37 under the root is
  /// less than half a unit in the last place of any mean square above 1e-29, and ε covers what lies below; it makes
  /// that derivative finite, and the product 0.
  private func advance(
    _ state: inout State, _ step: Int, activation: (Tensor) -> Tensor
  ) -> Tensor {
    let batch = batch(step)
    let (loss, gradient) = valueAndGradient(at: state.network) { network in
      let hidden =
        activation(network.linear1(batch.inputs)) + noise.network.sliced(step..<step + 1)
      return softmaxCrossEntropy(network.linear2(hidden), labels: batch.labels)
    }
    let (kept, rate) = (Float(settings.smoothing), Float(settings.learningRate))
    state.squares.updateParameters(along: gradient.parameters) { square, slope in
      square = square * kept + slope * slope * Float(1 - settings.smoothing)
    }
    let steps = zip(gradient.parameters, state.squares.parameters).map { slope, square in
      slope / (sqrt(square + 1e-37) + 1e-8)
    }
    state.network.updateParameters(along: steps) { parameter, step in
      parameter = parameter - step * rate
    }
    return loss
  }

  /// The examples of a step: in order, and from the start again after the last.
  private func batch(_ step: Int) -> Examples {
    let start = step * settings.batchSize % examples.count
    return examples[start..<Swift.min(start + settings.batchSize, examples.count)]
  }

  /// The steps in about as many parts as each has steps.
  private var segments: [Range<Int>] {
    let length = Int(Double(settings.innerSteps).squareRoot().rounded(.up))
    return stride(from: 0, to: settings.innerSteps, by: length).map {
      $0..<Swift.min($0 + length, settings.innerSteps)
    }
  }
}

/// The network that is trained: inputs → hidden → 10.
struct InnerNetwork: Parameterized, Sendable {
  var linear1: Linear
  var linear2: Linear

  init(inputs: Int, hidden: Int, using generator: inout some FloatRandomNumberGenerator) {
    linear1 = Linear(inputs, hidden, using: &generator)
    linear2 = Linear(hidden, 10, using: &generator)
  }

  mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("linear1", &linear1)
    visit("linear2", &linear2)
  }

  /// The share of the examples that the network classifies rightly, in percent.
  func accuracy(on examples: Examples, activation: Activation) -> Double {
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

  init(_ network: InnerNetwork, square: Float) {
    self.network = network
    squares = network.mapParameters { Tensor(repeating: square, shape: $0.shape) }
  }

  mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("network", &network)
    visit("squares", &squares)
  }
}

/// The end of a segment of steps, with the losses on the way.
private struct Segment: Parameterized {
  var state: State
  var losses: Tensor

  mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("state", &state)
    visit("losses", &losses)
  }

  /// What a segment starts from.
  struct Start: Parameterized {
    var state: State
    var activation: ActivationNetwork

    mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("state", &state)
      visit("activation", &activation)
    }
  }
}
