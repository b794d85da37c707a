import Tensors

// Layers without parameters that change a tensor's shape.

/// All axes but the batch's as one, PyTorch's `nn.Flatten`: [batch, …] → [batch, features].
public struct Flatten: Layer {
  /// Creates the layer.
  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.reshaped(to: [x.shape[0], x.count / Swift.max(x.shape[0], 1)])
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}

/// Features as channels and positions, PyTorch's `nn.Unflatten(1, (channels, -1))`: [batch, channels · length] →
/// [batch, channels, length]; of images, `nn.Unflatten(1, (channels, height, width))`: [batch, channels, height, width].
public struct Unflatten: Layer {
  /// How many channels there are.
  public var channels: Int
  /// How many rows a channel of an image has; nil where channels are lines of positions.
  public var height: Int?

  /// Creates the layer; signals have one channel.
  public init(channels: Int = 1) {
    precondition(channels > 0, "there is one channel or more, found \(channels)")
    self.channels = channels
  }

  /// Creates the layer for images.
  public init(_ image: ImageShape) {
    self.init(channels: image.channels)
    precondition(image.height > 0, "there is one row or more, found \(image.height)")
    height = image.height
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let rows = product(channels, height ?? 1, "rows")
    precondition(
      x.rank == 2 && x.shape[1] % rows == 0,
      "shape \(x.shape) cannot be split into \(channels) channels"
        + (height == nil ? "" : " of \(height ?? 1) rows"))
    let (batch, width) = (x.shape[0], x.shape[1] / rows)
    return x.reshaped(
      to: height == nil ? [batch, channels, width] : [batch, channels, rows / channels, width])
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}

/// The last two axes exchanged: [batch, channels, length] → [batch, length, channels].
public struct Transpose: Layer {
  /// Creates the layer.
  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.transposed() }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}

/// The mean over all positions, PyTorch's `nn.AdaptiveAvgPool1d(1)` and its last axis dropped: [batch, channels, length] →
/// [batch, channels].
public struct GlobalAveragePooling1D: Layer {
  /// Creates the layer.
  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(
      x.rank == 3 && x.shape[2] > 0, "there are no positions to average in shape \(x.shape)")
    return x.mean(along: 2)
  }

  public mutating func visitParameters(_ visit: inout some ParameterVisitor) {}
}
