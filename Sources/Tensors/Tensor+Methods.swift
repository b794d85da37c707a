// The functions of one tensor as methods, so that they chain: `x.matmul(w).relu().sum()`. Inside extensions of `Tensor` a
// method hides the function of its name, hence `Tensors.relu(self)`.

extension Tensor {
  /// The elements where they are positive, else 0; see ``Tensors/relu(_:)``.
  public func relu() -> Tensor { Tensors.relu(self) }

  /// The absolute values; see ``Tensors/abs(_:)``.
  public func abs() -> Tensor { Tensors.abs(self) }

  /// -1, 0 or 1 by the sign of each element, a constant; see ``Tensors/sign(_:)``.
  public func sign() -> Tensor { Tensors.sign(self) }

  /// The square roots; see ``Tensors/sqrt(_:)``.
  public func sqrt() -> Tensor { Tensors.sqrt(self) }

  /// The squares; see ``Tensors/square(_:)``.
  public func square() -> Tensor { Tensors.square(self) }

  /// eˣ; see ``Tensors/exp(_:)``.
  public func exp() -> Tensor { Tensors.exp(self) }

  /// eˣ − 1; see ``Tensors/expm1(_:)``.
  public func expm1() -> Tensor { Tensors.expm1(self) }

  /// The natural logarithm; see ``Tensors/log(_:)``.
  public func log() -> Tensor { Tensors.log(self) }

  /// ln (1 + x); see ``Tensors/log1p(_:)``.
  public func log1p() -> Tensor { Tensors.log1p(self) }

  /// The hyperbolic tangent; see ``Tensors/tanh(_:)``.
  public func tanh() -> Tensor { Tensors.tanh(self) }

  /// 1 / (1 + e⁻ˣ); see ``Tensors/sigmoid(_:)``.
  public func sigmoid() -> Tensor { Tensors.sigmoid(self) }

  /// ln (1 + eˣ); see ``Tensors/softplus(_:)``.
  public func softplus() -> Tensor { Tensors.softplus(self) }

  /// x where x > 0, else eˣ − 1; see ``Tensors/elu(_:)``.
  public func elu() -> Tensor { Tensors.elu(self) }

  /// x · sigmoid(x); see ``Tensors/swish(_:)``.
  public func swish() -> Tensor { Tensors.swish(self) }

  /// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))); see ``Tensors/gelu(_:)``.
  public func gelu() -> Tensor { Tensors.gelu(self) }

  /// The softmax of each row; see ``Tensors/softmax(_:)``.
  public func softmax() -> Tensor { Tensors.softmax(self) }

  /// The logarithm of the softmax of each row; see ``Tensors/logSoftmax(_:)``.
  public func logSoftmax() -> Tensor { Tensors.logSoftmax(self) }
}
