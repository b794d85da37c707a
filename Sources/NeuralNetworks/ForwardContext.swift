import ReferenceRandom
import Tensors

/// What a network is applied for, and where the random numbers come from that it draws on the way.
///
///     var context = ForwardContext.training(using: TorchGenerator(seed: 42))
///     let scores = network.forward(x, in: &context)   // dropout, and the batch's own statistics
///     let judged = network(x)                         // neither
///
/// PyTorch keeps the first in every module, `train()` and `eval()`, and the second in a global generator.
public struct ForwardContext: Sendable {
  /// What a network is applied for.
  public enum Mode: Hashable, Sendable {
    /// To be trained: layers may draw random numbers, and remember what they see.
    case training
    /// To be used: the output depends on nothing but the network and its input.
    case evaluation
  }

  /// What the network is applied for.
  public let mode: Mode
  /// What layers draw from while they are trained.
  public var random: TorchGenerator

  /// A training's forward pass, whose layers draw from a generator.
  public static func training(using random: TorchGenerator) -> ForwardContext {
    ForwardContext(mode: .training, random: random)
  }

  /// The use of a network, in which nothing is drawn.
  public static let evaluation = ForwardContext(
    mode: .evaluation, random: TorchGenerator(seed: 0))
}

/// A layer that does something else while it is trained, or holds layers that do.
///
///     struct Counted: ContextualLayer {
///       var linear: Linear
///       var passes = Tensor(0)
///       mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
///         if context.mode == .training { passes = passes + 1 }
///         return linear.forward(x, in: &context)
///       }
///       mutating func visitParameters(_ visit: inout some ParameterVisitor) {
///         visit("linear", &linear)
///         visit(state: "passes", &passes)
///       }
///     }
///
/// What it remembers is a part of the layer like its parameters, and changes when the layer is applied in training. A
/// ``Training`` keeps it, saves it in checkpoints and hands it to no optimizer.
public protocol ContextualLayer: Layer {
  /// Applies the layer.
  mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor
}

extension ContextualLayer {
  /// Applies the layer as it is used, in evaluation.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    var (layer, context) = (self, ForwardContext.evaluation)
    return layer.forward(x, in: &context)
  }

  /// So that a layer which does not say what it does is none, instead of one that uses itself for ever.
  @available(*, unavailable, message: "a contextual layer says what it does in 'forward(_:in:)'")
  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    preconditionFailure("a contextual layer says what it does")
  }
}
