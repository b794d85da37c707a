import CKernels

/// Whether a reduction drops the axis it sums over or leaves it with the extent 1.
public enum ReducedAxis: Sendable {
  case dropped
  case kept
}

extension Tensor {
  /// The sum over one axis, counted from the end if negative.
  public func sum(along axis: Int, _ reduced: ReducedAxis = .dropped) -> Tensor {
    let axis = shape.axis(axis)
    return Tensor.operation(self, value: self.reduced(along: axis, reduced, ck_sum)) { x, _ in
      let original = x.shape
      return { upstream, gradients in
        gradients.add(
          upstream.reshaped(to: original.with(1, at: axis)).broadcast(to: original))
      }
    }
  }

  /// The sum of all elements, a scalar.
  public func sum() -> Tensor {
    Tensor.operation(self, value: Tensor([]) { ck_sum(1, count, 1, pointer, $0) }) { x, _ in
      let original = x.shape
      return { upstream, gradients in gradients.add(upstream.broadcast(to: original)) }
    }
  }

  /// The mean over one axis, counted from the end if negative.
  public func mean(along axis: Int, _ reduced: ReducedAxis = .dropped) -> Tensor {
    sum(along: axis, reduced) / Float(shape[shape.axis(axis)])
  }

  /// The mean of all elements, a scalar.
  public func mean() -> Tensor { sum() / Float(count) }

  /// The largest elements along one axis; NaN where any is NaN.
  ///
  /// The derivative goes to the largest element, and in equal parts to several equal ones, as in PyTorch's `amax`.
  public func max(along axis: Int, _ reduced: ReducedAxis = .dropped) -> Tensor {
    let axis = shape.axis(axis)
    precondition(shape[axis] > 0, "axis \(axis) of shape \(shape) has no largest element")
    return Tensor.operation(self, value: self.reduced(along: axis, reduced, ck_maximum)) { x, y in
      { upstream, gradients in
        let kept = x.shape.with(1, at: axis)
        let largest = equal(x, y.reshaped(to: kept))
        gradients.add(
          upstream.reshaped(to: kept) * (largest / largest.sum(along: axis, .kept)))
      }
    }
  }

  /// The position of the first largest element in each row of the last axis.
  public func argmax() -> [Int] {
    precondition(
      rank > 0 && shape[rank - 1] > 0, "the rows of shape \(shape) have no largest element")
    let width = shape[rank - 1]
    return withUnsafeElements { elements in
      (0..<count / width).map { row in
        var best = 0
        for column in 1..<Swift.max(width, 1)
        where elements[row * width + column] > elements[row * width + best] {
          best = column
        }
        return best
      }
    }
  }

  private func reduced(
    along axis: Int, _ reduced: ReducedAxis,
    _ kernel: (Int, Int, Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    var outer = 1
    var inner = 1
    // Only a tensor without elements can be beyond counting here.
    for other in 0..<axis { outer &*= shape[other] }
    for other in axis + 1..<rank { inner &*= shape[other] }
    let result = reduced == .kept ? shape.with(1, at: axis) : shape.without(axis)
    return Tensor(result) {
      if result.elementCount > 0 { kernel(outer, shape[axis], inner, pointer, $0) }
    }
  }

  /// The sum over the axes along which broadcasting repeated a tensor of the given shape.
  func summed(to target: Shape) -> Tensor {
    if shape == target { return self }
    if target.elementCount == 1 { return sum().reshaped(to: target) }
    var result = self
    while result.rank > target.rank { result = result.sum(along: 0) }
    for axis in 0..<target.rank where target[axis] == 1 && result.shape[axis] != 1 {
      result = result.sum(along: axis, .kept)
    }
    return result
  }
}
