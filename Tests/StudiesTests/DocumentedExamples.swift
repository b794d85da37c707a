import Figures
import Foundation
import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Runs
import Storage
import Studies
import StudyModels
import Tensors

/// The examples in the documentation that are about this package's own studies, so that they are compiled.
private struct DocumentedExamples {
  let batches: [Examples]

  func train(_ network: TanhNetwork, rate: Tensor) -> Tensor {
    var network = network
    var total = Tensor(0)
    for batch in batches {
      let (loss, gradient) = valueAndGradient(at: network) { network in
        softmaxCrossEntropy(network(batch.inputs), labels: batch.labels)
      }
      network = SGD.step(network, along: gradient, learningRate: rate)
      total += loss
    }
    return total / Float(batches.count)
  }

  func outerStep(_ network: TanhNetwork, _ rate: inout Tensor) -> Tensor {
    let (objective, gradient) = valueAndGradient(at: rate) { train(network, rate: $0) }
    rate = SGD.step(rate, along: gradient, learningRate: 0.3)
    return objective
  }

  func train(
    _ network: TanhNetwork, with hyperparameters: InnerLoop.Hyperparameters
  ) -> TanhNetwork {
    InnerLoop(steps: 1000, batchSize: 50, of: batches[0]).train(network, with: hyperparameters)
  }

  func heldOutLoss(
    _ network: TanhNetwork, _ hyperparameters: InnerLoop.Hyperparameters, on heldOut: Examples
  ) -> (Tensor, InnerLoop.Hyperparameters) {
    let (loss, gradient) = valueAndGradient(at: hyperparameters) { hyperparameters in
      let trained = train(network, with: hyperparameters)
      return softmaxCrossEntropy(trained(heldOut.inputs), labels: heldOut.labels)
    }
    return (loss, gradient)
  }

  func search(
    from initial: MultilayerPerceptron, using generator: TorchGenerator,
    _ train: (Masked<MultilayerPerceptron>) throws -> MultilayerPerceptron
  ) throws -> MultilayerPerceptron {
    var search = TicketSearch(from: initial, by: .magnitude, sparsities: 100, using: generator)
    while let round = search.next() {
      search.trained = try train(Masked(search.initial, by: round.mask))
    }
    return search.trained
  }

  func end(
    of start: TanhNetwork, _ innerStep: @escaping (TanhNetwork, Examples) -> TanhNetwork
  ) -> TanhNetwork {
    let end = rematerialize(over: batches.indices, from: start) { state, step in
      innerStep(state, batches[step])
    }
    return end
  }

  func run() throws -> RunOutcome {
    let run = try Run(Baselines.self, configuration: .quick, output: URL(fileURLWithPath: "runs"))
    let outcome = try run.perform(RunOptions(jobs: 4), observer: ProgressDisplay.standardError())
    return outcome
  }

  func interrupted(_ run: Run<Baselines>, _ options: RunOptions) throws -> RunOutcome {
    let interruption = Interruption()
    interruption.listen()
    let outcome = try run.perform(options, interruption: interruption)
    return outcome
  }

  func overrides() throws -> Baselines.Configuration {
    let overrides = try Overrides(["steps=600", "seeds=0..9", "models=mlp,cnn"])
    let configuration = try overrides.applied(to: Baselines.Configuration())
    return configuration
  }

  func shared(_ context: TrialContext, _ configuration: Baselines.Configuration) throws -> Dataset {
    let dataset = try context.shared(configuration.dataset) { try Dataset($0) }
    return dataset
  }

  func line() {
    var drawing = DotDrawing(columns: 20, rows: 10)  // 40 × 40 dots
    drawing.draw(x: [0, 39], y: [0, 39])
    print(drawing.lines.joined(separator: "\n"))
  }
}
