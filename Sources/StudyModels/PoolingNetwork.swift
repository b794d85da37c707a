import NeuralNetworks
import ReferenceRandom
import Tensors

/// Two convolutions, each followed by one way of halving the number of positions, or by none.
///
/// conv1: 1 → channels, conv2: channels → channels, both with kernel 3, padding 1 and relu; then a linear layer.
/// 9,310 parameters without pooling, 3,310 with it.
package struct PoolingNetwork: Classifier {
  /// 1 → channels.
  package var conv1: Conv1D
  /// channels → channels.
  package var conv2: Conv1D
  /// The flattened positions → classes.
  package var linear: Linear
  /// What follows either convolution; nothing where positions are kept, or skipped by the convolution itself.
  private let pooling: Pooling1D?

  /// The shortest signal for which every layer has an output, whatever the method.
  package static let shortestInput = 4

  /// Creates a network with PyTorch's default initialisation.
  ///
  /// - Precondition: `inputs` is at least ``shortestInput``.
  package init(
    _ method: PoolingMethod, inputs: Int = 40, channels: Int = 20, classes: Int = 10,
    using generator: inout some FloatRandomNumberGenerator
  ) {
    precondition(
      inputs >= Self.shortestInput,
      "the network needs signals of \(Self.shortestInput) points, found \(inputs)")
    let stride = method == .stride ? 2 : 1
    pooling = method.kind.map { Pooling1D($0, width: 2) }
    conv1 = Conv1D(1, channels, kernel: 3, stride: stride, padding: 1, using: &generator)
    conv2 = Conv1D(channels, channels, kernel: 3, stride: stride, padding: 1, using: &generator)
    let length =
      switch method {
      case .none: inputs
      case .stride: (0..<2).reduce(inputs) { length, _ in (length + 1) / 2 }
      case .max, .average, .l2: inputs / 2 / 2
      }
    linear = Linear(channels * length, classes, using: &generator)
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    // The batch stays innermost all the way, as convolutions and pooling want it.
    var h = x.transposed().reshaped(to: [1, x.shape[1], x.shape[0]])
    h = pooled(conv1(h, activation: .relu, layout: .batchLast))
    h = pooled(conv2(h, activation: .relu, layout: .batchLast))
    return linear(h.reshaped(to: [h.shape[0] * h.shape[1], h.shape[2]]), layout: .batchLast)
  }

  private func pooled(_ h: Tensor) -> Tensor { pooling?(h, layout: .batchLast) ?? h }

  package mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("conv1", &conv1)
    visit("conv2", &conv2)
    visit("linear", &linear)
  }
}

/// How a network halves the number of positions behind a convolution.
package enum PoolingMethod: String, Sendable, CaseIterable {
  /// Not at all.
  case none
  /// By a convolution of stride 2.
  case stride
  /// By the larger of two neighbours.
  case max
  /// By the mean of two neighbours.
  case average
  /// By the Euclidean norm of two neighbours.
  case l2

  /// What is made of two neighbours, nil where there is no pooling.
  var kind: PoolingKind? {
    switch self {
    case .none, .stride: nil
    case .max: .max
    case .average: .average
    case .l2: .l2
    }
  }

  /// The name in a figure.
  package var label: String {
    switch self {
    case .none: "no pooling"
    case .stride: "stride 2"
    case .max: "max pooling"
    case .average: "average pooling"
    case .l2: "L2 pooling"
    }
  }
}
