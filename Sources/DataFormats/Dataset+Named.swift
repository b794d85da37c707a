import MNIST1D
import Storage

/// The type that floating-point values have in a file.
public enum FloatPrecision: String, Sendable {
  /// Eight bytes for each value: nothing is lost.
  case float64
  /// Four bytes for each value, rounded to the nearest.
  case float32

  /// The values as an array of this precision.
  ///
  /// - Throws: An error for a value outside the range of float32.
  func array(_ values: [Double], shape: [Int]) throws(FormatError) -> NumericArray {
    let exact = NumericArray(values, shape: shape)
    switch self {
    case .float64: return exact
    case .float32: return NumericArray(try exact.floats(), shape: shape)
    }
  }

  /// The values as a reader of an array of this precision finds them.
  func rounded(_ values: [Double]) throws(FormatError) -> [Double] {
    try array(values, shape: [values.count]).doubles()
  }
}

extension Dataset {
  /// The arrays under the reference's names, with the templates' as `templates_x` and so on.
  public func named(precision: FloatPrecision = .float64) throws(FormatError) -> NamedArrays {
    var arrays = try examples(precision: precision)
    for (name, array) in try templates?.named(precision: precision) ?? [:] {
      _ = arrays.append(array, named: "templates_\(name)")
    }
    return arrays
  }

  /// The names that are read, of the examples and of the templates.
  static var exampleNames: [String] { ["x", "y", "x_test", "y_test", "t"] }
  static var templateNames: [String] { ["templates_x", "templates_t", "templates_y"] }

  /// Takes the dataset from arrays under the reference's names; other names are ignored.
  ///
  /// Where there is no `t` the times are made from the length. Templates are taken where all their arrays are there.
  ///
  /// - Throws: An error that names the array which is missing or has the wrong shape or values.
  public init(named arrays: NamedArrays) throws(FormatError) {
    try self.init(named: arrays, of: arrays.names)
  }

  /// Takes the dataset from some of a file's arrays; messages list all of them.
  init(named arrays: NamedArrays, of names: [String]) throws(FormatError) {
    let templates =
      Self.templateNames.contains { arrays[$0] == nil }
      ? nil : try Templates(named: arrays, prefix: "templates_")
    try self.init(named: arrays, of: names, templates: templates)
  }

  /// Everything but the templates.
  private func examples(precision: FloatPrecision) throws(FormatError) -> NamedArrays {
    [
      "x": try precision.array(x.values, shape: [y.count, length]),
      "x_test": try precision.array(xTest.values, shape: [yTest.count, length]),
      "y": NumericArray(y),
      "y_test": NumericArray(yTest),
      "t": try precision.array(t, shape: [length]),
    ]
  }

  fileprivate init(
    named arrays: NamedArrays, of names: [String], templates: Templates?
  ) throws(FormatError) {
    if let missing = ["x", "y", "x_test", "y_test"].first(where: { arrays[$0] == nil }) {
      let found = names.isEmpty ? "nothing" : names.prefix(20).joined(separator: ", ")
      throw FormatError(
        "there is no array \"\(missing)\"; a dataset holds x, y, x_test and y_test, and the file holds "
          + found)
    }
    let x = try arrays.array("x", shape: [nil, nil])
    let t = arrays["t"] == nil ? Self.times(x.shape[1]) : try arrays.doubles("t", shape: [nil])
    try self.init(
      x: arrays.doubles("x", shape: [nil, t.count]), y: arrays.integers("y"),
      xTest: arrays.doubles("x_test", shape: [nil, t.count]), yTest: arrays.integers("y_test"),
      t: t, templates: templates)
  }

  /// The times of a signal of which no more is known than how many points it has: those of the templates, from one
  /// end to the other.
  static func times(_ count: Int) -> [Double] {
    (0..<count).map { count == 1 ? 0 : (-5 + 10 * Double($0) / Double(count - 1)) / 6 }
  }
}

extension Templates {
  fileprivate func named(precision: FloatPrecision) throws(FormatError) -> NamedArrays {
    [
      "x": try precision.array(x.values, shape: [y.count, t.count]),
      "t": try precision.array(t, shape: [t.count]),
      "y": NumericArray(y),
    ]
  }

