import CKernels

/// A layer of tanh units applied to every element by itself: Σₕ weightₕ · tanh(factorₕ · x + offsetₕ).
///
/// What a perceptron 1 → hidden → 1 computes that serves as an activation function. Nothing as large as elements ×
/// units is ever stored: where many elements lie close together, the units' Taylor series are summed once per panel of
/// the axis, elsewhere the tanh of each element and unit is computed anew in every pass; both are within the
/// roundings of a sum over the units. One kernel takes the derivatives of the value and of its derivative together, which is what a
/// training step that is differentiated itself asks for. Derivatives exist to every order up to the fifteenth.
///
/// - Parameters:
///   - x: any shape.
///   - factors: [units].
///   - offsets: [units].
///   - weights: [units].
/// - Returns: the shape of x.
public func tanhUnits(_ x: Tensor, factors: Tensor, offsets: Tensor, weights: Tensor) -> Tensor {
  precondition(
    factors.rank == 1 && offsets.shape == factors.shape && weights.shape == factors.shape,
    "units have one factor, offset and weight each, found shapes \(factors.shape), "
      + "\(offsets.shape) and \(weights.shape)")
  precondition(factors.count > 0, "a layer of tanh units has one unit or more")
  let inputs = [x, factors, offsets, weights]
  guard innermostTape(inputs) != nil else { return unitSums(0, x, factors, offsets, weights) }
  return valueAndDerivative(inputs)[0]
}

/// The sums over the units and their derivatives with respect to the elements.
///
/// With that derivative as a result of its own, the first backward pass is a product, and the second one finds the
/// upstream derivatives of both in one place.
private func valueAndDerivative(_ inputs: [Tensor]) -> [Tensor] {
  Tensor.operation(
    inputs,
    values: {
      let derivative = Tensor(uninitialized: inputs[0].shape)
      let value = Tensor(inputs[0].shape) {
        if inputs[0].count == 0 { return }
        ck_tanh_units_with_derivative(
          inputs[0].count, inputs[1].count, inputs[0].pointer, inputs[1].pointer,
          inputs[2].pointer, inputs[3].pointer, $0, derivative.pointer)
      }
      return [value, derivative]
    }()
  ) { inputs, outputs in
    { upstream, gradients in
      let fromValue = gradients.wants(0) ? upstream[0].map { $0 * outputs[1] } : nil
      guard upstream[1] != nil || (1...3).contains(where: gradients.wants) else {
        if let fromValue { gradients.add(fromValue) }
        return
      }
      let isRecorded = (inputs + upstream.compactMap { $0 }).contains { $0.isRecorded }
      var own =
        isRecorded
        ? composedGradients(upstream, inputs, wanted: gradients.wants)
        : fusedGradients(upstream, inputs, wanted: gradients.wants)
      if let fromValue { own[0] = own[0].map { $0 + fromValue } ?? fromValue }
      for (input, gradient) in own.enumerated() {
        if let gradient { gradients.add(gradient, to: input) }
      }
    }
  }
}

/// The gradients of Σ upstream · (value, derivative) in one pass, but for the value's share in that of the elements.
private func fusedGradients(
  _ upstream: [Tensor?], _ inputs: [Tensor], wanted: (Int) -> Bool
) -> [Tensor?] {
  let (count, units) = (inputs[0].count, inputs[1].count)
  let ofElements = Tensor(uninitialized: inputs[0].shape)
  let isCurved = upstream[1] != nil && wanted(0)
  var sums = [PairwiseSum](repeating: PairwiseSum(), count: 3)
  for start in stride(from: 0, to: Swift.max(count, 1), by: longestBlock) {
    let parts = (1...3).map { _ in Tensor(uninitialized: [units]) }
    withExtendedLifetime((upstream, inputs, parts)) {
      ck_tanh_units_backward(
        Swift.min(longestBlock, count - start), units, inputs[0].pointer + start,
        inputs[1].pointer, inputs[2].pointer, inputs[3].pointer,
        upstream[0].map { UnsafePointer($0.pointer + start) },
        upstream[1].map { UnsafePointer($0.pointer + start) },
        isCurved ? ofElements.pointer + start : nil, parts[0].pointer, parts[1].pointer,
        parts[2].pointer)
    }
    for (place, part) in parts.enumerated() { sums[place].add(part) }
  }
  return [isCurved ? ofElements : nil]
    + (1...3).map { wanted($0) ? sums[$0 - 1].total : nil }
}

