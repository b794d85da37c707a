/// A recurrent unit, told apart from others by its type.
public protocol RecurrentUnit: Sendable {
  /// How many sums each hidden unit takes.
  static var gates: Int { get }
  /// What the unit is called in a message.
  static var name: String { get }
}

/// The gated recurrent unit; its gates are reset, update and new.
public enum GRUUnit: RecurrentUnit {
  public static var gates: Int { 3 }
  public static var name: String { "gated recurrent unit" }
}

/// The long short-term memory; its gates are input, forget, cell and output.
public enum LSTMUnit: RecurrentUnit {
  public static var gates: Int { 4 }
  public static var name: String { "long short-term memory" }
}

/// The parameters of one direction of a gated recurrent unit.
public typealias GRUParameters = RecurrentParameters<GRUUnit>

/// The parameters of one direction of a long short-term memory.
public typealias LSTMParameters = RecurrentParameters<LSTMUnit>

/// The parameters of one direction of a recurrent unit, PyTorch's by name, shape and gate order.
public struct RecurrentParameters<Unit: RecurrentUnit>: Sendable {
  /// `weight_ih_l0`, [gates · hidden, inputs].
  public var weightIH: Tensor
  /// `weight_hh_l0`, [gates · hidden, hidden].
  public var weightHH: Tensor
  /// `bias_ih_l0`, [gates · hidden].
  public var biasIH: Tensor
  /// `bias_hh_l0`, [gates · hidden].
  public var biasHH: Tensor

  /// Creates the parameters of one direction.
  ///
  /// - Precondition: the shapes fit together.
  public init(weightIH: Tensor, weightHH: Tensor, biasIH: Tensor, biasHH: Tensor) {
    self.weightIH = weightIH
    self.weightHH = weightHH
    self.biasIH = biasIH
    self.biasHH = biasHH
    requireFit()
  }

  /// The number of hidden units.
  public var hidden: Int { weightHH.shape[1] }

  /// The number of input features.
  public var inputs: Int { weightIH.shape[1] }

  var tensors: [Tensor] { [weightIH, weightHH, biasIH, biasHH] }

  /// Stops the program unless the shapes fit together.
  func requireFit() {
    precondition(
      weightIH.rank == 2 && weightHH.rank == 2
        && weightHH.shape[0] == Unit.gates * weightHH.shape[1]
        && weightIH.shape[0] == weightHH.shape[0] && biasIH.shape == [weightHH.shape[0]]
        && biasHH.shape == biasIH.shape,
      "the shapes of a \(Unit.name)'s parameters do not fit together: weight_ih "
        + "\(weightIH.shape), weight_hh \(weightHH.shape), bias_ih \(biasIH.shape), bias_hh "
        + "\(biasHH.shape)")
  }
}
