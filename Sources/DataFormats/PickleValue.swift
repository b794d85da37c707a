/// What a pickle file can hold here: plain Python values and NumPy arrays.
package indirect enum PickleValue: Equatable, Sendable {
  /// `None`.
  case none
  /// `True` or `False`.
  case bool(Bool)
  /// An integer that fits in 64 bits.
  case int(Int)
  /// A float.
  case float(Double)
  /// A string.
  case string(String)
  /// A `bytes` or `bytearray`.
  case bytes([UInt8])
  /// A tuple.
  case tuple([PickleValue])
  /// A list.
  case list([PickleValue])
  /// A dictionary with strings as keys, in its order.
  case dictionary(NamedValues<PickleValue>)
  /// A NumPy array; a NumPy scalar is an array of rank 0.
  case array(NumericArray)

  /// What a message calls a value of this kind.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a truth value"
    case .int: "an integer"
    case .float: "a float"
    case .string: "a string"
    case .bytes: "bytes"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .array: "an array"
    }
  }
}
