import Tensors

/// A pruned ``MultilayerPerceptron`` that holds, and trains, only the weights that survive.
///
/// It costs what its survivors cost, and ends at the bits of ``Masked``: a weight of 0 adds nothing to a sum. From about
/// 80 % sparsity on it is the faster of the two.
public struct SparsePerceptron: Classifier {
  /// inputs → hidden.
  public var linear1: SparseLinear
  /// hidden → hidden.
  public var linear2: SparseLinear
  /// hidden → classes.
  public var linear3: SparseLinear

  /// Takes over a pruned network.
  ///
  /// - Precondition: the network's activation function is relu.
  public init(_ masked: Masked<MultilayerPerceptron>) {
    guard case .named(.relu) = masked.network.activation else {
      preconditionFailure("a sparse network's activation function is relu, found another one")
    }
    let (network, survivors) = (masked.network, masked.mask.survivors)
    linear1 = SparseLinear(network.linear1, survivors: survivors.linear1)
    linear2 = SparseLinear(network.linear2, survivors: survivors.linear2)
    linear3 = SparseLinear(network.linear3, survivors: survivors.linear3)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let h = linear1(x.permuted(1, 0), activation: .relu)
    return linear3(h + linear2(h, activation: .relu)).permuted(1, 0)
  }

  /// The same network with zeros in place of what was pruned.
  public func expanded(into network: MultilayerPerceptron) -> MultilayerPerceptron {
    var network = network
    network.linear1 = linear1.expanded
    network.linear2 = linear2.expanded
    network.linear3 = linear3.expanded
    return network
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("linear1", &linear1)
    visit("linear2", &linear2)
    visit("linear3", &linear3)
  }
}

/// An affine map of which only some weights are there, with the batch last: [inputs, batch] → [outputs, batch].
public struct SparseLinear: Layer {
  /// The weights that survive, row by row.
  public var values: Tensor
  /// [outputs], with 0 for what was pruned.
  public var bias: Tensor
  private let pattern: SparsePattern
  private let biasSurvivors: Tensor

  init(_ linear: Linear, survivors: Linear) {
    pattern = SparsePattern(mask: survivors.weight)
    values = pattern.compressed(linear.weight)
    bias = linear.bias
    biasSurvivors = survivors.bias
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, activation: .identity) }

  func callAsFunction(_ x: Tensor, activation: AffineActivation) -> Tensor {
    pattern.affine(
      x, values: values, bias: gated(bias, by: biasSurvivors), activation: activation)
  }

  var expanded: Linear { Linear(weight: pattern.expanded(values), bias: bias) }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    visit("values", &values)
    visit("bias", &bias)
  }
}
