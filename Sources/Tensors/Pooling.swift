import CKernels

/// What ``pooling1D(_:_:width:stride:layout:)`` makes of a window.
public enum PoolingKind: Sendable, CaseIterable {
  /// The largest element, PyTorch's `MaxPool1d`. The first of equals gets the gradient; a NaN is larger than all.
  case max
  /// The mean, PyTorch's `AvgPool1d`.
  case average
  /// The Euclidean norm √Σx², PyTorch's `LPPool1d` with p = 2. The gradient of a window of zeros is 0.
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
    let windows = Windows(x, width: width, stride: stride ?? width)
    return switch kind {
    case .max: windows.maximum(of: x)
    case .average: windows.average(of: x)
    case .l2: windows.norm(of: x)
    }
  }
}

/// The windows of one pooling, batch last, and the operators over them.
private struct Windows {
  private let extents: ck_pooling_shape

  init(_ x: Tensor, width: Int, stride: Int) {
    let length = x.shape[1]
    precondition(
      width > 0 && stride > 0 && width <= length,
      "windows of \(width) positions, \(stride) apart, do not fit into \(length) positions")
    // All strides beyond the room lead to the one window at the start.
    let room = length - width
    extents = ck_pooling_shape(
      channels: x.shape[0], in_length: length, out_length: room / stride + 1, width: width,
      stride: Swift.min(stride, room + 1), batch: x.shape[2])
  }

  private func pool(_ kind: ck_pooling, _ x: Tensor, values: Tensor) -> Tensor {
    Tensor([extents.channels, extents.out_length, extents.batch]) {
      if x.count == 0 { return }
      ck_pool(Int32(bitPattern: kind.rawValue), extents, x.pointer, values.pointer, $0)
    }
  }

  private func unpool(_ kind: ck_pooling, _ x: Tensor, _ y: Tensor, _ dy: Tensor) -> Tensor {
    Tensor([extents.channels, extents.in_length, extents.batch]) {
      if x.count == 0 { return }
      ck_unpool(Int32(bitPattern: kind.rawValue), extents, x.pointer, y.pointer, dy.pointer, $0)
    }
  }

  // MARK: Average and sum

  func average(of x: Tensor) -> Tensor { linear(CK_POOL_AVERAGE, x) }

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

  func maximum(of x: Tensor) -> Tensor {
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

  func norm(of x: Tensor) -> Tensor {
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