  fileprivate init(named arrays: NamedArrays, prefix: String) throws(FormatError) {
    let t = try arrays.doubles(prefix + "t", shape: [nil])
    try self.init(
      values: arrays.doubles(prefix + "x", shape: [nil, t.count]), t: t,
      y: arrays.integers(prefix + "y"))
  }
}

// MARK: - The reference's pickle

extension Dataset {
  /// The dictionary that the reference implementation pickles, with the templates in a dictionary
  /// of their own.
  package func pickleValue(
    precision: FloatPrecision = .float64
  ) throws(FormatError) -> PickleValue {
    var values = PickleValue.dictionary(of: try examples(precision: precision))
    if let templates {
      let dictionary = PickleValue.dictionary(of: try templates.named(precision: precision))
      _ = values.append(.dictionary(dictionary), named: "templates")
    }
    return .dictionary(values)
  }

  /// Takes the dataset from the reference's dictionary; other keys are ignored.
  ///
  /// - Throws: An error that names the entry which is missing or is not what it should be.
  package init(pickle value: PickleValue) throws(FormatError) {
    guard case .dictionary(let values) = value else {
      throw FormatError("the pickle should hold a dictionary, and holds \(value.kind)")
    }
    var templates: Templates?
    switch values["templates"] {
    case nil, .some(.none): break
    case .dictionary(let values):
      do throws(FormatError) {
        templates = try Templates(named: values.arrays(["x", "t", "y"]), prefix: "")
      } catch {
        throw error.inside("templates")
      }
    case .some(let other):
      throw FormatError("templates should be a dictionary, and is \(other.kind)")
    }
    try self.init(
      named: values.arrays(Self.exampleNames), of: values.names, templates: templates)
  }
}

extension PickleValue {
  fileprivate static func dictionary(of arrays: NamedArrays) -> NamedValues<PickleValue> {
    var values: NamedValues<PickleValue> = [:]
    for (name, array) in arrays { _ = values.append(.array(array), named: name) }
    return values
  }
}

extension NamedValues<PickleValue> {
  /// The entries of these names, which must be arrays, or lists of numbers, where they are there at all.
  fileprivate func arrays(_ names: [String]) throws(FormatError) -> NamedArrays {
    var arrays: NamedArrays = [:]
    for name in names {
      guard let value = self[name] else { continue }
      _ = arrays.append(try value.numbers(name), named: name)
    }
    return arrays
  }
}

extension NamedArrays {
  /// An array of a shape in which nil stands for any size; further axes of a single place are dropped.
  fileprivate func array(_ name: String, shape: [Int?]) throws(FormatError) -> NumericArray {
    guard var array = self[name] else {
      let found = names.isEmpty ? "nothing" : names.prefix(20).joined(separator: ", ")
      throw FormatError("there is no array \"\(name)\"; the file holds \(found)")
    }
    var sizes = array.shape
    while sizes.count > shape.count, let axis = sizes.dropFirst().firstIndex(of: 1) {
      sizes.remove(at: axis)
    }
    // A row of labels or times, as programs write it that know only matrices.
    if shape.count == 1, sizes.count == 2, sizes[0] == 1 { sizes.removeFirst() }
    let fits = zip(sizes, shape).allSatisfy { $0 == $1 ?? $0 }
    guard sizes.count == shape.count, fits else {
      let wanted = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
      throw FormatError(
        "the array \"\(name)\" should have the shape [\(wanted)], and has \(array.shape)")
    }
    array = NumericArray(shape: sizes, elements: array.elements)
    return array
  }

  fileprivate func doubles(_ name: String, shape: [Int?]) throws(FormatError) -> [Double] {
    let array = try array(name, shape: shape)
    do throws(FormatError) {
      return try array.doubles()
    } catch {
      throw error.inside("the array \"\(name)\"")
    }
  }

  fileprivate func integers(_ name: String) throws(FormatError) -> [Int] {
    try array(name, shape: [nil]).integers(name)
  }
}
