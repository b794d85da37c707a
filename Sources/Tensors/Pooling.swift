import CKernels

/// What ``pooling1D(_:_:width:stride:layout:)`` and ``pooling2D(_:_:window:stride:layout:)`` make of a window.
public enum PoolingKind: Sendable, CaseIterable {
  /// The largest element, PyTorch's `MaxPool1d` and `MaxPool2d`. The first of equals gets the gradient; a NaN is larger than all.
  case max
  /// The mean, PyTorch's `AvgPool1d` and `AvgPool2d`.
  case average
  /// The Euclidean norm √Σx², PyTorch's `LPPool1d` and `LPPool2d` with p = 2. The gradient of a window of zeros is 0.
  case l2
}

/// Reduces windows of positions to one value each.
///
/// - Parameters:
///   - x: [batch, channels, length], or [channels, length, batch] if the layout is batch last.
///   - kind: what a window is reduced to.
///   - width: how many positions a window spans.
///   - stride: how far the window moves; `width` if nil.
///   - layout: where the batch lies. Batch last saves two transpositions.
/// - Returns: [batch, channels, (length − width) / stride + 1], or [channels, …, batch] if the layout is batch last.
public func pooling1D(
  _ x: Tensor, _ kind: PoolingKind, width: Int, stride: Int? = nil,
  layout: ActivationLayout = .batchFirst
) -> Tensor {
  precondition(x.rank == 3, "pooling takes three axes, found shape \(x.shape)")
  switch layout {
  case .batchFirst:
    return pooling1D(
      x.permuted(1, 2, 0), kind, width: width, stride: stride, layout: .batchLast
    ).permuted(2, 0, 1)
  case .batchLast:
    return Windows(x, width: width, stride: stride ?? width).reduced(x, kind)
  }
}

/// Reduces windows of a plane's positions to one value each.
///
/// - Parameters:
///   - x: [batch, channels, height, width], or [channels, height, width, batch] if the layout is batch last.
///   - kind: what a window is reduced to. Rows come one after the other: the first of equals is the one furthest left in the
///     uppermost row.
///   - window: how many positions a window spans along either axis.
///   - stride: how far the window moves; `window` if nil.
///   - layout: where the batch lies. Batch last saves two transpositions.
/// - Returns: [batch, channels, (height − window) / stride + 1, (width − window) / stride + 1], or [channels, …, batch] if the
///   layout is batch last.
public func pooling2D(
  _ x: Tensor, _ kind: PoolingKind, window: Size2D, stride: Size2D? = nil,
  layout: ActivationLayout = .batchFirst
) -> Tensor {
  precondition(x.rank == 4, "pooling of planes takes four axes, found shape \(x.shape)")
  switch layout {
  case .batchFirst:
    return pooling2D(
      x.permuted(1, 2, 3, 0), kind, window: window, stride: stride, layout: .batchLast
    ).permuted(3, 0, 1, 2)
  case .batchLast:
    return Windows(x, window: window, stride: stride ?? window).reduced(x, kind)
  }
}

/// The windows of one pooling, batch last, and the operators over them.
private struct Windows {
  /// A line of positions is a plane of height 1.
  private let extents: ck_pooling_shape
  private let inputShape: Shape
  private let outputShape: Shape

  /// Windows of a line: x is [channels, length, batch].
  init(_ x: Tensor, width: Int, stride: Int) {
    let outputs = Self.outputs(x.shape[1], "positions", width: width, stride: stride)
    extents = ck_pooling_shape(
      channels: x.shape[0], batch: x.shape[2], input: ck_plane(height: 1, width: x.shape[1]),
      output: ck_plane(height: 1, width: outputs.count), window: ck_plane(height: 1, width: width),
      stride: ck_plane(height: 1, width: outputs.stride))
    inputShape = x.shape
    outputShape = [x.shape[0], outputs.count, x.shape[2]]
  }

