import CKernels

// Operations that move elements without computing anything.

extension Tensor {
  /// The same elements, in row-major order, under another shape.
  public func reshaped(to target: Shape) -> Tensor {
    precondition(
      target.elementCount == count,
      "\(count) elements of shape \(shape) do not fill shape \(target)")
    if target == shape { return self }
    return Tensor.operation(self, value: sharing(target)) { x, _ in
      let original = x.shape
      return { upstream, gradients in gradients.add(upstream.reshaped(to: original)) }
    }
  }

  /// The tensor repeated along new leading axes and along axes of extent 1, as in NumPy's `broadcast_to`.
  public func broadcast(to target: Shape) -> Tensor {
    if target == shape { return self }
    precondition(
      shape.broadcast(with: target) == target, "shape \(shape) cannot be broadcast to \(target)")
    let extents = target.leftPadded
    return Tensor.operation(
      self,
      value: Tensor(target) {
        Tensor.copy(
          extents, from: pointer, shape.strides(broadcastTo: extents), to: $0,
          target.strides(broadcastTo: extents))
      }
    ) { x, _ in
      let original = x.shape
      return { upstream, gradients in gradients.add(upstream.summed(to: original)) }
    }
  }

  /// The tensor with its axes in another order: axis i of the result is axis `order[i]` of this tensor.
  public func permuted(_ order: Int...) -> Tensor { permuted(order) }

  /// The tensor with its axes in another order: axis i of the result is axis `order[i]` of this tensor.
  public func permuted(_ order: [Int]) -> Tensor {
    precondition(
      order.sorted() == Array(0..<rank), "\(order) is no order of the axes of shape \(shape)")
    let target = Shape(order.map { shape[$0] })
    var inverse = order
    for (position, axis) in order.enumerated() { inverse[axis] = position }
    let offset = 4 - rank
    return Tensor.operation(
      self,
      value: Tensor(target) {
        let steps = shape.contiguousStrides
        var strides = steps
        for (position, axis) in order.enumerated() {
          strides[offset + position] = steps[offset + axis]
        }
        Tensor.copy(target.leftPadded, from: pointer, strides, to: $0, target.contiguousStrides)
      }
    ) { _, _ in
      { [inverse] upstream, gradients in gradients.add(upstream.permuted(inverse)) }
    }
  }

  /// The tensor with its last two axes exchanged.
  public func transposed() -> Tensor {
    precondition(rank >= 2, "shape \(shape) has no two axes to exchange")
    var order = Array(0..<rank)
    order.swapAt(rank - 1, rank - 2)
    return permuted(order)
  }

