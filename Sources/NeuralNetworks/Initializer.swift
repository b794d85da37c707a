import ReferenceRandom
import Tensors

/// How a weight starts, PyTorch's `torch.nn.init`.
///
///     network.linear1.weight = Initializer.kaimingNormal()([100, 40], using: &generator)
///
/// The bits are PyTorch's where a `TorchGenerator` draws; only an orthogonal matrix, which PyTorch leaves to LAPACK, agrees
/// to rounding.
///
/// Sources: K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers" (2015); X. Glorot and Y. Bengio,
/// "Understanding the difficulty of training deep feedforward neural networks" (2010); A. M. Saxe, J. L. McClelland and
/// S. Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks" (2013).
public enum Initializer: Hashable, Sendable {
  /// What keeps the variance from layer to layer.
  public enum Fan: Hashable, Sendable {
    /// That of the activations, on the way forward: how many inputs an output sums over.
    case inputs
    /// That of the derivatives, on the way back: how many outputs an input goes into.
    case outputs
  }

  /// 0 everywhere, `zeros_`.
  case zeros
  /// 1 everywhere, `ones_`.
  case ones
  /// Uniform within ±bound, `uniform_(-bound, bound)`.
  case uniform(within: Double)
  /// Normal numbers, `normal_`.
  case normal(mean: Double = 0, standardDeviation: Double = 1)
  /// Uniform with the variance 2 / fan, He's, `kaiming_uniform_`.
  case kaimingUniform(Fan = .inputs)
  /// Normal with the variance 2 / fan, He's, `kaiming_normal_`.
  case kaimingNormal(Fan = .inputs)
  /// Uniform with the variance 2 gain² / (inputs + outputs), Glorot's, `xavier_uniform_`.
  case xavierUniform(gain: Double = 1)
  /// Normal with the variance 2 gain² / (inputs + outputs), Glorot's, `xavier_normal_`.
  case xavierNormal(gain: Double = 1)
  /// The gain times a matrix with orthonormal rows or columns, whichever are fewer, `orthogonal_`.
  case orthogonal(gain: Double = 1)

  /// A tensor that starts so.
  ///
  /// - Parameters:
  ///   - shape: [outputs, inputs], and a kernel's extents behind them; any for the first four kinds.
  ///   - generator: what is drawn from.
  /// - Returns: a tensor of that shape.
  public func callAsFunction(
    _ shape: Shape, using generator: inout some FloatRandomNumberGenerator
  ) -> Tensor {
    switch self {
    case .zeros: .zeros(shape)
    case .ones: .ones(shape)
    case .uniform(let bound): .uniform(shape, within: bound, using: &generator)
    case .normal(let mean, let deviation): normal(shape, mean, deviation, &generator)
    case .kaimingUniform(let fan):
      .uniform(shape, within: (3.0).squareRoot() * deviation(shape, fan), using: &generator)
    case .kaimingNormal(let fan): normal(shape, 0, deviation(shape, fan), &generator)
    case .xavierUniform(let gain):
      .uniform(shape, within: (3.0).squareRoot() * deviation(shape, gain), using: &generator)
    case .xavierNormal(let gain): normal(shape, 0, deviation(shape, gain), &generator)
    case .orthogonal(let gain): orthogonal(shape, Float(gain), &generator)
    }
  }

  private func deviation(_ shape: Shape, _ fan: Fan) -> Double {
    let fans = fans(of: shape)
    return (2.0).squareRoot() / Double(fan == .inputs ? fans.inputs : fans.outputs).squareRoot()
  }

  private func deviation(_ shape: Shape, _ gain: Double) -> Double {
    let fans = fans(of: shape)
    return gain * (2 / Double(fans.inputs + fans.outputs)).squareRoot()
  }

  private func fans(of shape: Shape) -> (inputs: Int, outputs: Int) {
    precondition(
      shape.rank >= 2 && shape.elementCount > 0,
      "a weight has outputs and inputs, found shape \(shape)")
    let taps = shape.elementCount / (shape[0] * shape[1])
    return (shape[1] * taps, shape[0] * taps)
  }

  private func normal(
    _ shape: Shape, _ mean: Double, _ deviation: Double,
    _ generator: inout some FloatRandomNumberGenerator
  ) -> Tensor {
    var tensor = Tensor.zeros(shape)
    tensor.withUnsafeMutableElements {
      generator.fillNormal($0, mean: mean, standardDeviation: deviation)
    }
    return tensor
  }

  /// The orthogonal factor of normal numbers whose triangular one has a positive diagonal, which makes it unique.
  private func orthogonal(
    _ shape: Shape, _ gain: Float, _ generator: inout some FloatRandomNumberGenerator
  ) -> Tensor {
    let fans = fans(of: shape)
    let (rows, columns) = (shape[0], fans.inputs)
    let drawn = normal([rows, columns], 0, 1, &generator)
    // The vectors to make orthogonal: rows where they are fewer, else columns.
    let vectors = rows < columns ? drawn : drawn.transposed()
    let (count, length) = (vectors.shape[0], vectors.shape[1])
    let elements = vectors.elements
    var basis: [[Double]] = []
    for index in 0..<count {
      var vector = elements[index * length..<(index + 1) * length].map { Double($0) }
      // Twice, since the first pass leaves what its own roundings leave.
      for _ in 0..<2 {
        for other in basis {
          var share = 0.0
          for place in 0..<length { share += other[place] * vector[place] }
          for place in 0..<length { vector[place] -= share * other[place] }
        }
      }
      var squares = 0.0
      for element in vector { squares += element * element }
      let norm = squares.squareRoot()
      basis.append(vector.map { $0 / norm })
    }
    let unit = Tensor(
      basis.flatMap { vector in vector.map { Float($0) } }, shape: [count, length])
    return ((rows < columns ? unit : unit.transposed()) * gain).reshaped(to: shape)
  }
}
