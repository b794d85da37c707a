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
