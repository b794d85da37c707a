import NeuralNetworks
import Tensors

extension InnerLoop {
  /// How fast a network learns and how fast its weights decay: one rate and one decay for both layers, or for each its
  /// own.
  ///
  /// They are held as natural logarithms, so that none becomes negative and a step changes each by a factor.
  package struct Hyperparameters: Parameterized, Sendable {
    /// The logarithms of the learning rates, [1] or [2], the hidden layer's first.
    package var logRates: Tensor
    /// The logarithms of the weight decays, of the same shape.
    package var logDecays: Tensor

    /// Takes logarithms.
    package init(logRates: Tensor, logDecays: Tensor) {
      precondition(
        logRates.shape == logDecays.shape && [[1], [2]].contains(logRates.shape),
        "rates of shape \(logRates.shape) came with decays of shape \(logDecays.shape); both are [1] or [2]"
      )
      self.logRates = logRates
      self.logDecays = logDecays
    }

    /// The same rate and decay for both layers: as one number, or as one for each layer.
    package init(rate: Float, decay: Float, layers: Int = 1) {
      self.init(
        logRates: log(Tensor(repeating: rate, shape: [layers])),
        logDecays: log(Tensor(repeating: decay, shape: [layers])))
    }

    package mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("log_rates", &logRates)
      visit("log_decays", &logDecays)
    }
  }

  /// What is carried from step to step of a training with weight decay.
  private struct DecayingState: Parameterized {
    var network: TanhNetwork
    /// The learning rate of each layer, [1].
    var rates: [Tensor]
    /// The weight decay of each layer, [1].
    var decays: [Tensor]

    init(_ network: TanhNetwork, _ hyperparameters: Hyperparameters) {
      func ofEachLayer(_ logarithms: Tensor) -> [Tensor] {
        let values = exp(logarithms)
        return values.count == 1
          ? [values, values] : [values.sliced(0..<1), values.sliced(1..<2)]
      }
      self.network = network
      rates = ofEachLayer(hyperparameters.logRates)
      decays = ofEachLayer(hyperparameters.logDecays)
    }

    mutating func visitParameters(_ visit: inout some ParameterVisitor) {
      visit("network", &network)
      visit("rates", &rates)
      visit("decays", &decays)
    }

    /// p − rate · (g + decay · p) for the parameters of one layer.
    func moved(_ layer: Linear, along gradient: Linear, _ index: Int) -> Linear {
      var slope = gradient
      slope.updateParameters(along: layer.parameters) { $0 += decays[index] * $1 }
      return SGD.step(layer, along: slope, learningRate: rates[index])
    }
  }

  /// Trains the network with weight decay, one step on each batch.
  ///
  /// A step is that of `torch.optim.SGD` with `weight_decay`, to which biases are parameters like any other. What the
  /// derivative of T steps needs is kept for about 2 √T of them.
  ///
  /// - Parameters:
  ///   - network: where to start.
  ///   - hyperparameters: learning rates and weight decays.
  /// - Returns: the network after the last step, differentiable with respect to both.
  package func train(_ network: TanhNetwork, with hyperparameters: Hyperparameters) -> TanhNetwork {
    let start = DecayingState(network, hyperparameters)
    let end = rematerialize(over: batches.indices, from: start) { [batches] state, step in
      let batch = batches[step]
      let gradient = gradient(at: state.network) { network in
        softmaxCrossEntropy(network(batch.inputs), labels: batch.labels)
      }
      var next = state
      next.network.linear1 = state.moved(state.network.linear1, along: gradient.linear1, 0)
      next.network.linear2 = state.moved(state.network.linear2, along: gradient.linear2, 1)
      return next
    }
    return end.network
  }

  /// What a training leads to, and the derivative of how good that is.
  package struct OuterGradient {
    /// The mean loss of the trained network on the examples that judge it.
    package let loss: Float
    /// The loss's derivative with respect to the logarithms.
    package let gradient: Hyperparameters
    /// The trained network.
    package let network: TanhNetwork
  }

  /// Trains the network, and differentiates the trained one's loss through every step.
  ///
  /// - Parameters:
  ///   - network: where the training starts.
  ///   - hyperparameters: learning rates and weight decays.
  ///   - judge: the examples whose loss is the outer objective.
  /// - Returns: the loss, its derivative, and the trained network as a constant.
  package func outerGradient(
    from network: TanhNetwork, at hyperparameters: Hyperparameters, judgedBy judge: Examples
  ) -> OuterGradient {
    var trained = network
    let (loss, gradient) = valueAndGradient(at: hyperparameters) { hyperparameters in
      let end = train(network, with: hyperparameters)
      trained = end.detached()
      return softmaxCrossEntropy(end(judge.inputs), labels: judge.labels)
    }
    return OuterGradient(loss: loss.scalar, gradient: gradient, network: trained)
  }
}
