import CKernels

// Functions of single elements. Derivatives at kinks follow PyTorch; bounds on the errors stand beside the
// kernels, in units in the last place (ulp).

/// The elements where they are positive, else 0; the derivative at 0 is 0.
public func relu(_ x: Tensor) -> Tensor {
  Tensor.operation(
    x, kernel: { $0.mapped(CK_RELU) }, rule: { upstream, _, y in gated(upstream, by: y) })
}

/// The absolute values; the derivative at 0 is 0.
public func abs(_ x: Tensor) -> Tensor {
  Tensor.operation(
    x, kernel: { $0.mapped(CK_ABSOLUTE) }, rule: { upstream, x, _ in upstream * sign(x) })
}

/// -1, 0 or 1 by the sign of each element; a constant.
public func sign(_ x: Tensor) -> Tensor { x.mapped(CK_SIGN) }

/// The square roots, correctly rounded.
public func sqrt(_ x: Tensor) -> Tensor {
  Tensor.operation(
    x, kernel: { $0.mapped(CK_SQUARE_ROOT) }, rule: { upstream, _, y in upstream * 0.5 / y })
}

/// The squares.
public func square(_ x: Tensor) -> Tensor { x * x }

/// eˣ, within 1 ulp.
public func exp(_ x: Tensor) -> Tensor {
  Tensor.operation(x, kernel: { $0.mapped(CK_EXP) }, rule: { upstream, _, y in upstream * y })
}

/// eˣ − 1, within 2 ulp.
public func expm1(_ x: Tensor) -> Tensor {
  Tensor.operation(
    x, kernel: { $0.mapped(CK_EXPM1) }, rule: { upstream, _, y in upstream * (y + 1) })
}

/// The natural logarithm, within 1 ulp.
public func log(_ x: Tensor) -> Tensor {
  Tensor.operation(x, kernel: { $0.mapped(CK_LOG) }, rule: { upstream, x, _ in upstream / x })
}

/// ln (1 + x), within 1 ulp.
public func log1p(_ x: Tensor) -> Tensor {
  Tensor.operation(
    x, kernel: { $0.mapped(CK_LOG1P) }, rule: { upstream, x, _ in upstream / (x + 1) })
}

/// The hyperbolic tangent, within 5 ulp.
public func tanh(_ x: Tensor) -> Tensor {
  Tensor.operation(
    x, kernel: { $0.mapped(CK_TANH) }, rule: { upstream, _, y in tanhSlope(upstream, y) })
}

/// upstream · (1 − y²), a derivative on its way back through y = tanh(x), in one pass.
private func tanhSlope(_ upstream: Tensor, _ y: Tensor) -> Tensor {
  Tensor.operation(
    upstream, y, kernel: { Tensor.combine($0, $1, CK_TANH_SLOPE) },
    rule: { slope, upstream, y, _, wanted in
      (
        wanted.contains(0) ? tanhSlope(slope, y) : nil,
        wanted.contains(1) ? slope * upstream * y * -2 : nil
      )
    })
}

/// 1 / (1 + e⁻ˣ), within 3 ulp.
public func sigmoid(_ x: Tensor) -> Tensor {
  Tensor.operation(
    x, kernel: { $0.mapped(CK_SIGMOID) }, rule: { upstream, _, y in upstream * (y * (1 - y)) })
}

/// ln (1 + eˣ), within 2 ulp.
public func softplus(_ x: Tensor) -> Tensor {
  Tensor.operation(
    x, kernel: { $0.mapped(CK_SOFTPLUS) }, rule: { upstream, x, _ in upstream * sigmoid(x) })
}

/// x where x > 0, else eˣ − 1; PyTorch's `elu` with α = 1.
///
/// The derivative at 0 is 1, and those of higher orders are 0 there, as in PyTorch; JAX has them be 1.
public func elu(_ x: Tensor) -> Tensor {
  Tensor.operation(
    x,
    kernel: { x in
      let negative = Tensor.combine(x, Tensor(0), CK_MINIMUM).mapped(CK_EXPM1)
      return Tensor.combine(x.mapped(CK_RELU), negative, CK_ADD)
    },
    // 1 − relu(−y) is 1 for x ≥ 0 and eˣ below.
    rule: { upstream, _, y in upstream * (1 - relu(-y)) })
}

/// x · sigmoid(x), also known as SiLU.
public func swish(_ x: Tensor) -> Tensor { x * sigmoid(x) }
