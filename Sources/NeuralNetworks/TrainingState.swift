import Tensors

/// The complete state of a training: named tensors, numbers and series of numbers, for any file format that holds them.
public struct TrainingState: Sendable {
  /// The tensors, by name.
  public var tensors: [(name: String, tensor: Tensor)]
  /// The numbers, by name, as text that reads back to the same bits.
  public var numbers: [String: String]

  /// Series of numbers, by name.
  public var series: [(name: String, values: [Double])]

  /// Creates a state from what a file held.
  public init(
    tensors: [(name: String, tensor: Tensor)], numbers: [String: String],
    series: [(name: String, values: [Double])] = []
  ) {
    self.tensors = tensors
    self.numbers = numbers
    self.series = series
  }

  /// Creates a state of values whose tensors are told apart by a prefix.
  init(
    parts: [(prefix: String, tensors: [(name: String, tensor: Tensor)])], numbers: [String: String],
    series: [(name: String, values: [Double])] = []
  ) {
    self.init(
      tensors: parts.flatMap { part in
        part.tensors.map { ("\(part.prefix).\($0.name)", $0.tensor) }
      }, numbers: numbers, series: series)
  }

  /// The tensors with a prefix, without it.
  func part(_ prefix: String) -> [(name: String, tensor: Tensor)] {
    tensors.compactMap { entry in
      entry.name.hasPrefix(prefix + ".")
        ? (String(entry.name.dropFirst(prefix.utf8.count + 1)), entry.tensor) : nil
    }
  }

  /// The number called `key`, or `standard` where there is none of that name.
  func number<Number: LosslessStringConvertible>(
    _ key: String, or standard: Number? = nil
  ) throws(TrainingError) -> Number {
    guard let text = numbers[key] else {
      if let standard { return standard }
      throw .checkpoint("it has no \(key)")
    }
    guard let number = Number(text) else {
      throw .checkpoint("\(key) is '\(text)', which is not a number")
    }
    return number
  }

  /// The number called `key`, which must be finite.
  func finite(_ key: String) throws(TrainingError) -> Double {
    let value: Double = try number(key)
    guard value.isFinite else { throw .checkpoint("\(key) is \(value)") }
    return value
  }

  /// The series called `name`, of finite numbers and as long as it has to be.
  func series(_ name: String, count: Int) throws(TrainingError) -> [Double] {
    guard let values = series.first(where: { $0.name == name })?.values else {
      throw .checkpoint("it has no \(name)")
    }
    guard values.count == count else {
      throw .checkpoint("\(name) holds \(values.count) numbers instead of \(count)")
    }
    if let value = values.first(where: { !$0.isFinite }) {
      throw .checkpoint("\(name) holds \(value)")
    }
    return values
  }

  /// Refuses tensors that hold what no training resumes from.
  func requireFiniteTensors() throws(TrainingError) {
    if let (name, value) = firstNonFinite(tensors) {
      throw .checkpoint("\(name) holds \(value)")
    }
  }
}
