import CKernels

// Functions of single elements. Derivatives at kinks follow PyTorch.

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
