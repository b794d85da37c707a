import CKernels

// Functions of single elements. Derivatives at kinks follow PyTorch; bounds on the errors stand beside the
// kernels, in units in the last place (ulp).

/// The elements where they are positive, else 0; the derivative at 0 is 0.
public func relu(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: x.mapped(CK_RELU)) { _, y in
    { upstream, gradients in gradients.add(gated(upstream, by: y)) }
  }
}

/// The absolute values; the derivative at 0 is 0.
public func abs(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: x.mapped(CK_ABSOLUTE)) { x, _ in
    { upstream, gradients in gradients.add(upstream * sign(x)) }
  }
}

/// -1, 0 or 1 by the sign of each element; a constant.
public func sign(_ x: Tensor) -> Tensor { x.mapped(CK_SIGN) }

/// The square roots, correctly rounded.
public func sqrt(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: x.mapped(CK_SQUARE_ROOT)) { _, y in
    { upstream, gradients in gradients.add(upstream * 0.5 / y) }
  }
}

/// The squares.
public func square(_ x: Tensor) -> Tensor { x * x }

/// eˣ, within 1 ulp.
public func exp(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: x.mapped(CK_EXP)) { _, y in
    { upstream, gradients in gradients.add(upstream * y) }
  }
}

/// eˣ − 1, within 2 ulp.
public func expm1(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: x.mapped(CK_EXPM1)) { _, y in
    { upstream, gradients in gradients.add(upstream * (y + 1)) }
  }
}

/// The natural logarithm, within 1 ulp.
public func log(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: x.mapped(CK_LOG)) { x, _ in
    { upstream, gradients in gradients.add(upstream / x) }
  }
}

/// ln (1 + x), within 1 ulp.
public func log1p(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: x.mapped(CK_LOG1P)) { x, _ in
    { upstream, gradients in gradients.add(upstream / (x + 1)) }
  }
}

/// The hyperbolic tangent, within 5 ulp.
public func tanh(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: x.mapped(CK_TANH)) { _, y in
    { upstream, gradients in gradients.add(tanhGradient(upstream, y)) }
  }
}

/// upstream · (1 − y²), the gradient of y = tanh(x), in one pass.
private func tanhGradient(_ upstream: Tensor, _ y: Tensor) -> Tensor {
  Tensor.operation(upstream, y, value: Tensor.combine(upstream, y, CK_TANH_GRADIENT)) {
    inner, y, _ in
    { upstream, gradients in
      gradients.add(tanhGradient(upstream, y), to: 0)
      gradients.add(upstream * inner * y * -2, to: 1)
    }
  }
}

/// 1 / (1 + e⁻ˣ), within 3 ulp.
public func sigmoid(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: x.mapped(CK_SIGMOID)) { _, y in
    { upstream, gradients in gradients.add(upstream * (y * (1 - y))) }
  }
}

/// ln (1 + eˣ), within 2 ulp.
public func softplus(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: x.mapped(CK_SOFTPLUS)) { x, _ in
    { upstream, gradients in gradients.add(upstream * sigmoid(x)) }
  }
}

/// x where x > 0, else eˣ − 1; PyTorch's `elu` with α = 1.
///
/// The derivative at 0 is 1, and those of higher orders are 0 there, as in PyTorch; JAX has them be 1.
public func elu(_ x: Tensor) -> Tensor {
  Tensor.operation(x, value: eluValue(x)) { _, y in
    // 1 − relu(−y) is 1 for x ≥ 0 and eˣ below.
    { upstream, gradients in gradients.add(upstream * (1 - relu(-y))) }
  }
}

private func eluValue(_ x: Tensor) -> Tensor {
  let negative = Tensor.combine(x, Tensor(0), CK_MINIMUM).mapped(CK_EXPM1)
  return Tensor.combine(x.mapped(CK_RELU), negative, CK_ADD)
}

/// x · sigmoid(x), also known as SiLU.
public func swish(_ x: Tensor) -> Tensor { x * sigmoid(x) }

/// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), PyTorch's `gelu` with `approximate="tanh"`.
///
/// Source: D. Hendrycks and K. Gimpel, "Gaussian error linear units" (2016).
public func gelu(_ x: Tensor) -> Tensor {
  Tensor.operation(
    x,
    value: Tensor(x.shape) { result in
      splitElements(x.count) { start, count in
        ck_gelu(count, x.pointer + start, result + start)
      }
    }
  ) { x, _ in
    { upstream, gradients in
      guard upstream.isRecorded || x.isRecorded else {
        gradients.add(
          Tensor(x.shape) { result in
            splitElements(x.count) { start, count in
              ck_gelu_gradient(count, upstream.pointer + start, x.pointer + start, result + start)
            }
          })
        return
      }
      gradients.add(upstream * geluSlope(x))
    }
  }
}

/// The derivative of ``gelu(_:)``, written with tensor operations.
private func geluSlope(_ x: Tensor) -> Tensor {
  let squares = square(x)
  let t = tanh(x * (squares * 0.035_677_408 + 0.797_884_56))
  return ((t + 1) + x * (1 - square(t)) * (squares * 0.107_032_22 + 0.797_884_56)) * 0.5
}
