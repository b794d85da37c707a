import NeuralNetworks
import ReferenceRandom
import Tensors

/// A fully-connected network with one hidden layer of tanh units.
package struct TanhNetwork: Classifier {
  /// inputs → hidden.
  package var linear1: Linear
  /// hidden → classes.
  package var linear2: Linear

  /// Creates a network with PyTorch's default initialisation.
  package init(
    inputs: Int = 40, hidden: Int = 50, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    linear1 = Linear(inputs, hidden, using: &generator)
    linear2 = Linear(hidden, classes, using: &generator)
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    linear2(tanh(linear1(x)))
  }

  package mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("linear1", &linear1)
    visit("linear2", &linear2)
  }
}

/// A training of a network by gradient descent, as a differentiable function of its learning rates.
package struct InnerLoop: Sendable {
  /// What each step sees.
  package let batches: [Examples]

  /// Takes batches in order, from the start again after the last.
  package init(steps: Int, batchSize: Int, of examples: Examples) {
    var source = Batches.inOrder(examples, size: batchSize)
    batches = (0..<steps).map { _ in source.next() }
  }

  /// What is carried from step to step.
  private struct State: Parameterized {
    var network: TanhNetwork
    var rates: Tensor
    var total: Tensor

    mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("network", &network)
      visit("rates", &rates)
      visit("total", &total)
    }
  }

  /// Trains the network, one step on each batch.
  ///
  /// - Parameters:
  ///   - network: where to start.
  ///   - rates: the learning rate, [1], or one for each step, [steps].
  /// - Returns: the mean over the steps of each batch's loss before its update, differentiable with respect to the
  ///   network and the rates; and those losses as plain numbers.
  package func train(_ network: TanhNetwork, rates: Tensor) -> (objective: Tensor, losses: [Float])
  {
    var losses = [Float](repeating: 0, count: batches.count)
    let start = State(network: network, rates: rates, total: Tensor(0))
    // What 200 steps keep is small; only longer trainings compute segments again.
    let end = rematerialize(over: batches.indices, from: start, segment: 200) {
      [batches] state, step in
      let batch = batches[step]
      let (loss, gradient) = valueAndGradient(at: state.network) { network in
        softmaxCrossEntropy(network(batch.inputs), labels: batch.labels)
      }
      losses[step] = loss.scalar
      let rate = state.rates.count == 1 ? state.rates : state.rates.sliced(step..<step + 1)
      return State(
        network: SGD.step(state.network, along: gradient, learningRate: rate), rates: state.rates,
        total: state.total + loss)
    }
    return (end.total / Float(batches.count), losses)
  }
}

// MARK: Learning the rates

extension InnerLoop {
  /// What one outer step yields.
  package struct OuterStep {
    /// The mean of the training's losses, before the update.
    package let objective: Float
    /// Those losses.
    package let losses: [Float]
    /// The learning rates after the update.
    package let improved: [Float]
  }

  /// Trains the network, and moves the learning rates against the gradient of how well that went.
  ///
  /// - Parameters:
  ///   - network: where the training starts.
  ///   - rates: one for all steps, or one for each.
  ///   - stepSize: by how much of the gradient they move.
  ///   - number: the number of the outer step.
  /// - Returns: how well the training went, and the rates after the update.
  /// - Throws: ``Divergence`` where a loss or a rate is no finite number.
  package func outerStep(
    from network: TanhNetwork, rates: [Float], stepSize: Float, number: Int
  ) throws(Divergence) -> OuterStep {
    var losses: [Float] = []
    let current = Tensor(rates)
    let (objective, gradient) = valueAndGradient(at: current) { rates in
      let outcome = train(network, rates: rates)
      losses = outcome.losses
      return outcome.objective
    }
    let improved = SGD.step(current, along: gradient, learningRate: Tensor(stepSize)).elements
    let rate = Self.mean(of: rates)
    if let step = losses.firstIndex(where: { !$0.isFinite }) {
      throw .inner(step: step, loss: losses[step], outerStep: number, rate: rate)
    }
    if let worst = improved.first(where: { !$0.isFinite }),
      let highest = losses.indices.max(by: { losses[$0] < losses[$1] })
    {
      throw .outer(
        step: number, rate: rate, improved: worst, highest: highest, loss: losses[highest])
    }
    return OuterStep(objective: objective.scalar, losses: losses, improved: improved)
  }

  /// The mean of learning rates.
  package static func mean(of rates: [Float]) -> Float {
    Float(rates.reduce(0.0) { $0 + Double($1) } / Double(rates.count))
  }

  /// By how much of the gradient one rate for each step moves, where a shared one would move by `shared`.
  ///
  /// The derivative of a shared rate is the sum of those of one rate per step, so the mean of a schedule would move
  /// as a shared rate does with a step as many times as long. Single rates meet steeper directions than their mean:
  /// the whole of that diverges, a tenth does not.
  package static func stepSize(ofEachRate shared: Float, innerSteps: Int) -> Float {
    shared * (Float(innerSteps) / 10)
  }

  /// A search that left the finite numbers.
  package enum Divergence: Error, Hashable, CustomStringConvertible {
    /// The network's training diverged.
    case inner(step: Int, loss: Float, outerStep: Int, rate: Float)
    /// The training's losses are finite, but their derivative is not.
    case outer(step: Int, rate: Float, improved: Float, highest: Int, loss: Float)

    /// One sentence that says where and with which value.
    package var description: String {
      switch self {
      case .inner(let step, let loss, let outerStep, let rate):
        "the training diverged in outer step \(outerStep), with a learning rate of \(rate): its loss at step \(step) is \(loss)"
      case .outer(let step, let rate, let improved, let highest, let loss):
        "the training diverged in outer step \(step), with a learning rate of \(rate): its loss rises to \(loss) at step "
          + "\(highest), and the derivative leads from that rate to \(improved)"
      }
    }
  }
}
