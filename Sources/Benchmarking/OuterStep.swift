import MNIST1D
import NeuralNetworks
import ReferenceRandom
import Studies
import StudyModels
import Tensors

/// An outer step of a metalearning study: a training, and the gradient of its mean loss back through all of it.
struct OuterStep: Workload {
  let subject: Subject
  /// How many steps the training takes.
  let innerSteps: Int
  /// How many examples an inner step sees.
  let batchSize: Int
  /// The losses of the first inner steps, by which peers can tell that they do the same work.
  let firstLosses: [Float]
  private let losses: () -> [Float]

  /// Nil for what is no outer step.
  init?(_ subject: Subject, on dataset: Dataset) {
    switch subject {
    case .metalearnLR: (innerSteps, batchSize) = (200, 50)
    case .metalearnActivation: (innerSteps, batchSize) = (50, 100)
    default: return nil
    }
    self.subject = subject
    losses =
      subject == .metalearnLR
      ? Self.learningRate(innerSteps, batchSize, dataset)
      : Self.activation(innerSteps, batchSize, dataset)
    firstLosses = Array(losses().prefix(5))
  }

  func perform() { _ = losses() }

  private static func learningRate(
    _ steps: Int, _ batchSize: Int, _ dataset: Dataset
  ) -> () -> [Float] {
    let training = InnerLoop(
      steps: steps, batchSize: batchSize, of: Examples(dataset.x, dataset.y))
    var generator = TorchGenerator(seed: 42)
    let network = TanhNetwork(using: &generator)
    return {
      var losses: [Float] = []
      _ = gradient(at: Tensor([0.62])) { rate in
        let outcome = training.train(network, rates: rate)
        losses = outcome.losses
        return outcome.objective
      }
      return losses
    }
  }

  private static func activation(
    _ steps: Int, _ batchSize: Int, _ dataset: Dataset
  ) -> () -> [Float] {
    var settings = MetalearnActivation.Configuration()
    (settings.innerSteps, settings.objectiveSteps) = (steps, steps)
    settings.batchSize = batchSize
    settings.noise = 0
    return { [settings] in
      MetalearnActivation.firstOuterGradient(settings, on: dataset).losses
    }
  }
}