/// The elements whose sums one kernel takes; more of them are added pairwise. Where all lie in one panel, their sums are one
/// chain, and within 2⁻¹⁰ of Σ|…|.
private let longestBlock = 16_384

/// The same by operations that can be differentiated again.
private func composedGradients(
  _ upstream: [Tensor?], _ inputs: [Tensor], wanted: (Int) -> Bool
) -> [Tensor?] {
  let (x, a, b, w) = (inputs[0], inputs[1], inputs[2], inputs[3])
  func moments(_ order: Int, _ u: Tensor) -> Tensor { unitMoments(order, x, a, b, u) }
  var result = [Tensor?](repeating: nil, count: 4)
  func add(_ term: @autoclosure () -> Tensor, to input: Int) {
    guard wanted(input) else { return }
    result[input] = result[input].map { $0 + term() } ?? term()
  }
  if let u = upstream[0] {
    add(w * moments(1, u * x), to: 1)
    add(w * moments(1, u), to: 2)
    add(moments(0, u), to: 3)
  }
  if let v = upstream[1] {
    add(v * unitSums(2, x, a, b, w * a * a), to: 0)
    add(w * (moments(1, v) + a * moments(2, v * x)), to: 1)
    add(w * a * moments(2, v), to: 2)
    add(a * moments(1, v), to: 3)
  }
  return result
}

// Sums over the units and sums over the elements of derivatives of tanh are each other's derivatives, which closes
// the family: Σ u · w · tanh⁽ᵏ⁾(a x + b) is linear in u, over the elements, and in w, over the units.

/// Σₕ w · tanh⁽ᵏ⁾(a x + b) for every element.
private func unitSums(_ order: Int, _ x: Tensor, _ a: Tensor, _ b: Tensor, _ w: Tensor) -> Tensor {
  requireOrder(order)
  return Tensor.operation(
    [x, a, b, w],
    value: Tensor(x.shape) {
      if x.count == 0 { return }
      ck_tanh_units(
        Int32(order), x.count, a.count, x.pointer, a.pointer, b.pointer, w.pointer, $0)
    }
  ) { inputs, _ in
    { u, gradients in
      let (x, a, b, w) = (inputs[0], inputs[1], inputs[2], inputs[3])
      gradients.add(u * unitSums(order + 1, x, a, b, w * a), to: 0)
      gradients.add(w * unitMoments(order + 1, x, a, b, u * x), to: 1)
      gradients.add(w * unitMoments(order + 1, x, a, b, u), to: 2)
      gradients.add(unitMoments(order, x, a, b, u), to: 3)
    }
  }
}

/// Σ u · tanh⁽ᵏ⁾(a x + b) over the elements, for every unit.
private func unitMoments(
  _ order: Int, _ x: Tensor, _ a: Tensor, _ b: Tensor, _ u: Tensor
) -> Tensor {
  requireOrder(order)
  return Tensor.operation(
    [x, a, b, u],
    value: PairwiseSum.blocks(of: x.count, size: longestBlock) { start, count in
      Tensor(a.shape) {
        ck_tanh_moments(
          Int32(order), count, a.count, x.pointer + start, a.pointer, b.pointer,
          u.pointer + start, $0)
      }
    }
  ) { inputs, _ in
    { v, gradients in
      let (x, a, b, u) = (inputs[0], inputs[1], inputs[2], inputs[3])
      gradients.add(u * unitSums(order + 1, x, a, b, v * a), to: 0)
      gradients.add(v * unitMoments(order + 1, x, a, b, u * x), to: 1)
      gradients.add(v * unitMoments(order + 1, x, a, b, u), to: 2)
      gradients.add(unitSums(order, x, a, b, v), to: 3)
    }
  }
}

private func requireOrder(_ order: Int) {
  precondition(
    order <= 15, "units of tanh have derivatives up to order 15, order \(order) was asked for")
}
