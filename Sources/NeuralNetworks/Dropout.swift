import ReferenceRandom
import Tensors

/// Dropout, PyTorch's `nn.Dropout`: in training each element is 0 with a probability, and otherwise divided by that of
/// being kept.
///
/// The elements that are kept are those that PyTorch keeps after `torch.manual_seed`, where its own kernel draws: on
/// processors that are not Intel's, on which it calls another library's generator.
///
/// Source: N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", *JMLR* 15 (2014).
public struct Dropout: ContextualLayer {
  /// The probability of an element to be 0.
  public var probability: Double

  /// Creates the layer.
  public init(_ probability: Double = 0.5) {
    precondition(
      (0...1).contains(probability), "a probability is 0 to 1, found \(probability)")
    self.probability = probability
  }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    guard context.mode == .training, probability > 0, x.count > 0 else { return x }
    // As in PyTorch, nothing is drawn where nothing is kept.
    if probability == 1 { return x * Tensor.zeros(x.shape) }
    var mask = Tensor.zeros(x.shape)
    mask.withUnsafeMutableElements {
      context.random.fillBernoulli(
        $0, probability: 1 - probability, value: 1 / Float(1 - probability))
    }
    return x * mask
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}