  /// The part of the tensor that lies in `range` along one axis.
  ///
  /// A part that is contiguous and begins at a multiple of sixteen elements shares the memory and costs nothing.
  public func sliced(_ range: Range<Int>, along axis: Int = 0) -> Tensor {
    let axis = shape.axis(axis)
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "\(range) is out of range for axis \(axis) of shape \(shape)")
    let after = shape[axis] - range.upperBound
    let target = shape.with(range.count, at: axis)
    return Tensor.operation(self, value: part(target, from: range.lowerBound, along: axis)) {
      _, _ in
      { upstream, gradients in
        gradients.add(upstream.padded(before: range.lowerBound, after: after, along: axis))
      }
    }
  }

  /// The parts of these extents that make up the tensor along one axis, PyTorch's `split`.
  ///
  /// As ``sliced(_:along:)`` has each of them, with one derivative for all.
  public func parts(_ extents: [Int], along axis: Int = 0) -> [Tensor] {
    let axis = shape.axis(axis)
    precondition(
      extents.allSatisfy { $0 >= 0 && $0 <= shape[axis] }
        && extents.reduce(0) { Swift.min($0 + $1, Int(Int32.max)) } == shape[axis],
      "parts of \(extents) do not make up axis \(axis) of shape \(shape)")
    let shapes = extents.map { shape.with($0, at: axis) }
    var start = 0
    return Tensor.operation(
      [self],
      values: shapes.map { target in
        defer { start += target[axis] }
        return part(target, from: start, along: axis)
      }
    ) { _, _ in
      { upstream, gradients in
        gradients.add(
          .concatenated(zip(upstream, shapes).map { $0 ?? .zeros($1) }, along: axis))
      }
    }
  }

  /// A constant of this shape with the elements from `start` on along one axis.
  private func part(_ target: Shape, from start: Int, along axis: Int) -> Tensor {
    let strides = shape.contiguousStrides
    let offset = start * strides[4 - rank + axis]
    let isContiguous = (0..<axis).allSatisfy { shape[$0] == 1 }
    if isContiguous && offset % 16 == 0 { return sharing(target, from: offset) }
    return Tensor(target) {
      Tensor.copy(
        target.leftPadded, from: pointer + offset, strides, to: $0, target.contiguousStrides)
    }
  }

  /// The tensor with zeros in front of and behind it along one axis.
  public func padded(before: Int, after: Int, along axis: Int) -> Tensor {
    precondition(
      before >= 0 && before <= Int32.max && after >= 0 && after <= Int32.max,
      "padding is out of range: \(before) and \(after)")
    let axis = shape.axis(axis)
    let extent = shape[axis]
    let target = shape.with(before + extent + after, at: axis)
    return Tensor.operation(
      self,
      value: Tensor(target) {
        $0.update(repeating: 0, count: target.elementCount)
        let strides = target.contiguousStrides
        Tensor.copy(
          shape.leftPadded, from: pointer, shape.contiguousStrides,
          to: $0 + before * strides[4 - rank + axis], strides)
      }
    ) { _, _ in
      { upstream, gradients in
        gradients.add(upstream.sliced(before..<before + extent, along: axis))
      }
    }
  }

  /// The tensor in reverse order along one axis.
  public func flipped(along axis: Int) -> Tensor {
    let axis = shape.axis(axis)
    return Tensor.operation(
      self,
      value: Tensor(shape) {
        if count == 0 { return }
        let steps = shape.contiguousStrides
        var strides = steps
        let position = 4 - rank + axis
        strides[position] = -steps[position]
        Tensor.copy(
          shape.leftPadded, from: pointer + (shape[axis] - 1) * steps[position], strides, to: $0,
          steps)
      }
    ) { _, _ in
      { upstream, gradients in gradients.add(upstream.flipped(along: axis)) }
    }
  }

  /// The tensors one after another along an axis; their other extents agree.
  public static func concatenated(_ parts: [Tensor], along axis: Int = 0) -> Tensor {
    precondition(!parts.isEmpty, "there is nothing to concatenate")
    let axis = parts[0].shape.axis(axis)
    var starts = [0]
    for part in parts {
      // Before the sum goes beyond what an axis may hold, which `Int` need not be able to count.
      let (end, isTooLong) = starts[starts.count - 1].addingReportingOverflow(
        part.rank == parts[0].rank ? part.shape[axis] : 0)
      precondition(
        !isTooLong && end <= Int32.max,
        "\(parts.count) tensors, the first of shape \(parts[0].shape), make axis \(axis) longer than \(Int32.max)"
      )
      precondition(
        part.rank == parts[0].rank
          && part.shape.with(0, at: axis) == parts[0].shape.with(0, at: axis),
        "shapes \(parts[0].shape) and \(part.shape) differ in more than axis \(axis)")
      starts.append(end)
    }
    let target = parts[0].shape.with(starts[parts.count], at: axis)
    return operation(
      parts,
      value: Tensor(target) { result in
        let strides = target.contiguousStrides
        for (part, start) in zip(parts, starts) {
          Tensor.copy(
            part.shape.leftPadded, from: part.pointer, part.shape.contiguousStrides,
            to: result + start * strides[4 - target.rank + axis], strides)
        }
      }
    ) { _, _ in
      { [starts] upstream, gradients in
        for (input, range) in zip(starts, starts.dropFirst()).enumerated() {
          gradients.add(upstream.sliced(range.0..<range.1, along: axis), to: input)
        }
      }
    }
  }

  /// Tensors of one shape, stacked along a new leading axis.
  public static func stacked(_ parts: [Tensor]) -> Tensor {
    concatenated(parts.map { $0.reshaped(to: Shape([1] + Array($0.shape))) })
  }

  /// The slices along the leading axis that `rows` names, in that order; a row may be named more than once.
  public func gathered(_ rows: [Int]) -> Tensor {
    precondition(rank > 0, "a scalar has no rows to gather")
    let slices = shape[0]
    let width = count / Swift.max(slices, 1)
    for row in rows {
      precondition(row >= 0 && row < shape[0], "row \(row) is out of range for shape \(shape)")
    }
    return Tensor.operation(
      self,
      value: Tensor(shape.with(rows.count, at: 0)) {
        for (position, row) in rows.enumerated() {
          ($0 + position * width).update(from: pointer + row * width, count: width)
        }
      }
    ) { _, _ in
      { upstream, gradients in gradients.add(upstream.scattered(rows, count: slices)) }
    }
  }

  /// A tensor with `count` slices along the leading axis, of which slice `rows[i]` is the sum of all slices i of
  /// this tensor that are sent there, i ascending; the adjoint of ``gathered(_:)``.
  public func scattered(_ rows: [Int], count slices: Int) -> Tensor {
    precondition(
      rank > 0 && shape[0] == rows.count, "\(rows.count) rows were named for shape \(shape)")
    let width = rows.isEmpty ? 0 : count / rows.count
    let target = shape.with(slices, at: 0)
    for row in rows {
      precondition(row >= 0 && row < slices, "row \(row) is out of range for \(slices) slices")
    }
    return Tensor.operation(
      self,
      value: Tensor(target) {
        $0.update(repeating: 0, count: target.elementCount)
        for (position, row) in rows.enumerated() {
          for column in 0..<width {
            $0[row * width + column] += pointer[position * width + column]
          }
        }
      }
    ) { _, _ in
      { upstream, gradients in gradients.add(upstream.gathered(rows)) }
    }
  }

  static func copy(
    _ extents: SIMD4<Int>, from source: UnsafePointer<Float>, _ sourceStrides: SIMD4<Int>,
    to target: UnsafeMutablePointer<Float>, _ targetStrides: SIMD4<Int>
  ) {
    ck_copy(
      ck_axes(extents), source, ck_axes(sourceStrides), target, ck_axes(targetStrides))
  }
}
