/// Values under unique names, in the order in which they were added.
///
/// The order is part of the value: writers follow it, so that equal values give equal files.
public struct NamedValues<Value> {
  /// The names, in order.
  public private(set) var names: [String] = []
  private var values: [Value] = []
  private var positions: [String: Int] = [:]

  /// Creates an empty collection.
  public init() {}

  /// The value under `name`, or nil where there is none.
  public subscript(name: String) -> Value? {
    positions[name].map { values[$0] }
  }

  /// Appends `value` under `name`; returns false, and changes nothing, where the name is taken.
  public mutating func append(_ value: Value, named name: String) -> Bool {
    guard positions[name] == nil else { return false }
    positions[name] = values.count
    names.append(name)
    values.append(value)
    return true
  }
}

/// Arrays under unique names: the content of an npz or safetensors file.
public typealias NamedArrays = NamedValues<NumericArray>

extension NamedValues: RandomAccessCollection {
  /// The position of the first value.
  public var startIndex: Int { 0 }

  /// The position after the last value.
  public var endIndex: Int { values.count }

  /// The name and the value at a position.
  public subscript(position: Int) -> (name: String, value: Value) {
    (names[position], values[position])
  }
}

extension NamedValues: ExpressibleByDictionaryLiteral {
  /// Creates a collection from names that must differ.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements {
      let isNew = append(value, named: name)
      precondition(isNew, "the name \"\(name)\" is given twice")
    }
  }
}

extension NamedValues: Equatable where Value: Equatable {
  /// Whether both hold equal values under the same names in the same order.
  public static func == (left: Self, right: Self) -> Bool {
    left.names == right.names && left.values == right.values
  }
}

extension NamedValues: Sendable where Value: Sendable {}
