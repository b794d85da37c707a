import NeuralNetworks
import ReferenceRandom
import Tensors

/// Gradient descent on an activation function, each step of which differentiates an ``InnerTraining``.
package struct ActivationSearch {
  private let settings: InnerTraining.Settings
  private let learningRate: Double
  private let clip: Double
  private let start: Start
  private let seed: Int
  private let examples: Examples

  /// Where an inner training starts.
  package enum Start: String, Sendable, CaseIterable {
    /// From other weights, with other noise, at every outer step.
    case fresh
    /// From the same weights, with the same noise, as the authors' notebook comes to do by seeding every training
    /// alike.
    case same
  }

  /// Plans a search.
  ///
  /// - Parameters:
  ///   - settings: the inner trainings.
  ///   - learningRate: the step size of the activation function's weights.
  ///   - clip: no component of the outer gradient is taken for larger than this.
  ///   - start: where the inner trainings start.
  ///   - seed: the seed of all weights and all noise.
  ///   - examples: what is learned.
  package init(
    _ settings: InnerTraining.Settings, learningRate: Double, clip: Double, start: Start, seed: Int,
    on examples: Examples
  ) {
    self.settings = settings
    self.learningRate = learningRate
    self.clip = clip
    self.start = start
    self.seed = seed
    self.examples = examples
  }

  /// The activation function's network before the first step.
  package var initialActivation: ActivationNetwork {
    var generator = TorchGenerator(seed: UInt64(seed))
    return ActivationNetwork(hidden: settings.units, using: &generator)
  }

  /// The inner training of an outer step; its weights and noise depend on the seed and the step alone.
  package func training(_ step: Int) -> InnerTraining {
    let offset = start == .fresh ? step : 0
    return InnerTraining(
      settings, on: examples, seed: UInt64(seed) &* 1_000_003 &+ UInt64(offset) &+ 1)
  }

  /// The function that a network makes.
  package func learned(_ network: ActivationNetwork) -> LearnedActivation {
    LearnedActivation(scale: Float(settings.scale), network: network)
  }

  /// The network after an outer step.
  package func moved(
    _ network: ActivationNetwork, along gradient: ActivationNetwork, _ step: Int
  ) throws(Divergence) -> ActivationNetwork {
    for (name, tensor) in gradient.namedParameters {
      if let value = tensor.elements.first(where: { !$0.isFinite }) {
        throw Divergence(
          description: "the outer gradient of \(name) at outer step \(step) is \(value)")
      }
    }
    return SGD.step(
      network, along: gradient.clipped(by: .value(clip)),
      learningRate: Tensor(Float(learningRate)))
  }

  /// An outer gradient that is no longer a number.
  package struct Divergence: Error, Hashable, CustomStringConvertible {
    /// Where that is, and which number.
    package let description: String
  }
}
