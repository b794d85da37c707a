import ReferenceRandom
import Tensors

/// Which parameters of a model survive a pruning.
///
/// A mask has the model's own shape, with 1 for a parameter that survives and 0 for one that is pruned. It is made
/// from the visits of the model's parameters alone, so every model has masks.
///
///     let mask = Mask(pruning: 0.9, ofLayersScoredBy: trained.magnitudes)
///     let ticket = Masked(initial, by: mask)
public struct Mask<Model: Parameterized & Sendable>: Sendable {
  /// 1 for each parameter that survives, 0 for each that does not.
  public let survivors: Model

  /// A mask that every parameter survives.
  public init(keepingAll model: Model) {
    survivors = model.mapParameters { .ones($0.shape) }
  }

  /// Takes ones and zeros for a mask; nil where there is anything else.
  public init?(_ survivors: Model) {
    for tensor in survivors.parameters where tensor.elements.contains(where: { $0 != 0 && $0 != 1 })
    {
      return nil
    }
    self.survivors = survivors
  }

  /// How many parameters survive.
  public var count: Int {
    survivors.parameters.reduce(0) { count, tensor in
      count + tensor.withUnsafeElements { $0.count { $0 == 1 } }
    }
  }

  /// The share of the parameters that are pruned.
  public var sparsity: Double {
    1 - Double(count) / Double(max(survivors.parameterCount, 1))
  }
}

// MARK: Pruning

extension Mask {
  /// Prunes, in each layer, the int(`sparsity` · n) of its n parameters that have the lowest scores.
  ///
  /// A layer is whatever holds tensors of its own: a linear layer's weights and biases compete with each other. Among
  /// equal scores those that are visited first go first, as a stable sort has it.
  ///
  /// Follows J. Frankle and M. Carbin, "The lottery ticket hypothesis", ICLR 2019, with the layers of the MNIST-1D
  /// authors.
  ///
  /// - Parameters:
  ///   - sparsity: the share to prune, 0 … 1.
  ///   - scores: how much each parameter is worth, in the model's own shape.
  public init(pruning sparsity: Double, ofLayersScoredBy scores: Model) {
    precondition((0...1).contains(sparsity), "a share of \(sparsity) cannot be pruned")
    var masks: [Tensor] = []
    for layer in scores.layers {
      let count = layer.reduce(0) { $0 + $1.count }
      let cut = lowest(Int(sparsity * Double(count)), of: layer)
      var key = 0
      for tensor in layer {
        let elements = tensor.withUnsafeElements { elements in
          elements.map { score in
            defer { key += 1 }
            return sortKey(score, key) < cut ? Float(0) : 1
          }
        }
        masks.append(Tensor(elements, shape: tensor.shape))
      }
    }
    survivors = scores.replacingParameters(with: masks)
  }
}

extension Parameterized {
  /// The parameters' absolute values, as scores for a pruning.
  public var magnitudes: Self { mapParameters { abs($0) } }

  /// Noise between 0 and 1, as scores for a pruning at random: what `torch.rand` gives one layer after another.
  public func uniformScores(using generator: inout some FloatRandomNumberGenerator) -> Self {
    mapParameters { tensor in
      var scores = Tensor.zeros(tensor.shape)
      scores.withUnsafeMutableElements { generator.fillUniform($0, from: 0, to: 1) }
      return scores
    }
  }

  /// The tensors, grouped by the part of the model that holds them.
  fileprivate var layers: [[Tensor]] {
    var layers: [(name: Substring, tensors: [Tensor])] = []
    for (name, tensor) in namedParameters {
      let layer = name.lastIndex(of: ".").map { name[..<$0] } ?? ""
      if layers.last?.name == layer {
        layers[layers.count - 1].tensors.append(tensor)
      } else {
        layers.append((layer, [tensor]))
      }
    }
    return layers.map { $0.tensors }
  }
}

/// What the `count` lowest keys of a layer lie below.
private func lowest(_ count: Int, of layer: [Tensor]) -> UInt64 {
  var keys: [UInt64] = []
  keys.reserveCapacity(layer.reduce(0) { $0 + $1.count })
  for tensor in layer {
    tensor.withUnsafeElements { for score in $0 { keys.append(sortKey(score, keys.count)) } }
  }
  guard count < keys.count else { return .max }
  keys.sort()
  return keys[count]
}

/// A number that orders scores, and equal ones by their position.
private func sortKey(_ score: Float, _ position: Int) -> UInt64 {
  // Adding 0 makes −0 the 0 that it equals.
  let bits = (score + 0).bitPattern
  let ordered = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
  return UInt64(ordered) << 32 | UInt64(UInt32(position))
}

// MARK: Applying

extension Parameterized where Self: Sendable {
  /// The value with 0 for every parameter that the mask prunes; a derivative flows to the others only.
  public func masked(by mask: Mask<Self>) -> Self {
    combiningParameters(with: mask.survivors) { parameter, survivors in
      precondition(
        parameter.shape == survivors.shape,
        "a mask of shape \(survivors.shape) does not fit a parameter of shape \(parameter.shape)")
      return gated(parameter, by: survivors)
    }
  }
}

/// A layer of which only those parameters count, and learn, that a mask lets survive.
///
/// Whatever trains the layer leaves the pruned parameters at 0, since their gradient is 0. The parameters have the
/// names that they have without a mask.
public struct Masked<Network: Layer>: Layer {
  /// The layer, with 0 for its pruned parameters.
  public private(set) var network: Network
  /// Which parameters survive.
  public let mask: Mask<Network>

  /// Prunes a layer.
  public init(_ network: Network, by mask: Mask<Network>) {
    self.network = network.masked(by: mask)
    self.mask = mask
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { survivors(x) }

  public mutating func forward(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    var survivors = survivors
    let y = survivors.forward(x, in: &context)
    network.replaceStates(with: survivors.states)
    return y
  }

  /// The network, through whose pruned parameters no derivative flows.
  private var survivors: Network {
    network.combiningParameters(with: mask.survivors) { pruned($0, by: $1) }
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {
    network.visitParameters(&visit)
  }
}

extension Masked: Classifier where Network: Classifier {}

// MARK: Bits

extension Mask {
  /// The mask as bits, eight to a byte and the first in the highest place, as `numpy.packbits` has them.
  public var packed: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (survivors.parameterCount + 7) / 8)
    var position = 0
    for tensor in survivors.parameters {
      tensor.withUnsafeElements { elements in
        for element in elements {
          if element == 1 { bytes[position / 8] |= 0x80 >> UInt8(position % 8) }
          position += 1
        }
      }
    }
    return bytes
  }

  /// Unpacks the mask of a model; nil if it is of another size.
  public init?(unpacking bytes: [UInt8], of model: Model) {
    guard bytes.count == (model.parameterCount + 7) / 8 else { return nil }
    var position = 0
    survivors = model.mapParameters { tensor in
      let start = position
      position += tensor.count
      let bits = (start..<position).map { bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) != 0 }
      return Tensor(bits.map { $0 ? 1 : 0 }, shape: tensor.shape)
    }
  }
}
