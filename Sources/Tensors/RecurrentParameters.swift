/// The parameters of one direction of a recurrent unit, PyTorch's by name, shape and gate order.
public protocol RecurrentParameters: Sendable {
  /// How many sums each hidden unit takes.
  static var gates: Int { get }
  /// What the unit is called in a message.
  static var unit: String { get }

  /// `weight_ih_l0`, [gates · hidden, inputs].
  var weightIH: Tensor { get set }
  /// `weight_hh_l0`, [gates · hidden, hidden].
  var weightHH: Tensor { get set }
  /// `bias_ih_l0`, [gates · hidden].
  var biasIH: Tensor { get set }
  /// `bias_hh_l0`, [gates · hidden].
  var biasHH: Tensor { get set }

  /// Creates the parameters of one direction.
  init(weightIH: Tensor, weightHH: Tensor, biasIH: Tensor, biasHH: Tensor)
}

extension RecurrentParameters {
  /// The number of hidden units.
  public var hidden: Int { weightHH.shape[1] }

  /// The number of input features.
  public var inputs: Int { weightIH.shape[1] }

  var tensors: [Tensor] { [weightIH, weightHH, biasIH, biasHH] }

  /// Stops the program unless the shapes fit together.
  func requireFit() {
    precondition(
      weightIH.rank == 2 && weightHH.rank == 2
        && weightHH.shape[0] == Self.gates * weightHH.shape[1]
        && weightIH.shape[0] == weightHH.shape[0] && biasIH.shape == [weightHH.shape[0]]
        && biasHH.shape == biasIH.shape,
      "the shapes of a \(Self.unit)'s parameters do not fit together: weight_ih "
        + "\(weightIH.shape), weight_hh \(weightHH.shape), bias_ih \(biasIH.shape), bias_hh "
        + "\(biasHH.shape)")
  }
}

/// The parameters of one direction of a gated recurrent unit; the gates are reset, update and new.
public struct GRUParameters: RecurrentParameters {
  public static var gates: Int { 3 }
  public static var unit: String { "gated recurrent unit" }

  public var weightIH: Tensor
  public var weightHH: Tensor
  public var biasIH: Tensor
  public var biasHH: Tensor

  public init(weightIH: Tensor, weightHH: Tensor, biasIH: Tensor, biasHH: Tensor) {
    self.weightIH = weightIH
    self.weightHH = weightHH
    self.biasIH = biasIH
    self.biasHH = biasHH
    requireFit()
  }
}

/// The parameters of one direction of a long short-term memory; the gates are input, forget, cell and output.
public struct LSTMParameters: RecurrentParameters {
  public static var gates: Int { 4 }
  public static var unit: String { "long short-term memory" }

  public var weightIH: Tensor
  public var weightHH: Tensor
  public var biasIH: Tensor
  public var biasHH: Tensor

  public init(weightIH: Tensor, weightHH: Tensor, biasIH: Tensor, biasHH: Tensor) {
    self.weightIH = weightIH
    self.weightHH = weightHH
    self.biasIH = biasIH
    self.biasHH = biasHH
    requireFit()
  }
}