  /// Windows of a plane: x is [channels, height, width, batch].
  init(_ x: Tensor, window: Size2D, stride: Size2D) {
    let down = Self.outputs(x.shape[1], "rows", width: window.height, stride: stride.height)
    let across = Self.outputs(x.shape[2], "columns", width: window.width, stride: stride.width)
    extents = ck_pooling_shape(
      channels: x.shape[0], batch: x.shape[3],
      input: ck_plane(height: x.shape[1], width: x.shape[2]),
      output: ck_plane(height: down.count, width: across.count),
      window: ck_plane(height: window.height, width: window.width),
      stride: ck_plane(height: down.stride, width: across.stride))
    inputShape = x.shape
    outputShape = [x.shape[0], down.count, across.count, x.shape[3]]
  }

  /// How many windows there are along an axis, and the stride between them: all beyond the room lead to the one window at
  /// the start.
  private static func outputs(
    _ length: Int, _ places: String, width: Int, stride: Int
  ) -> (count: Int, stride: Int) {
    precondition(
      width > 0 && stride > 0 && width <= length,
      "windows of \(width) \(places), \(stride) apart, do not fit into \(length) \(places)")
    let room = length - width
    return (room / stride + 1, Swift.min(stride, room + 1))
  }

  /// What becomes of each window.
  func reduced(_ x: Tensor, _ kind: PoolingKind) -> Tensor {
    switch kind {
    case .max: maximum(of: x)
    case .average: linear(CK_POOL_AVERAGE, x)
    case .l2: norm(of: x)
    }
  }

  private func pool(_ kind: ck_pooling, _ x: Tensor, values: Tensor) -> Tensor {
    Tensor(outputShape) {
      if x.count == 0 { return }
      ck_pool(Int32(bitPattern: kind.rawValue), extents, x.pointer, values.pointer, $0)
    }
  }

  private func unpool(_ kind: ck_pooling, _ x: Tensor, _ y: Tensor, _ dy: Tensor) -> Tensor {
    Tensor(inputShape) {
      if x.count == 0 { return }
      ck_unpool(Int32(bitPattern: kind.rawValue), extents, x.pointer, y.pointer, dy.pointer, $0)
    }
  }

  // MARK: Average and sum

  private func linear(_ kind: ck_pooling, _ x: Tensor) -> Tensor {
    Tensor.operation(x, value: pool(kind, x, values: x)) { _, _ in
      { upstream, gradients in gradients.add(linearAdjoint(kind, upstream)) }
    }
  }

  private func linearAdjoint(_ kind: ck_pooling, _ dy: Tensor) -> Tensor {
    Tensor.operation(dy, value: unpool(kind, dy, dy, dy)) { _, _ in
      { upstream, gradients in gradients.add(linear(kind, upstream)) }
    }
  }

  // MARK: Maximum

  private func maximum(of x: Tensor) -> Tensor {
    Tensor.operation(x, value: pool(CK_POOL_MAXIMUM, x, values: x)) { x, _ in
      let x = x.detached()
      return { upstream, gradients in gradients.add(placed(upstream, whereLargest: x)) }
    }
  }

  /// The elements of `values` that lie where the windows of x are largest.
  private func picked(_ values: Tensor, whereLargest x: Tensor) -> Tensor {
    Tensor.operation(values, value: pool(CK_POOL_MAXIMUM, x, values: values)) { _, _ in
      { upstream, gradients in gradients.add(placed(upstream, whereLargest: x)) }
    }
  }

  /// Zeros, with `dy` added where the windows of x are largest; the adjoint of `picked`.
  private func placed(_ dy: Tensor, whereLargest x: Tensor) -> Tensor {
    Tensor.operation(dy, value: unpool(CK_POOL_MAXIMUM, x, dy, dy)) { _, _ in
      { upstream, gradients in gradients.add(picked(upstream, whereLargest: x)) }
    }
  }

  // MARK: Norm

  private func norm(of x: Tensor) -> Tensor {
    Tensor.operation(x, value: pool(CK_POOL_NORM, x, values: x)) { x, y in
      { upstream, gradients in
        guard upstream.isRecorded || x.isRecorded || y.isRecorded else {
          gradients.add(unpool(CK_POOL_NORM, x, y, upstream))
          return
        }
        // Where y is 0 the numerator is 0 too, and the denominator 1.
        let ratio = gated(upstream, by: y) / (y + equal(y, Tensor(0)))
        gradients.add(x * linearAdjoint(CK_POOL_SUM, ratio))
      }
    }
  }
}
